"""Each screen of the app, run by Streamlit's own AppTest, also with files missing or damaged."""

import base64
import io
import json
import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from model import classifier as networks
from model.data import Split
from model.marks import Marks
from scripts.running import ROOT
from views import network, parts


def app(view: str = "Draw", canvas: dict | None = None, **address: object) -> AppTest:
    """The app on one of its screens, opened by a link."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    for key, value in {"view": view, **address}.items():
        test.query_params[key] = str(value)
    if canvas is not None:
        test.session_state["canvas"] = canvas
    return test


def drawn(pixels: np.ndarray) -> dict:
    """What the canvas sends after a stroke; pixels are uint8 (280, 280)."""
    file = io.BytesIO()
    Image.fromarray(np.dstack([pixels] * 3 + [np.full_like(pixels, 255)])).save(file, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    return {"drawing": {"raw": {"objects": [{"type": "Path"}]}, "data": url}, "backgroundFit": None}


def errors(test: AppTest) -> str:
    """All messages of what went wrong on the page."""
    assert not test.exception
    return "\n".join(error.value for error in test.error)


@pytest.fixture
def copied_networks(tmp_path, monkeypatch) -> Path:
    """The shipped networks in a folder of their own, to be damaged."""
    folder = Path(shutil.copytree(networks.TRAINED, tmp_path / "trained"))
    monkeypatch.setattr(networks, "TRAINED", folder)
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
    assert not test.header


def test_a_drawing_is_read_on_the_draw_screen(seven):
    test = app(canvas=drawn(seven)).run()
    assert [header.value for header in test.header] == ["7"]


def test_a_drawing_of_nothing_is_no_reading(seven):
    test = app(canvas=drawn(np.zeros_like(seven))).run()
    assert not test.header


def test_a_sample_is_read(seven):
    test = app().run()
    next(button for button in test.button if button.label == "Sample").click().run()
    assert errors(test) == ""
    assert test.header[0].value.isdigit()


def test_the_other_network_reads_the_same_drawing(seven):
    test = app(canvas=drawn(seven), network="classic").run()
    assert [header.value for header in test.header] == ["7"]


def test_all_that_is_on_the_pad_is_given_to_the_network_as_a_drawing(seven, monkeypatch):
    given, give = [], networks.Classifier._given

    def spy(self, images, drawn):
        given.append(drawn)
        return give(self, images, drawn)

    monkeypatch.setattr(networks.Classifier, "_given", spy)
    test = app(canvas=drawn(seven)).run()
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
    metrics = networks.load_metrics(networks.TRAINED / name)
    test = app("Mistakes", network=name).run()
    summary = test.markdown[0].value
    assert f"{metrics['test']['errors']} of 10,000" in summary
    assert f"{100 * metrics['test']['accuracy']:.2f} %" in summary


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
    probabilities = np.load(networks.TRAINED / name / "test_probabilities.npy")
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
    assert len(wrong) == networks.load_metrics(networks.TRAINED / name)["test"]["errors"]


def test_the_table_of_digits_equals_the_saved_scores():
    rows = networks.load_metrics(networks.TRAINED / "compact")["per_class"]
    table = shown(app("Mistakes", network="compact", panel="Digits").run(), "digits")
    for row in rows:
        cells = f"<td>{row['support']:,}</td><td>{row['precision']:.2%}</td><td>{row['recall']:.2%}</td>"
        assert f'<th scope="row">{row["digit"]}</th>{cells}' in table


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


def test_marks_are_kept_shown_and_leave_images_out_of_a_second_accuracy(marks_file):
    Marks(marks_file, 10_000).put({947: "label wrong", 1: "model wrong"})
    test = app("Mistakes", network="classic").run()
    assert "without 1 image marked as doubtful" in test.markdown[0].value
    test = app("Mistakes", panel="Image", image=2130).run()
    group = next(group for group in test.button_group if group.key == "mark-2130")
    group.set_value("cannot tell").run()
    assert Marks(marks_file, 10_000).all() == {1: "model wrong", 947: "label wrong", 2130: "cannot tell"}
    assert "without 2 images marked as doubtful" in test.markdown[0].value


def test_damaged_marks_get_a_message_and_the_page_works_on(marks_file):
    marks_file.write_bytes(b"damaged" * 500)
    test = app("Mistakes").run()
    assert "DIGITS_MARKS" in test.warning[0].value
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
    ],
)
def test_an_address_that_nobody_could_have_reached_shows_the_page_as_if_it_were_not_there(address):
    test = app("Mistakes", **address).run()
    assert errors(test) == ""
    assert gallery(test)


def test_the_network_screen_shows_all_that_was_measured():
    table = app("Network").run().markdown[0].value
    for name in ("compact", "classic"):
        metrics = networks.load_metrics(networks.TRAINED / name)
        assert name in table
        assert f"{metrics['parameters']['total']:,}" in table
        assert f"{100 * metrics['test']['accuracy']:.2f} %" in table
    metrics = networks.load_metrics(networks.TRAINED / "compact")
    assert f"{100 * metrics['test_as_drawings']['accuracy']:.2f} %" in table
    recipe = metrics["recipe"]
    assert f"warp, up to epoch {round(recipe['epochs'] * (1 - recipe['unwarped_share']))}" in table
    assert ("on one core" if metrics["cpu_cores"] == 1 else f"on {metrics['cpu_cores']} cores") in table


def test_a_committee_is_shown_with_the_seeds_of_its_members_and_their_architecture_once(copied_networks, monkeypatch):
    folder = Path(shutil.copytree(copied_networks / "compact", copied_networks / "committee"))
    metrics = networks.load_metrics(folder) | {"members": [{"seed": seed} for seed in (4, 5, 6)]}
    (folder / "metrics.json").write_text(json.dumps(metrics))
    shown = []
    monkeypatch.setattr(network, "picture", lambda path, alt: shown.append(path.name))
    assert "| 4, 5, 6 |" in app("Network").run().markdown[0].value
    architectures = [name for name in shown if name.startswith("architecture")]
    assert architectures == ["architecture-compact.svg", "architecture-classic.svg"]


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
    monkeypatch.setattr(networks, "TRAINED", tmp_path)
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
    test = app(canvas=drawn(seven)).run()
    assert [header.value for header in test.header] == ["7"]
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
