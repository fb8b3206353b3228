"""Gives each browser a cookie, by which the app knows its visitor again after the page was reloaded."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from views.visitor import COOKIE


class VisitorCookie:
    """An ASGI application around Streamlit's: sets a cookie with each page for a browser that has none.

    Its value is by chance. It ends with the browser's session, and no script of a page can read it.

    Args:
        app: what gives the pages.
    """

    def __init__(self, app: ASGIApp):
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        is_new = scope["type"] == "http" and COOKIE not in HTTPConnection(scope).cookies
        await self._app(scope, receive, _with_cookie(send) if is_new else send)


def _with_cookie(send: Send) -> Send:
    async def send_with_cookie(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                # Lax: a page that a foreign link leads to gets it, and a foreign page can do nothing with it.
                headers.append("Set-Cookie", f"{COOKIE}={secrets.token_hex(16)}; Path=/; HttpOnly; SameSite=Lax")
        await send(message)

    return send_with_cookie
