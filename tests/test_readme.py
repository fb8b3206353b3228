"""What the documents say is what the files hold and the commands do."""

import re
import subprocess

import pytest

import train
from model.classifier import TRAINED, load_metrics
from scripts.readme_tables import README, training_time, with_tables
from scripts.running import ROOT
from train import parse_arguments

TEXT = README.read_text(encoding="utf-8")


def test_the_tables_are_those_of_the_saved_scores():
    assert with_tables(TEXT) == TEXT, "Write them anew with: python -m scripts.readme_tables"


def test_a_readme_without_a_place_for_a_table_is_refused():
    with pytest.raises(ValueError, match="has no place for a table"):
        with_tables("# Digits")


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\bmake (app|test|lint|train)\b", TEXT))))
def test_each_make_target_named_exists(target):
    result = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("command", re.findall(r"^python train\.py(.*?)(?:#.*)?$", TEXT, re.MULTILINE))
def test_each_training_command_is_understood(command):
    parse_arguments(command.split())


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\]\((?!http)([^)#]+)\)", TEXT))))
def test_each_file_linked_exists(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_docstring_of_train_tells_the_accuracy_and_time_of_the_shipped_network(name):
    metrics = load_metrics(TRAINED / name)
    assert f"{100 * metrics['test']['accuracy']:.2f} %, {training_time(metrics)}\n" in train.__doc__
