"""The flags of train.py lead to the recipe and the folder that they name."""

import os
import subprocess

import pytest
from helpers import train_command

from model.recipes import RECIPES
from scripts.running import ROOT
from train import parse_arguments


def test_the_defaults_of_classic_are_the_articles():
    recipe, flags = parse_arguments(["--network", "classic"])
    assert (recipe.optimizer, recipe.learning_rate, recipe.batch_size, recipe.epochs) == ("adadelta", 1.0, 64, 50)
    assert (recipe.activation, recipe.schedule, recipe.augment) == ("relu", "constant", "none")
    assert recipe.validation_count(60_000) == 12_000
    assert flags.out.name == "classic"


@pytest.mark.parametrize(("flags", "network"), [("", "compact"), *((f"--network {name}", name) for name in RECIPES)])
def test_network_recipe_and_folder_have_one_name(flags, network):
    recipe, others = parse_arguments(flags.split())
    assert recipe == RECIPES[network]
    assert (recipe.network, others.out.name) == (network, network)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        ("--members 1", "at least 2 members. Received: --members 1"),
        ("--ray 127.0.0.1:6379", "Say how many with --members"),
    ],
)
def test_an_ensemble_that_is_none_is_refused(flags, message, capsys):
    with pytest.raises(SystemExit):
        parse_arguments(flags.split())
    assert message in capsys.readouterr().err


def test_an_ensemble_has_a_folder_of_its_own():
    assert parse_arguments(["--members", "3"])[1].out.name == "ensemble"


def test_flags_change_the_recipe():
    network = ["--network", "compact", "--activation", "selu", "--optimizer", "rmsprop"]
    recipe, flags = parse_arguments([*network, "--epochs", "2", "--batch-size", "32", "--seed", "7", "--out", "x"])
    assert (recipe.epochs, recipe.batch_size, recipe.optimizer) == (2, 32, "rmsprop")
    assert (recipe.activation, recipe.seed, flags.out.name) == ("selu", 7, "x")


def test_help_comes_without_tensorflow():
    environment = {**os.environ, "PYTHONPROFILEIMPORTTIME": "1"}
    result = subprocess.run(train_command("--help"), cwd=ROOT, capture_output=True, text=True, env=environment)
    assert result.returncode == 0
    assert "--resume" in result.stdout
    assert "tensorflow" not in result.stderr
