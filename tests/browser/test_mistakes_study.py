"""Several images, notes, the histogram and named views of the Mistakes screen, in a real Chromium."""

import csv
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from helpers import DESKTOP, on_both, on_phone, wait_until
from playwright.sync_api import Page, expect

from model.data.mnist import TEST_IMAGES
from model.feedback.stored_marks import StoredMarks


@pytest.fixture
def address() -> str:
    return "?view=Mistakes"


@pytest.fixture
def mistakes(page: Page) -> Page:
    """The Mistakes screen of a new visitor."""
    tiles(page).first.wait_for()
    return page


@pytest.fixture
def ann(app_url: str) -> Iterator[StoredMarks]:
    """The marks of another visitor in the file that all share, in which nothing is left afterwards."""
    marks = StoredMarks(Path(os.environ["DIGITS_MARKS"]), TEST_IMAGES, "Ann")
    yield marks
    for visitor, _, _ in marks.visitors():
        marks.remove(visitor)


def tiles(page: Page):
    return page.locator(".gallery button")


def shown(page: Page) -> list[int]:
    """The images of the gallery."""
    return [int(index) for index in tiles(page).evaluate_all("all => all.map(tile => tile.dataset.value)")]


def selected(page: Page) -> list[int]:
    """Those that are selected."""
    pressed = page.locator(".gallery [aria-pressed=true]")
    return [int(index) for index in pressed.evaluate_all("all => all.map(tile => tile.dataset.value)")]


def expect_heading(page: Page, text: str) -> None:
    """Waits for the heading of the panel. While one takes the place of another, both are there, the new one first."""
    expect(page.locator(".image-head h3").first).to_have_text(text)


def own_badges(page: Page):
    return page.locator(".gallery .badge.own")


def open_image(page: Page, place: int) -> int:
    """Opens an image of the gallery, and gives its index once all of it is shown, which takes a cold server seconds."""
    index = shown(page)[place]
    tiles(page).nth(place).click()
    expect_heading(page, f"Test image {index}")
    page.locator("[data-test-script-state=notRunning]").wait_for()
    return index


def test_a_range_is_selected_with_shift_marked_together_and_taken_back_in_one_step(mistakes: Page, ann: StoredMarks):
    images = shown(mistakes)
    open_image(mistakes, 2)
    mistakes.keyboard.press("1")
    expect_heading(mistakes, f"Test image {images[3]}")
    tiles(mistakes).nth(8).click(modifiers=["Shift"])
    expect_heading(mistakes, "6 images")
    expect(mistakes.locator(".group img")).to_have_count(6)
    wait_until(mistakes, lambda: selected(mistakes) == images[3:9])
    mistakes.keyboard.press("2")
    expect(mistakes.locator(".image-marks [aria-pressed=true]")).to_contain_text("label wrong")
    wait_until(mistakes, lambda: ann.all() == {images[2]: "model wrong"} | dict.fromkeys(images[3:9], "label wrong"))
    expect(own_badges(mistakes)).to_have_text(["1", *"222222"])
    # A smaller range from the same image; the arrows lead on from its end.
    tiles(mistakes).nth(1).click(modifiers=["Shift"])
    expect_heading(mistakes, "3 images")
    mistakes.keyboard.press("u")
    expect_heading(mistakes, "6 images")
    expect(own_badges(mistakes)).to_have_text(["1"])
    assert ann.all() == {images[2]: "model wrong"}
    mistakes.keyboard.press("u")
    expect_heading(mistakes, f"Test image {images[2]}")
    expect(own_badges(mistakes)).to_have_count(0)


def test_ctrl_adds_and_takes_away_single_images_also_by_quick_clicks_and_escape_ends_it(mistakes: Page):
    images = shown(mistakes)
    open_image(mistakes, 0)
    for place in (3, 5, 9, 5):
        tiles(mistakes).nth(place).click(modifiers=["ControlOrMeta"])
    expect_heading(mistakes, "3 images")
    wait_until(mistakes, lambda: selected(mistakes) == [images[0], images[3], images[9]])
    assert "image=" in mistakes.url
    assert str(images[3]) not in mistakes.url
    mistakes.keyboard.press("Escape")
    expect(mistakes.locator(".image-head h3").first).to_contain_text("Test image")
    wait_until(mistakes, lambda: len(selected(mistakes)) == 1)


def test_arrows_with_shift_extend_the_selection_and_without_it_leave_it(mistakes: Page):
    images = shown(mistakes)
    open_image(mistakes, 4)
    for _ in range(3):
        mistakes.keyboard.press("Shift+ArrowRight")
    expect_heading(mistakes, "4 images")
    wait_until(mistakes, lambda: selected(mistakes) == images[4:8])
    mistakes.keyboard.press("Shift+ArrowLeft")
    expect_heading(mistakes, "3 images")
    wait_until(mistakes, lambda: selected(mistakes) == images[4:7])
    mistakes.keyboard.press("ArrowRight")
    expect_heading(mistakes, f"Test image {images[7]}")
    wait_until(mistakes, lambda: selected(mistakes) == [images[7]])


