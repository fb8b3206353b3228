"""Each screen of the app, run by Streamlit's own AppTest, also with files missing or damaged."""

import base64
import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from PIL import Image
from streamlit.testing.v1 import AppTest

from model import classifier as networks
from views import parts


def app(view: str = "Draw", **state: object) -> AppTest:
    """The app on one of its screens."""
    test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30)
    test.session_state["view"] = view
    for key, value in state.items():
        test.session_state[key] = value
    return test


def canvas(pixels: np.ndarray) -> dict:
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


@pytest.mark.parametrize("view", ["Draw", "Mistakes", "Network"])
def test_each_screen_runs_without_an_error(view):
    assert errors(app(view).run()) == ""


def test_an_empty_pad_has_no_reading():
    test = app().run()
    assert not test.header


def test_a_drawing_is_read_on_the_draw_screen(seven):
    test = app(canvas=canvas(seven)).run()
    assert [header.value for header in test.header] == ["7"]


def test_a_drawing_of_nothing_is_no_reading(seven):
    test = app(canvas=canvas(np.zeros_like(seven))).run()
    assert not test.header


def test_a_sample_is_read(seven):
    test = app().run()
    next(button for button in test.button if button.label == "Sample").click().run()
    assert errors(test) == ""
    assert test.header[0].value.isdigit()


def test_the_other_network_reads_the_same_drawing(seven):
    test = app(canvas=canvas(seven), network="classic").run()
    assert [header.value for header in test.header] == ["7"]


@pytest.mark.parametrize("name", ["pen", "compact", "classic"])
def test_the_mistakes_screen_tells_errors_and_accuracy_of_the_network(name):
    metrics = networks.load_metrics(networks.TRAINED / name)
    test = app("Mistakes", network=name).run()
    summary = test.markdown[0].value
    assert f"{metrics['test']['errors']} of 10,000" in summary
    assert f"{100 * metrics['test']['accuracy']:.2f} %" in summary


def captions(test: AppTest) -> list[str]:
    return [button.label for button in test.button if button.label.startswith("true ")]


def test_the_gallery_shows_the_most_confident_mistake_first_and_by_index_on_demand(test_set):
    probabilities = networks.load_test_probabilities(networks.TRAINED / "classic")
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != test_set.labels)

    def caption(index: int) -> str:
        return f"true {test_set.labels[index]}, read as {probabilities[index].argmax()}, "

    test = app("Mistakes", network="classic").run()
    assert captions(test)[0].startswith(caption(wrong[probabilities.max(axis=1)[wrong].argmax()]))
    test = app("Mistakes", network="classic", order="index").run()
    assert [shown.startswith(caption(index)) for shown, index in zip(captions(test), wrong, strict=False)]


def test_filters_for_the_true_digit_and_the_digit_read_hold():
    test = app("Mistakes", network="classic").run()
    true, read = captions(test)[0][5], captions(test)[0][16]
    test.pills(key="true").set_value(int(true))
    test.pills(key="read").set_value(int(read)).run()
    assert captions(test)
    assert all(caption.startswith(f"true {true}, read as {read},") for caption in captions(test))


def test_a_filter_without_mistakes_says_so():
    test = app("Mistakes", true=0, read=0).run()
    assert errors(test) == ""
    assert "No mistake of this kind" in test.info[0].value


def test_the_network_screen_shows_all_that_was_measured():
    table = app("Network").run().markdown[0].value
    for name in ("pen", "compact", "classic"):
        metrics = networks.load_metrics(networks.TRAINED / name)
        assert name in table
        assert f"{metrics['parameters']['total']:,}" in table
        assert f"{100 * metrics['test']['accuracy']:.2f} %" in table


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_a_network_the_page_names_the_remedy_and_the_others_work(copied_networks, damage):
    path = copied_networks / "pen" / "model.tflite"
    path.unlink() if damage == "missing" else path.write_bytes(b"damaged")
    assert "python train.py --network pen" in errors(app("Draw").run())
    assert errors(app("Mistakes").run()) == ""
    assert errors(app("Network").run()) == ""
    assert errors(app("Draw", network="classic").run()) == ""


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_without_scores_the_network_screen_names_the_remedy_and_shows_the_other(copied_networks, content):
    path = copied_networks / "pen" / "metrics.json"
    path.unlink() if content is None else path.write_bytes(content)
    test = app("Network").run()
    assert "python train.py --network pen" in errors(test)
    assert "classic" in test.markdown[0].value
    assert errors(app("Draw").run()) == ""


@pytest.mark.parametrize("content", [None, b"damaged"])
def test_without_test_results_the_mistakes_screen_names_the_remedy(copied_networks, content):
    path = copied_networks / "pen" / "test_probabilities.npy"
    path.unlink() if content is None else path.write_bytes(content)
    assert "python train.py --network pen" in errors(app("Mistakes").run())
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
    test = app(canvas=canvas(seven)).run()
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
