"""A browser gets a cookie with its first page, by which its visitor is known again, and keeps the one that it has."""

import re

import pytest
from asgi import answer
from starlette.responses import HTMLResponse, PlainTextResponse

from scripts.cookie import VisitorCookie
from views.visitor import COOKIE

PAGE = VisitorCookie(HTMLResponse("<html></html>", headers={"Set-Cookie": "other=1"}))


def test_a_page_sets_it_beside_other_cookies_and_out_of_reach_of_scripts():
    headers, _ = answer(PAGE)
    other, own = headers.getlist("set-cookie")
    assert other == "other=1"
    assert re.fullmatch(rf"{COOKIE}=[0-9a-f]{{32}}; Path=/; HttpOnly; SameSite=Lax", own)


def test_each_browser_gets_another():
    first, second = (answer(PAGE)[0].getlist("set-cookie")[1] for _ in range(2))
    assert first != second


def test_a_browser_that_has_one_keeps_it():
    headers, _ = answer(PAGE, cookie=f"{COOKIE}=abc")
    assert headers.getlist("set-cookie") == ["other=1"]


def test_only_pages_set_it():
    headers, _ = answer(VisitorCookie(PlainTextResponse("1")))
    assert "set-cookie" not in headers


@pytest.mark.parametrize(("scheme", "headers"), [("https", {}), ("http", {"x-forwarded-proto": "https"})])
def test_behind_tls_it_is_sent_encrypted_only_and_to_the_apps_path_only(scheme, headers):
    async def page(scope, receive, send):
        await VisitorCookie(HTMLResponse("<html></html>"), "/digits")(scope | {"scheme": scheme}, receive, send)

    (own,) = answer(page, **headers)[0].getlist("set-cookie")
    assert own.endswith("; Path=/digits; HttpOnly; SameSite=Lax; Secure")
