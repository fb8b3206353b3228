"""HTML from the templates in views/templates/: whatever is put into one is escaped, unless it is HTML already."""

import re
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from views.language import say, say_html

_FOLDER = Path(__file__).parent / "templates"


def _source(name: str) -> str:
    """A template without its line breaks and indents, which a browser would show as blanks between inline elements."""
    text = (_FOLDER / f"{name}.html").read_text(encoding="utf-8")
    # Within a tag, a line break separates attributes.
    return re.sub(r"\s*\n\s*", " ", re.sub(r"(?<=[>}])\s*\n\s*", "", text.strip()))


# A name that a template uses and nobody gave is an error. Templates are read once.
_environment = Environment(
    loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, auto_reload=False
)
_environment.globals |= {"say": say, "say_html": say_html}


def render(name: str, /, **values: object) -> Markup:
    """Renders a template.

    Args:
        name: of its file in views/templates/, without the ending.
        values: by the names that it uses; strings are escaped, `Markup` is not.
    """
    return Markup(_environment.get_template(name).render(values))
