"""All screens of the app, run by Streamlit's own AppTest, also with odd addresses and files missing or damaged."""

import shutil

import pytest
from helpers import app, as_shown, command, errors, gallery, reading, shown

from model.data.mnist import MNIST_SHA256
from model.reading import store
from views import parts


@pytest.mark.parametrize("view", ["Draw", "Mistakes", "Network"])
def test_each_screen_runs_without_an_error(view):
    assert errors(app(view).run()) == ""


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


def test_a_network_of_any_name_is_shown_as_it_is_on_each_screen(copied_networks):
    name = 'a|b<i>"&_*x'
    shutil.copytree(copied_networks / "classic", copied_networks / name)
    for view in ("Draw", "Mistakes", "Network"):
        test = app(view, network=name).run()
        assert not test.exception
        assert errors(test) == ""
        (choice,) = [control for control in test.radio if control.key == "menu-network"]
        assert name in [as_shown(option) for option in choice.options]
    head = test.markdown[0].value.splitlines()[0]
    assert r"| a\|b\<i\>\"\&\_\*x |" in head
    test = app("Mistakes", panel="Compare", network="compact", versus=name).run()
    assert "a|b&lt;i&gt;&#34;&amp;_*x" in shown(test, "compare")


def test_the_mistakes_of_a_network_of_other_data_are_not_shown_beside_mnists_images(copied_networks):
    card = copied_networks / "compact" / "metrics.json"
    card.write_text(card.read_text().replace(MNIST_SHA256, "0" * 64))
    assert "trained and scored on another data file" in errors(app("Mistakes").run())


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_without_a_network_the_page_names_the_remedy_and_the_others_work(copied_networks, damage):
    path = copied_networks / "compact" / "model.tflite"
    path.unlink() if damage == "missing" else path.write_bytes(b"damaged")
    assert "python train.py --network compact" in errors(app("Draw").run())
    assert errors(app("Mistakes").run()) == ""
    test = app("Network").run()
    assert "python train.py --network compact" in errors(test)
    assert shown(test, "learning")
    assert errors(app("Draw", network="classic").run()) == ""


def test_a_network_that_is_damaged_while_the_app_runs_goes_on_reading_and_a_message_says_so(copied_networks, seven):
    assert (errors(app(canvas=seven).run()), reading(app(canvas=seven).run())) == ("", "7")
    path = copied_networks / "compact" / "model.tflite"
    content = path.read_bytes()
    for damaged in (content[:1000], content[:99] + bytes(4000) + content[4099:]):
        # In place, as a full disk or a broken copy leaves it.
        with path.open("r+b") as file:
            file.truncate()
            file.write(damaged)
        test = app(canvas=seven).run()
        assert reading(test) == "7"
        (warning,) = [each.value.replace("\\", "") for each in test.warning]
        assert "model.tflite" in warning
        assert "git checkout" in warning
        assert "the network that was loaded before goes on" in warning
    path.write_bytes(content)
    assert not app(canvas=seven).run().warning


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
    command(test, "sample")
    assert "git checkout -- assets/mnist.npz" in errors(test)
    parts.test_set.clear()


def test_percentages_never_claim_certainty():
    assert parts.percent(1.0) == "> 99.9 %"
    assert parts.percent(0.0) == "< 0.1 %"
    assert parts.percent(0.9995) == "> 99.9 %"
    assert parts.percent(0.5) == "50.0 %"
    assert parts.percent(0.996, 0) == "> 99 %"
    assert parts.percent(0.99765, 2) == "99.77 %"
