"""Asks an ASGI application as a browser would."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message


def answer(app: ASGIApp, **headers: str) -> tuple[Headers, str]:
    """The headers and the body of what an application answers to a request with those headers."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    asked = [(name.encode(), value.encode()) for name, value in headers.items()]
    # In a thread of its own, since Playwright leaves a running event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        scope = {"type": "http", "method": "GET", "path": "/", "headers": asked}
        thread.submit(asyncio.run, app(scope, receive, send)).result()
    return Headers(raw=messages[0]["headers"]), b"".join(message["body"] for message in messages[1:]).decode()
