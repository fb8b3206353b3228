"""What deploy/ and compose.yaml promise: two servers, without privileges on a read-only tree, behind nginx."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest

from benchmarks.visitor import visiting
from scripts.running import ROOT

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
_PATIENCE = 60.0  # seconds


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Path:
    """What the image holds, in a folder that nothing can be written to."""
    folder = tmp_path_factory.mktemp("image")
    kept = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__", "*.unfinished"))
        else:
            shutil.copy(source, folder / name)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    return folder


@contextmanager
def serving(tree: Path, marks: Path) -> Iterator[int]:
    """A server as the image runs it; its port."""
    port = free_port()
    # Without its privileges, not even root may write to what is read-only.
    unprivileged = ["setpriv", "--bounding-set", "-all", "--inh-caps", "-all"] if os.geteuid() == 0 else []
    server = subprocess.Popen(
        [*unprivileged, sys.executable, "-m", "scripts.serve", "127.0.0.1", str(port)],
        cwd=tree,
        env={
            "PATH": os.environ["PATH"],
            "HOME": "/tmp",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
            "DIGITS_PATH": "/digits",
            "DIGITS_HOSTS": "digits.example",
            "DIGITS_MARKS": str(marks),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        said = ""
        for line in server.stdout:
            said += line
            if "Ready: " in line:
                break
        assert f"Ready: http://127.0.0.1:{port}/digits" in said, said
        assert "could not be opened" not in said, said
        yield port
    finally:
        server.kill()
        server.communicate()


@contextmanager
def proxied(folder: Path, ports: list[int]) -> Iterator[str]:
    """The shipped configuration of nginx in front of servers on some ports; its address."""
    port = free_port()
    shipped = (ROOT / "deploy" / "nginx.conf").read_text()
    site = shipped.replace("listen 80;", f"listen 127.0.0.1:{port};")
    for name, server in zip(("app1:8501", "app2:8501"), ports, strict=True):
        site = site.replace(name, f"127.0.0.1:{server}")
    whole = (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;\n"
        f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{site} }}"
    )
    (folder / "nginx.conf").write_text(whole)
    command = [NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", str(folder / "error.log")]
    nginx = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + _PATIENCE
        address = f"http://127.0.0.1:{port}/digits"
        while time.monotonic() < deadline and nginx.poll() is None:
            try:
                urllib.request.urlopen(f"{address}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.05)
        yield address
    finally:
        nginx.terminate()
        nginx.wait(10)


@pytest.fixture(scope="module")
def site(tree, tmp_path_factory) -> Iterator[str]:
    if NGINX is None:
        if "CI" in os.environ:
            pytest.fail("There is no nginx, which .ci/run installs.")
        pytest.skip("There is no nginx here.")
    folder = tmp_path_factory.mktemp("nginx")
    data = tmp_path_factory.mktemp("data")
    # The workers of nginx are another user.
    for path in (folder, *list(folder.parents)[:3]):
        path.chmod(0o777 if path == folder else 0o755)
    with ExitStack() as running:
        ports = [running.enter_context(serving(tree, data / "marks.sqlite")) for _ in range(2)]
        yield running.enter_context(proxied(folder, ports))


def test_a_visitor_draws_through_nginx_below_the_path(site, seven):
    with visiting(site, view="Draw") as visitor:
        assert visitor.draw(seven) > 0
        assert visitor.reading == "7"


def test_a_visitor_stays_with_one_server(site):
    with urllib.request.urlopen(f"{site}/") as answer:
        assert answer.status == 200
        (cookie,) = _of_nginx(answer)
    assert re.match(r"digits_visitor=\w{32}; Path=/digits; HttpOnly; SameSite=Lax", cookie)
    again = urllib.request.Request(f"{site}/", headers={"Cookie": cookie.split(";")[0]})
    with urllib.request.urlopen(again) as answer:
        assert _of_nginx(answer) == [cookie]


def _of_nginx(answer: HTTPResponse) -> list[str]:
    """The cookies that nginx sets, beside the app's own."""
    return [cookie for cookie in answer.headers.get_all("Set-Cookie", []) if cookie.startswith("digits_visitor=")]


def test_a_file_that_is_too_large_gets_a_sentence(site):
    upload = urllib.request.Request(f"{site}/_stcore/upload_file/a/b", bytes(12_000_000), method="PUT")
    with pytest.raises((urllib.error.HTTPError, urllib.error.URLError)) as refusal:
        urllib.request.urlopen(upload)
    if isinstance(refusal.value, urllib.error.HTTPError):
        assert refusal.value.code == 413
        assert "at most 10 MB" in refusal.value.read().decode()


def test_a_foreign_host_is_refused_and_the_operators_is_let_in(site):
    with urllib.request.urlopen(urllib.request.Request(f"{site}/", headers={"Host": "digits.example"})) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.HTTPError, match="421"):
        urllib.request.urlopen(urllib.request.Request(f"{site}/", headers={"Host": "evil.example"}))


def test_the_files_for_deployment_name_what_is_there():
    compose = (ROOT / "compose.yaml").read_text()
    assert "./deploy/nginx.conf" in compose
    assert compose.count("*app") == 2
    dockerfile = (ROOT / "Dockerfile").read_text()
    for module in re.findall(r'"-m", "([\w.]+)"', dockerfile):
        assert (ROOT / f"{module.replace('.', '/')}.py").is_file()
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    assert json.loads(command)[1:3] == ["-m", "scripts.serve"]
    for name in re.findall(r"^Environment=(.*)$", (ROOT / "deploy" / "digits.service").read_text(), re.MULTILINE):
        for variable in re.findall(r"(DIGITS_\w+)=", name):
            assert variable in "".join(path.read_text() for path in ROOT.glob("*/*.py"))
    cloud = ROOT / "deploy" / "cloud"
    (required,) = re.findall(r"^-r (.*)$", (cloud / "requirements.txt").read_text(), re.MULTILINE)
    assert (cloud / required).resolve() == ROOT / "requirements-app.txt"
