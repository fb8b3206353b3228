"""A visitor of the app without a browser: speaks with the server as a page does, over a websocket."""

import base64
import http.client
import io
import json
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import numpy as np
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from views.messages import revision_mark

PATIENCE = 30.0  # seconds that an answer may take
# The name of the drawable canvas among components.
_CANVAS = "streamlit-drawable-canvas.streamlit_drawable_canvas"


@dataclass
class Visitor:
    """One visitor's page.

    Attributes:
        address: of the app.
        page: its websocket.
        states: of the page's widgets, by identifier.
        seen: identifier, fragment and data of each component, by name.
        html: what the last run showed as HTML of our own.
    """

    address: str
    page: ClientConnection
    states: dict[str, WidgetState] = field(default_factory=dict)
    seen: dict[str, tuple[str, str, dict]] = field(default_factory=dict)
    number: int = 0
    html: str = ""
    _uploader: tuple[str, str] = ("", "")
    _brought: list[tuple[str, str]] = field(default_factory=list)

    def run(self, fragment: str = "", **query: str) -> float:
        """Runs the page, or a fragment of it, with the states of all widgets; how long it took, in seconds."""
        message = BackMsg()
        message.rerun_script.query_string = urlencode(query)
        message.rerun_script.fragment_id = fragment
        message.rerun_script.widget_states.widgets.extend(self.states.values())
        started = time.perf_counter()
        self.html = ""
        self.page.send(message.SerializeToString())
        while (answer := self._next()).WhichOneof("type") != "script_finished":
            self._note(answer)
        return time.perf_counter() - started

    def draw(self, pixels: np.ndarray) -> float:
        """Draws a stroke that makes the pad look so, uint8 (280, 280); the seconds until the answer."""
        watcher, fragment, data = self.seen["pad_watcher"]
        canvas, _, _ = self.seen[_CANVAS]
        self.number += 1
        lifted = {
            "canvas": data["canvas"],
            "revision": data["revision"],
            "number": self.number,
            "down": False,
            "image": None,
        }
        drawn = {
            "raw": {"objects": [revision_mark(data["revision"]), {"type": "Path", "number": self.number}]},
            "data": f"data:image/png;base64,{base64.b64encode(png(pixels)).decode()}",
        }
        for identifier, drawing in ((watcher, lifted), (canvas, drawn)):
            self.states[identifier] = WidgetState(id=identifier, json_value=json.dumps({"drawing": drawing}))
        return self.run(fragment)

    def bring(self, picture: bytes) -> float:
        """Uploads a picture in place of the one before; the seconds until it is read."""
        started = time.perf_counter()
        message = BackMsg()
        message.file_urls_request.request_id = uuid.uuid4().hex
        message.file_urls_request.file_names.append("picture.png")
        self.page.send(message.SerializeToString())
        while (answer := self._next()).WhichOneof("type") != "file_urls_response":
            pass
        (urls,) = answer.file_urls_response.file_urls
        for _, former in self._brought:
            self._request("DELETE", former)
        self._request("PUT", urls.upload_url, picture)
        self._brought = [(urls.file_id, urls.delete_url)]
        identifier, fragment = self._uploader
        state = WidgetState(id=identifier)
        info = state.file_uploader_state_value.uploaded_file_info.add()
        info.file_id, info.name, info.size = urls.file_id, "picture.png", len(picture)
        info.file_urls.CopyFrom(urls)
        self.states[identifier] = state
        self.run(fragment)
        return time.perf_counter() - started

    @property
    def reading(self) -> str:
        """What the page said in its last run that it reads; empty for nothing."""
        found = re.search(r'data-reading="(.*?)"', self.html)
        return found[1] if found else ""

    def _next(self) -> ForwardMsg:
        message = ForwardMsg()
        message.ParseFromString(self.page.recv(PATIENCE))
        return message

    def _note(self, message: ForwardMsg) -> None:
        element = message.delta.new_element
        if element.WhichOneof("type") == "bidi_component":
            component = element.bidi_component
            data = json.loads(component.json) if component.json else {}
            self.seen[component.component_name] = component.id, message.delta.fragment_id, data
            self.html += data.get("html", "") if isinstance(data, dict) else ""
        elif element.WhichOneof("type") == "file_uploader":
            self._uploader = element.file_uploader.id, message.delta.fragment_id

    def _request(self, method: str, path: str, data: bytes | None = None) -> None:
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=PATIENCE)
        try:
            connection.request("GET", "/_stcore/health")
            health = connection.getresponse()
            health.read()
            token = (health.getheader("Set-Cookie") or "=").split(";")[0].split("=", 1)[1]
            headers = {"X-Xsrftoken": token, "Cookie": f"_streamlit_xsrf={token}"}
            body = None
            if data is not None:
                headers["Content-Type"] = "multipart/form-data; boundary=load"
                head = b'--load\r\nContent-Disposition: form-data; name="file"; filename="picture.png"\r\n\r\n'
                body = head + data + b"\r\n--load--\r\n"
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            answer.read()
        finally:
            connection.close()
        if answer.status >= 300:
            raise OSError(f"{method} {path}: {answer.status}")


@contextmanager
def visiting(address: str, **query: str) -> Iterator[Visitor]:
    """A visitor who has opened the page."""
    stream = f"{address.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(stream, subprotocols=[Subprotocol("streamlit")], max_size=None, proxy=None) as page:
        visitor = Visitor(address, page)
        visitor.run(**query)
        yield visitor


def png(pixels: np.ndarray) -> bytes:
    """An image, uint8 (h, w), as a PNG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()
