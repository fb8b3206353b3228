"""A run that was recorded is played as it was."""

from dataclasses import asdict, replace

import numpy as np
import pytest
from learning.pretend import snapshot

from model.data.mnist import DataError
from model.learning.recording import load_recording, save_recording


def test_a_recorded_run_has_the_snapshots_of_the_run(tmp_path):
    probabilities = np.full(10, 0.1, np.float32)
    recorded = [snapshot(1), replace(snapshot(2, probabilities), non_digit=0.5)]
    save_recording(recorded, tmp_path / "run.npz")
    played = load_recording(tmp_path / "run.npz")
    assert len(played) == 2
    for before, after in zip(recorded, played, strict=True):
        for name, value in asdict(before).items():
            assert np.array_equal(value, getattr(after, name)) or value is getattr(after, name) is None
            assert isinstance(getattr(after, name), type(value))


@pytest.mark.parametrize("content", [None, b"", b"no run"])
def test_a_recording_that_is_missing_or_damaged_is_told_of(tmp_path, content):
    path = tmp_path / "run.npz"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match="missing or damaged"):
        load_recording(path)