@pytest.mark.parametrize("address", ["?view=Mistakes&show=all&order=index&page=2&panel=Image&image=110"])
def test_a_range_goes_from_the_image_of_another_page_on(mistakes: Page, ann: StoredMarks):
    expect_heading(mistakes, "Test image 110")
    tiles(mistakes).nth(1).click(modifiers=["Shift"])
    expect_heading(mistakes, "12 images")
    mistakes.keyboard.press("3")
    wait_until(mistakes, lambda: ann.all() == dict.fromkeys(range(110, 122), "cannot tell"))


@on_both
def test_two_selected_images_are_shown_side_by_side_with_their_bars(mistakes: Page):
    images = shown(mistakes)
    open_image(mistakes, 0)
    tiles(mistakes).nth(1).click(modifiers=["ControlOrMeta"])
    expect_heading(mistakes, "2 images")
    figures = mistakes.locator(".pair figure")
    expect(figures).to_have_count(2)
    boxes = [figures.nth(place).locator("img").bounding_box() for place in (0, 1)]
    assert boxes[0]["y"] == boxes[1]["y"]
    assert all(box["width"] > 150 for box in boxes)
    for place in (0, 1):
        title = tiles(mistakes).nth(place).get_attribute("title")
        actual, read = re.search(r"true (\d), read as (\d)", title).groups()
        expect(figures.nth(place)).to_contain_text(f"Test image {images[place]}")
        expect(figures.nth(place)).to_contain_text(f"True {actual}, read as {read}")
    expect(mistakes.locator(".side-by-side thead th")).to_have_text([str(index) for index in images[:2]])
    expect(mistakes.locator(".side-by-side tbody tr")).to_have_count(10)


def test_a_note_is_written_by_key_kept_by_enter_and_keys_work_again(mistakes: Page, ann: StoredMarks):
    images = shown(mistakes)
    index = open_image(mistakes, 1)
    mistakes.keyboard.press("n")
    field = mistakes.locator(".note-field input")
    expect(field).to_be_focused()
    mistakes.keyboard.type("=1 or 2? n u")
    mistakes.keyboard.press("Enter")
    wait_until(mistakes, lambda: ann.notes() == {index: "=1 or 2? n u"})
    expect(tiles(mistakes).nth(1).locator(".badge.noted")).to_be_visible()
    assert "has a note" in tiles(mistakes).nth(1).get_attribute("title")
    assert ann.all() == {}
    mistakes.keyboard.press("ArrowRight")
    expect_heading(mistakes, f"Test image {images[2]}")
    expect(field).to_have_value("")
    mistakes.keyboard.press("n")
    mistakes.keyboard.type("not meant")
    mistakes.keyboard.press("Escape")
    expect(field).not_to_be_focused()
    expect(field).to_have_value("")
    mistakes.keyboard.press("ArrowLeft")
    expect_heading(mistakes, f"Test image {index}")
    expect(field).to_have_value("=1 or 2? n u")
    mistakes.keyboard.press("n")
    field.fill("")
    mistakes.keyboard.press("Enter")
    expect(mistakes.locator(".badge.noted")).to_have_count(0)
    assert ann.notes() == {}


def test_a_note_that_a_click_elsewhere_ends_is_kept_on_its_own_image(mistakes: Page, ann: StoredMarks):
    first, last = open_image(mistakes, 0), shown(mistakes)[7]
    for text in ("one", "two", "three"):
        mistakes.keyboard.press("n")
        mistakes.locator(".note-field input").fill(text)
        tiles(mistakes).nth(7).click()
        expect_heading(mistakes, f"Test image {last}")
        wait_until(mistakes, lambda text=text: ann.notes() == {first: text})
        expect(mistakes.locator(".note-field input")).to_have_value("")
        open_image(mistakes, 0)
        expect(mistakes.locator(".note-field input")).to_have_value(text)
    mistakes.keyboard.press("n")
    mistakes.locator(".note-field input").fill("four")
    mistakes.get_by_text("Matrix", exact=True).click()
    expect(mistakes.locator(".matrix")).to_be_visible()
    wait_until(mistakes, lambda: ann.notes() == {first: "four"})


