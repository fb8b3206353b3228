"""Gives each browser a cookie, by which the app knows its visitor again after the page was reloaded."""

import secrets

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from views.visitor import COOKIE


class VisitorCookie:
    """An ASGI application around Streamlit's: sets a cookie with each page for a browser that has none.

    Its value is by chance. It ends with the browser's session, and no script of a page can read it.

    Args:
        app: what gives the pages.
        path: to which the cookie belongs, such as "/digits".
    """

    def __init__(self, app: ASGIApp, path: str = "/"):
        self._app = app
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one connection."""
        is_new = scope["type"] == "http" and COOKIE not in HTTPConnection(scope).cookies
        await self._app(scope, receive, self._with_cookie(scope, send) if is_new else send)

    def _with_cookie(self, scope: Scope, send: Send) -> Send:
        is_encrypted = "https" in (scope.get("scheme"), Headers(scope=scope).get("x-forwarded-proto"))
        # Lax: a page that a foreign link leads to gets it, and a foreign page can do nothing with it.
        attributes = f"Path={self._path}; HttpOnly; SameSite=Lax" + ("; Secure" if is_encrypted else "")

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", f"{COOKIE}={secrets.token_hex(16)}; {attributes}")
            await send(message)

        return send_with_cookie
