"""Keeps a page that opens out of sight until it is complete: Streamlit shows its parts one after the other."""

from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# The style and the script that do so, for the head of the page.
_OPENING = (Path(__file__).resolve().parent.parent / "views" / "opening.html").read_bytes()
_END_OF_HEAD = b"</head>"


class Curtain:
    """An ASGI application around Streamlit's: puts `views/opening.html` into the head of the page.

    Args:
        app: what gives the page.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        await self._app(scope, receive, self._with_opening(send) if scope["type"] == "http" else send)

    def _with_opening(self, send: Send) -> Send:
        """Sends what is no page on as it comes, and a page once it is whole."""
        start: Message | None = None
        page = b""

        async def send_with_opening(message: Message) -> None:
            nonlocal start, page
            if message["type"] == "http.response.start" and _is_page(message):
                start = message
            elif start is None:
                await send(message)
            else:
                page += message.get("body", b"")
                if not message.get("more_body", False):
                    whole = page.replace(_END_OF_HEAD, _OPENING + _END_OF_HEAD, 1)
                    headers = MutableHeaders(scope=start)
                    if page:  # the answer to HEAD has none
                        headers["Content-Length"] = str(len(whole))
                    # They are of the page without it: a browser must not keep that beyond a new version of this.
                    for name in ("ETag", "Last-Modified"):
                        del headers[name]
                    await send(start)
                    await send({"type": "http.response.body", "body": whole})

        return send_with_opening


def _is_page(message: Message) -> bool:
    """Whether an answer begins that is an HTML page, and not compressed."""
    headers = MutableHeaders(scope=message)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers
