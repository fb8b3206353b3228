"""Which package may import which. The arrows of `ALLOWED` are all there are."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.running import ROOT

# Each may import itself and these.
ALLOWED = {
    "model.images": set(),
    "model.plain_text": set(),
    "model.recipes": set(),
    "model.contact_sheet": set(),
    "model.data": {"model.images"},
    "model.reading": {"model.images", "model.recipes"},
    "model.evaluation": {"model.images", "model.plain_text", "model.contact_sheet", "model.data", "model.reading"},
    "model.feedback": {"model.images", "model.plain_text"},
    "model.learning": {"model.images", "model.recipes", "model.data", "model.reading"},
    "model.synthesis": {"model.images", "model.contact_sheet", "model.data", "model.reading"},
    "model.networks": {"model.images"},
    "model.export": {
        "model.images",
        "model.recipes",
        "model.data",
        "model.reading",
        "model.evaluation",
        "model.synthesis",
        "model.networks",
    },
    "model.training": {
        "model.images",
        "model.recipes",
        "model.data",
        "model.reading",
        "model.evaluation",
        "model.learning",
        "model.synthesis",
        "model.networks",
        "model.export",
    },
    "model.predict": {"model.reading"},
    "views": {
        "model.images",
        "model.recipes",
        "model.plain_text",
        "model.data",
        "model.reading",
        "model.evaluation",
        "model.feedback",
        "model.learning",
    },
    "app": {"views", "model.data"},
    "train": {"model.recipes", "model.data", "model.reading", "model.training", "model.export"},
}
TENSORFLOW = {"tensorflow", "keras"}
MAY_USE_TENSORFLOW = {"model.networks", "model.training", "model.export"}
CODE = sorted([*(ROOT / "model").rglob("*.py"), *(ROOT / "views").rglob("*.py"), ROOT / "app.py", ROOT / "train.py"])


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path: Path) -> Iterator[str]:
    """The full names of the modules and objects that a file imports, also inside functions."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"a relative import in {path}"  # its full name is not in it
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def package_of(module: str) -> str | None:
    """The entry of `ALLOWED` to which a module belongs; None for a module from elsewhere."""
    return next((package for package in ALLOWED if module == package or module.startswith(f"{package}.")), None)


@pytest.mark.parametrize("path", CODE, ids=module_of)
def test_a_module_imports_only_what_its_package_may(path):
    package = package_of(module_of(path))
    if package is None:
        assert path == ROOT / "model" / "__init__.py"
        return
    used = {package_of(name) for name in imports_of(path)} - {None, package}
    assert used <= ALLOWED[package]


def test_tensorflow_and_keras_are_imported_in_three_packages_only():
    users = {
        package_of(module_of(path)) for path in CODE if {name.split(".")[0] for name in imports_of(path)} & TENSORFLOW
    }
    assert users == MAY_USE_TENSORFLOW


def test_the_library_never_imports_streamlit():
    for path in (ROOT / "model").rglob("*.py"):
        assert not any(name.startswith(("streamlit", "views")) for name in imports_of(path)), path


@pytest.mark.parametrize("package", [path.parent.name for path in (ROOT / "model").glob("*/__init__.py")])
def test_each_package_says_what_it_holds_and_what_others_call(package):
    text = ast.get_docstring(ast.parse((ROOT / "model" / package / "__init__.py").read_text()))
    assert "Others " in text
