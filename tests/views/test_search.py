"""The index field: which images a text asks for, and what of it is not followed."""

import tracemalloc

import pytest

from views.search import MOST_CHARACTERS, find, shortened


@pytest.mark.parametrize(
    ("text", "indices"),
    [
        ("", None),
        (" , ", None),
        ("abc", None),
        ("7, 3-5", (7, 3, 4, 5)),
        ("3 - 5; 4\n9", (3, 4, 5, 9)),
        ("3–4，7、8", (3, 4, 7, 8)),
        ("7 x 8", (7, 8)),
        ("5-3", ()),
        ("10", ()),
        ("8-12", (8, 9)),
        ("9" * 1000, ()),
    ],
)
def test_indices_and_ranges_are_found_each_once_in_the_order_given(text, indices):
    assert find(text, 10).indices == indices


def test_each_part_that_is_not_followed_is_named():
    search = find("x, 5-3, 12, -4, 8-30, 1-2-3", 10)
    assert search.not_understood == ("x", "-4", "1-2-3")
    assert search.beyond == ("12", "8-30")
    assert search.inverted == ("5-3",)


def test_a_text_that_is_too_long_is_cut_and_never_in_the_middle_of_a_number():
    text = shortened("1234567, " * 1000)
    assert len(text) == MOST_CHARACTERS + 1
    assert shortened(text) == text
    search = find(text, 10_000_000)
    assert search.is_cut
    assert search.indices == (1_234_567,)


@pytest.mark.parametrize(
    "text", ["0-9999," * 10_000, ",".join(f"{first}-9999" for first in range(10_000))], ids=["same", "nested"]
)
def test_however_often_images_are_searched_for_they_take_memory_once(text):
    tracemalloc.start()
    assert find(text, 10_000).indices == tuple(range(10_000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5_000_000
