"""The screen on which one watches a network learn, and teaches it one's own hand."""

import streamlit as st

from views import lesson, teach
from views.address import LEARNT, WATCH
from views.classroom import why_off
from views.language import say
from views.learn_pad import show_pad
from views.parts import choose_one, require_classifier, require_network
from views.watch_run import show_recorded, show_run


def show() -> None:
    """Shows the screen: pad and choices on the left, what is learnt beside them."""
    state = st.session_state
    classifier = require_classifier(require_network())
    with st.container(key="learn"):
        if reason := why_off():
            st.info(say(f"learn off {reason}"), icon=":material/smart_display:")
            show_recorded()
            return
        lesson.prepare()  # before the pad, which then tells the process what is drawn
        choose_one("learnt", LEARNT)
        with st.container(key="learn-body"):
            with st.container(key="learn-side"):
                show_pad(classifier)
                if state.learnt == WATCH:
                    lesson.choose()
                else:
                    teach.collect(classifier)
            with st.container(key="learn-main"):
                show_run()
