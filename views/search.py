"""What the index field of the Mistakes screen asks for: single images and ranges of them."""

import re
from dataclasses import dataclass

import numpy as np

# Room for some 300 indices, such as those of all marked images; a link with them is as long as every browser allows.
MOST_CHARACTERS = 2000
# What takes the place of all further ones.
_CUT = "…"


@dataclass(frozen=True)
class Search:
    """What a search asks for.

    Attributes:
        indices: places in the test set, each once, in the order asked for; None where nothing is searched for.
        not_understood: the parts that are neither an index nor a range.
        beyond: the indices and ranges that go beyond the last image.
        inverted: the ranges whose first index is larger than the last.
        is_cut: whether the text was longer than MOST_CHARACTERS.
    """

    indices: tuple[int, ...] | None
    not_understood: tuple[str, ...]
    beyond: tuple[str, ...]
    inverted: tuple[str, ...]
    is_cut: bool


def shortened(text: str) -> str:
    """The text, or its first MOST_CHARACTERS and a sign that there were more."""
    return text if len(text) <= MOST_CHARACTERS else text[:MOST_CHARACTERS] + _CUT


def find(text: str, images: int) -> Search:
    """Finds what a text asks for.

    Args:
        text: indices and ranges between commas or spaces, such as "7, 3-5".
        images: how many there are.
    """
    is_cut = len(text) > MOST_CHARACTERS
    parts = re.split(r"[\s,;，、；]+", re.sub(r"\s*[-–]\s*", "-", text[:MOST_CHARACTERS]).strip())
    # What was cut may have cut the last number as well.
    parts = [part for part in (parts[:-1] if is_cut else parts) if part]
    understood = [(part, _ends(part)) for part in parts]
    ranges = [(part, ends) for part, ends in understood if ends is not None]
    return Search(
        indices=_places([ends for _, ends in ranges], images) if ranges else None,
        not_understood=tuple(part for part, ends in understood if ends is None),
        beyond=tuple(part for part, ends in ranges if max(ends) >= images),
        inverted=tuple(part for part, (first, last) in ranges if first > last),
        is_cut=is_cut,
    )


def _ends(part: str) -> tuple[int, int] | None:
    """The first and the last index of a range, or of one image; None if it is neither."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", part)
    return None if match is None else (int(match[1]), int(match[2] or match[1]))


def _places(ranges: list[tuple[int, int]], images: int) -> tuple[int, ...]:
    """All places in the ranges, each once: no more work than for all images, however often they are asked for."""
    found, is_new = [], np.ones(images, bool)
    for first, last in ranges:
        places = np.arange(min(first, images), min(last, images - 1) + 1)
        found.append(places[is_new[places]])
        is_new[places] = False
    return tuple(np.concatenate(found).tolist())
