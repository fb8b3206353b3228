"""The curtain puts its style and script into the head of a page, and changes nothing else that the server sends."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Message

from scripts.curtain import Curtain

PAGE = "<html><head><title>数字</title></head><body></body></html>"
OLD = {"ETag": '"1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT", "Cache-Control": "no-cache"}


def answer(response: Response) -> tuple[dict[str, str], str]:
    """The headers and the body of a response behind the curtain."""
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    # In a thread of its own, since Playwright leaves a running event loop in this one.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Curtain(response)(scope, receive, send)).result()
    headers = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
    return headers, b"".join(message["body"] for message in messages[1:]).decode()


def test_a_page_gets_the_style_and_the_script_at_the_end_of_its_head_and_is_not_kept_by_its_old_version():
    headers, body = answer(HTMLResponse(PAGE, headers=OLD))
    before, after = PAGE.split("</head>")
    assert body.startswith(f"{before}<style>")
    assert body.endswith(f"</script>\n</head>{after}")
    assert int(headers["content-length"]) == len(body.encode())
    assert headers["cache-control"] == "no-cache"
    assert not {"etag", "last-modified"} & set(headers)


@pytest.mark.parametrize(
    "response",
    [PlainTextResponse(PAGE, headers=OLD), HTMLResponse(PAGE, headers=OLD | {"Content-Encoding": "gzip"})],
    ids=["no page", "compressed"],
)
def test_all_else_is_sent_as_it_is(response):
    headers, body = answer(response)
    assert body == PAGE
    assert headers["etag"] == '"1"'


def test_the_answer_to_a_request_for_the_head_alone_keeps_its_length():
    headers, body = answer(HTMLResponse(headers={"Content-Length": "99"}))
    assert (headers["content-length"], body) == ("99", "")
