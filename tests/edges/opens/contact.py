"""The line of a call: which roles open its pages and its verbs."""

from tests.edges.opens.roles import DESK, FLOOR, READERS

PAGES = {
    "line_add": DESK,
    "contact_prefer": FLOOR,
    "contact_split": FLOOR,
    "line_step": DESK,
}
API = {
    "api:callers": READERS,
    "api:add-caller": FLOOR,
    "api:prefer-caller": FLOOR,
    "api:split-caller": FLOOR,
    "api:reach-out": DESK,
    "api:ask-interpreter": DESK,
    "api:step-contact": DESK,
    "api:change-channel": DESK,
    "api:queried-tty": DESK,
    "api:try-callback": DESK,
    "api:stop-callback": DESK,
    "api:hang-up": DESK,
    "api:interpreter-left": DESK,
    "api:ring-back": DESK,
    "api:telephone": set(),  # nobody signed in: its signature lets it in
    "api:screen-pop": set(),  # nobody signed in: its signature lets it in
}
