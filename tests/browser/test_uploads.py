"""Pictures are uploaded, dropped and pasted; whatever can't be read gets a sentence."""

import base64
import io

import numpy as np
import pytest
from helpers import choose_in_menu, expect_reading
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from scripts.running import wait_until_settled

# The files of an event, given by names and sizes.
FILES = """files => {
    const carried = new DataTransfer();
    for (const [name, size] of files) carried.items.add(new File([new Uint8Array(size)], name));
    return carried;
}"""


def test_a_picture_is_uploaded_and_read_and_anything_else_gets_a_message(page: Page, tmp_path, seven):
    Image.fromarray(255 - seven).save(tmp_path / "seven.jpg")
    (tmp_path / "broken.png").write_bytes(b"not a picture")
    page.get_by_text("Picture", exact=True).click()
    page.locator("input[type=file]").set_input_files(tmp_path / "seven.jpg")
    expect_reading(page, "7")
    page.locator("input[type=file]").set_input_files(tmp_path / "broken.png")
    expect(page.get_by_text("broken.png is no picture that can be read here")).to_be_visible()
    (tmp_path / "my -- own_[one].png").write_bytes(b"not a picture")
    page.locator("input[type=file]").set_input_files(tmp_path / "my -- own_[one].png")
    expect(page.get_by_text("my -- own_[one].png is no picture that can be read here")).to_be_visible()


def open_pictures(page: Page) -> None:
    """Goes to where pictures are brought, and waits for what looks after them there."""
    page.get_by_text("Picture", exact=True).click()
    page.locator("input[type=file]").wait_for(state="attached")
    # Not a MouseEvent, which would open the dialog.
    page.wait_for_function(
        """() => {
            const input = document.querySelector("input[type=file]");
            input.dispatchEvent(new Event("click", { bubbles: true }));
            return input.accept !== "";
        }"""
    )
    page.locator("input[type=file]").evaluate("input => input.removeAttribute('accept')")


def bring_by_choice(page: Page, files: list[tuple[str, int]]) -> None:
    carried = page.evaluate_handle(FILES, files)
    # After a refusal, an emptied uploader takes the place of the one before.
    expect(page.locator("input[type=file]")).to_have_count(1)
    page.locator("input[type=file]").evaluate(
        """(input, carried) => {
            input.files = carried.files;
            input.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        carried,
    )


def bring_by_drop(page: Page, files: list[tuple[str, int]]) -> None:
    carried = page.evaluate_handle(FILES, files)
    for kind in ("dragenter", "dragover", "drop"):
        page.get_by_test_id("stFileUploaderDropzone").dispatch_event(kind, {"dataTransfer": carried})


def bring_by_paste(page: Page, files: list[tuple[str, int]]) -> None:
    carried = page.evaluate_handle(FILES, files)
    page.get_by_test_id("stFileUploaderDropzone").evaluate(
        """(dropzone, clipboardData) => dropzone.dispatchEvent(
            new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }))""",
        carried,
    )


def bring_a_seven(page: Page, seven: np.ndarray) -> None:
    page.locator("input[type=file]").set_input_files(payload("seven.png", png(255 - seven)))
    expect_reading(page, "7")


def payload(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def png(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def expect_a_sentence_alone(page: Page, sentence: str) -> None:
    """The sentence, with neither an old reading nor one of Streamlit's icons without words."""
    expect(page.get_by_text(sentence)).to_be_visible()
    expect_reading(page, "")
    expect(page.locator(".boxes")).to_have_count(0)
    expect(page.get_by_test_id("stFileChipIconError")).to_have_count(0)


def test_each_other_file_gets_a_sentence_in_place_of_the_last_reading(page: Page, seven):
    open_pictures(page)
    for name, content, sentence in (
        ("a.heic", b"\0\0\0\x18ftypheic", "a.heic is damaged or cut off."),
        ("a.svg", b"<svg/>", "Received: SVG"),
        ("a.pdf", b"%PDF-1.7", "Received: PDF"),
        ("a.png", b"", "a.png is empty. Save or send it again. Received: 0 bytes"),
        ("![a](http://b.c/d.png) *e* $f$.txt", b"g", "![a](http://b.c/d.png) *e* $f$.txt is no picture"),
        ("white.png", png(np.full((90, 90), 255, np.uint8)), "No digit was found on this picture"),
    ):
        bring_a_seven(page, seven)
        page.locator("input[type=file]").set_input_files(payload(name, content))
        expect_a_sentence_alone(page, sentence)


@pytest.mark.parametrize("bring", [bring_by_choice, bring_by_drop, bring_by_paste])
def test_a_file_that_is_too_large_and_several_at_once_get_a_sentence_however_they_come(page: Page, seven, bring):
    sent = []
    page.on("request", lambda request: sent.append(request.url) if "upload_file" in request.url else None)
    open_pictures(page)
    bring_a_seven(page, seven)
    sent.clear()
    bring(page, [("film.mp4", 30_000_000)])
    expect_a_sentence_alone(page, "film.mp4 is too large. Save it smaller. Expected: at most 10 MB. Received: 30.0 MB")
    choose_in_menu(page, "中文")
    expect_a_sentence_alone(page, "film.mp4 太大，请存小一些。最大：10 MB。收到：30.0 MB")
    choose_in_menu(page, "English")
    bring(page, [("large.png", 10_000_001)])
    expect_a_sentence_alone(page, "large.png is too large. Save it smaller. Expected: at most 10 MB. Received: 10.1 MB")
    bring(page, [("one.png", 5), ("other.png", 5)])
    expect_a_sentence_alone(page, "One picture is read at a time. Bring a single one. Received: 2 files")
    assert sent == []
    page.get_by_text("Number", exact=True).click()
    page.locator("canvas.upper-canvas").wait_for()
    wait_until_settled(page)
    open_pictures(page)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)
    bring(page, [("small.png", 10_000_000)])
    expect_a_sentence_alone(page, "small.png is no picture that can be read here")
    bring_a_seven(page, seven)
    expect(page.get_by_test_id("stAlert")).to_have_count(0)


def test_a_folder_that_is_dropped_gets_a_sentence(page: Page, tmp_path):
    (tmp_path / "digits").mkdir()
    open_pictures(page)
    box = page.get_by_test_id("stFileUploaderDropzone").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    chromium = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(tmp_path / "digits")], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        chromium.send("Input.dispatchDragEvent", {"type": kind, "x": x, "y": y, "data": data})
    expect_a_sentence_alone(page, "A folder is not read here. Bring one picture out of it. Received: digits")


def test_the_file_dialog_offers_the_pictures_that_can_be_read(page: Page):
    open_pictures(page)
    with page.expect_file_chooser() as dialog:
        page.get_by_test_id("stFileUploaderDropzone").click()
    accepted = dialog.value.element.get_attribute("accept").split(",")
    assert {"image/jpeg", "image/png", "image/avif", ".heic"} <= set(accepted)


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
    expect_reading(page, "7")
