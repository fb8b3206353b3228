"""What a visitor chooses of a training that is watched, each with a sentence."""

import streamlit as st

from model.learning.classroom import LearningError
from model.recipes import MOST_IMAGES, Lesson
from views.address import WATCH
from views.classroom import classroom, is_mine, problem
from views.language import say

# The choices, from the fewest to the most.
_IMAGES = (100, 300, 1_000, 3_000, 10_000, 30_000, MOST_IMAGES)
_OPTIMIZERS = ("recipe", "adam", "rmsprop", "adadelta")
_RATES = ("recipe", "0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "1")
_NETWORKS = ("small", "compact", "classic")
# What is called the same in all languages.
_NAMES = {
    "compact": "compact",
    "classic": "classic",
    "adam": "Adam",
    "rmsprop": "RMSprop",
    "adadelta": "Adadelta",
    "relu": "ReLU",
    "selu": "SELU",
}
# The key of the session for what was prepared last: a lesson, or the name of a network to teach.
_PREPARED = "lesson prepared"


def choose() -> None:
    """Lets the visitor choose a lesson."""
    with st.expander(say("lesson"), icon=":material/tune:"):
        _choice("lesson network", _NETWORKS)
        st.select_slider(
            say("lesson images"),
            _IMAGES,
            MOST_IMAGES,
            key="lesson images",
            persist_state="session",
            format_func=lambda count: f"{count:,}",
        )
        st.caption(say("about lesson images"))
        _choice("lesson optimizer", _OPTIMIZERS)
        _choice("lesson activation", ("relu", "selu"))
        st.select_slider(
            say("lesson rate"),
            _RATES,
            key="lesson rate",
            persist_state="session",
            format_func=lambda rate: say("lesson rate recipe") if rate == "recipe" else rate,
        )
        st.caption(say("about lesson rate"))
        st.slider(say("lesson wrong"), 0, 50, step=5, key="lesson wrong", persist_state="session", format="%d %%")
        st.caption(say("about lesson wrong"))
        st.number_input(say("lesson seed"), 0, 10**6, 1, key="lesson seed", persist_state="session")
        st.caption(say("about lesson seed"))


def prepare() -> None:
    """Starts the training process if there is none, and has it prepare what comes next, so that it begins at once."""
    state, status = st.session_state, classroom().status()
    wanted = next_training()
    # What others have had prepared stays until this visitor chooses something else: two would take turns for ever.
    is_next = status.state == "idle" and is_mine(status)
    is_first = status.state == "off" and not status.problem
    if state.get(_PREPARED) != wanted or is_next or is_first:
        try:
            classroom().open(wanted)
        except LearningError as error:
            st.error(problem(error), icon=":material/error:")
    state[_PREPARED] = wanted


def _choice(key: str, options: tuple[str, ...]) -> None:
    st.session_state.setdefault(key, options[0])
    st.segmented_control(
        say(key),
        options,
        key=key,
        required=True,
        persist_state="session",
        format_func=lambda option: _NAMES.get(option) or say(f"{key} {option}"),
        wrap=True,
    )
    st.caption(say(f"about {key} {st.session_state[key]}"))


def next_training() -> Lesson | str:
    """What this visitor would begin next: the chosen lesson, or the name of the network to be taught."""
    return chosen() if st.session_state.learnt == WATCH else st.session_state.network


def chosen() -> Lesson:
    """The lesson that is chosen."""
    state = st.session_state
    rate, optimizer = state.get("lesson rate", "recipe"), state.get("lesson optimizer", "recipe")
    return Lesson(
        network=state.get("lesson network", _NETWORKS[0]),
        images=state.get("lesson images", MOST_IMAGES),
        optimizer=None if optimizer == "recipe" else optimizer,
        activation=state.get("lesson activation", "relu"),
        learning_rate=None if rate == "recipe" else float(rate),
        wrong_labels=state.get("lesson wrong", 0) / 100,
        seed=state.get("lesson seed", 1),
    )
