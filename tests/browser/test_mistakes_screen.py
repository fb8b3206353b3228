"""The Mistakes screen in a real Chromium, with clicks and keys."""

import csv
import io
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

import numpy as np
import pytest
from helpers import DESKTOP, draw, expect_reading, go_to, ink, on_both, on_phone, wait_until
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from scripts.running import wait_until_settled

PROBABILITIES = re.compile(r"true (\d), read as (\d)")


@pytest.fixture
def address() -> str:
    return "?view=Mistakes"


from_the_draw_screen = pytest.mark.parametrize("address", [""], ids=["from the Draw screen"])


@pytest.fixture
def mistakes(page: Page) -> Page:
    """The Mistakes screen of a new visitor."""
    tiles(page).first.wait_for()
    return page


def tiles(page: Page):
    return page.locator(".gallery button")


def cell(page: Page, actual: int, read: int):
    return page.locator(f'.matrix [data-value="{actual}{read}"]')


def choose(page: Page, group: str, option: str) -> None:
    page.get_by_role("radiogroup", name=group, exact=True).get_by_text(option, exact=True).click()


@contextmanager
def opened(page: Page, key: str) -> Iterator[Locator]:
    """A menu of the toolbar, "filters" or "export", open meanwhile."""
    page.locator(f".st-key-{key} button").first.click()
    body = page.get_by_test_id("stPopoverBody")
    yield body
    page.keyboard.press("Escape")
    expect(body).to_have_count(0)


def in_view(page: Page) -> int:
    """How many images of the gallery are wholly in the window."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".gallery img")].map((image) => image.getBoundingClientRect())
            .filter(({ top, bottom }) => top >= 0 && bottom <= window.innerHeight).length"""
    )


def choose_panel(page: Page, name: str) -> None:
    choose(page, "Panel", name)


def most_confused(page: Page) -> tuple[int, int]:
    """True digit and digit read of the strongest cell off the diagonal."""
    value = page.locator(".matrix .level4").first.get_attribute("data-value")
    return int(value[0]), int(value[1])


@on_both
def test_a_click_on_the_matrix_filters_the_gallery_and_a_second_one_frees_it(mistakes: Page):
    actual, read = most_confused(mistakes)
    every = tiles(mistakes).count()
    count = int(cell(mistakes, actual, read).inner_text())
    assert cell(mistakes, actual, read).get_attribute("title").startswith(f"{actual} read as {read}: {count} images, ")
    cell(mistakes, actual, read).click()
    expect(tiles(mistakes)).to_have_count(count)
    expect(tiles(mistakes).filter(has_text=re.compile(f"{actual} as {read},"))).to_have_count(count)
    cell(mistakes, actual, read).click()
    expect(tiles(mistakes)).to_have_count(every)
    assert mistakes.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_diagonal_shows_those_read_right_that_were_least_sure(mistakes: Page):
    cell(mistakes, 4, 4).click()
    expect(tiles(mistakes).first).to_contain_text("4 as 4")
    expect(tiles(mistakes).first).to_contain_text("✓")
    sure = [int(text.split(", ")[-1].strip("<> %")) for text in tiles(mistakes).all_inner_texts()]
    assert sure == sorted(sure)


def test_the_matrix_has_square_cells_whose_counts_are_readable(mistakes: Page):
    for button in (cell(mistakes, 0, 0), cell(mistakes, 9, 9), mistakes.locator(".matrix .level4").first):
        box = button.bounding_box()
        assert abs(box["width"] - box["height"]) <= 1
        assert button.evaluate("button => button.scrollWidth <= button.clientWidth")


@pytest.mark.parametrize(
    "page", [{**DESKTOP, "color_scheme": scheme} for scheme in ("light", "dark")], ids=["light", "dark"], indirect=True
)
def test_each_level_of_the_matrix_has_a_contrast_of_at_least_4_5(mistakes: Page):
    contrasts = mistakes.evaluate(CONTRAST, [".matrix button:not(:disabled)", ".study button", ".gallery button span"])
    assert len(contrasts) > 20
    assert min(contrasts) >= 4.5


