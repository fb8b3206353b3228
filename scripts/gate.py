"""Stands between the network and the app: refuses foreign hosts, too many visitors and too many uploads."""

import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The uploads that the server holds take at most so many bytes, those of one visitor and of all together, and one
# visitor's are at most so many files.
MOST_UPLOADED, MOST_UPLOADED_BY_ALL, MOST_FILES = 60_000_000, 400_000_000, 100
_UPLOAD = re.compile(r"/_stcore/upload_file/(?P<visitor>[^/]+)/(?P<file>[^/]+)$")
_STREAM, _METRICS = "/_stcore/stream", "/_stcore/metrics"
_FULL = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="15"><title>The server is full</title>
<body style="font: 1.2rem/1.5 sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem">
<p>The server is full: all {most} places are taken. This page tries again every 15 seconds.</p>
<p lang="zh">服务器已满：{most} 个名额都已占用。本页每 15 秒重试一次。</p>
"""
# Streamlit's page has scripts and styles of its own in it, and loads components from blobs.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "worker-src 'self' blob:; frame-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "frame-ancestors {frames}"
)


@dataclass(frozen=True, eq=False)
class _Upload:
    """An upload that is coming: whose it is, and how many bytes it has."""

    visitor: str
    file: str
    length: int


class Gate:
    """An ASGI application around another.

    Args:
        app: what is behind the gate.
        hosts: names by which browsers may call the server, besides localhost and any IP address; "*" for all. A foreign
            name that leads here is how a foreign page would reach a server behind a firewall (DNS rebinding).
        most_visitors: how many may be here at once.
        frames: who may show the app in a frame, as in the policy frame-ancestors.
        metrics: whether Streamlit's address for metrics answers.
        uploads: gives how many bytes each file has that the server holds, by visitor.
    """

    def __init__(
        self,
        app: ASGIApp,
        hosts: Collection[str] = (),
        most_visitors: int = 200,
        frames: str = "'self'",
        metrics: bool = False,
        uploads: Callable[[], Mapping[str, Mapping[str, int]]] = dict,
    ):
        self._app = app
        # Without a port, by which the server may be known from outside.
        self._hosts = {host.lower().partition(":")[0] for host in hosts} - {""}
        self._most_visitors = most_visitors
        self._policy = _POLICY.format(frames=frames)
        self._metrics = metrics
        self._uploads = uploads
        self._visitors = 0
        self._coming: list[_Upload] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._talk(scope, receive, send)
        elif (refusal := self._refusal(scope)) is not None:
            await refusal(scope, receive, send)
        elif scope["method"] == "PUT" and (upload := _UPLOAD.search(scope["path"])) is not None:
            await self._upload(upload["visitor"], upload["file"], scope, receive, self._with_policy(send))
        else:
            await self._app(scope, receive, self._with_policy(send))

    async def _talk(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_full = self._visitors >= self._most_visitors and scope["path"].endswith(_STREAM)
        if is_full or not self._is_known(scope):
            # Before it is accepted, this is an answer of 403.
            await send({"type": "websocket.close", "code": 1013 if is_full else 1008})
            return
        self._visitors += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._visitors -= 1

    def _refusal(self, scope: Scope) -> Response | None:
        """Why a request is not passed on, if it is not."""
        path = scope["path"]
        if not self._is_known(scope):
            return PlainTextResponse(
                "This server is not known by that name. Its operator may add it to DIGITS_HOSTS.\n", 421
            )
        if path.endswith(_METRICS) and not self._metrics:
            return PlainTextResponse("Not found\n", 404)
        if path.endswith("/") and scope["method"] == "GET" and self._visitors >= self._most_visitors:
            return HTMLResponse(_FULL.format(most=self._most_visitors), 503, {"Retry-After": "15"})
        return None

    async def _upload(self, visitor: str, file: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes an upload on, unless it is too much."""
        length = Headers(scope=scope).get("content-length", "")
        if "transfer-encoding" in Headers(scope=scope) or not length.isdecimal():
            await PlainTextResponse("Content-Length is required.\n", 411)(scope, receive, send)
            return
        upload = _Upload(visitor, file, int(length))
        if self._is_too_much(upload):
            refusal = PlainTextResponse("Too many uploads. Reload the page, or try again later.\n", 413)
            await refusal(scope, receive, send)
            return
        self._coming.append(upload)
        try:
            await self._app(scope, receive, send)
        finally:
            self._coming.remove(upload)

    def _is_too_much(self, upload: _Upload) -> bool:
        """Whether there is no room for an upload beside what the server holds and what is coming."""
        held = self._uploads()
        own = [length for file, length in held.get(upload.visitor, {}).items() if file != upload.file]
        own += [each.length for each in self._coming if each.visitor == upload.visitor]
        of_all = sum(sum(files.values()) for files in held.values()) + sum(each.length for each in self._coming)
        return (
            sum(own) + upload.length > MOST_UPLOADED
            or len(own) >= MOST_FILES
            or of_all + upload.length > MOST_UPLOADED_BY_ALL
        )

    def _is_known(self, scope: Scope) -> bool:
        """Whether the browser calls the server by a name that it knows."""
        if "*" in self._hosts:
            return True
        try:
            host = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""
        except ValueError:
            return False
        if host in ("localhost", *self._hosts):
            return True
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    def _with_policy(self, send: Send) -> Send:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = self._policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "same-origin"
            await send(message)

        return send_with_policy
