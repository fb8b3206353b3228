"""The page as a whole: its layout at every width, moves between its screens, and what screen readers are told."""

import random
import re
from contextlib import suppress
from itertools import pairwise

import pytest
from helpers import SEVEN, canvas, choose_in_menu, draw, expect_reading
from playwright.sync_api import Page, TimeoutError, expect

from scripts.running import wait_until_settled

# From the smallest phone to a desktop screen; 641 to 895 are tablets, and laptops at 150 %.
WIDTHS = (320, 360, 390, 480, 600, 640, 641, 700, 768, 820, 895, 900, 1024, 1090, 1280, 1440, 1920, 2560)
# A laptop's window of 1280 x 800 at these zooms has as many pixels of the page as one of 100 % of that size.
ZOOMS = (0.5, 0.67, 0.8, 1.1, 1.25, 1.5, 1.75, 2.0)
SIZES = [(width, 800) for width in WIDTHS] + [(round(1280 / zoom), round(800 / zoom)) for zoom in ZOOMS]
# Of a projector, a large screen and a tablet.
STAGES = [{"width": width, "height": height} for width, height in ((1280, 720), (1920, 1080), (768, 1024))]
STAGE_SIZES = [(768, 1024), (1280, 720), (1920, 1080), (640, 360), (390, 800)]

# What is wrong with the page: parts that stick out, that something covers, or that overlap one another.
FAULTS = """() => {
    const faults = [];
    const main = document.querySelector(".stMain");
    if (main.scrollWidth > main.clientWidth) faults.push("scrolls sideways");
    const pad = document.querySelector("[data-testid=stElementContainer]:is(.st-key-canvas, .st-key-canvas-wide)");
    const parts = { pad, read: document.querySelector("[data-reading]") };
    document.querySelectorAll(".bars li").forEach((bar, place) => { parts[`bar ${place}`] = bar; });
    if (Object.keys(parts).length !== 12) faults.push("has not ten bars");
    document.querySelectorAll(".tools button").forEach((tool) => { parts[tool.dataset.value] = tool; });
    if (Object.keys(parts).length < 15) faults.push("lacks tools");
    for (const [name, part] of Object.entries(parts)) {
        part.scrollIntoView({ block: "center" });
        const { left, right, top, bottom } = part.getBoundingClientRect();
        if (left < 0 || right > main.clientWidth + 0.5) faults.push(`${name} sticks out`);
        if (part.scrollWidth > part.clientWidth + 1 && name !== "pad") faults.push(`${name} is cut off`);
        if (name === "pad" && bottom - top > window.innerHeight) continue;
        const corners = [[left, top], [right - 8, top], [left, bottom - 8], [right - 8, bottom - 8]];
        for (const [x, y] of corners.map(([x, y]) => [x + 4, y + 4])) {
            const found = document.elementFromPoint(x, y);
            if (!part.contains(found) && !found?.contains(part)) faults.push(`${name} is covered at ${x}, ${y}`);
        }
    }
    const box = pad.getBoundingClientRect();
    for (const [name, part] of Object.entries(parts).slice(1)) {
        const other = part.getBoundingClientRect();
        if (other.left < box.right && other.right > box.left && other.top < box.bottom && other.bottom > box.top) {
            faults.push(`${name} overlaps the pad`);
        }
    }
    return faults;
}"""


@pytest.mark.parametrize(
    ("address", "sizes"),
    [
        ("", SIZES),
        ("?source=Number", SIZES),
        ("?stage=on", SIZES + STAGE_SIZES),
        ("?stage=on&source=Number", SIZES + STAGE_SIZES),
    ],
    ids=["digit", "number", "stage", "number on the stage"],
)
def test_pad_answer_and_bars_are_whole_and_apart_at_every_width_and_zoom(page: Page, address, sizes):
    wait_until_settled(page)
    digits = (0, 1, 2, 3) if "Number" in address else (0,)
    for place in digits:
        draw(page, [(0.5 * x + 150 * place, y) for x, y in SEVEN])
    expect_reading(page, "7" * len(digits))
    wrong = {}
    for width, height in sizes:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(100)  # the pad's size follows the window's
        try:
            page.wait_for_function(f"({FAULTS})().length === 0", timeout=5000)
        except TimeoutError:
            wrong[width, height] = page.evaluate(FAULTS)
    assert wrong == {}


@pytest.mark.parametrize("address", [f"?stage=on&source={source}" for source in ("Digit", "Number")])
@pytest.mark.parametrize(
    "page", [{"viewport": size} for size in STAGES], ids=lambda settings: str(settings["viewport"]), indirect=True
)
def test_the_stage_needs_no_scrolling(page: Page):
    wait_until_settled(page)
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    height = page.viewport_size["height"]
    assert page.evaluate("[...document.querySelectorAll('.bars li')].at(-1).getBoundingClientRect().bottom") <= height
    assert page.evaluate("document.querySelector('.stMain').scrollHeight <= window.innerHeight")