# Colours as Chromium paints them, through a canvas: that resolves color-mix and transparency.
CONTRAST = """selectors => {
    const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const page = getComputedStyle(document.querySelector(".stApp")).backgroundColor;
    const paint = (colours) => {
        for (const colour of colours) { context.fillStyle = colour; context.fillRect(0, 0, 1, 1); }
        return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const luminance = (rgb) => rgb
        .map((value) => value / 255)
        .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
    return selectors.flatMap((selector) => [...document.querySelectorAll(selector)]).map((element) => {
        const style = getComputedStyle(element);
        const behind = luminance(paint([page, style.backgroundColor]));
        const text = luminance(paint([page, style.backgroundColor, style.color]));
        return (Math.max(behind, text) + 0.05) / (Math.min(behind, text) + 0.05);
    });
}"""


@on_both
def test_an_image_chosen_in_the_gallery_is_shown_in_detail_and_arrow_keys_lead_on(mistakes: Page):
    second, third = (tiles(mistakes).nth(place).get_attribute("data-value") for place in (1, 2))
    actual, read = PROBABILITIES.search(tiles(mistakes).nth(1).get_attribute("title")).groups()
    tiles(mistakes).nth(1).click()
    heading = mistakes.get_by_role("heading", name="Test image")
    expect(heading).to_have_text(f"Test image {second}")
    expect(mistakes.locator(".st-key-study")).to_contain_text(f"True {actual}, read as {read}")
    expect(mistakes.locator(".side-by-side tbody tr")).to_have_count(10)
    expect(mistakes.locator(".st-key-mistake-detail img")).to_have_count(3)
    expect(mistakes.locator(".side-by-side thead th")).to_have_count(2)
    mistakes.keyboard.press("ArrowRight")
    expect(heading).to_have_text(f"Test image {third}")
    mistakes.keyboard.press("ArrowLeft")
    expect(heading).to_have_text(f"Test image {second}")
    mistakes.get_by_role("button", name="Next image").click()
    expect(heading).to_have_text(f"Test image {third}")


def test_the_most_similar_training_images_are_shown_with_their_labels(mistakes: Page):
    cell(mistakes, 3, 3).click()
    expect(tiles(mistakes).first).to_contain_text("3 as 3")
    tiles(mistakes).last.click()
    expect(mistakes.locator(".similar img")).to_have_count(8)
    expect(mistakes.locator(".similar img").first).to_have_attribute("alt", re.compile(r"Training image \d+, a \d"))


@from_the_draw_screen
def test_from_a_drawing_one_comes_to_similar_test_images(page: Page):
    draw(page)
    page.get_by_text("Similar", exact=True).click()
    similar = page.locator(".similar button")
    expect(similar).to_have_count(10)
    expect(similar.filter(has_text="7")).not_to_have_count(0)
    similar.first.click()
    expect(tiles(page)).to_have_count(10)
    expect(tiles(page).filter(has_text=re.compile("7 as 7"))).not_to_have_count(0)
    page.go_back()
    expect_reading(page, "7")


def test_another_digit_may_be_asked_for_why_not(mistakes: Page):
    tiles(mistakes).first.click()
    picture = mistakes.locator(".st-key-mistake-detail img").last
    before = picture.get_attribute("src")
    choose(mistakes, "Why not a…", "8")
    expect(picture).to_have_attribute("alt", "Which ink speaks for 8, and which against")
    expect(picture).not_to_have_attribute("src", before)


def test_filters_and_order_change_the_gallery(mistakes: Page):
    choose(mistakes, "Show", "Right but unsure")
    expect(tiles(mistakes).filter(has_text="✗")).to_have_count(0)
    choose(mistakes, "Show", "All")
    expect(mistakes.locator(".chips")).to_contain_text("10,000 images")
    with opened(mistakes, "filters") as menu:
        menu.get_by_label("Index", exact=True).fill("7, 3-4")
        mistakes.keyboard.press("Enter")
        expect(tiles(mistakes)).to_have_count(3)
        menu.get_by_role("button", name="Reset").click()
        expect(tiles(mistakes).filter(has_text="✓")).to_have_count(0)


