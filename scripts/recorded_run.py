"""Records a run of the fast recipe, for the screen Learn where nobody may train: python -m scripts.recorded_run"""

import sys

from model.data.mnist import read_split
from model.learning.classroom import Classroom
from model.learning.recording import RECORDING, save_recording
from model.recipes import Lesson

_VISITOR = "recording"
# The test image whose ten bars are watched: a 7.
_DRAWING = 0
_PATIENCE = 5.0  # seconds from look to look


def main() -> int:
    """Runs the command.

    Returns:
        The exit status: 0, or 1 where the training failed.
    """
    room, lesson = Classroom(), Lesson()
    try:
        room.open(lesson)
        status = room.status()
        while status.state != "ready" and not status.problem:
            status = room.wait_for_change(status, _PATIENCE)
        room.look(_VISITOR, read_split("test").images[_DRAWING])
        room.start(_VISITOR, lesson)
        status = room.status()
        while status.is_busy:
            status = room.wait_for_change(status, _PATIENCE)
        if status.problem:
            print(f"The training failed: {status.message or status.problem}", file=sys.stderr)
            return 1
        save_recording(room.snapshots(), RECORDING)
        print(f"Wrote {RECORDING}: {len(room.snapshots())} snapshots")
        return 0
    finally:
        room.close()


if __name__ == "__main__":
    sys.exit(main())
