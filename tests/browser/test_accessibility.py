"""axe-core, the measure of most accessibility checks, finds nothing serious on any screen; contrast is part of it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers import DESKTOP, PHONE, canvas, draw, expect_reading
from playwright.sync_api import Page, expect

from scripts.running import wait_until_settled

AXE = "async ([within, options]) => (await axe.run(within, options)).violations"
FINGER = 44  # pixels
ON_ITS_SIDE = PHONE | {"viewport": {"width": 844, "height": 390}}
# In both colour schemes; only contrast depends on them.
SCHEMES = {"dark": {"runOnly": ["color-contrast"]}, "light": {}}
# What moves or fades now is not yet what a visitor reads.
AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime !== Infinity)
    .map((each) => each.finished))"""


def expect_nothing_serious(page: Page, within: str = "html") -> None:
    """axe-core finds nothing serious in a part of the page, in both colour schemes."""
    page.locator("[data-test-script-state=notRunning]").wait_for()
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)  # once a page, since it is large
    backgrounds = set()
    for scheme, options in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        page.wait_for_function(
            "scheme => getComputedStyle(document.querySelector('.stApp')).colorScheme === scheme", arg=scheme
        )
        page.evaluate(AT_REST)
        backgrounds.add(page.locator(".stApp").evaluate("app => getComputedStyle(app).backgroundColor"))
        found = page.evaluate(AXE, [within, {"resultTypes": ["violations"], **options}])
        assert [
            (rule["id"], node["target"], node["html"], node["failureSummary"])
            for rule in found
            if rule["impact"] in ("serious", "critical")
            for node in rule["nodes"]
        ] == [], (page.url, scheme)
    assert len(backgrounds) == len(SCHEMES)


def open_popover(page: Page, key: str) -> None:
    page.locator(f".st-key-{key} button:visible").first.click()
    expect(page.get_by_test_id("stPopoverBody")).to_be_visible()
    page.mouse.move(0, 0)  # a hint fades
    expect(page.get_by_role("tooltip")).to_have_count(0)


def close_popover(page: Page) -> None:
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stPopoverBody")).to_have_count(0)


def keep_a_seven(page: Page) -> None:
    """Draws a 7, has it kept, and opens what is kept."""
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.locator(".truth [data-value=keep]").click()
    page.locator(".truth [data-value='7']").click()
    page.locator(".truth [data-value=show-kept]").click()


def on_both_at(address: str) -> pytest.MarkDecorator:
    """Has a test run on a desktop in English and on a phone in Chinese, with a page at that address."""
    return pytest.mark.parametrize(
        ("page", "address"),
        [(DESKTOP, f"?language=en&{address}"), (PHONE, f"?language=zh&{address}")],
        ids=["desktop", "phone"],
        indirect=["page"],
    )


@on_both_at("")
def test_axe_finds_nothing_serious_on_the_draw_screen_and_what_opens_there(page: Page):
    expect_nothing_serious(page)
    canvas(page).scroll_into_view_if_needed()
    keep_a_seven(page)
    page.locator(".kept li button").first.click()
    expect(page.locator(".kept .back")).to_be_visible()
    for tab, image in (("why", ".figures img"), ("layers", ".maps img"), ("similar", ".similar img")):
        page.locator(f".tabs [data-value={tab}]").click()
        expect(page.locator(f".st-key-explanation {image}").first).to_be_visible()
        expect_nothing_serious(page, ".st-key-board")
    open_popover(page, "menu")
    expect_nothing_serious(page, "[data-testid=stPopoverBody]")
    close_popover(page)
    for number in (1, 2):  # a number, and a picture
        page.locator(".st-key-source button").nth(number).click()
        expect_reading(page, "")
        expect_nothing_serious(page)


@on_both_at("stage=on")
def test_axe_finds_nothing_serious_on_the_stage(page: Page):
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    for key, shown in (("c", ".side-by-side"), ("l", ".maps"), ("p", ".act"), ("q", ".overlay")):
        page.keyboard.press(key)
        expect(page.locator(shown)).to_be_visible()
        expect_nothing_serious(page)


@on_both_at("view=Mistakes&true=1&versus=classic")
def test_axe_finds_nothing_serious_on_the_mistakes_screen_and_in_its_panels(page: Page):
    expect(page.locator(".gallery img").first).to_be_visible()
    expect_nothing_serious(page)
    panels = page.locator(".st-key-panel button")
    for number, shown in enumerate(
        (".matrix", ".similar img", ".study", ".compare", ".st-key-reliability svg", ".stFileUploader")
    ):
        panels.nth(number).click()
        expect(page.locator(f".st-key-study {shown}").first).to_be_visible()
        expect_nothing_serious(page, ".st-key-study")
    for key in ("filters", "export"):
        open_popover(page, key)
        expect_nothing_serious(page, "[data-testid=stPopoverBody]")
        close_popover(page)


@on_both_at("view=Network")
def test_axe_finds_nothing_serious_on_the_network_screen(page: Page):
    expect(page.locator(".st-key-network-card img").first).to_be_visible()
    expect_nothing_serious(page)


@pytest.mark.parametrize("page", [PHONE, ON_ITS_SIDE], ids=["upright", "on its side"], indirect=True)
def test_on_a_phone_each_button_of_our_own_on_the_draw_screen_is_as_large_as_a_finger(page: Page):
    keep_a_seven(page)
    expect(page.locator(".kept li").first).to_be_visible()
    sizes = page.locator(".st-key-draw .clickable button").evaluate_all(
        """(buttons) => buttons.map((button) => {
            const { width, height } = button.getBoundingClientRect();
            return [button.dataset.value, width, height];
        })"""
    )
    assert len(sizes) > 20
    assert [size for size in sizes if min(size[1:]) < FINGER] == []
    page.locator(".truth [data-value='7']").click()  # the drawing is kept no longer: other tests count those that are
    expect(page.locator(".kept li")).to_have_count(0)
