"""The app: draw a digit and see it read, browse the test images read wrong, compare the networks.

make app
"""

from pathlib import Path

import streamlit as st

from model.data import ASSETS
from views import address, draw, mistakes, network

SCREENS = dict(zip(address.VIEWS, (draw.show, mistakes.show, network.show), strict=True))

st.set_page_config(page_title="Handwritten digits", page_icon=ASSETS / "icon.png", layout="wide")
st.html(Path(__file__).parent / "views" / "style.css")

# Not st.navigation: on a phone it hides behind a menu, and a page reloaded at its own path logs errors in the browser.
address.follow()
if not st.session_state.stage:
    st.segmented_control("View", address.VIEWS, key="view", required=True, label_visibility="collapsed")
SCREENS[st.session_state.view]()
