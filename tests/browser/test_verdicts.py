"""Visitors judge readings and keep drawings."""

import numpy as np
from helpers import DESKTOP, canvas, choose_in_menu, draw, expect_reading, on_both
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from scripts.running import wait_until_settled


def test_right_and_wrong_are_counted_by_key_once_a_drawing(page: Page):
    right, wrong = (page.locator(f".truth [data-value={value}] b") for value in ("right", "wrong"))
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    wait_until_settled(page)
    expect(page.locator(".truth button").first).to_be_disabled()
    for key, counts in (("y", ("1", "0")), ("2", ("1", "1")), ("7", ("2", "1"))):
        draw(page)
        expect_reading(page, "7")
        expect(page.locator(".truth button").first).to_be_enabled()  # they come after the digit
        wait_until_settled(page)
        page.keyboard.press(key)
        expect(right).to_have_text(counts[0])
        expect(wrong).to_have_text(counts[1])
        page.get_by_role("button", name="Clear").click()
        expect_reading(page, "")
    draw(page)
    expect_reading(page, "7")
    expect(page.locator(".truth button").first).to_be_enabled()
    for key, counts in (("x", ("2", "2")), ("7", ("3", "1")), ("7", ("2", "1"))):
        page.keyboard.press(key)
        expect(right).to_have_text(counts[0])
        expect(wrong).to_have_text(counts[1])


def test_drawings_are_kept_only_where_the_visitor_says_so_and_are_exported_to_train_on(page: Page):
    keep = page.locator(".truth [data-value=keep]")
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.keyboard.press("7")
    expect(page.locator(".truth [data-value=right] b")).to_have_text("1")
    expect(page.get_by_role("button", name="Export drawings")).to_have_count(0)
    expect(keep).to_have_text("Keep drawings: off")
    keep.click()
    expect(keep).to_have_text("Keep drawings: on")
    expect(keep).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("2")
    page.get_by_role("button", name="Kept (1)").click()
    expect(page.get_by_text("1 drawing is kept on the computer that runs this app")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export drawings").click()
    with np.load(download.value.path()) as archive:
        assert archive["x_train"].shape == (1, 28, 28)
        assert archive["x_train"].max() == 255
        assert archive["y_train"].tolist() == [2]
    page.keyboard.press("2")  # taken back
    expect(page.get_by_role("button", name="Export drawings")).to_have_count(0)


def test_each_picture_is_judged_anew(page: Page, tmp_path, seven):
    Image.fromarray(255 - seven).save(tmp_path / "one.png")
    Image.fromarray(255 - seven[:, ::-1]).save(tmp_path / "other.png")
    page.get_by_text("Picture", exact=True).click()
    right = page.locator(".truth [data-value=right]")
    for count, name in enumerate(("one.png", "other.png"), 1):
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(page.locator(".boxes")).to_be_visible()
        expect(right).to_have_attribute("aria-pressed", "false")
        page.locator("[data-test-script-state=notRunning]").wait_for()
        right.click()
        expect(right.locator("b")).to_have_text(str(count))


def test_a_verdict_is_on_one_picture_and_one_network_alone(page: Page):
    right = page.locator(".truth [data-value=right]")

    def expect_pressed(is_pressed: bool) -> None:
        expect(right).to_have_attribute("aria-pressed", str(is_pressed).lower())

    draw(page)
    expect_reading(page, "7")
    expect(right).to_be_enabled()
    wait_until_settled(page)
    right.click()
    expect_pressed(True)
    draw(page, [(60, 140), (180, 140)])
    expect_pressed(False)
    page.get_by_role("button", name="Undo").click()
    expect_pressed(True)
    page.get_by_text("Number", exact=True).click()
    expect_reading(page, "")
    canvas(page).hover()  # waits until it keeps its place
    draw(page)
    expect_reading(page, "7")
    expect_pressed(False)
    page.get_by_text("Digit", exact=True).click()
    expect_reading(page, "7")
    expect_pressed(True)
    choose_in_menu(page, "classic")
    expect_reading(page, "7")
    expect_pressed(False)
    expect(right.locator("b")).to_have_text("1")


@on_both
def test_kept_drawings_are_seen_deleted_and_taken_back_beside_another_visitors(
    page: Page, browser: Browser, app_url: str
):
    entry, tiles = page.locator(".truth [data-value=show-kept]"), page.locator(".kept li")
    draw(page)
    expect_reading(page, "7")
    wait_until_settled(page)
    page.locator(".truth [data-value=keep]").click()
    page.locator(".truth [data-value='7']").click()
    entry.click()
    expect(entry).to_have_attribute("aria-expanded", "true")
    label, picture = tiles.first.locator("b"), tiles.first.get_by_role("img")
    expect(label).to_have_text("7")
    expect(picture).to_be_in_viewport()
    assert picture.evaluate("image => [image.naturalWidth, image.naturalHeight]") == [28, 28]
    kept = tiles.count()
    with browser.new_context(**DESKTOP) as context:
        # Who sits at the server sees them all, at once.
        other = context.new_page()
        other.goto(app_url)
        other.locator(".truth [data-value=show-kept]").click()
        expect(other.locator(".kept li")).to_have_count(kept)
        tiles.first.get_by_role("button").click()
        expect(tiles).to_have_count(kept - 1)
        other.locator(".kept li").first.get_by_role("button").click()  # gone already
        expect(other.locator(".kept li")).to_have_count(kept - 1)
        expect(other.get_by_role("alert")).to_have_count(0)
    page.get_by_role("button", name="Deleted. Take back").click()
    expect(tiles).to_have_count(kept)
    expect(label).to_have_text("7")
    page.get_by_role("button", name="Delete all").click()
    expect(tiles).to_have_count(0)
    expect(entry).to_have_text("Kept (0)")
    entry.click()
    expect(page.locator(".kept")).to_have_count(0)
