"""What several test files share: the MNIST test set, a drawn seven, trained networks, a running app, a browser."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from model.data import Split, read_split
from model.strokes import draw_strokes

ROOT = Path(__file__).resolve().parent.parent
SEVEN = np.array([[60, 70], [210, 70], [120, 230]], float)

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@pytest.fixture(scope="session")
def test_set() -> Split:
    return read_split("test")


@pytest.fixture(scope="session")
def seven() -> np.ndarray:
    """A 7 on the pad, white on black, uint8 (280, 280)."""
    return draw_strokes([SEVEN], 20)


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, started on a free port."""
    with running_app(tmp_path_factory.mktemp("app") / "log") as url:
        yield url


@contextmanager
def running_app(log: Path) -> Iterator[str]:
    """The address of an app that is started on a free port of 127.0.0.1 and stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not _answers(url):
            if time.monotonic() > deadline or server.poll() is not None:
                raise RuntimeError(f"The app did not start:\n{log.read_text()}")
            time.sleep(0.05)
        yield url
    finally:
        server.terminate()
        server.wait(10)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
            return True
    except OSError:
        return False
