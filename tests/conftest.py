"""Fixtures for all packages: MNIST's test set and a drawn seven."""

import os
from functools import cache
from importlib.util import find_spec

import numpy as np
import pytest
from helpers import SEVEN
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.context import ContextProxy
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from model.data.mnist import Split, read_split
from model.synthesis.strokes import draw_strokes

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# The workers share the cores: with threads of its own in each, TensorFlow takes a quarter more time.
for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
    os.environ.setdefault(name, "1")

# AppTest looks for components through all that is installed, again for each test: a quarter of a second each time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# What trains needs TensorFlow, which the app does not: with requirements-app.txt alone, all other tests run.
if find_spec("tensorflow") is None:
    collect_ignore = [
        "export",
        "networks",
        "training",
        "benchmarks/test_training_benchmark.py",
        "browser/test_learn.py",
        "synthesis/test_non_digits.py",
    ]

# Files whose tests look at the same trained networks: one worker runs each, and trains those once.
SHARING = {f"tests/training/test_{name}.py" for name in ("checkpoint", "ensemble", "live", "teaching", "train")}


class Scheduling(LoadScopeScheduling):
    """Gives each worker test by test, or a whole file of `SHARING`. Such files come first.

    It stands in for xdist's groups, which xdist 3.8 does not see with pytest 9.2.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if file in SHARING else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Scheduling:
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests that take longest first, so that the workers end together."""
    items.sort(key=lambda item: item.path.parent.name != "training" and item.path.name != "test_learn.py")


@pytest.fixture(autouse=True)
def cookies(monkeypatch) -> dict[str, str]:
    """The cookies of the visitors in an AppTest, which has another mock in their place at each run."""
    found: dict[str, str] = {}
    monkeypatch.setattr(ContextProxy, "cookies", found)
    return found


@pytest.fixture(scope="session")
def test_set() -> Split:
    return read_split("test")


@pytest.fixture(scope="session")
def seven() -> np.ndarray:
    """A 7 on the pad, white on black, uint8 (280, 280)."""
    return draw_strokes([SEVEN], 20)