@pytest.mark.parametrize("address", ["?source=Number"])
def test_the_number_pad_fits_the_window_again_after_it_was_resized(page: Page):
    pad = canvas(page)
    expect(pad).to_have_css("width", "640px")
    page.set_viewport_size({"width": 500, "height": 800})
    expect(pad).to_have_css("width", "460px")


def test_no_order_of_screens_stage_history_reload_and_networks_ends_in_an_error(plain_page: Page):
    """Two hundred steps of chance, the same each time."""
    page = plain_page
    chance = random.Random(15)

    def click(text: str):
        named = page.get_by_text(text, exact=True)
        return lambda: named.first.click(timeout=300) if named.count() and named.first.is_visible() else None

    def scribble():
        # The screen may change meanwhile, so this waits for nothing.
        if box := page.locator("canvas.upper-canvas").first.bounding_box(timeout=300):
            page.mouse.move(box["x"] + 60, box["y"] + 70)
            page.mouse.down()
            page.mouse.move(box["x"] + 210, box["y"] + 230, steps=8)
            page.mouse.up()

    steps = [
        *(
            click(text)
            for text in ("Draw", "Mistakes", "Network", "Digit", "Number", "Picture", "Why", "Layers", "Similar")
        ),
        *(click(text) for text in ("compact", "classic", "English", "中文")),  # the first opens and closes their menu
        *(click(text) for text in ("Matrix", "Image", "Compare", "All", "Leave the stage", "Stage")),
        *(
            lambda key=key: page.keyboard.press(key)
            for key in ("s", "Escape", "n", "Delete", "Control+z", "y", "ArrowRight")
        ),
        *[page.go_back, page.go_forward] * 2,
        page.reload,
        scribble,
    ]
    home = page.url
    for number in range(200):
        step = chance.choice(steps)
        with suppress(TimeoutError):  # what is clicked is not on this screen
            step()
        page.wait_for_timeout(chance.choice([0, 50, 150]))
        if not page.url.startswith(home):
            page.goto(home)
        assert page.locator("[data-testid=stException]").count() == 0, f"step {number}: {page.url}"
        assert "None" not in page.url
    page.goto(home)
    page.locator("canvas.upper-canvas").wait_for()
    page.keyboard.press("Delete")
    draw(page)
    expect_reading(page, "7")


@pytest.mark.parametrize("tab", ["Why", "Layers", "Similar"])
def test_what_a_tab_opens_comes_into_view(page: Page, tab):
    draw(page)
    expect_reading(page, "7")
    page.get_by_text(tab, exact=True).click()
    picture = page.locator(".st-key-explanation img").first
    expect(picture).to_be_in_viewport(ratio=0.9)


def test_screen_readers_get_a_heading_the_language_and_each_new_reading_at_most_once_a_second(page: Page):
    expect(page.get_by_role("heading", name="Handwritten digits", level=1)).to_have_count(1)
    assert page.evaluate("document.documentElement.lang") == "en"
    region = page.locator("[aria-live=polite].announcement")
    region.evaluate(
        """region => new MutationObserver(() => (window.announced ??= []).push(performance.now()))
            .observe(region, { childList: true })"""
    )
    for _ in range(6):
        draw(page)
        expect_reading(page, "7")
        page.keyboard.press("Delete")
        expect_reading(page, "")
    draw(page)
    expect(region).to_contain_text(re.compile(r"^7\. (> )?99\.9 % sure"))
    times = page.evaluate("window.announced")
    assert all(later - earlier > 900 for earlier, later in pairwise(times))
    choose_in_menu(page, "中文")
    expect(page.get_by_role("heading", name="手写数字识别", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "zh")


def test_bars_and_choices_stay_visible_where_colours_are_forced(page: Page):
    page.emulate_media(forced_colors="active")
    draw(page)
    expect_reading(page, "7")
    page.keyboard.press("7")
    expect(page.locator(".truth [data-value='7']")).to_have_attribute("aria-pressed", "true")
    colours = page.evaluate(
        """() => [".best .bar", "li:not(.best) .track"].map(
            part => getComputedStyle(document.querySelector(`.bars ${part}`)).backgroundColor)"""
    )
    assert len(set(colours)) == 2
    chosen = page.locator("[aria-pressed=true], [role=radio][aria-checked=true]")
    expect(chosen).to_have_count(4)  # screen, what to read, brush, and what it was
    for part in chosen.all():
        expect(part).to_have_css("outline-style", "solid")
    expect(page.locator(".brushes i").first).to_have_css("forced-color-adjust", "none")