def test_several_digits_are_filtered_at_once_and_each_filter_is_taken_away_by_its_chip(mistakes: Page):
    every = tiles(mistakes).count()
    with opened(mistakes, "filters") as menu:
        for digit in ("9", "4"):
            menu.get_by_test_id("stButtonGroup").filter(has_text="True digit").get_by_text(digit, exact=True).click()
        expect(mistakes).to_have_url(re.compile("true=4%2C9"))
    expect(tiles(mistakes).filter(has_not_text=re.compile("✗ [49] as"))).to_have_count(0)
    chip = mistakes.locator(".chips button")
    expect(chip).to_have_text(re.compile("True digit: 4, 9"))
    mistakes.reload()
    chip.click()
    expect(tiles(mistakes)).to_have_count(every)
    expect(chip).to_have_count(0)


@pytest.mark.parametrize("address", ["?view=Mistakes&show=all"])
def test_the_gallery_fills_the_screen_and_the_panel_folds_away(mistakes: Page):
    expect(mistakes.locator(".matrix")).to_be_visible()
    assert mistakes.locator(".st-key-study").bounding_box()["width"] == pytest.approx(360, abs=10)
    assert in_view(mistakes) >= 24
    mistakes.set_viewport_size({"width": 1920, "height": 1080})
    wait_until(mistakes, lambda: in_view(mistakes) >= 60)
    before = in_view(mistakes)
    mistakes.get_by_role("button", name="Hide panel").click()
    expect(mistakes.locator(".st-key-study")).to_have_count(0)
    wait_until(mistakes, lambda: in_view(mistakes) > before)
    mistakes.get_by_role("spinbutton", name="Page").fill("84")
    mistakes.keyboard.press("Enter")
    expect(tiles(mistakes)).to_have_count(40)


@on_phone
def test_on_a_phone_the_gallery_begins_on_the_first_screen(mistakes: Page):
    assert in_view(mistakes) >= 6
    assert mistakes.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_keys_move_through_the_gallery_mark_images_and_take_marks_back(mistakes: Page):
    shown = [tile.get_attribute("data-value") for tile in tiles(mistakes).all()]
    tiles(mistakes).nth(1).click()
    heading = mistakes.get_by_role("heading", name="Test image")
    expect(heading).to_have_text(f"Test image {shown[1]}")
    pressed = mistakes.locator(".image-marks [aria-pressed=true]")
    for key, place in (("2", 1), ("3", 2)):
        mistakes.keyboard.press(key)
        expect(heading).to_have_text(f"Test image {shown[place + 1]}")
        expect(pressed).to_have_count(0)
    mistakes.keyboard.press("ArrowLeft")
    expect(heading).to_have_text(f"Test image {shown[2]}")
    expect(pressed).to_contain_text("cannot tell")
    for place in (2, 1):
        mistakes.keyboard.press("u")
        expect(heading).to_have_text(f"Test image {shown[place]}")
        expect(pressed).to_have_count(0)
    expect(mistakes.get_by_role("button", name="Take the last mark back")).to_be_disabled()
    columns = mistakes.evaluate(
        """() => {
            const tiles = [...document.querySelectorAll(".gallery button")];
            const tops = tiles.map((tile) => tile.getBoundingClientRect().top);
            return tops.filter((top) => top === tops[0]).length;
        }"""
    )
    mistakes.keyboard.press("ArrowDown")
    expect(heading).to_have_text(f"Test image {shown[1 + columns]}")
    mistakes.keyboard.press("ArrowUp")
    expect(heading).to_have_text(f"Test image {shown[1]}")
    tiles(mistakes).nth(1).focus()
    mistakes.keyboard.press("Enter")
    expect(mistakes.locator(".st-key-study")).to_have_count(0)
    mistakes.keyboard.press("Enter")
    expect(heading).to_have_text(f"Test image {shown[1]}")


