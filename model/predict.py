"""Reads image files from the command line: python -m model.predict [--network NAME] [--json] PATH...

A line an image, in the order of the sorted names; with --json one object a line. What a folder holds besides images is
named on stderr. An unreadable file, or a folder without an image, gets a line there, too, and makes the exit status 1;
all others are still read.
"""

import argparse
import json
import signal
import sys
from collections.abc import Iterable
from pathlib import Path

from model.reading.classifier import load_classifier
from model.reading.pictures import SUFFIXES, Picture, PictureError, open_picture
from model.reading.reading import Reading
from model.reading.store import NetworkError


def find_images(paths: Iterable[str]) -> tuple[list[Path], list[Path]]:
    """Finds the images among the files named, and anywhere below the folders named.

    Returns:
        The images, each once, sorted by name; and the files below the folders whose names are not those of images, but
        for hidden ones.
    """
    images: set[Path] = set()
    left_out: set[Path] = set()
    for path in map(Path, paths):
        if not path.is_dir():
            images.add(path)
            continue
        for file in filter(_is_file, path.rglob("*")):
            if file.suffix.lower() in SUFFIXES:
                images.add(file)
            elif not any(part.startswith(".") for part in file.relative_to(path).parts):
                left_out.add(file)
    return sorted(images, key=str), sorted(left_out - images, key=str)


def _is_file(path: Path) -> bool:
    """Whether it is one, or can't be looked at: then reading it tells so."""
    try:
        return path.is_file()
    except OSError:
        return True


def printable(path: Path) -> str:
    """A path in one line that can harm no terminal: what can't be printed is escaped, as Python does it.

    >>> printable(Path("seven\\n.png"))
    'seven\\\\n.png'
    """
    return "".join(character if character.isprintable() else ascii(character)[1:-1] for character in str(path))


def as_json(path: Path, reading: Reading, picture: Picture) -> str:
    """One line of JSON: the file, the text read, a line a row, and its digits.

    A digit's box is [x, y, width, height] in the file's pixels, and its line the row, counted from 0 at the top. The
    picture was turned by so many degrees counterclockwise to be read.
    """
    return json.dumps(
        {
            "file": str(path),
            "text": reading.text,
            "turned": reading.turned,
            "digits": [
                {
                    "label": digit.label,
                    "probability": round(digit.probability, 6),
                    "probabilities": [round(float(value), 6) for value in digit.probabilities],
                    "box": list(picture.in_file(digit.box)),
                    "is_digit": digit.is_digit,
                    "line": digit.line,
                }
                for digit in reading.digits
            ],
        }
    )


def as_text(path: Path, reading: Reading) -> str:
    """One line for a person: the file, the text read with " / " between its rows, and each digit's probability."""
    if not reading.digits:
        return f"{printable(path)}: blank"
    text = reading.text.replace("\n", " / ") + (f", turned by {reading.turned}°" if reading.turned else "")
    return f"{printable(path)}: {text} ({', '.join(f'{digit.probability:.1%}' for digit in reading.digits)})"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Returns:
        The exit status: 0, 1 if a file could not be read or a folder has no image, 2 if there is no network.
    """
    parser = argparse.ArgumentParser(prog="python -m model.predict", description="Reads digits in image files.")
    parser.add_argument("paths", nargs="+", metavar="PATH", help="image files, or folders of them")
    parser.add_argument("--network", default="compact", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args(arguments)
    try:
        classifier = load_classifier(options.network)
    except NetworkError as error:
        print(error, file=sys.stderr)
        return 2
    status = 0
    images, left_out = find_images(options.paths)
    for file in left_out:
        print(f"{printable(file)} is left out, since its name is not that of an image.", file=sys.stderr)
    for folder in map(Path, options.paths):
        if folder.is_dir() and not any(folder in image.parents for image in images):
            print(
                f"No image in {printable(folder)}. Expected: files that end in {', '.join(SUFFIXES)}", file=sys.stderr
            )
            status = 1
    for path in images:
        try:
            picture = open_picture(path, printable(path))
        except PictureError as error:
            print(error, file=sys.stderr)
            status = 1
            continue
        reading = classifier.read(picture.image, any_way_up=True)
        print(as_json(path, reading, picture) if options.json else as_text(path, reading), flush=True)
    return status


if __name__ == "__main__":
    if hasattr(signal, "SIGPIPE"):
        # As other tools do: once nobody reads the output any more, as after `| head`, the process ends.
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
