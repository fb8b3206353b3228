"""What the documents say is what the files hold and the commands do, and what people can run is documented."""

import argparse
import importlib
import importlib.util
import inspect
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

import train
from benchmarks.commands import read_timings
from model.reading.card import Card
from model.reading.store import MODEL_CARD, TRAINED
from scripts.model_cards import SHIPPED, model_card
from scripts.running import ROOT
from scripts.tables import DOCUMENTS, TABLES, places, with_tables

README, CHINESE = ROOT / "README.md", ROOT / "README.zh-CN.md"
# Tables stand in DOCUMENTS alone; links, commands and names of files in all of these.
ALL = [*DOCUMENTS, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
TEXTS = {path: path.read_text(encoding="utf-8") for path in ALL}
# What documents a command: an entry in the changelog does not, and the Chinese page only repeats what README.md says.
MANUAL = "\n".join(text for path, text in TEXTS.items() if path not in (CHINESE, ROOT / "CHANGELOG.md"))
# Modules that the program starts itself.
INTERNAL = {"model.synthesis.worker", "model.training.live"}
# Modules of others that the documents run.
FOREIGN = {"pip", "pytest", "venv"}

each_document = pytest.mark.parametrize("path", ALL, ids=lambda path: path.name)


class ParserFound(Exception):
    """Raised in place of parsing a command line; its argument is the parser."""


def code_lines(text: str) -> Iterator[str]:
    """The lines of all code blocks, and all code within sentences."""
    blocks = re.compile(r"^ *```.*?\n(.*?)^ *```$", re.DOTALL | re.MULTILINE)
    for block in blocks.findall(text):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", blocks.sub("", text))


def commands(text: str) -> Iterator[tuple[str, ...]]:
    """The commands of a document, a tuple of words each, without comments and redirections."""
    for line in code_lines(text):
        for command in line.split("#")[0].split("&&"):
            # JSON and other code that is no command may have quotes that a shell would not take.
            words = command.split(">")[0].split()
            if words and not words[0].startswith(("-", "{", "<")):
                yield tuple(shlex.split(" ".join(words)))


def python_commands(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The module that each Python command of a document runs, and the arguments after it."""
    for program, *words in commands(text):
        if Path(program).name not in ("python", "python3") or not words:
            continue
        if words[0] == "-m":
            yield words[1], tuple(words[2:])
        else:
            yield words[0].removesuffix(".py"), tuple(words[1:])


def programs() -> list[str]:
    """The modules that a person can run."""
    paths = [
        ROOT / "train.py",
        *(path for name in ("model", "benchmarks", "scripts") for path in (ROOT / name).rglob("*.py")),
    ]
    runnable = [path for path in paths if 'if __name__ == "__main__":' in path.read_text(encoding="utf-8")]
    return sorted({".".join(path.relative_to(ROOT).with_suffix("").parts) for path in runnable} - INTERNAL)


def parser_of(name: str) -> argparse.ArgumentParser | None:
    """The parser of a program's command line, taken from it before it parses; None where it has none."""
    module = importlib.import_module(name)
    if not hasattr(module, "argparse"):
        return None

    def found(parser: argparse.ArgumentParser, *_: object) -> None:
        raise ParserFound(parser)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", found)
        patch.setattr(sys, "argv", [name])
        with pytest.raises(ParserFound) as caught:
            module.main(*[[]] if inspect.signature(module.main).parameters else [])
    return caught.value.args[0]


def flags_of(name: str) -> set[str]:
    parser = parser_of(name)
    options = [] if parser is None else parser._option_string_actions
    return {option for option in options if option.startswith("--") and option != "--help"}


def tables(text: str) -> list[list[str]]:
    """The tables of a document, a list of lines each."""
    return [match.splitlines() for match in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)]


def figures(line: str) -> list[str]:
    """The numbers, code and targets of links in a line: what a translation leaves as it is."""
    return re.findall(r"`[^`]+`|\]\([^)]+\)|\d[\d.,]*", line)


# The tables and the model cards


@pytest.mark.parametrize("name", SHIPPED)
def test_the_model_card_of_a_shipped_network_tells_what_its_scores_do(name):
    text = (TRAINED / name / MODEL_CARD).read_text(encoding="utf-8")
    assert text == model_card(name, Card.load(TRAINED / name)), "Update it with: python -m scripts.model_cards"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_tables_of_a_document_are_those_of_the_saved_scores(path):
    assert with_tables(TEXTS[path]) == TEXTS[path], "Update them with: python -m scripts.tables"


def test_each_table_stands_in_one_document():
    assert sorted(name for path in DOCUMENTS for name in places(TEXTS[path])) == sorted(TABLES)


def test_a_place_that_no_table_fills_is_refused():
    with pytest.raises(ValueError, match="No table fills <!-- weather -->"):
        with_tables("# Digits\n\n<!-- weather -->\n<!-- /weather -->\n")


def test_a_place_without_an_end_is_refused():
    with pytest.raises(ValueError, match="Expected after <!-- pens -->: <!-- /pens -->"):
        with_tables("<!-- pens -->\n")


@pytest.mark.parametrize("name", ["compact", "classic"])
def test_the_docstring_of_train_tells_the_accuracy_of_the_shipped_network_and_how_long_its_command_takes(name):
    accuracy = Card.load(TRAINED / name).test.accuracy
    assert f"{100 * accuracy:.2f} %, {read_timings()[name]}\n" in train.__doc__


def test_compact_has_a_sixth_of_the_parameters_of_classic_as_the_readme_says():
    classic, compact = (Card.load(TRAINED / name).parameters.total for name in ("classic", "compact"))
    assert round(classic / compact) == 6
    assert "`compact` has a sixth of the\n" in TEXTS[README]
    assert "六分之一" in TEXTS[CHINESE]


def test_the_documents_and_train_tell_how_long_the_small_network_takes():
    takes = f"a smaller network for MNIST alone, {read_timings()['small']}\n"
    assert takes in train.__doc__
    assert takes in MANUAL


# Every documented command exists


def test_commands_are_found_in_blocks_and_in_sentences():
    text = "Run `python -m model.predict --json a` or:\n\n```\nmake app  # fast\n.venv/bin/python train.py > log\n```\n"
    assert set(commands(text)) == {
        ("make", "app"),
        (".venv/bin/python", "train.py"),
        ("python", "-m", "model.predict", "--json", "a"),
    }
    assert set(python_commands(text)) == {("model.predict", ("--json", "a")), ("train", ())}


def documented(kind: str) -> list[str]:
    """All different commands of all documents whose first word is that; a placeholder has no command."""
    return sorted({shlex.join(words) for text in TEXTS.values() for words in commands(text) if words[0] == kind})


@pytest.mark.parametrize("command", documented("make"))
def test_each_make_command_named_is_one_that_make_knows(command):
    result = subprocess.run([*shlex.split(command), "-n"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize(
    ("module", "arguments"), sorted({command for text in TEXTS.values() for command in python_commands(text)})
)
def test_each_python_command_named_runs_a_module_that_takes_its_arguments(module, arguments, capsys):
    pytest.importorskip("matplotlib", reason="Programs that train are not imported without what they need.")
    if module in FOREIGN:
        assert importlib.util.find_spec(module)
        return
    assert module in set(programs())
    parser = parser_of(module)
    if parser is None:
        assert not any(word.startswith("-") for word in arguments)
        return
    if not arguments and any(action.required for action in parser._actions):
        return  # it is named, and not told how to run
    try:
        parser.parse_args(arguments)
    except SystemExit:
        pytest.fail(f"python -m {module} does not take {arguments}: {capsys.readouterr().err}")


@each_document
def test_each_flag_named_alone_is_one_of_a_program(path):
    pytest.importorskip("matplotlib", reason="Programs that train are not imported without what they need.")
    named = {line.split()[0] for line in code_lines(TEXTS[path]) if line.startswith("--")}
    assert named <= {"--help"}.union(*map(flags_of, programs()))


# Every command is documented


@pytest.mark.parametrize("target", re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
def test_each_make_target_is_documented(target):
    assert target in {words[1] for words in commands(MANUAL) if words[0] == "make" and len(words) > 1}


@pytest.mark.parametrize("module", programs())
def test_each_module_that_a_person_can_run_is_documented(module):
    assert module in {name for name, _ in python_commands(MANUAL)}


@pytest.mark.parametrize(
    ("module", "flag"), [(module, flag) for module in ("train", "model.predict") for flag in sorted(flags_of(module))]
)
def test_each_flag_of_the_two_programs_for_users_is_documented(module, flag):
    page = {"train": "training.md", "model.predict": "using.md"}[module]
    assert re.search(rf"{flag}\b", TEXTS[ROOT / "docs" / page])


# Links, pictures and names of files


@each_document
def test_each_link_and_picture_leads_to_a_file(path):
    for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", TEXTS[path]):
        assert (path.parent / target).exists(), target


@each_document
def test_each_file_of_the_project_that_is_named_exists(path):
    folders = "app.py|assets/|benchmarks/|docs/|model/|scripts/|tests/|views/"
    for name in re.findall(rf"`((?:{folders})[\w./-]*)`", TEXTS[path]):
        # Neither what the reader makes, nor a network that nobody has trained yet.
        if not name.startswith("model/trained/"):
            assert "NAME" in name or (ROOT / name).exists(), name
    for name in re.findall(r"\brequirements[a-z-]*\.txt", TEXTS[path]):
        assert (ROOT / name).is_file(), name


@pytest.mark.parametrize("path", ALL[2:], ids=lambda path: path.name)
def test_both_readmes_lead_to_each_document(path):
    target = f"]({path.relative_to(ROOT).as_posix()})"
    assert target in TEXTS[README]
    assert target in TEXTS[CHINESE]


def test_the_readmes_lead_to_each_other():
    assert "](README.zh-CN.md)" in TEXTS[README]
    assert "](README.md)" in TEXTS[CHINESE]


# The README in two languages


def test_the_readme_fits_on_a_page():
    for path in (README, CHINESE):
        assert len(TEXTS[path].splitlines()) <= 120


def test_both_readmes_have_the_same_commands():
    english, chinese = (list(commands(TEXTS[path])) for path in (README, CHINESE))
    assert english == chinese


def test_both_readmes_have_the_same_tables():
    english, chinese = (tables(TEXTS[path]) for path in (README, CHINESE))
    assert [[figures(line) for line in table] for table in english] == [
        [figures(line) for line in table] for table in chinese
    ]
    assert [[line.count("|") for line in table] for table in english] == [
        [line.count("|") for line in table] for table in chinese
    ]


def test_both_readmes_have_the_same_headings_pictures_and_figures():
    english, chinese = (TEXTS[path] for path in (README, CHINESE))
    for part in (r"^#+ ", r"!\[.*?(\(.*?\))", r"\b\d+\.\d+ %", r"\d+\.\d+ ± \d+\.\d+"):
        assert re.findall(part, english, re.MULTILINE) == re.findall(part, chinese, re.MULTILINE)


# What the project says of itself


def test_the_changelog_begins_with_what_is_unreleased_and_has_the_projects_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    headings = re.findall(r"^## (.*)$", TEXTS[ROOT / "CHANGELOG.md"], re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].startswith(f"{project['version']} – 20")


def test_the_projects_files_are_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for name in (project["readme"], *project["license-files"]):
        assert (ROOT / name).is_file()
