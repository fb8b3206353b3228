"""Lists who has put marks and notes in a file of shared marks, or takes those of one visitor out.

python -m scripts.marks marks.sqlite [--remove NAME]
"""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from model.data.mnist import TEST_IMAGES
from model.feedback.marks import MarksError
from model.feedback.stored_marks import StoredMarks


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; the exit status is 1 if the file is missing or can't be used."""
    parser = argparse.ArgumentParser(prog="python -m scripts.marks", description="Lists and removes shared marks.")
    parser.add_argument("file", type=Path, help="what DIGITS_MARKS names")
    parser.add_argument("--remove", metavar="NAME", help="take all marks and notes of this visitor out")
    options = parser.parse_args(arguments)
    if not options.file.is_file():
        print(f"No marks at {options.file}.", file=sys.stderr)
        return 1
    marks = StoredMarks(options.file, TEST_IMAGES)
    try:
        if options.remove is not None:
            print(f"Removed {marks.remove(options.remove):,} marks and notes of {options.remove!r}.")
        for visitor, count, last in marks.visitors():
            print(f"{count:7,}  {datetime.fromtimestamp(last):%Y-%m-%d %H:%M}  {visitor!r}")
    except MarksError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