def test_notes_leave_in_both_tables_and_come_back(mistakes: Page, ann: StoredMarks):
    index = open_image(mistakes, 0)
    mistakes.keyboard.press("n")
    mistakes.keyboard.type("@home, or 4?")
    mistakes.keyboard.press("Enter")
    expect(mistakes.locator(".badge.noted")).to_have_count(1)
    mistakes.locator(".st-key-export button").first.click()
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text())))
    assert [row["note"] for row in rows if row["note"]] == ["'@home, or 4?"]
    mistakes.keyboard.press("Escape")
    mistakes.get_by_role("radiogroup", name="Panel", exact=True).get_by_text("Marks", exact=True).click()
    with mistakes.expect_download() as download:
        mistakes.get_by_role("button", name="Export marks").click()
    table = download.value.path().read_bytes()
    assert table.decode() == f'index,mark,note\n{index},,"\'@home, or 4?"\n'
    for visitor, _, _ in ann.visitors():
        ann.remove(visitor)
    upload = mistakes.locator(".st-key-study input[type=file]")
    upload.set_input_files({"name": "marks.csv", "mimeType": "text/csv", "buffer": table})
    expect(mistakes.get_by_text("Read from marks.csv. Marks: 0, notes: 1.")).to_be_visible()
    assert ann.notes() == {index: "@home, or 4?"}


@pytest.mark.parametrize(
    "page", [{**DESKTOP, "color_scheme": scheme} for scheme in ("light", "dark")], ids=["light", "dark"], indirect=True
)
@pytest.mark.parametrize("address", ["?view=Mistakes&show=all&doubted=on&order=index&panel=Image&image=947"])
def test_ones_own_mark_is_filled_and_those_of_others_are_outlined_and_both_stand_in_words(
    mistakes: Page, ann: StoredMarks
):
    ann.put({947: "label wrong"}, {947: "a 9"})
    mistakes.keyboard.press("1")
    tile = mistakes.locator('.gallery [data-value="947"]')
    expect(tile.locator(".badge")).to_have_text(["1", "2", "⚑", "✎"])
    look = """badge => {
        const { backgroundColor, borderTopColor, color } = getComputedStyle(badge);
        return { backgroundColor, borderTopColor, color };
    }"""
    own, other = (tile.locator(".badge").nth(place).evaluate(look) for place in (0, 1))
    assert own["borderTopColor"] == "rgba(0, 0, 0, 0)"
    assert other["borderTopColor"] == other["color"] == "rgb(255, 255, 255)"
    assert own["backgroundColor"] != other["backgroundColor"] == "rgb(0, 0, 0)"
    expect(tile).to_have_attribute(
        "title", re.compile("you: model wrong, others: label wrong × 1, label doubted, has a note$")
    )
    tile.click()
    expect(mistakes.locator(".opinions")).to_have_text("2 others: label wrong × 1")
    expect(mistakes.locator(".others-note")).to_have_text("Someone else: a 9")
    assert mistakes.locator(".image-marks [aria-pressed=true] .badge").inner_text() == "1"


@pytest.fixture
def plot(mistakes: Page):
    """The histogram's bars."""
    plot = mistakes.locator(".histogram .plot")
    plot.wait_for()
    return plot


of_confidence = pytest.mark.parametrize("address", ["?view=Mistakes&panel=Reliability&show=all"])


@of_confidence
def test_dragging_over_the_histogram_filters_and_a_click_frees_it(mistakes: Page, plot):
    assert plot.locator(".bin").count() == 50
    bars = plot.locator(".bin").evaluate_all("bins => bins.map(({ dataset }) => [+dataset.right, +dataset.wrong])")
    assert sum(map(sum, bars)) == TEST_IMAGES
    expect(mistakes.locator(".brushed")).to_contain_text("0-100 %: 9,9")
    drag(mistakes, plot, 0.5, 0.8)
    within = sum(map(sum, bars[25:40]))
    expect(mistakes.locator(".chips")).to_contain_text(f"{within} images")
    expect(mistakes).to_have_url(re.compile("probability=50-80"))
    right, wrong = (sum(bar[kind] for bar in bars[25:40]) for kind in (0, 1))
    expect(mistakes.locator(".brushed")).to_have_text(f"50-80 %: {right} right, {wrong} wrong")
    # The bars stay: they are counted without this filter. From its handle, an end is moved.
    assert bars == plot.locator(".bin").evaluate_all(
        "all => all.map(({ dataset }) => [+dataset.right, +dataset.wrong])"
    )
    handle = plot.get_by_role("slider", name="Largest").bounding_box()
    mistakes.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    mistakes.mouse.down()
    box = plot.bounding_box()
    mistakes.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + 9, steps=4)
    mistakes.mouse.up()
    expect(mistakes).to_have_url(re.compile("probability=50-90"))
    plot.click(position={"x": 30, "y": 20})
    expect(mistakes).not_to_have_url(re.compile("probability="))
    expect(mistakes.locator(".chips button")).to_have_count(0)
    expect(mistakes.locator(".brushed")).to_contain_text("0-100 %")


