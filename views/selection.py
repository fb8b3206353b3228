"""Which test images of the gallery are chosen: one, which stands in the address, or several, kept in the session."""

import streamlit as st

from views.address import choose

# Keys of the session: the images of a selection, and the one that it was extended to last.
_SELECTED, _END = "selected images", "end of selection"


def selected(order: list[int]) -> list[int]:
    """The images that are selected among those of the gallery, in its order; empty unless there are several."""
    among = set(st.session_state.get(_SELECTED, ()))
    found = [index for index in order if index in among]
    return found if len(found) > 1 else []


def current(group: list[int]) -> int | None:
    """The image from which the arrows lead on, where those of `group` are selected."""
    return st.session_state[_END] if group else st.session_state.image


def select(indices: list[int], image: int | None = None, end: int | None = None) -> None:
    """Selects images; a single one is shown without a selection.

    Args:
        indices: of the images, at least one.
        image: from which a range is selected; without it, the first.
        end: from which the arrows lead on; without it, `image`.
    """
    image = indices[0] if image is None else image
    if len(indices) == 1:
        give_up()
    else:
        st.session_state.update({_SELECTED: tuple(indices), _END: image if end is None else end})
    choose(image=image, other=None, panel="Image", folded=False)


def give_up() -> None:
    """Ends the selection."""
    st.session_state.pop(_SELECTED, None)


def click(value: str, order: list[int], page: list[int]) -> None:
    """Follows a click on an image of the gallery.

    Args:
        value: the index of the image; after "to", with Shift: all up to it from the current one; after "several", with
            Ctrl: it is followed by all that are now selected on the page.
        order: all images of the gallery.
        page: those on its page.
    """
    state = st.session_state
    match value.split():
        case ["to", text]:
            end, start = int(text), state.image
            if start not in order or end not in order:
                select([end])
                return
            first, last = sorted((order.index(start), order.index(end)))
            select(order[first : last + 1], start, end)
        case ["several", text, *texts]:
            clicked, pressed = int(text), {*map(int, texts)}
            wanted = {*selected(order)} - {*page} | pressed
            indices = [index for index in order if index in wanted] or [clicked]
            select(indices, clicked if clicked in indices else indices[-1])
        case [text]:
            # The same one again folds the panel away.
            is_shown = int(text) == state.image and state.panel == "Image" and not state.folded
            is_alone = not selected(order)
            give_up()
            choose(image=int(text), panel="Image", other=None, folded=is_shown and is_alone)
