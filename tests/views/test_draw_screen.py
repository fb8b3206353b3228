"""The Draw screen, run by Streamlit's own AppTest: drawings, samples and pictures."""

import json
import random
import re
import shutil
import tomllib
from collections import deque

import numpy as np
import pytest
from helpers import app, click, command, encoded, errors, reading, send, shown
from made_pictures import ruled
from PIL import Image

from model.feedback.drawings import Drawings
from model.reading.classifier import Classifier
from model.reading.pictures import MOST_BYTES
from scripts.running import ROOT


@pytest.fixture
def seven_picture(seven) -> bytes:
    """A PNG of a 7 in black on white."""
    return encoded(Image.fromarray(255 - seven))


def test_an_empty_pad_has_no_reading():
    test = app().run()
    assert reading(test) == ""


def test_a_drawing_is_read_on_the_draw_screen(seven):
    test = app(canvas=seven).run()
    assert reading(test) == "7"


def test_a_drawing_of_nothing_is_no_reading(seven):
    test = app(canvas=np.zeros_like(seven)).run()
    assert reading(test) == ""


def test_a_sample_is_read(monkeypatch):
    monkeypatch.setattr(random, "randrange", lambda count: 0)  # a few test images are refused
    test = command(app().run(), "sample")
    assert errors(test) == ""
    assert reading(test) == "7"


@pytest.mark.parametrize(
    ("name", "data", "english", "chinese"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(50), "is damaged.*Received: 62 bytes", "已损坏.*收到：62 字节"),
        ("a.tif", b"II*\0" + bytes(50), "is damaged.*Received: 54 bytes", "已损坏.*收到：54 字节"),
        ("a.svg", b"<svg/>", "Save it as PNG.*Received: SVG", "请存为 PNG.*收到：SVG"),
        ("a.pdf", b"%PDF-1.7", "Save it as PNG.*Received: PDF", "请存为 PNG.*收到：PDF"),
        ("a.txt", b"hello", "Save it as PNG.*Received: 5 bytes", "请存为 PNG.*收到：5 字节"),
        ("a.png", b"", "is empty.*Received: 0 bytes", "空文件.*收到：0 字节"),
        ("a.png", b"\x89PNG\r\n\x1a\nbroken", "is damaged.*Received: 14 bytes", "已损坏.*收到：14 字节"),
        ("a.png", bytes(10_000_001), "at most 10 MB. Received: 10.1 MB", "最大：10 MB。收到：10.1 MB"),
    ],
    ids=["HEIC", "TIFF", "SVG", "PDF", "text", "empty", "damaged", "too large"],
)
def test_each_file_that_is_no_picture_gets_a_sentence_in_the_chosen_language_in_place_of_the_last_reading(
    seven_picture, name, data, english, chinese
):
    for language, sentence in (("en", english), ("zh", chinese)):
        test = app(source="Picture", language=language).run()
        test.file_uploader[0].upload("seven.png", seven_picture, "image/png").run()
        assert (errors(test), reading(test)) == ("", "7")
        test.file_uploader[0].upload(name, data, "application/octet-stream").run()
        assert re.search(f"^{re.escape(name)} .*{sentence}", errors(test))
        assert reading(test) == ""


def test_the_server_takes_the_largest_picture_and_hardly_more():
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert MOST_BYTES + 100_000 < config["server"]["maxUploadSize"] * 1024**2 < 1.2 * MOST_BYTES


def test_a_picture_shows_what_was_taken_for_ink_and_whether_lines_were_left_out(seven):
    sheet = Image.fromarray(255 - seven)
    for picture, caption in (
        (sheet, "What was taken for ink<"),
        (ruled(sheet, 40, 170, squared=True), "in orange the lines that were left out<"),
    ):
        test = app(source="Picture").run()
        test.file_uploader[0].upload("seven.png", encoded(picture), "image/png").run()
        assert reading(test) == "7"
        assert caption in "".join(element.proto.body for element in test.get("html"))


def test_a_picture_that_lies_on_its_side_is_read_and_says_so(seven):
    image = Image.new("L", (560, 280), 255)
    for left in (0, 280):
        image.paste(Image.fromarray(255 - seven), (left, 0))
    test = app(source="Picture").run()
    test.file_uploader[0].upload("side.png", encoded(image.rotate(-90, expand=True)), "image/png").run()
    assert reading(test) == "77"
    assert ["counterclockwise by 90°" in info.value for info in test.info] == [True]


@pytest.mark.parametrize("kind", ["blank", "noisy"])
@pytest.mark.parametrize(("language", "sentence"), [("en", "Use a dark pen"), ("zh", "请用深色笔")])
def test_a_picture_on_which_nothing_is_found_gets_a_sentence(kind, language, sentence):
    noise = np.random.default_rng(0).integers(0, 256, (300, 400)).astype(np.uint8)
    picture = Image.fromarray(noise if kind == "noisy" else np.full_like(noise, 255))
    test = app(source="Picture", language=language).run()
    test.file_uploader[0].upload("empty.png", encoded(picture), "image/png").run()
    assert errors(test) == ""
    assert [sentence in warning.value for warning in test.warning] == [True]


def test_of_an_upload_and_a_camera_shot_the_one_that_came_last_is_read_or_refused(seven, seven_picture):
    test = app(source="Picture").run()
    test.toggle(key="camera").set_value(True).run()
    test.camera_input[0].set_value(("shot.jpg", encoded(Image.fromarray(255 - seven), "JPEG"), "image/jpeg")).run()
    assert reading(test) == "7"
    test.file_uploader[0].upload("letter.pdf", b"%PDF-1.7", "application/pdf").run()
    assert "Received: PDF" in errors(test)
    assert reading(test) == ""
    test.camera_input[0].set_value(("shot.jpg", encoded(Image.new("L", (90, 90)), "JPEG"), "image/jpeg")).run()
    assert errors(test) == ""
    assert len(test.warning) == 1
    test.file_uploader[0].upload("seven.png", seven_picture, "image/png").run()
    assert reading(test) == "7"


