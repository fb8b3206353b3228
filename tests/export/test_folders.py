"""A folder is checked before a run, and replaced whole or not at all."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from model.export import folders
from model.export.folders import SaveError, check_replaceable, check_writable, claimed_folder, replaced_folder
from scripts.running import ROOT


def test_looking_whether_a_folder_can_be_written_leaves_no_trace(tmp_path):
    (tmp_path / "there.unfinished").mkdir()
    (tmp_path / "there.unfinished" / "checkpoint.weights.h5").write_text("kept")
    for folder in ("there.unfinished", "not/there"):
        check_writable(tmp_path / folder)
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*")] == [
        Path("there.unfinished"),
        Path("there.unfinished/checkpoint.weights.h5"),
    ]


def test_a_link_to_nowhere_is_in_the_way(tmp_path):
    (tmp_path / "net").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SaveError, match=r"Can't write to .*net"):
        check_writable(tmp_path / "net")


def test_several_trainings_may_look_at_the_same_moment_whether_a_folder_can_be_written(tmp_path):
    with ThreadPoolExecutor(4) as threads:
        for _ in threads.map(check_writable, [tmp_path / "not" / "there"] * 200):
            pass
    assert list(tmp_path.iterdir()) == []


def test_an_error_while_saving_leaves_the_old_network(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "metrics.json").write_text("old")

    def interrupted() -> None:
        with replaced_folder(folder) as new:
            (new / "metrics.json").write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert (folder / "metrics.json").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


def test_a_new_network_replaces_the_old_one_whole(tmp_path):
    folder = tmp_path / "net"
    folder.mkdir()
    (folder / "metrics.json").write_text("old")
    (folder / "left-over").write_text("old")
    with replaced_folder(folder) as new:
        (new / "metrics.json").write_text("new")
    assert [path.name for path in folder.iterdir()] == ["metrics.json"]
    assert (folder / "metrics.json").read_text() == "new"


def test_a_folder_of_something_else_is_not_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(SaveError, match="holds something else"):
        check_replaceable(tmp_path)


def test_a_folder_whose_lock_file_is_removed_at_that_moment_can_be_claimed(tmp_path, monkeypatch):
    flock, tries = folders.fcntl.flock, []

    def removed_at_first(file, operation):
        tries.append(file)
        if len(tries) == 1:
            (tmp_path / "net.lock").unlink()
        return flock(file, operation)

    monkeypatch.setattr(folders.fcntl, "flock", removed_at_first)
    with claimed_folder(tmp_path / "net"):
        assert (tmp_path / "net.lock").exists()
    assert len(tries) == 2


def test_a_folder_is_claimed_by_one_training_at_a_time_and_free_again_once_it_is_killed(tmp_path):
    folder = tmp_path / "nets" / "new"
    program = (
        "import sys, time; from pathlib import Path; from model.export.folders import claimed_folder\n"
        "with claimed_folder(Path(sys.argv[1])):\n"
        "    print('claimed', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout.readline() == "claimed\n"
        with pytest.raises(SaveError, match="Another training is saving to"), claimed_folder(folder):
            pass
        other.kill()
        other.wait()
    with claimed_folder(folder):
        pass
    assert list(folder.parent.iterdir()) == []
