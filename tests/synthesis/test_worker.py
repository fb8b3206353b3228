"""A function is called in a process beside this one, which never outlives its block."""

import os
import subprocess
import sys
import time

import numpy as np
import pytest

from model.synthesis.pen_styles import synthetic_digits
from model.synthesis.worker import called_beside
from scripts.running import ROOT


def test_the_answer_is_that_of_a_call_in_this_process():
    with called_beside(synthetic_digits, 30, 7) as answer:
        images, labels = answer()
    expected_images, expected_labels = synthetic_digits(30, 7)
    assert np.array_equal(images, expected_images)
    assert np.array_equal(labels, expected_labels)


def test_an_error_of_the_function_is_no_answer(capfd):
    with (
        called_beside(synthetic_digits, -1, 7) as answer,
        pytest.raises(ChildProcessError, match="called synthetic_digits ended with status 1 and no answer"),
    ):
        answer()
    assert "negative" in capfd.readouterr().err


def test_a_process_that_ends_before_it_has_taken_all_is_no_closed_output_of_this_one(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with (
        pytest.raises(ChildProcessError, match="ended with status 1 and no answer"),
        called_beside(len, np.zeros(10**6)),
    ):
        pass


def test_a_block_that_is_left_early_takes_its_process_along():
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), called_beside(time.sleep, 60):
        raise KeyboardInterrupt
    assert time.monotonic() - started < 30


def test_ctrl_c_does_not_reach_the_process():
    with called_beside(os.getpgid, 0) as group:
        assert group() != os.getpgid(0)


def test_a_script_without_a_guard_can_call_it():
    script = (
        "import math\n"
        "from model.synthesis.worker import called_beside\n"
        "with called_beside(math.sqrt, 4) as answer:\n"
        "    print(answer())\n"
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (result.stdout, result.stderr) == ("2.0\n", "")
