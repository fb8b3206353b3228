"""The app in a real Chromium, with mouse, touch and keys."""

import base64
import io
import re

import numpy as np
from conftest import DESKTOP, SEVEN, draw, go_to, ink, on_both, on_phone
from PIL import Image
from playwright.sync_api import Browser, Page, expect


def draw_by_touch(page: Page, stroke=SEVEN) -> None:
    """Draws a stroke with a finger: real touch events, by Chromium's own protocol."""
    box = page.locator("canvas.upper-canvas").bounding_box()
    touch = page.context.new_cdp_session(page)
    points = [(stroke[i] * (1 - t) + stroke[i + 1] * t) for i in range(len(stroke) - 1) for t in (0, 0.25, 0.5, 0.75)]
    for kind, (x, y) in zip(["touchStart"] + ["touchMove"] * len(points), [*points, stroke[-1]], strict=True):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": box["x"] + x, "y": box["y"] + y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def heading(page: Page):
    return page.locator(".st-key-prediction").get_by_role("heading")


@on_both
def test_a_seven_drawn_with_the_mouse_is_read_as_7(page: Page):
    draw(page)
    expect(heading(page)).to_have_text("7")
    expect(page.locator(".answer .bars li")).to_have_count(10)
    expect(page.locator(".seen img")).to_be_visible()


@on_phone
def test_a_seven_drawn_with_a_finger_on_a_phone_is_read_as_7(page: Page):
    draw_by_touch(page)
    expect(heading(page)).to_have_text("7")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_an_empty_pad_invites_to_draw(page: Page):
    expect(page.locator(".st-key-prediction")).to_contain_text("Draw a digit")
    expect(heading(page)).to_have_count(0)


def test_clear_empties_the_pad_and_the_next_drawing_is_read_alone(page: Page):
    draw(page)
    expect(heading(page)).to_have_text("7")
    page.get_by_role("button", name="Clear").click()
    expect(heading(page)).to_have_count(0)
    page.wait_for_timeout(500)
    expect(heading(page)).to_have_count(0)
    draw(page, [(140, 50), (140, 230)])
    expect(heading(page)).to_have_text("1")


def test_undo_takes_back_the_last_stroke_alone(page: Page):
    draw(page, [(140, 50), (140, 230)])
    expect(heading(page)).to_have_text("1")
    draw(page, [(130, 50), (60, 150), (220, 150)])
    expect(heading(page)).to_have_text("4")
    page.get_by_role("button", name="Undo").click()
    expect(heading(page)).to_have_text("1")
    page.keyboard.press("Control+z")
    expect(heading(page)).to_have_count(0)


def test_a_drawing_survives_a_change_of_view_and_can_be_continued(page: Page):
    draw(page)
    expect(heading(page)).to_have_text("7")
    go_to(page, "Mistakes")
    page.locator(".st-key-mistakes-gallery img").first.wait_for()
    go_to(page, "Draw")
    expect(heading(page)).to_have_text("7")
    assert ink(page) > 0
    page.get_by_role("button", name="Undo").click()
    expect(heading(page)).to_have_count(0)


def test_a_sample_is_a_test_digit_that_is_read_without_drawing(page: Page):
    page.get_by_role("button", name="Sample").click()
    expect(heading(page)).to_have_text(re.compile(r"^\d$"))
    page.wait_for_timeout(400)
    assert ink(page) > 100
    first = page.locator(".seen img").get_attribute("src")
    page.get_by_role("button", name="Sample").click()
    expect(page.locator(".seen img")).not_to_have_attribute("src", first)


def test_the_canvas_has_no_toolbar_that_could_wipe_the_drawing(page: Page):
    draw(page)
    page.locator("canvas.upper-canvas").hover()
    expect(page.locator(".dc-toolbar")).to_be_hidden()
    expect(page.get_by_role("img", name="Drawing pad")).to_be_visible()


@on_both
def test_a_number_is_read_digit_by_digit_with_a_box_and_bars_for_each(page: Page):
    page.get_by_text("Number", exact=True).click()
    # A narrow window is known to the server only a moment after the first pad has come.
    width = min(640, page.viewport_size["width"] - 40)
    expect(page.locator("canvas.upper-canvas")).to_have_css("width", f"{width}px")
    draw(page, [(50, 60), (50, 220)])
    draw(page, [(120, 70), (220, 70), (160, 220)])
    expect(heading(page)).to_have_text("17")
    expect(page.locator(".boxes .box")).to_have_count(2)
    page.get_by_role("radiogroup", name="Digits in reading order").get_by_text("7 ·").click()
    expect(page.locator(".answer .bars .best .digit")).to_have_text("7")
    assert page.locator("canvas.upper-canvas").bounding_box()["width"] <= page.viewport_size["width"] - 20


