"""The dashboard: `streamlit run dashboard/app.py`, with SHIPCLOCK_HOME in the environment.

Puts the door before the pages: the gate that every request passes, and where people sign in.
"""

from __future__ import annotations

import streamlit as st
from starlette.middleware import Middleware

from dashboard import door
from dashboard.gate import Gate
from dashboard.warm import warmed

app = st.App(
    "frame.py",
    routes=door.ROUTES,
    middleware=[Middleware(Gate, rules=door.rules, known=door.known)],
    secrets=door.company(),
    lifespan=warmed,
)
