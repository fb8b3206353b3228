"""Short texts that people type: on one line, and as cells of a table that no spreadsheet calculates."""

import re

# What begins a formula, also in its full width, which some spreadsheets take for the same (OWASP, "CSV Injection").
_FORMULA = r"[=+\-@＝＋－＠]"


def one_line(text: str) -> str:
    r"""A text without line breaks, control characters and characters cut in two; each gap is one blank.

    >>> one_line(" a\n\tb\x00 ")
    'a b'
    """
    text = text.encode("utf-8", "ignore").decode()
    return " ".join(re.sub(r"[\x00-\x1f\x7f]", " ", text).split())


def as_cell(text: str) -> str:
    """A text as a cell of a CSV table: an apostrophe before what a spreadsheet would take for a formula.

    >>> as_cell("=1+1"), as_cell("one of = two"), as_cell("'=1")
    ("'=1+1", 'one of = two', "''=1")
    """
    return f"'{text}" if re.match(f"'*{_FORMULA}", text) else text


def from_cell(cell: str) -> str:
    """The text of which `as_cell` made a cell.

    >>> from_cell("'=1+1"), from_cell("'tis a 7")
    ('=1+1', "'tis a 7")
    """
    return cell[1:] if re.match(f"'+{_FORMULA}", cell) else cell