def test_a_picture_is_uploaded_and_read_and_anything_else_gets_a_message(page: Page, tmp_path, seven):
    Image.fromarray(255 - seven).save(tmp_path / "seven.jpg")
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    page.get_by_text("Picture", exact=True).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "seven.jpg")
    expect(heading(page)).to_have_text("7")
    page.locator("input[type=file]").set_input_files(tmp_path / "broken.png")
    expect(page.get_by_text("broken.png is no picture that can be read here")).to_be_visible()


@on_both
def test_why_shows_the_steps_and_the_ink_that_decides_also_for_another_digit(page: Page):
    draw(page)
    expect(heading(page)).to_have_text("7")
    page.get_by_text("Show why").click()
    maps = page.locator(".st-key-why-maps figure")
    expect(maps).to_have_count(5)
    assert [text.strip() for text in maps.all_inner_texts()[:4]] == [
        "1. its ink",
        "2. scaled to 20 pixels",
        "3. centred by its mass",
        "why 7",
    ]
    page.get_by_role("radiogroup", name="Why not a…").get_by_text("9", exact=True).click()
    expect(maps.last).to_contain_text("why not 9")
    expect(maps.last.locator("img")).to_have_attribute("alt", "Which ink speaks for 9, and which against")
    expect(page.get_by_text("All networks read 7")).to_be_visible()
    expect(page.locator(".side-by-side thead th")).to_have_text(["compact", "classic"])
    page.get_by_role("button", name="Clear").click()
    expect(maps).to_have_count(0)


def test_the_stage_has_nothing_but_pad_digit_bars_and_the_last_drawings(page: Page):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    expect(page.get_by_role("radiogroup")).to_have_count(0)
    page.wait_for_timeout(500)
    assert page.locator("canvas.upper-canvas").bounding_box()["height"] == 490
    for _ in range(3):
        draw(page, 1.75 * SEVEN)
        expect(heading(page)).to_have_text("7")
        page.wait_for_timeout(500)
        page.keyboard.press("Delete")
        expect(heading(page)).to_have_count(0)
    expect(page.locator(".history li")).to_have_text(["7"] * 3)
    draw(page, 1.75 * SEVEN)
    expect(heading(page)).to_have_text("7")
    page.wait_for_timeout(500)
    assert float(heading(page).evaluate("digit => getComputedStyle(digit).fontSize").rstrip("px")) >= 150
    assert page.evaluate("document.querySelector('.stMain').scrollHeight <= window.innerHeight")
    page.keyboard.press("Escape")
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()
    expect(heading(page)).to_have_text("7")
    page.go_back()
    expect(page.locator(".st-key-stage")).to_be_visible()


@on_phone
def test_the_stage_fits_a_phone_and_is_drawn_on_with_a_finger(page: Page):
    page.get_by_role("button", name="Stage").tap()
    page.locator(".st-key-stage").wait_for()
    page.wait_for_timeout(1000)
    assert page.evaluate("document.querySelector('.stMain').scrollWidth <= window.innerWidth")
    pad = page.locator("canvas.upper-canvas").bounding_box()
    assert pad["x"] >= 0
    assert pad["x"] + pad["width"] <= page.viewport_size["width"]
    draw_by_touch(page, 1.2 * SEVEN)
    expect(heading(page)).to_have_text("7")
    page.locator(".truth [data-value='7']").tap()
    expect(page.locator(".truth [data-value=right] b")).to_have_text("1")
    page.get_by_role("button", name="Leave the stage").tap()
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()


def test_a_drawing_goes_to_the_stage_and_comes_back(page: Page):
    draw(page)
    expect(heading(page)).to_have_text("7")
    page.wait_for_timeout(500)
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    page.wait_for_timeout(1000)
    assert ink(page) > 0
    page.keyboard.press("Escape")
    expect(page.get_by_role("radiogroup", name="View")).to_be_visible()
    page.wait_for_timeout(1000)
    assert ink(page) > 0


def test_right_and_wrong_are_counted_by_key_once_a_drawing(page: Page):
    right, wrong = (page.locator(f".truth [data-value={value}] b") for value in ("right", "wrong"))
    page.keyboard.press("s")
    page.locator(".st-key-stage").wait_for()
    page.wait_for_timeout(500)
    expect(page.locator(".truth button").first).to_be_disabled()
    for key, counts in (("y", ("1", "0")), ("2", ("1", "1")), ("7", ("2", "1"))):
        draw(page, 1.75 * SEVEN)
        expect(heading(page)).to_have_text("7")
        expect(page.locator(".truth button").first).to_be_enabled()  # they come after the digit
        page.wait_for_timeout(500)
        page.keyboard.press(key)
        expect(right).to_have_text(counts[0])
        expect(wrong).to_have_text(counts[1])
        page.get_by_role("button", name="Clear").click()
        expect(heading(page)).to_have_count(0)
    draw(page, 1.75 * SEVEN)
    expect(heading(page)).to_have_text("7")
    expect(page.locator(".truth button").first).to_be_enabled()
    for key, counts in (("x", ("2", "2")), ("7", ("3", "1")), ("7", ("2", "1"))):
        page.keyboard.press(key)
        expect(right).to_have_text(counts[0])
        expect(wrong).to_have_text(counts[1])


