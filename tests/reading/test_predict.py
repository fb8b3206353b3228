"""The command line that reads image files."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from model.predict import main
from model.synthesis.strokes import draw_strokes
from scripts.running import ROOT


@pytest.fixture
def folder(tmp_path, seven) -> Path:
    """a.png is a 7, sub/b.JPG a 7 in black on white, c.png blank, notes.txt no image."""
    Image.fromarray(seven).save(tmp_path / "a.png")
    (tmp_path / "sub").mkdir()
    Image.fromarray(255 - seven).convert("RGB").save(tmp_path / "sub" / "b.JPG")
    Image.new("L", (100, 100)).save(tmp_path / "c.png")
    (tmp_path / "notes.txt").write_text("not an image")
    return tmp_path


def test_a_folders_bitmaps_are_read(tmp_path, seven, capsys):
    Image.fromarray(seven).save(tmp_path / "seven.bmp")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(f"{tmp_path / 'seven.bmp'}: 7 (")


def test_a_folder_gives_a_line_an_image_in_the_order_of_the_names(folder, capsys):
    assert main([str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [str(folder / name) for name in ("a.png", "c.png", "sub/b.JPG")]
    assert lines[0].split(": ")[1].startswith("7 (")
    assert lines[1].endswith(": blank")


def test_json_has_an_object_a_line_with_all_there_is_to_know(folder, capsys):
    assert main(["--json", str(folder / "a.png"), str(folder / "c.png")]) == 0
    seven, blank = map(json.loads, capsys.readouterr().out.splitlines())
    assert blank == {"file": str(folder / "c.png"), "text": "", "turned": 0, "digits": []}
    assert seven.keys() == {"file", "text", "turned", "digits"}
    assert seven["text"] == "7"
    (digit,) = seven["digits"]
    assert digit.keys() == {"label", "probability", "probabilities", "box", "is_digit", "line"}
    assert digit["label"] == 7
    assert digit["is_digit"] is True
    assert len(digit["probabilities"]) == 10
    assert digit["probability"] == digit["probabilities"][7]
    assert sum(digit["probabilities"]) == pytest.approx(1, abs=1e-4)
    assert digit["box"] == pytest.approx([50, 60, 170, 180], abs=2)


def test_files_are_sorted_and_read_once_however_they_are_named(folder, capsys):
    main([str(folder / "c.png"), str(folder / "a.png"), str(folder), str(folder / "a.png")])
    names = [line.split(": ")[0] for line in capsys.readouterr().out.splitlines()]
    assert names == sorted(set(names))
    assert len(names) == 3


def test_an_unreadable_file_is_named_and_all_others_are_read(folder, capsys):
    (folder / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")
    whole = (folder / "a.png").read_bytes()
    (folder / "d.png").write_bytes(whole[: len(whole) // 2])
    assert main([str(folder), str(folder / "absent.png")]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 3
    named = [Path(line.split()[0]).name for line in printed.err.splitlines()]
    assert named == ["notes.txt", "absent.png", "b.png", "d.png"]


def test_a_pipe_and_a_device_are_refused_at_once(tmp_path, seven, capsys):
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "full.png").symlink_to(tmp_path / "full.png")
    Image.fromarray(seven).save(tmp_path / "seven.png")
    assert main([str(tmp_path / name) for name in ("pipe.png", "zero.png", "full.png", "seven.png")]) == 1
    printed = capsys.readouterr()
    assert [line.split(": ")[1][0] for line in printed.out.splitlines()] == ["7"]
    assert printed.err.count("Received: Not a regular file") == 2
    assert "full.png can't be opened" in printed.err


def test_names_are_printed_in_one_line_and_without_escape_codes(tmp_path, seven, capsys):
    names = (b"two\nlines.png", b"red\x1b[31m.png", b"bad\xff.png", "七.png".encode())
    for name in names:
        Image.fromarray(seven).save(io := BytesIO(), "PNG")
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).write_bytes(io.getvalue())
    (tmp_path / "notes\r.txt").write_text("not an image")
    for flags in ([], ["--json"]):
        assert main([*flags, str(tmp_path)]) == 0
        printed = capsys.readouterr()
        assert len(printed.out.splitlines()) == len(names)
        assert printed.err.splitlines() == [
            f"{tmp_path}/notes\\r.txt is left out, since its name is not that of an image."
        ]
        assert "\x1b" not in printed.out
        printed.out.encode()
    assert "七.png" in "".join(json.loads(line)["file"] for line in printed.out.splitlines())


def test_a_file_that_is_named_is_read_whatever_its_ending(folder, capsys):
    assert main([str(folder / "notes.txt")]) == 1
    assert "notes.txt" in capsys.readouterr().err


def test_a_missing_network_ends_with_status_2_and_the_remedy(folder, capsys):
    assert main(["--network", "absent", str(folder)]) == 2
    assert "No network at" in capsys.readouterr().err


@pytest.mark.parametrize("flags", [[], ["--json"]], ids=["text", "json"])
def test_the_process_ends_quietly_once_nobody_reads_its_output(folder, flags):
    (folder / "notes.txt").unlink()
    for index in range(20):
        shutil.copy(folder / "a.png", folder / f"{index}.png")
    command = [sys.executable, "-m", "model.predict", *flags, str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert str(folder / "0.png") in process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read().replace("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.\n", "") == ""
    assert process.returncode == -signal.SIGPIPE  # a shell says 141


def test_a_folder_without_an_image_is_reported_with_the_endings_looked_for(folder, capsys):
    (folder / "empty").mkdir()
    (folder / "texts").mkdir()
    (folder / "texts" / "notes.txt").write_text("not an image")
    assert main([str(folder / "empty")]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    expected = "Expected: files that end in .avif, .bmp, .gif, .heic, .heif, .jpeg, .jpg, .png, .tif, .tiff, .webp"
    assert printed.err == f"No image in {folder / 'empty'}. {expected}\n"
    assert main([str(folder / "texts"), str(folder / "a.png")]) == 1
    printed = capsys.readouterr()
    assert len(printed.out.splitlines()) == 1
    left_out = f"{folder / 'texts' / 'notes.txt'} is left out, since its name is not that of an image.\n"
    assert printed.err == f"{left_out}No image in {folder / 'texts'}. {expected}\n"


def test_a_folder_names_what_it_leaves_out_but_for_hidden_files(folder, capsys):
    (folder / "letter.pdf").write_bytes(b"%PDF-1.7")
    (folder / ".hidden").mkdir()
    (folder / ".hidden" / "notes.txt").write_text("not an image")
    (folder / ".DS_Store").write_bytes(b"")
    assert main([str(folder)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        f"{folder / name} is left out, since its name is not that of an image." for name in ("letter.pdf", "notes.txt")
    ]


def test_another_network_can_be_named(folder, capsys):
    assert main(["--network", "classic", str(folder / "a.png")]) == 0
    assert ": 7 (" in capsys.readouterr().out


def test_200_drawings_take_less_than_2_seconds_of_a_core(tmp_path, test_set, capsys):
    for index in range(200):
        Image.fromarray(np.kron(test_set.images[index], np.ones((10, 10), np.uint8))).save(tmp_path / f"{index:03}.png")
    started = time.process_time()
    main([str(tmp_path)])
    assert time.process_time() - started < 2
    read = [line.split(": ")[1][0] for line in capsys.readouterr().out.splitlines()]
    assert np.mean(np.array(read) == test_set.labels[:200].astype(str)) > 0.97


def test_the_box_is_in_pixels_of_a_file_that_is_reduced_for_reading(tmp_path, seven, capsys):
    large = Image.fromarray(255 - seven).resize((2800, 2800))
    large.save(tmp_path / "large.png")
    main(["--json", str(tmp_path / "large.png")])
    (digit,) = json.loads(capsys.readouterr().out)["digits"]
    assert digit["box"] == pytest.approx([500, 600, 1700, 1800], abs=25)


def test_a_number_is_read_in_order(tmp_path, capsys):
    strokes = [np.array([[60, 60], [60, 220]]), np.array([[140, 70], [230, 70], [170, 220]])]
    Image.fromarray(draw_strokes(strokes, 16)).save(tmp_path / "17.png")
    main(["--json", str(tmp_path)])
    read = json.loads(capsys.readouterr().out)
    assert read["text"] == "17"
    assert [digit["label"] for digit in read["digits"]] == [1, 7]
