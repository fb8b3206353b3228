"""Each screen of the app, run by Streamlit's own AppTest, also with files missing or damaged."""

import base64
import io
import json
import re
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from model.data.mnist import Split
from model.feedback.marks import Marks
from model.reading import store
from model.reading.card import Card, Member
from model.reading.classifier import Classifier
from model.reading.pictures import MOST_BYTES
from scripts.running import ROOT
from views import parts
from views.messages import revision_mark
from views.search import MOST_CHARACTERS


def app(view: str = "Draw", canvas: np.ndarray | None = None, **address: object) -> AppTest:
    """The app on one of its screens, opened by a link; `canvas` is what is drawn on the pad, uint8 (280, 280)."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in {"view": view, **address}.items():
        test.query_params[key] = str(value)
    if canvas is not None:
        revision = test.run().session_state["pad canvas"].state.revision
        test.session_state["canvas"] = drawn(canvas, revision)
    return test


def drawn(pixels: np.ndarray, revision: int) -> dict:
    """What the canvas sends after a stroke; pixels are uint8 (280, 280)."""
    file = io.BytesIO()
    Image.fromarray(np.dstack([pixels] * 3 + [np.full_like(pixels, 255)])).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"drawing": {"raw": {"objects": [revision_mark(revision), {"type": "Path"}]}, "data": url}}


def reading(test: AppTest) -> str:
    """What the page says that it reads; empty for a blank pad."""
    (text,) = re.findall(r'data-reading="(.*?)"', "".join(element.proto.body for element in test.get("html")))
    return text


def errors(test: AppTest) -> str:
    """All messages of what went wrong on the page, as a visitor sees them."""
    assert not test.exception
    return "\n".join(as_shown(error.value) for error in test.error)


def as_shown(markdown: str) -> str:
    """The Markdown without what keeps other text in it from being formatted."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown.replace(":small[]", ""))


def encoded(picture: Image.Image, file_format: str = "PNG") -> bytes:
    file = io.BytesIO()
    picture.save(file, file_format)
    return file.getvalue()


@pytest.fixture
def copied_networks(tmp_path, monkeypatch) -> Path:
    """The shipped networks in a folder of their own, to be damaged."""
    folder = Path(shutil.copytree(store.TRAINED, tmp_path / "trained"))
    monkeypatch.setattr(store, "TRAINED", folder)
    return folder


@pytest.fixture(autouse=True)
def marks_file(tmp_path, monkeypatch) -> Path:
    """Where marks are kept meanwhile."""
    monkeypatch.setenv("DIGITS_MARKS", str(tmp_path / "marks.sqlite"))
    return tmp_path / "marks.sqlite"


@pytest.mark.parametrize("view", ["Draw", "Mistakes", "Network"])
def test_each_screen_runs_without_an_error(view):
    assert errors(app(view).run()) == ""


def test_an_empty_pad_has_no_reading():
    test = app().run()
    assert reading(test) == ""


def test_a_drawing_is_read_on_the_draw_screen(seven):
    test = app(canvas=seven).run()
    assert reading(test) == "7"


def test_a_drawing_of_nothing_is_no_reading(seven):
    test = app(canvas=np.zeros_like(seven)).run()
    assert reading(test) == ""


def test_a_sample_is_read(seven):
    test = app().run()
    next(button for button in test.button if button.label == "Sample").click().run()
    assert errors(test) == ""
    assert reading(test).isdigit()


@pytest.fixture
def seven_picture(seven) -> bytes:
    """A PNG of a 7 in black on white."""
    return encoded(Image.fromarray(255 - seven))


