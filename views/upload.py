"""A picture from elsewhere: uploaded, dropped, pasted or taken with the camera. What can't be read gets a sentence."""

from pathlib import Path

import streamlit as st
from PIL import Image

from model.reading.pictures import FORMATS, MOST_BYTES, PictureError, open_picture, too_many_bytes
from views.language import literal, say
from views.parts import HEAVY

# Where the system knows no HEIC, the ending tells.
_FORMATS = ",".join([*(f"image/{name.lower()}" for name in FORMATS), ".heic"])

_uploader = st.components.v2.component("uploader", js=(Path(__file__).parent / "paste.js").read_text())


def bring() -> Image.Image | None:
    """Lets the visitor bring a picture.

    Returns:
        The one that came last; None if there is none, or none that can be read, as a message says then.
    """
    state = st.session_state
    if "uploader" not in state:
        state.refused = None  # the visitor was elsewhere meanwhile, and the uploader has forgotten its file, too
    key = f"upload-{state.setdefault('uploads', 0)}"
    # Any type: a file that Streamlit refuses by its type gets an icon without words.
    files = {
        "upload": st.file_uploader(
            say("upload"), key=key, max_upload_size=MOST_BYTES // 10**6, on_change=_came, args=("upload",)
        )
    }
    if st.toggle(say("camera"), key="camera", on_change=_came, args=("shot",)):
        files["shot"] = st.camera_input(say("shot"), key="shot", on_change=_came, args=("shot",))
    # Last, since it takes a line of its own though there is nothing to see.
    settings = {"uploader": key, "most": MOST_BYTES, "formats": _FORMATS}
    _uploader(data=settings, key="uploader", height="content", on_refused_change=_refuse)
    if refused := state.get("refused"):
        _show(_refusal(**refused))
        return None
    file = files.get(state.get("newest", "upload")) or files["upload"] or files.get("shot")
    if file is None:
        return None
    try:
        with HEAVY:
            return open_picture(file.getvalue(), file.name).image
    except PictureError as error:
        _show(_message(error))
        return None


def picture_number() -> int:
    """Names the picture that is shown: each has a new number."""
    return st.session_state.get("pictures", 0)


def _came(source: str) -> None:
    """To be called when a picture comes or goes."""
    st.session_state.newest = source
    st.session_state.pictures = picture_number() + 1
    st.session_state.refused = None


def _refuse() -> None:
    """Takes what the browser did not hand to the uploader, and empties that by giving it another key."""
    if (refused := st.session_state.uploader.refused) is not None:
        _came("upload")
        st.session_state.refused = refused
        st.session_state.uploads += 1


def _refusal(folder: bool, count: int, name: str, size: int) -> str:
    """Why the browser held files back: their number, and name and size in bytes of the first."""
    if folder:
        return say("folder", name=literal(name))
    if count > 1:
        return say("several files", count=count)
    return _message(too_many_bytes(name, size))


def _message(error: PictureError) -> str:
    values = {name: literal(value) if isinstance(value, str) else value for name, value in error.values.items()}
    return say(f"picture {error.reason}", **values)


def _show(message: str) -> None:
    st.error(message, icon=":material/error:")
