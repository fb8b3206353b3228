"""The curtain puts its style and script into the head of a page, and changes nothing else that the server sends."""

import pytest
from asgi import answer
from starlette.responses import HTMLResponse, PlainTextResponse

from scripts.curtain import Curtain

PAGE = "<html><head><title>数字</title></head><body></body></html>"
OLD = {"ETag": '"1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT", "Cache-Control": "no-cache"}


def test_a_page_gets_the_style_and_the_script_at_the_end_of_its_head_and_is_not_kept_by_its_old_version():
    headers, body = answer(Curtain(HTMLResponse(PAGE, headers=OLD)))
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
    headers, body = answer(Curtain(response))
    assert body == PAGE
    assert headers["etag"] == '"1"'


def test_the_answer_to_a_request_for_the_head_alone_keeps_its_length():
    headers, body = answer(Curtain(HTMLResponse(headers={"Content-Length": "99"})))
    assert (headers["content-length"], body) == ("99", "")
