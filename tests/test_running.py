"""A crowd of visitors tells what has stopped it."""

import threading
from contextlib import nullcontext
from itertools import count

import pytest

from scripts import running


def test_what_one_visitor_came_upon_is_raised_and_not_that_the_others_were_let_go(monkeypatch):
    monkeypatch.setattr(running, "running_chromium", nullcontext)
    number = count()

    def visit(_: object, together: threading.Barrier) -> None:
        if next(number) == 3:
            raise RuntimeError("the cause")
        together.wait()

    with pytest.raises(RuntimeError, match="the cause"):
        running.crowd(4, visit)