def drag(page: Page, plot, start: float, end: float) -> None:
    """Drags with the mouse, in shares of the width."""
    box = plot.bounding_box()
    page.mouse.move(box["x"] + start * box["width"], box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + end * box["width"], box["y"] + 40, steps=5)
    page.mouse.up()


@of_confidence
@on_phone
def test_the_histogram_is_brushed_by_touch_and_the_page_does_not_scroll(mistakes: Page, plot):
    plot.scroll_into_view_if_needed()
    box = plot.bounding_box()
    touch = mistakes.context.new_cdp_session(mistakes)
    y = box["y"] + 60
    for kind, share in (("touchStart", 0.6), ("touchMove", 0.65), ("touchMove", 0.75), ("touchMove", 0.9)):
        points = [{"x": box["x"] + share * box["width"], "y": y}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(mistakes).to_have_url(re.compile("probability=60-90"))
    assert mistakes.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@of_confidence
def test_the_histogram_is_brushed_by_keys_and_the_gallery_stays_where_it_is(mistakes: Page, plot):
    least = plot.get_by_role("slider", name="Least")
    least.focus()
    for _ in range(45):
        mistakes.keyboard.press("ArrowRight")
    plot.get_by_role("slider", name="Largest").focus()
    mistakes.keyboard.press("ArrowLeft")
    expect(mistakes).to_have_url(re.compile("probability=90-98"))
    expect(least).to_have_attribute("aria-valuenow", "90")
    assert "image=" not in mistakes.url
    mistakes.keyboard.press("End")
    expect(mistakes).to_have_url(re.compile("probability=90-100"))


def test_similar_images_fill_the_gallery_with_the_image_itself_first(mistakes: Page):
    index = open_image(mistakes, 3)
    mistakes.get_by_role("button", name="Similar to this one").click()
    expect(tiles(mistakes)).to_have_count(60)
    assert shown(mistakes)[0] == index
    expect(mistakes.get_by_role("heading", name=f"Similar to test image {index}")).to_be_visible()
    expect_heading(mistakes, f"Test image {index}")
    mistakes.go_back()
    wait_until(mistakes, lambda: len(shown(mistakes)) != 60)


def open_views(page: Page):
    """The menu of views, open."""
    page.locator(".st-key-views button").first.click()
    return page.get_by_test_id("stPopoverBody")


def test_a_ready_made_view_is_named_in_address_title_and_heading_until_a_filter_changes(mistakes: Page):
    open_views(mistakes).get_by_role("button", name="4 and 9 confused").click()
    named = mistakes.locator("h2.named")
    expect(named).to_have_text("4 and 9 confused")
    expect(mistakes).to_have_title("4 and 9 confused · Handwritten digits")
    expect(mistakes).to_have_url(re.compile("true=4%2C9&read=4%2C9&named=4\\+and\\+9\\+confused"))
    mistakes.keyboard.press("Escape")
    tiles(mistakes).nth(1).click()
    expect(mistakes.locator(".image-head h3").first).to_be_visible()
    expect(named).to_be_visible()
    mistakes.reload()
    expect(named).to_have_text("4 and 9 confused")
    mistakes.goto(f"{mistakes.url}&language=zh")
    expect(named).to_have_text("4 和 9 混淆")
    mistakes.locator(".chips button").first.click()
    expect(named).to_have_count(0)
    expect(mistakes).not_to_have_url(re.compile("named="))
    expect(mistakes).to_have_title("手写数字识别")


@pytest.mark.parametrize("address", ["?view=Mistakes&show=all"])
def test_a_name_of_ones_own_is_kept_while_pages_turn_and_its_link_can_be_copied(mistakes: Page):
    mistakes.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu = open_views(mistakes)
    menu.get_by_label("Name of this view").fill("<b>全部</b> & “more”")
    mistakes.keyboard.press("Enter")
    named = mistakes.locator("h2.named")
    expect(named).to_have_text("<b>全部</b> & “more”")
    expect(mistakes).to_have_title("<b>全部</b> & “more” · Handwritten digits")
    menu.get_by_role("button", name="Copy link").click()
    expect(menu.get_by_role("button", name="Copied")).to_be_visible()
    assert mistakes.evaluate("navigator.clipboard.readText()") == mistakes.url
    assert "named=" in mistakes.url
    mistakes.keyboard.press("Escape")
    mistakes.get_by_role("spinbutton", name="Page").fill("3")
    mistakes.keyboard.press("Enter")
    expect(mistakes).to_have_url(re.compile("page=3"))
    expect(named).to_be_visible()
    mistakes.get_by_role("radiogroup", name="Show").get_by_text("Wrong", exact=True).click()
    expect(named).to_have_count(0)