def test_two_quick_marks_of_one_image_are_one_and_never_land_on_another(mistakes: Page):
    first, second = (tiles(mistakes).nth(place).get_attribute("data-value") for place in (0, 1))
    heading = mistakes.get_by_role("heading", name="Test image")
    mark = mistakes.locator(".image-marks button").nth(1)
    take_back = mistakes.get_by_role("button", name="Take the last mark back")
    tiles(mistakes).first.click()
    expect(heading).to_have_text(f"Test image {first}")
    mark.click()  # there is a file of marks from then on
    expect(heading).to_have_text(f"Test image {second}")
    take_back.click()
    expect(take_back).to_be_disabled()
    expect(heading).to_have_text(f"Test image {first}")
    # The file is locked, so that the second click comes while the server still does the first.
    with closing(sqlite3.connect(os.environ["DIGITS_MARKS"])) as database:
        database.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            mark.evaluate("button => button.click()")
        mistakes.wait_for_timeout(500)
    expect(heading).to_have_text(f"Test image {second}")
    choose_panel(mistakes, "Marks")
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="Export marks").click()
    assert download.value.path().read_text() == f"index,mark,note\n{first},label wrong,\n"
    choose_panel(mistakes, "Image")
    take_back.click()
    expect(take_back).to_be_disabled()


def test_two_networks_are_compared_and_a_count_filters_the_gallery(mistakes: Page):
    choose_panel(mistakes, "Compare")
    choose(mistakes, "Compare with", "classic")
    button = mistakes.locator('.compare [data-value="second"]')
    count = int(button.inner_text())
    expect(mistakes.get_by_text("McNemar's exact test")).to_be_visible()
    button.click()
    expect(mistakes.locator(".chips")).to_contain_text(f"{count} images")
    expect(tiles(mistakes).filter(has_text="✗")).to_have_count(0)
    button.click()
    expect(tiles(mistakes).filter(has_text="✓")).to_have_count(0)


def test_a_mark_is_put_exported_taken_away_and_brought_back(mistakes: Page):
    tiles(mistakes).first.click()
    index = tiles(mistakes).first.get_attribute("data-value")
    verdict = mistakes.locator(".image-marks").get_by_text("label wrong")
    verdict.click()
    summary = mistakes.locator(".st-key-mistakes-status")
    expect(summary).to_contain_text("without 1 image marked as doubtful")
    choose_panel(mistakes, "Marks")
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="Export marks").click()
    table = download.value.path().read_bytes()
    assert table.decode() == f"index,mark,note\n{index},label wrong,\n"
    tiles(mistakes).first.click()
    expect(mistakes.get_by_role("heading", name="Test image")).to_have_text(f"Test image {index}")
    verdict.click()
    expect(summary).not_to_contain_text("doubtful")
    choose_panel(mistakes, "Marks")
    upload = mistakes.locator(".st-key-study input[type=file]")
    upload.set_input_files({"name": "marks.csv", "mimeType": "text/csv", "buffer": table})
    expect(mistakes.get_by_text("Read from marks.csv. Marks: 1, notes: 0.")).to_be_visible()
    expect(summary).to_contain_text("without 1 image marked as doubtful")
    upload.set_input_files({"name": "odd.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n"})
    expect(mistakes.get_by_text("This is no table of marks")).to_be_visible()
    choose_panel(mistakes, "Image")
    verdict.click()
    expect(summary).not_to_contain_text("doubtful")


def test_the_table_of_digits_is_sorted_by_a_click_on_a_head(mistakes: Page):
    choose_panel(mistakes, "Digits")
    mistakes.get_by_role("button", name="Recall").click()
    expect(mistakes.locator("th[aria-sort=ascending]")).to_contain_text("Recall")
    recalls = [float(text.rstrip("%")) for text in mistakes.locator(".study tbody td:nth-child(4)").all_inner_texts()]
    assert recalls == sorted(recalls)
    choose_panel(mistakes, "Confidence")
    expect(mistakes.get_by_text("Expected calibration error")).to_be_visible()
    expect(mistakes.get_by_role("img", name="Reliability diagram")).to_be_visible()