def test_the_other_network_reads_the_same_drawing(seven):
    test = app(canvas=seven, network="classic").run()
    assert reading(test) == "7"


def test_a_network_that_cant_refuse_says_so_where_it_is_chosen_to_read_drawings(copied_networks):
    shutil.copytree(copied_networks / "classic", copied_networks / "another")
    for language, sentence in (("en", "another takes everything for a digit"), ("zh", "another 把什么都当作数字")):
        assert sentence in shown(app(network="another", language=language).run(), "reading")
    assert "takes everything" not in shown(app(network="compact").run(), "reading")


def test_the_menu_tells_of_each_network_how_large_it_is_and_whether_it_refuses():
    (choice,) = app().run().radio
    assert dict(zip(choice.options, choice.proto.captions, strict=True)) == {
        "compact": "reads handwriting, 299 k parameters, refuses what is no digit",
        "classic": "the article's network, 1.9 M parameters, never refuses",
    }
    test = app().run()
    test.radio[0].set_value("classic").run()
    assert test.session_state.network == "classic"
    assert test.query_params["network"] == "classic"


def test_all_that_is_on_the_pad_is_given_to_the_network_as_a_drawing(seven, monkeypatch):
    given, give = [], Classifier.given

    def spy(self, images, drawn):
        given.append(drawn)
        return give(self, images, drawn)

    monkeypatch.setattr(Classifier, "given", spy)
    test = app(canvas=seven).run()
    for tab in ("why", "layers", "similar"):
        before = len(given)
        test.session_state.explain = tab
        assert errors(test.run()) == ""
        assert len(given) > before + 1  # more than the reading itself
    assert all(given)


def test_a_watchers_message_of_another_canvas_without_a_picture_is_passed_over():
    test = app().run()
    revision = test.session_state["pad canvas"].state.revision
    message = {"canvas": "another", "revision": revision, "number": 1, "down": False, "kept": False, "image": None}
    test.session_state["pad_watcher"] = {"drawing": message}
    assert errors(test.run()) == ""
    assert reading(test) == ""


@pytest.mark.parametrize(
    "sent",
    [
        "no JSON",
        "[]",
        '{"drawings": 3, "score": [1, 2]}',
        '{"drawings": [["data:image/svg+xml;base64,AAAA", "7", true]], "score": [0, 0]}',
        '{"drawings": [["data:image/png;base64,AAAA", "<b>", true]], "score": [0, 0]}',
        '{"drawings": [], "score": [-1, 10000000000]}',
        '{"drawings": [], "score": [1e999, 0]}',
        "[" * 100_000,
        7,
    ],
)
def test_what_a_page_gives_back_of_a_stage_is_checked(sent):
    test = send(app(stage="on").run(), "frame", "kept", sent)
    assert errors(test) == ""
    assert "<li>" not in shown(test, "stage-bar")
    assert 'class="score"' not in shown(test, "stage-bar")


def test_what_a_tab_has_kept_of_a_stage_is_shown_again_once():
    kept = {"drawings": [["data:image/png;base64,AAAA", "7", True], ["data:image/png;base64,AAAA", "3", None]]}
    test = app(stage="on").run()
    for _ in range(2):
        bar = shown(send(test, "frame", "kept", json.dumps(kept | {"score": [2, 1]})), "stage-bar")
        assert bar.count("<li>") == 2
        assert "<b>2</b> of <b>3</b> right" in bar


def test_a_drawing_made_before_the_tab_gives_back_a_full_strip_stays_in_front():
    test = app(stage="on").run()
    test.session_state["history"] = deque([("data:image/png;base64,AAAA", "5", "new")], maxlen=10)
    kept = {"drawings": [["data:image/png;base64,AAAA", "7", None]] * 10, "score": [0, 0]}
    bar = shown(send(test, "frame", "kept", json.dumps(kept)), "stage-bar")
    assert re.findall(r"<b>(\d)</b>", bar) == ["5", *"7" * 9]


def test_only_the_operator_may_take_all_kept_drawings_along(monkeypatch, tmp_path, seven, for_guests):
    monkeypatch.setenv("DIGITS_DRAWINGS", str(tmp_path / "drawings.sqlite"))
    monkeypatch.setenv("DIGITS_TOKEN", "secret")
    Drawings(tmp_path / "drawings.sqlite").add(np.zeros((28, 28), np.uint8), 7)

    def offered(**address: str) -> bool:
        test = app(canvas=seven, **address).run()
        if 'data-value="show-kept"' in shown(test, "truth"):
            click(test, "truth", "show-kept")
        return bool(test.get("download_button"))

    assert not offered()
    assert not offered(token="guess")
    assert offered(token="secret")


def test_a_digit_that_was_chosen_in_one_picture_is_not_chosen_in_the_next(seven):
    test = app(source="Picture").run()
    two = Image.fromarray(255 - np.hstack([seven, seven]))
    test.file_uploader[0].upload("first.png", encoded(two), "image/png").run()
    assert '"1" aria-pressed="true"' in shown(click(test, "reading", "1"), "reading")
    test.file_uploader[0].upload("second.png", encoded(two.resize((500, 250))), "image/png").run()
    assert '"0" aria-pressed="true"' in shown(test, "reading")
