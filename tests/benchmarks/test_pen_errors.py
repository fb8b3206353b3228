"""The sheet of the remaining errors shows each drawing that is read wrong, and no other."""

from dataclasses import replace

import numpy as np

from benchmarks.pen_errors import draw_errors, find_errors
from benchmarks.pen_files import Sample
from model.reading.classifier import load_classifier

STEM = [np.array([[50.0, 0.0], [50.0, 100.0]])]


def test_only_drawings_that_are_read_wrong_are_listed():
    samples = [Sample("1", "a", STEM), Sample("7", "b", STEM), Sample("1", "c", STEM)]
    [(label, digit)] = find_errors(samples, load_classifier())
    assert (label, digit.label) == ("7", 1)


def test_the_caption_tells_what_was_read():
    label, digit = find_errors([Sample("7", "b", STEM)], load_classifier())[0]
    other = replace(digit, label=2)
    assert np.any(np.asarray(draw_errors([(label, digit)])) != np.asarray(draw_errors([(label, other)])))