@pytest.mark.parametrize(
    ("name", "data", "english", "chinese"),
    [
        ("a.heic", b"\0\0\0\x18ftypheic" + bytes(50), "Save it as PNG.*Received: HEIC", "请存为 PNG.*收到：HEIC"),
        ("a.tif", b"II*\0" + bytes(50), "Save it as PNG.*Received: TIFF", "请存为 PNG.*收到：TIFF"),
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
        notes = [caption.value for caption in app(network="another", language=language).run().caption]
        assert any(note.startswith(sentence) for note in notes)
    for test in (app(network="compact"), app("Mistakes", network="another")):
        assert not any("takes everything" in caption.value for caption in test.run().caption)


def test_all_that_is_on_the_pad_is_given_to_the_network_as_a_drawing(seven, monkeypatch):
    given, give = [], Classifier._given

    def spy(self, images, drawn):
        given.append(drawn)
        return give(self, images, drawn)

    monkeypatch.setattr(Classifier, "_given", spy)
    test = app(canvas=seven).run()
    for toggle in ("why", "layers"):
        before = len(given)
        test.session_state[toggle] = True
        assert errors(test.run()) == ""
        assert len(given) > before + 1  # more than the reading itself
    next(button for button in test.button if button.label == "Similar test images").click().run()
    assert test.session_state.view == "Mistakes"
    assert all(given)


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_mistakes_screen_tells_errors_and_accuracy_of_the_network(name):
    card = Card.load(store.TRAINED / name)
    test = app("Mistakes", network=name).run()
    summary = test.markdown[0].value
    assert f"{card.test.errors} of 10,000" in summary
    assert f"{100 * card.test.accuracy:.2f} %" in summary


def shown(test: AppTest, key: str) -> str:
    """The HTML of a clickable element."""
    elements = (element.proto for element in test.get("bidi_component"))
    return next(json.loads(element.json)["html"] for element in elements if element.id.endswith(f"-{key}"))


def gallery(test: AppTest) -> list[tuple[int, int, int]]:
    """Index, true digit and digit read of each image in the gallery, in order."""
    found = re.findall(r'title="Test image (\d+): true (\d), read as (\d)', shown(test, "gallery"))
    return [tuple(map(int, image)) for image in found]


def answers(name: str, test_set: Split) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What a network read, how sure it was, and which images it read wrong, counted by plain NumPy."""
    probabilities = np.load(store.TRAINED / name / "test_probabilities.npy")
    read = np.argmax(probabilities, axis=1)
    return read, probabilities[range(10_000), read], np.nonzero(read != test_set.labels)[0]


def test_the_gallery_shows_the_most_confident_mistake_first_and_by_index_on_demand(test_set):
    read, sure, wrong = answers("classic", test_set)
    assert gallery(app("Mistakes", network="classic").run())[0][0] == wrong[sure[wrong].argmax()]
    by_index = gallery(app("Mistakes", network="classic", order="index").run())
    assert by_index == [(index, test_set.labels[index], read[index]) for index in wrong[: len(by_index)]]


def test_the_gallery_of_all_images_has_pages_with_each_image_once():
    pages = [gallery(app("Mistakes", show="all", order="index", page=page).run()) for page in (1, 2, 209)]
    assert [image[0] for page in pages for image in page] == [*range(96), *range(9984, 10_000)]


def test_filters_for_the_true_digit_and_the_digit_read_hold():
    first = gallery(app("Mistakes", network="classic").run())[0]
    test = app("Mistakes", network="classic").run()
    test.pills(key="true").set_value(first[1])
    test.pills(key="read").set_value(first[2]).run()
    assert gallery(test)
    assert {image[1:] for image in gallery(test)} == {first[1:]}
    assert (test.query_params["true"], test.query_params["read"]) == (str(first[1]), str(first[2]))


def test_a_filter_that_nothing_passes_says_so_and_reset_takes_it_away():
    test = app("Mistakes", find="99999").run()
    assert errors(test) == ""
    assert "No image of this kind" in test.info[0].value
    next(button for button in test.button if button.label == "Reset").click().run()
    assert gallery(test)
    assert dict(test.query_params) == {"view": "Mistakes"}


def test_images_are_found_by_number_and_range(test_set):
    test = app("Mistakes", find="9, 4-6", show="all", order="given").run()
    assert [image[0] for image in gallery(test)] == [9, 4, 5, 6]


def told(test: AppTest) -> str:
    """What the page says of the search."""
    assert not test.exception
    hidden = [markdown.value for markdown in test.markdown if markdown.value.startswith(("Searched", "搜索"))]
    return "\n".join([*(as_shown(warning.value) for warning in test.warning), *hidden])


@pytest.mark.parametrize(
    ("find", "english", "chinese"),
    [
        ("abc", "Not understood: abc. Write indices from 0 to 9,999", "看不懂：abc。请写 0 到 9,999"),
        ("9, <b>, 4-6-8", "Not understood: <b>, 4-6-8. Write", "看不懂：<b>, 4-6-8。请写"),
        ("12345", "Beyond the last image: 12345. Indices are 0 to 9,999.", "超出范围：12345。编号为 0 到 9,999。"),
        ("9990-10010", "Beyond the last image: 9990-10010. Indices", "超出范围：9990-10010。编号"),
        ("5-3", "The wrong way round: 5-3. Write the smaller index first, such as 3-5.", "起止颠倒：5-3。"),
    ],
)
def test_what_of_a_search_is_not_followed_is_told_in_the_chosen_language(find, english, chinese):
    for language, sentence in (("en", english), ("zh", chinese)):
        assert sentence in told(app("Mistakes", find=find, show="all", language=language).run())


@pytest.mark.parametrize("find", ["", "7", "3-5, 9 12"])
def test_of_a_search_that_is_followed_nothing_is_told(find):
    assert told(app("Mistakes", find=find, show="all").run()) == ""


def test_images_searched_for_that_the_filters_hide_are_counted_and_shown_on_demand(test_set):
    _, _, wrong = answers("compact", test_set)
    index = int(wrong[0])
    for language, sentence in (
        ("en", "Searched for: 6 images. Hidden by the filters: 6."),
        ("zh", "搜索了 6 张图，其中 6 张被筛选隐藏。"),
    ):
        test = app("Mistakes", find="0-5", true=9, language=language).run()
        assert told(test) == sentence
        assert not test.info
    test = app("Mistakes", find=f"0-5, {index}", order="index").run()
    assert told(test) == "Searched for: 7 images. Hidden by the filters: 6."
    assert [image[0] for image in gallery(test)] == [index]
    test.pills(key="true").set_value((int(test_set.labels[index]) + 1) % 10).run()
    next(button for button in test.button if button.label == "Show them").click().run()
    assert told(test) == ""
    assert sorted(image[0] for image in gallery(test)) == [0, 1, 2, 3, 4, 5, index]
    assert test.query_params == {"view": "Mistakes", "find": f"0-5, {index}", "show": "all", "order": "index"}


def test_a_search_that_is_too_long_is_cut_in_the_field_and_in_the_address_and_says_so():
    typed = app("Mistakes").run()
    typed.text_input(key="find").set_value("0-9999," * 10_000).run()
    in_english, in_chinese = (app("Mistakes", find="7," * 5000, language=language).run() for language in ("en", "zh"))
    for test in (typed, in_english, in_chinese):
        assert len(test.session_state.find) == MOST_CHARACTERS + 1
        assert test.query_params["find"] == test.session_state.find
        assert ("只取前 2,000 个字符" if test == in_chinese else "first 2,000 characters count") in told(test)


def test_images_read_right_but_unsure_are_shown_below_the_chosen_probability(test_set):
    read, sure, _ = answers("compact", test_set)
    test = app("Mistakes", network="compact", show="unsure", below=60, order="index").run()
    expected = np.nonzero((read == test_set.labels) & (sure < 0.6))[0]
    assert [image[0] for image in gallery(test)] == expected.tolist()


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_confusion_matrix_equals_a_plain_recount_and_the_saved_scores(name, test_set):
    read, _, wrong = answers(name, test_set)
    cells = re.findall(r'data-value="(\d)(\d)"[^>]*>([\d·]+)<', shown(app("Mistakes", network=name).run(), "matrix"))
    assert len(cells) == 100
    for actual, guess, count in cells:
        assert int(count.replace("·", "0")) == np.sum((test_set.labels == int(actual)) & (read == int(guess)))
    assert len(wrong) == Card.load(store.TRAINED / name).test.errors


def test_the_table_of_digits_equals_the_saved_scores():
    rows = Card.load(store.TRAINED / "compact").per_class
    table = shown(app("Mistakes", network="compact", panel="Digits").run(), "digits")
    for row in rows:
        cells = f"<td>{row.support:,}</td><td>{row.precision:.2%}</td><td>{row.recall:.2%}</td>"
        assert f'<th scope="row">{row.digit}</th>{cells}' in table


def test_two_networks_are_compared_by_counts_that_a_recount_gives(test_set):
    first, second = (set(answers(name, test_set)[2].tolist()) for name in ("compact", "classic"))
    test = app("Mistakes", network="compact", panel="Compare", versus="classic", disagree="first", show="all").run()
    table = shown(test, "compare")
    for wrong, images in {"both": first & second, "first": first - second, "second": second - first}.items():
        assert re.search(rf'data-value="{wrong}"[^>]*>{len(images)}</button>', table)
    assert {image[0] for image in gallery(test)} == first - second
    assert any("McNemar" in markdown.value for markdown in test.markdown)


def test_an_image_in_detail_tells_its_votes_and_what_each_network_reads():
    test = app("Mistakes", panel="Image", image=947).run()
    assert errors(test) == ""
    assert any("of five people 0 chose 8, 5 chose 9 and 0 neither" in markdown.value for markdown in test.markdown)
    assert "Test image 947" in shown(test, "image-head")


def test_an_8_has_another_article_than_all_other_digits():
    buttons = re.findall(r'title="It was (an?) (\d) ', shown(app().run(), "truth"))
    assert buttons == [("an" if digit == "8" else "a", digit) for digit in "0123456789"]
    for image, article, digit in ((1, "a", "2"), (61, "an", "8")):
        test = app("Mistakes", panel="Image", image=image).run()
        similar = "".join(element.proto.body for element in test.get("html"))
        assert (article, digit) in re.findall(r"Training image \d+, (an?) (\d)", similar)


def test_marks_are_kept_shown_and_leave_images_out_of_a_second_accuracy(marks_file):
    Marks(marks_file, 10_000).put({947: "label wrong", 1: "model wrong"})
    test = app("Mistakes", network="classic").run()
    assert "without 1 image marked as doubtful" in test.markdown[0].value
    test = app("Mistakes", panel="Image", image=2130).run()
    group = next(group for group in test.button_group if group.key == "mark-2130")
    group.set_value("cannot tell").run()
    assert Marks(marks_file, 10_000).all() == {1: "model wrong", 947: "label wrong", 2130: "cannot tell"}
    assert "without 2 images marked as doubtful" in test.markdown[0].value


def test_a_watchers_message_of_another_canvas_without_a_picture_is_passed_over():
    test = app().run()
    revision = test.session_state["pad canvas"].state.revision
    message = {"canvas": "another", "revision": revision, "number": 1, "down": False, "kept": False, "image": None}
    test.session_state["pad_watcher"] = {"drawing": message}
    assert errors(test.run()) == ""
    assert reading(test) == ""


def test_any_file_that_is_no_table_of_marks_gets_a_sentence():
    test = app("Mistakes", panel="Marks").run()
    test.file_uploader[0].upload("marks.xlsx", b"PK\3\4\xff", "application/octet-stream").run()
    assert "This is no table of marks" in errors(test)


def test_damaged_marks_get_a_message_and_the_page_works_on(marks_file):
    marks_file.write_bytes(b"damaged" * 500)
    test = app("Mistakes").run()
    assert "DIGITS_MARKS" in as_shown(test.warning[0].value)
    assert gallery(test)


@pytest.mark.parametrize(
    "address",
    [
        {"network": "nonsense"},
        {"true": "12"},
        {"read": "x"},
        {"page": "-3"},
        {"page": "10000"},
        {"probability": "90-10"},
        {"probability": "x"},
        {"image": "10000"},
        {"panel": "Image", "versus": "compact"},
        {"panel": "Compare", "versus": "nonsense"},
        {"find": "<script>"},
        {"order": "nonsense"},
    ],
)
def test_an_address_that_nobody_could_have_reached_shows_the_page_as_if_it_were_not_there(address):
    test = app("Mistakes", **address).run()
    assert errors(test) == ""
    assert gallery(test)


def test_the_network_screen_shows_all_that_was_measured():
    table = app("Network").run().markdown[0].value
    for name in ("compact", "classic"):
        card = Card.load(store.TRAINED / name)
        assert name in table
        assert f"{card.parameters.total:,}" in table
        assert f"{100 * card.test.accuracy:.2f} %" in table
    card = Card.load(store.TRAINED / "compact")
    assert f"{100 * card.test_as_drawings.accuracy:.2f} %" in table
    for score in card.handwriting:
        share = score.refused if score.right is None else score.right
        assert f" {score.ruler}\\, {score.condition} | {100 * share:.1f} % | – |" in table
    recipe = card.recipe
    assert f"warp, up to epoch {round(recipe.epochs * (1 - recipe.unwarped_share))}" in table
    assert ("on one core" if card.cpu_cores == 1 else f"on {card.cpu_cores} cores") in table


def test_a_ensemble_is_shown_with_the_seeds_of_its_members(copied_networks):
    folder = Path(shutil.copytree(copied_networks / "compact", copied_networks / "ensemble"))
    card = Card.load(folder)
    members = tuple(Member(seed, card.validation, card.test, 1.0, 1) for seed in (4, 5, 6))
    replace(card, members=members).save(folder)
    assert "| 4, 5, 6 |" in app("Network").run().markdown[0].value


def test_a_network_of_any_name_is_shown_as_it_is_on_each_screen(copied_networks):
    name = 'a|b<i>"&_*x'
    shutil.copytree(copied_networks / "classic", copied_networks / name)
    for view in ("Draw", "Mistakes", "Network"):
        test = app(view, network=name).run()
        assert not test.exception
        assert errors(test) == ""
        choices = [control for control in test.get("button_group") if control.key == "network"]
        assert all(name in [as_shown(option.content) for option in choice.proto.options] for choice in choices)
        assert bool(choices) == (view != "Network")
    head = test.markdown[0].value.splitlines()[0]
    assert r"| a\|b\<i\>\"\&\_\*x |" in head
    test = app("Mistakes", panel="Compare", network="compact", versus=name).run()
    assert "a|b&lt;i&gt;&#34;&amp;_*x" in shown(test, "compare")


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_a_network_the_page_names_the_remedy_and_the_others_work(copied_networks, damage):
    path = copied_networks / "compact" / "model.tflite"
    path.unlink() if damage == "missing" else path.write_bytes(b"damaged")
    assert "python train.py --network compact" in errors(app("Draw").run())
    assert errors(app("Mistakes").run()) == ""
    assert errors(app("Network").run()) == ""
    assert errors(app("Draw", network="classic").run()) == ""


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_without_scores_the_network_screen_names_the_remedy_and_shows_the_other(copied_networks, content):
    path = copied_networks / "compact" / "metrics.json"
    path.unlink() if content is None else path.write_bytes(content)
    test = app("Network").run()
    assert "python train.py --network compact" in errors(test)
    assert "classic" in test.markdown[0].value
    assert errors(app("Draw").run()) == ""


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_without_test_results_the_mistakes_screen_names_the_remedy(copied_networks, content):
    path = copied_networks / "compact" / "test_probabilities.npy"
    path.unlink() if content is None else path.write_bytes(content)
    assert "python train.py --network compact" in errors(app("Mistakes").run())
    assert errors(app("Draw").run()) == ""


def test_with_no_network_at_all_each_screen_names_the_remedy(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "TRAINED", tmp_path)
    for view in ("Draw", "Mistakes", "Network"):
        assert "python train.py" in errors(app(view).run())


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_without_the_data_the_mistakes_screen_names_the_remedy_and_one_can_still_draw(
    tmp_path, monkeypatch, seven, content
):
    path = tmp_path / "mnist.npz"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(parts, "MNIST_PATH", path)
    parts.test_set.clear()
    assert "git checkout -- assets/mnist.npz" in errors(app("Mistakes").run())
    test = app(canvas=seven).run()
    assert reading(test) == "7"
    next(button for button in test.button if button.label == "Sample").click().run()
    assert "git checkout -- assets/mnist.npz" in errors(test)
    parts.test_set.clear()


def test_percentages_never_claim_certainty():
    assert parts.percent(1.0) == "> 99.9 %"
    assert parts.percent(0.0) == "< 0.1 %"
    assert parts.percent(0.9995) == "> 99.9 %"
    assert parts.percent(0.5) == "50.0 %"
    assert parts.percent(0.996, 0) == "> 99 %"
    assert parts.percent(0.99765, 2) == "99.77 %"
