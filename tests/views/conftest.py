"""Fixtures for tests of the screens: networks that may be damaged, and a file of marks."""

import shutil
import sys
from pathlib import Path

import pytest

from model.reading import store
from views import visitor


@pytest.fixture
def copied_networks(tmp_path, monkeypatch) -> Path:
    """The shipped networks in a folder of their own, to be damaged."""
    folder = Path(shutil.copytree(store.TRAINED, tmp_path / "trained"))
    monkeypatch.setattr(store, "TRAINED", folder)
    return folder


@pytest.fixture(autouse=True)
def no_keras(monkeypatch) -> None:
    """Hides Keras, which tests of training may have imported: Streamlit would clear its session after each run."""
    monkeypatch.delitem(sys.modules, "keras", raising=False)


@pytest.fixture(autouse=True)
def marks_file(tmp_path, monkeypatch) -> Path:
    """Where marks are kept meanwhile."""
    monkeypatch.setenv("DIGITS_MARKS", str(tmp_path / "marks.sqlite"))
    return tmp_path / "marks.sqlite"


@pytest.fixture(autouse=True)
def no_training(monkeypatch) -> None:
    """Nobody may train, so that no screen starts a process for it."""
    monkeypatch.setenv("DIGITS_TRAINING", "off")


@pytest.fixture
def for_guests(monkeypatch):
    """The server listens for others, too, so that its visitors are guests."""
    options = {"server.address": "0.0.0.0"}
    get_option = visitor.st.get_option
    monkeypatch.setattr(visitor.st, "get_option", lambda key: options.get(key) or get_option(key))
