"""The server is warm when it says so, tells its addresses, and asks no outside host."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from scripts.running import ROOT
from scripts.serve import addresses


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_an_app_for_this_computer_alone_has_one_address_and_one_for_phones_has_this_computers_first():
    assert addresses("127.0.0.1", 8600) == ["http://127.0.0.1:8600"]
    assert addresses("0.0.0.0", 8600)[0] == "http://127.0.0.1:8600"


def test_an_app_for_phones_asks_no_outside_host_for_its_address_and_stops_on_ctrl_c():
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        asked: list[str] = []

        def listen() -> None:
            while True:
                try:
                    asked.append(proxy.accept()[0].recv(1000).decode())
                except OSError:
                    return

        threading.Thread(target=listen, daemon=True).start()
        port, trap = free_port(), f"http://127.0.0.1:{proxy.getsockname()[1]}"
        server = subprocess.Popen(
            [sys.executable, "-m", "scripts.serve", "0.0.0.0", str(port)],
            cwd=ROOT,
            env={**os.environ, "http_proxy": trap, "https_proxy": trap, "no_proxy": "127.0.0.1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in server.stdout:
            if "Ready: " in line:
                break
        assert line.strip() == f"Ready: http://127.0.0.1:{port}"
        stream = f"ws://127.0.0.1:{port}/_stcore/stream"
        with connect(stream, subprotocols=["streamlit"], origin=f"http://127.0.0.1:{port}", proxy=None):
            pass
        # A page of another origin makes Streamlit look for all its own addresses.
        with pytest.raises(InvalidStatus), connect(stream, origin="http://elsewhere.example", proxy=None):
            pass
        server.send_signal(signal.SIGINT)
        server.communicate(timeout=20)
        time.sleep(0.1)
    assert asked == []


def test_the_installed_streamlit_serves_with_a_socket_that_sends_each_message_at_once():
    tells = """
import socket, sys
from scripts import serve

class Told(serve.PromptServer):
    async def main_loop(self):
        for listening in (each for server in self.servers for each in server.sockets):
            print("sends at once:", listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

serve.PromptServer = Told
serve.main(["127.0.0.1", sys.argv[1]])
"""
    command = [sys.executable, "-c", tells, str(free_port())]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert "sends at once: 1" in result.stdout, result.stderr


def test_a_server_whose_screens_cant_be_opened_in_advance_says_so_and_is_ready():
    breaks = """
import sys
from scripts import serve

def visit(*_):
    raise AttributeError("no field of that name")

serve.visit = visit
serve.main(["127.0.0.1", sys.argv[1]])
"""
    command = [sys.executable, "-u", "-c", breaks, str(free_port())]
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = []
    for line in server.stdout:
        lines.append(line)
        if "Ready: " in line:
            break
    server.terminate()
    server.communicate(timeout=20)
    assert any("could not be opened in advance (AttributeError('no field of that name'))" in line for line in lines)
    assert "Ready: " in lines[-1]


def test_a_taken_port_gets_a_message_that_names_the_remedy():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "scripts.serve", "127.0.0.1", str(taken.getsockname()[1])]
        result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert result.returncode != 0
    assert "Choose another port: make app PORT=8600" in result.stderr
    assert "Ready" not in result.stdout