@on_both
def test_a_test_image_goes_to_the_pad_to_be_changed_and_read_again(mistakes: Page):
    cell(mistakes, 7, 7).click()
    expect(tiles(mistakes).first).to_contain_text("✓")
    tiles(mistakes).nth(40).click()
    mistakes.get_by_role("button", name="Draw on it").click()
    expect_reading(mistakes, "7")
    mistakes.locator("canvas.upper-canvas").wait_for()
    wait_until(mistakes, lambda: ink(mistakes) > 0)
    wait_until_settled(mistakes)
    seen = mistakes.locator(".seen img")
    before = seen.get_attribute("src")
    draw(mistakes, [(60, 140), (220, 140)])
    expect(seen).not_to_have_attribute("src", before)


@from_the_draw_screen
def test_the_address_shows_someone_else_the_same_and_back_and_reload_keep_it(page: Page, browser: Browser):
    go_to(page, "Mistakes")
    mistakes = page
    tiles(mistakes).first.wait_for()
    actual, read = most_confused(mistakes)
    cell(mistakes, actual, read).click()
    expect(mistakes).to_have_url(re.compile(f"true={actual}&read={read}"))
    count = int(cell(mistakes, actual, read).inner_text())
    expect(tiles(mistakes)).to_have_count(count)
    tiles(mistakes).last.click()
    heading = mistakes.get_by_role("heading", name="Test image")
    expect(heading).to_be_visible()
    name = heading.inner_text()
    expect(mistakes).to_have_url(re.compile("image="))
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(mistakes.url)
        expect(other.get_by_role("heading", name=name)).to_be_visible()
        expect(tiles(other)).to_have_count(count)
    mistakes.reload()
    expect(heading).to_have_text(name)
    expect(tiles(mistakes)).to_have_count(count)
    mistakes.go_back()
    expect(cell(mistakes, actual, read)).to_have_attribute("aria-pressed", "true")
    mistakes.go_back()
    expect(tiles(mistakes)).not_to_have_count(count)
    mistakes.go_back()
    expect(mistakes.locator("canvas.upper-canvas")).to_be_visible()
    mistakes.go_forward()
    mistakes.go_forward()
    expect(cell(mistakes, actual, read)).to_have_attribute("aria-pressed", "true")
    expect(tiles(mistakes)).to_have_count(count)


def test_the_filtered_images_are_exported_as_a_table_and_as_a_sheet(mistakes: Page):
    actual, read = most_confused(mistakes)
    cell(mistakes, actual, read).click()
    expect(tiles(mistakes).filter(has_not_text=f"{actual} as {read}")).to_have_count(0)
    shown = [tile.get_attribute("data-value") for tile in tiles(mistakes).all()]
    mistakes.locator(".st-key-export button").first.click()
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [row["index"] for row in rows] == shown
    assert {(row["true"], row["read"]) for row in rows} == {(str(actual), str(read))}
    assert all(np.isclose(sum(float(row[f"p{digit}"]) for digit in range(10)), 1, atol=1e-4) for row in rows)
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="PNG").click()
    with Image.open(download.value.path()) as sheet:
        assert sheet.format == "PNG"


def test_all_is_reached_by_tab_with_a_visible_focus_and_chosen_by_enter(mistakes: Page):
    actual, read = most_confused(mistakes)
    cell(mistakes, actual, read).focus()
    mistakes.keyboard.press("Tab")
    focused = mistakes.evaluate(
        "[document.activeElement.closest('.matrix') !== null, getComputedStyle(document.activeElement).outlineStyle]"
    )
    assert focused == [True, "solid"]
    mistakes.keyboard.press("Shift+Tab")
    mistakes.keyboard.press("Enter")
    expect(cell(mistakes, actual, read)).to_have_attribute("aria-pressed", "true")
    assert mistakes.evaluate("document.activeElement.dataset.value") == f"{actual}{read}"
    for image in mistakes.locator(".gallery img").all():
        assert re.fullmatch(r"Test image \d+: true \d, read as \d, .+", image.get_attribute("alt"))
