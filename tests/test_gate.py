"""The gate before the app refuses foreign hosts, too many visitors and too many uploads, each with a sentence."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from scripts.gate import MOST_FILES, MOST_UPLOADED, MOST_UPLOADED_BY_ALL, Gate


@dataclass
class Answer:
    """What came back."""

    messages: list[dict] = field(default_factory=list)

    @property
    def status(self) -> int:
        return self.messages[0]["status"]

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.messages[0]["headers"]}

    @property
    def text(self) -> str:
        return b"".join(message.get("body", b"") for message in self.messages[1:]).decode()


async def app(scope, receive, send):
    """Answers each request, and keeps each websocket open until it is told to close."""
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        await receive()
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"the app"})


def scope_of(path: str = "/", host: str = "127.0.0.1:8501", method: str = "GET", length: int | None = None) -> dict:
    headers = [(b"host", host.encode())]
    if length is not None:
        headers.append((b"content-length", str(length).encode()))
    return {"type": "http", "path": path, "method": method, "headers": headers}


async def ask(gate: Gate, scope: dict) -> Answer:
    answer = Answer()

    async def send(message: dict) -> None:
        answer.messages.append(message)

    async def receive() -> dict:
        return {"type": "http.request"}

    await gate(scope, receive, send)
    return answer


def run(coroutine):
    """In a thread of its own, since Playwright leaves a running event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


@pytest.mark.parametrize("host", ["127.0.0.1:8501", "localhost", "192.168.0.7:8501", "[::1]:8501", "digits.example"])
def test_this_computers_names_addresses_and_the_operators_names_are_let_in(host):
    answer = run(ask(Gate(app, hosts=["Digits.Example"]), scope_of(host=host)))
    assert (answer.status, answer.text) == (200, "the app")
    assert "frame-ancestors 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "digits.example.evil.example", "", "127.0.0.1.evil.example", "[::1"])
def test_a_foreign_name_is_refused_by_each_kind_of_connection(host):
    gate = Gate(app, hosts=["digits.example"])
    answer = run(ask(gate, scope_of(host=host)))
    assert answer.status == 421
    assert "DIGITS_HOSTS" in answer.text
    stream = scope_of("/_stcore/stream", host) | {"type": "websocket"}
    assert run(ask(gate, stream)).messages == [{"type": "websocket.close", "code": 1008}]


def test_the_next_visitor_reads_that_the_server_is_full_until_one_leaves():
    async def visits() -> None:
        gate, leave = Gate(app, most_visitors=1), asyncio.Event()
        accepted: list[dict] = []

        async def send(message: dict) -> None:
            accepted.append(message)

        stream = scope_of("/digits/_stcore/stream") | {"type": "websocket"}
        visitor = asyncio.create_task(gate(stream, leave.wait, send))
        await asyncio.sleep(0)
        assert accepted == [{"type": "websocket.accept"}]
        full = await ask(gate, scope_of("/digits/"))
        assert (full.status, full.headers["retry-after"]) == (503, "15")
        assert "all 1 places are taken" in full.text
        assert "服务器已满" in full.text
        assert (await ask(gate, stream)).messages == [{"type": "websocket.close", "code": 1013}]
        # The page of the visitor who is there goes on.
        assert (await ask(gate, scope_of("/digits/static/index.js"))).status == 200
        leave.set()
        await visitor
        assert (await ask(gate, scope_of("/digits/"))).status == 200

    run(visits())


class Uploads:
    """A gate before a server that holds what is uploaded; `held` is by visitor and file."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, int]] = {}
        self.gate = Gate(self.take, uploads=lambda: self.held)
        self.status = 200
        self.goes_on = asyncio.Event()
        self.goes_on.set()

    async def take(self, scope, receive, send) -> None:
        await self.goes_on.wait()
        *_, visitor, file = scope["path"].split("/")
        if self.status == 200:
            self.held.setdefault(visitor, {})[file] = int(dict(scope["headers"])[b"content-length"])
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def put(self, file: int, visitor: str = "a", length: int | None = 10_000_000) -> int:
        scope = scope_of(f"/_stcore/upload_file/{visitor}/{file}", method="PUT", length=length)
        return (await ask(self.gate, scope)).status


def test_a_visitors_uploads_are_limited_by_what_the_server_holds():
    async def uploads() -> None:
        server, count = Uploads(), MOST_UPLOADED // 10_000_000
        assert [await server.put(file) for file in range(count + 1)] == count * [200] + [413]
        assert await server.put(0) == 200  # again
        assert await server.put(0, visitor="b") == 200
        del server.held["a"]["0"]
        assert await server.put(count + 1) == 200
        assert await server.put(1, length=None) == 411

    run(uploads())


def test_a_visitors_files_are_limited_in_number():
    async def uploads() -> None:
        server = Uploads()
        statuses = [await server.put(file, length=1) for file in range(MOST_FILES + 1)]
        assert statuses == MOST_FILES * [200] + [413]

    run(uploads())


def test_the_uploads_of_all_are_limited_together_until_visitors_have_left():
    async def uploads() -> None:
        server, count = Uploads(), MOST_UPLOADED_BY_ALL // 50_000_000
        statuses = [await server.put(0, str(visitor), 50_000_000) for visitor in range(count + 1)]
        assert statuses == count * [200] + [413]
        del server.held["0"]  # Streamlit forgets the files of a visitor who has left
        assert await server.put(0, "late", 50_000_000) == 200

    run(uploads())


def test_uploads_that_come_at_once_are_counted_before_they_have_come():
    async def uploads() -> None:
        server = Uploads()
        server.goes_on.clear()
        coming = [asyncio.create_task(server.put(file, length=20_000_000)) for file in range(4)]
        await asyncio.sleep(0.01)
        server.goes_on.set()
        assert sorted(await asyncio.gather(*coming)) == [200, 200, 200, 413]

    run(uploads())


def test_uploads_that_the_server_refuses_do_not_count():
    async def uploads() -> None:
        server = Uploads()
        server.status = 400
        assert {await server.put(file, length=MOST_UPLOADED) for file in range(3)} == {400}
        server.status = 200
        assert await server.put(0, length=MOST_UPLOADED) == 200

    run(uploads())


def test_the_address_for_metrics_is_off_unless_it_is_wanted():
    assert run(ask(Gate(app), scope_of("/digits/_stcore/metrics"))).status == 404
    assert run(ask(Gate(app, metrics=True), scope_of("/_stcore/metrics"))).status == 200
