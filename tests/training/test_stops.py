"""train.py is stopped, or can't go on: nothing is lost, and one line says what to do."""

import re
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from helpers import FILES, train_command

import train
from model.export import saving
from scripts.running import ROOT
from train import main


def started(*flags: str | Path) -> subprocess.Popen:
    """Starts train.py so that Ctrl-C stops it."""
    # A shell lets its background jobs ignore Ctrl-C, and they hand that on; a handler of our own is not handed on.
    inherited = signal.signal(signal.SIGINT, signal.default_int_handler)
    command = train_command(*flags)
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, inherited)
    return process


def test_ctrl_c_keeps_the_old_network_and_resume_ends_the_run(tmp_path, data_file, capsys):
    out = tmp_path / "net"
    flags = ("--network", "classic", "--epochs", 5, "--batch-size", 8, "--data", data_file, "--out", out)
    out.mkdir()
    (out / "metrics.json").write_text("the old network")
    process = started(*flags)
    state = tmp_path / "net.unfinished" / "checkpoint.weights.h5"
    deadline = time.monotonic() + 120
    while not state.exists() and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert re.search(r"Stopped. \d finished epochs? (is|are) kept in .*; --resume goes on from there", errors)
    assert "Traceback" not in errors
    assert (out / "metrics.json").read_text() == "the old network"
    assert main([*map(str, flags), "--resume"]) == 0
    assert "Going on after epoch" in capsys.readouterr().out
    assert {path.name for path in out.iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--data", "absent.npz"], "No data file at absent.npz"),
        (["--extra", "absent.npz"], "No data file at absent.npz. Name an npz file with the drawings that you kept"),
        (["--resume", "--out", "absent"], "No unfinished run in"),
        (["--out", "tests"], "it holds something else than a trained network"),
        (["--out", "Makefile"], "it is a file"),
        (["--out", "Makefile/net"], "Can't write to"),
        (["--out", "/proc/net-of-mine"], "Can't write to /proc/net-of-mine.new (No such file or directory). Clear"),
        (["--out", "/"], "Can't replace /: it is a mount point"),
        (["--out", "n" * 300], "(File name too long). Name another folder"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(flags, message, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(train, "TRAINED", tmp_path)
    assert main(["--epochs", "1", *flags]) == 2
    printed = capsys.readouterr()
    assert message in printed.err
    assert "Epoch" not in printed.out


def test_what_cannot_be_done_is_said_before_tensorflow_is_imported(tmp_path):
    program = "import sys, train; print(train.main(sys.argv[1:]), 'tensorflow' in sys.modules)"
    flags = ["--data", "absent.npz", "--out", tmp_path / "net"]
    result = subprocess.run([sys.executable, "-c", program, *flags], cwd=ROOT, capture_output=True, text=True)
    assert result.stdout == "2 False\n"


def test_ctrl_c_before_the_training_begins_is_no_traceback(tmp_path, monkeypatch, capsys):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(train, "read_data", interrupted)
    monkeypatch.setattr(train, "TRAINED", tmp_path)
    assert main([]) == 130
    assert "Stopped before the training began." in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["new", "previous", "unfinished"])
@pytest.mark.parametrize("flags", [[], ["--members", "2"]])
def test_a_file_in_the_way_of_a_run_is_noticed_before_it_begins(tmp_path, capsys, kind, flags):
    (tmp_path / f"net.{kind}").write_text("in the way")
    assert main(["--out", str(tmp_path / "net"), *flags]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert f"Can't write to {tmp_path / 'net'}.{kind} (Not a directory). Clear the way, or name another" in printed.err
    assert [path.name for path in tmp_path.iterdir()] == [f"net.{kind}"]


def limited(bytes_a_file: int) -> Callable[[], None]:
    """Lets a process write no larger files, as on a disk that is full."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))


def test_a_full_disk_is_noticed_before_a_run_begins(tmp_path, data_file):
    flags = train_command("--epochs", 1, "--data", data_file, "--out", tmp_path / "deep" / "net")
    result = subprocess.run(flags, cwd=ROOT, capture_output=True, text=True, preexec_fn=limited(10_000))
    assert result.returncode == 2
    assert result.stdout == ""
    assert f"Can't write to {tmp_path / 'deep' / 'net.new'} (File too large)" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_after_the_first_epoch_ends_the_run_without_a_traceback(tmp_path, data_file):
    flags = train_command("--network", "classic", "--epochs", 1, "--data", data_file, "--out", tmp_path / "net")
    result = subprocess.run(flags, cwd=ROOT, capture_output=True, text=True, preexec_fn=limited(2_000_000))
    assert result.returncode == 2
    assert "File too large" in result.stderr
    assert "No epoch was finished; there is nothing to resume." in result.stderr
    assert "Traceback" not in result.stderr


def test_a_run_whose_output_nobody_reads_stops_without_a_traceback(tmp_path, data_file):
    flags = train_command("--network", "small", "--epochs", 50, "--data", data_file, "--out", tmp_path / "net")
    with subprocess.Popen(flags, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while "Epoch" not in process.stdout.readline():
            assert process.poll() is None
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 141
    assert "Stopped, since nobody reads the output. " in errors
    assert "Traceback" not in errors
    assert "Exception ignored" not in errors


def test_ctrl_c_while_the_network_is_saved_keeps_the_run_and_resume_saves_it(tmp_path, data_file):
    flags = ("--network", "small", "--epochs", 1, "--data", data_file, "--out", tmp_path / "net")
    process = started(*flags)
    while "Exporting for LiteRT ..." not in process.stdout.readline():  # it comes at once: it is flushed
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    kept = tmp_path / "net.unfinished"
    assert f"Stopped. The last epoch is finished, and all is kept in {kept}; --resume saves the network." in errors
    assert "Traceback" not in errors
    assert [path.name for path in tmp_path.iterdir()] == ["net.unfinished"]
    assert main([*map(str, flags), "--resume"]) == 0
    assert {path.name for path in (tmp_path / "net").iterdir()} == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["net"]


def interrupted(*_, **__) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("step", ["check_agreement", "describe", "find_neighbours", "_figures"])
def test_no_step_of_saving_loses_the_run_when_it_is_interrupted(tmp_path, data_file, monkeypatch, capsys, step):
    flags = ["--network", "small", "--epochs", "1", "--data", str(data_file), "--out", str(tmp_path / "net")]
    with monkeypatch.context() as patch:
        patch.setattr(saving, step, interrupted)
        assert main(flags) == 130
    assert "--resume saves the network" in capsys.readouterr().err
    assert main([*flags, "--resume"]) == 0
    assert {path.name for path in (tmp_path / "net").iterdir()} == FILES


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("model.training.ensemble.save_network", "member-1.unfinished; --resume saves the network."),
        ("model.export.saving.save_ensemble", "2 finished members are kept in"),
    ],
)
def test_an_ensemble_that_is_interrupted_while_it_is_saved_is_resumed(
    tmp_path, data_file, monkeypatch, capsys, step, message
):
    flags = ["--network", "small", "--epochs", "1", "--members", "2"]
    flags += ["--data", str(data_file), "--out", str(tmp_path / "net")]
    with monkeypatch.context() as patch:
        patch.setattr(step, interrupted)
        assert main(flags) == 130
    assert message in capsys.readouterr().err
    assert main([*flags, "--resume"]) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["net"]
