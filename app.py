"""The app: draw a digit and see it read, browse the test images read wrong, compare the networks.

make app
"""

from pathlib import Path

import streamlit as st

from model.data.mnist import ASSETS
from views import address, draw, header, learn, mistakes, network, visitor
from views.page import furnish

SCREENS = dict(zip(address.VIEWS, (draw.show, learn.show, mistakes.show, network.show), strict=True))

# Not st.navigation: on a phone it hides behind a menu, and a page reloaded at its own path logs errors in the browser.
visitor.recognise()
address.follow()
st.set_page_config(page_title=header.page_title(), page_icon=ASSETS / "icon.png", layout="wide")
st.html(Path(__file__).parent / "views" / "style.css")
furnish()
draw.receive()
header.show_name() if st.session_state.stage else header.show()
SCREENS[st.session_state.view]()