def test_drawings_are_kept_only_where_the_visitor_says_so_and_are_exported_to_train_on(page: Page):
    keep = page.get_by_text("Keep drawings")
    draw(page)
    expect(heading(page)).to_have_text("7")
    page.wait_for_timeout(500)
    page.keyboard.press("7")
    expect(page.locator(".truth [data-value=right] b")).to_have_text("1")
    expect(page.get_by_role("button", name="Export drawings")).to_have_count(0)
    expect(page.get_by_text("What you draw is not kept.")).to_be_visible()
    keep.click()
    expect(page.get_by_text("What you draw is not kept.")).to_have_count(0)
    expect(page.get_by_text("drawings are kept", exact=True)).to_be_visible()
    page.keyboard.press("2")
    expect(page.get_by_text("1 drawing is kept on the computer that runs this app")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export drawings").click()
    with np.load(download.value.path()) as archive:
        assert archive["x_train"].shape == (1, 28, 28)
        assert archive["x_train"].max() == 255
        assert archive["y_train"].tolist() == [2]
    page.keyboard.press("2")  # taken back
    expect(page.get_by_role("button", name="Export drawings")).to_have_count(0)


def test_a_pasted_picture_is_read(page: Page, seven):
    page.get_by_text("Picture", exact=True).click()
    page.locator("input[type=file]").wait_for(state="attached")
    encoded = io.BytesIO()
    Image.fromarray(255 - seven).save(encoded, "PNG")
    page.evaluate(
        """data => {
            const bytes = Uint8Array.from(atob(data), character => character.charCodeAt(0));
            const clipboardData = new DataTransfer();
            clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
            window.dispatchEvent(new ClipboardEvent("paste", { clipboardData, cancelable: true }));
        }""",
        base64.b64encode(encoded.getvalue()).decode(),
    )
    expect(heading(page)).to_have_text("7")


def test_each_picture_is_judged_anew(page: Page, tmp_path, seven):
    Image.fromarray(255 - seven).save(tmp_path / "one.png")
    Image.fromarray(255 - seven[:, ::-1]).save(tmp_path / "other.png")
    page.get_by_text("Picture", exact=True).click()
    right = page.locator(".truth [data-value=right]")
    for count, name in enumerate(("one.png", "other.png"), 1):
        page.locator("input[type=file]").set_input_files(tmp_path / name)
        expect(page.locator(".boxes")).to_be_visible()
        expect(right).to_have_attribute("aria-pressed", "false")
        page.wait_for_timeout(500)
        right.click()
        expect(right.locator("b")).to_have_text(str(count))


def test_a_scribble_is_not_read_as_a_digit_but_the_best_guess_is_told(page: Page):
    draw(page, [(20 + 24 * step, 40 if step % 2 else 240) for step in range(11)])
    expect(heading(page)).to_have_text("?")
    expect(page.get_by_text("Not sure this is a digit")).to_be_visible()
    expect(page.get_by_text("Best guess")).to_be_visible()
    best, accent = page.locator(".bars .best .bar"), "rgb(234, 88, 12)"
    expect(best).not_to_have_css("background-color", accent)
    page.get_by_role("button", name="Clear").click()
    draw(page)
    expect(heading(page)).to_have_text("7")
    expect(best).to_have_css("background-color", accent)


@on_both
def test_the_network_screen_shows_both_networks_side_by_side(page: Page):
    go_to(page, "Network")
    card = page.locator(".st-key-network-card")
    expect(card).to_contain_text("1,886,250")
    expect(card).to_contain_text("compact")
    expect(card.locator("img").first).to_be_visible()


def test_two_visitors_draw_at_once_and_each_sees_his_own(page: Page, browser: Browser, app_url: str):
    with browser.new_context(**DESKTOP) as context:
        other = context.new_page()
        other.goto(app_url)
        other.locator("canvas.upper-canvas").wait_for()
        draw(page)
        draw(other, [(140, 50), (140, 230)])
        expect(heading(page)).to_have_text("7")
        expect(heading(other)).to_have_text("1")
