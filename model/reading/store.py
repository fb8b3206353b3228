"""The trained networks on disk: where they are, their test results, and what to do when one is missing or damaged."""

import hashlib
import io
import json
import shlex
from pathlib import Path

import numpy as np

from model.images import NUM_CLASSES
from model.recipes import FLAGS_OF_FOLDER

TRAINED = Path(__file__).resolve().parents[1] / "trained"
# The card of a network, see `model.reading.card`.
CARD = "metrics.json"
# The network as the app runs it.
NETWORK = "model.tflite"
# The same facts for people, where `scripts.model_cards` has written them.
MODEL_CARD = "README.md"


class NetworkError(Exception):
    """A trained network is missing or damaged."""


def folder_of(name: str) -> Path:
    """The folder of a network by its name in `model/trained`, or by the path of another folder."""
    folder = TRAINED / name
    return folder if folder.is_dir() or not Path(name).is_dir() else Path(name)


def training_command(folder: Path) -> str:
    """The command that trains a network in a folder; with the placeholder FOLDER where none can be saved."""
    if not may_be_replaced(folder):
        return "python train.py --out FOLDER"
    if folder.parent == TRAINED and folder.name in FLAGS_OF_FOLDER:
        return f"python train.py {FLAGS_OF_FOLDER[folder.name]}"
    return f"python train.py --out {shlex.quote(str(folder))}"


def remedy(folder: Path) -> str:
    """What helps where a network is missing or damaged; each command in it works."""
    command = f"Train one with: {training_command(folder)}"
    if folder.parent == TRAINED and folder.name in ("classic", "compact"):
        return f"{command}, or get the shipped one back with: git checkout -- model/trained/{folder.name}"
    others = [name for name in trained_networks() if TRAINED / name != folder]
    return f"{command}, or use one of those there are: {', '.join(others)}" if others else command


def may_be_replaced(folder: Path) -> bool:
    """Whether train.py saves a network to a folder: one that is missing, empty, or holds a network, whole or not."""
    if not folder.exists():
        return next(parent for parent in folder.absolute().parents if parent.exists()).is_dir()
    if not folder.is_dir():
        return False
    files = {path.name for path in folder.iterdir()}
    return not files or CARD in files or {"model.keras", "model.tflite"} <= files


def trained_networks() -> list[str]:
    """The names of the networks in `model/trained`, compact first: those are its folders, whole or damaged."""
    names = (
        [path.name for path in TRAINED.iterdir() if path.is_dir() and "." not in path.name] if TRAINED.is_dir() else []
    )
    return sorted(names, key=lambda name: (name != "compact", name))


def read_file(folder: Path, name: str) -> bytes:
    """Reads a file of a trained network, and checks its SHA-256 against the one in the network's card.

    Args:
        folder: of the network.
        name: of the file.

    Raises:
        FileNotFoundError: there is no such file.
        NetworkError: it can't be read, was damaged, or is another network's.
    """
    path = folder / name
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise NetworkError(f"The file {path} can't be read ({error.strerror}). {remedy(folder)}.") from error
    expected = _digests(folder).get(name)
    received = hashlib.sha256(data).hexdigest()
    if expected is not None and received != expected:
        raise NetworkError(
            f"The file {path} is damaged, or of another network than {CARD} beside it. {remedy(folder)}. "
            f"Expected: SHA-256 {expected}. Received: {received}"
        )
    return data


def read_network(folder: Path) -> bytes:
    """Reads the LiteRT file of a trained network.

    Raises:
        NetworkError: it is missing, or as for `read_file`.
    """
    try:
        return read_file(folder, NETWORK)
    except FileNotFoundError:
        raise NetworkError(f"No network at {folder}. {remedy(folder)}.") from None


def digests_of(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of a network but its cards, in hexadecimal, by its name."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.iterdir())
        if path.is_file() and path.name not in (CARD, MODEL_CARD)
    }


def _digests(folder: Path) -> dict[str, str]:
    """What a network's card tells of its files; nothing where the card is missing, damaged, or older than these."""
    try:
        digests = json.loads((folder / CARD).read_bytes())["sha256"]
    except (OSError, ValueError, LookupError, TypeError):
        return {}
    return digests if isinstance(digests, dict) else {}


def load_test_probabilities(folder: Path) -> np.ndarray:
    """Reads what a trained network answered on MNIST's test set.

    Returns:
        float32 (10000, 10) in 0..1.

    Raises:
        NetworkError: the file is missing or damaged.
    """
    path = folder / "test_probabilities.npy"
    try:
        probabilities = np.load(io.BytesIO(read_file(folder, path.name)), allow_pickle=False)
    except FileNotFoundError:
        raise NetworkError(f"No test results at {path}. {remedy(folder)}.") from None
    except (OSError, EOFError, ValueError) as error:
        raise NetworkError(f"The test results at {path} are damaged ({error}). {remedy(folder)}.") from error
    if probabilities.ndim != 2 or probabilities.shape[1] != NUM_CLASSES or not np.isfinite(probabilities).all():
        raise NetworkError(
            f"The test results at {path} are damaged. {remedy(folder)}. Expected: (10000, 10) probabilities. "
            f"Received: {probabilities.dtype} {probabilities.shape}"
        )
    return probabilities
