"""The examples in docstrings do what they say."""

import doctest
import importlib

import pytest

from scripts.running import ROOT

# A module without an example is not imported: those that use TensorFlow take seconds.
WITH_EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in ("model", "views", "scripts", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def test_there_are_modules_with_examples_in_the_library_and_the_interface():
    assert {"model.images", "model.recipes", "views.language"} <= set(WITH_EXAMPLES)


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_the_examples_of_a_module_give_what_they_show(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
