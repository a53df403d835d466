"""Desks, rings and sessions: which roles open their pages and their verbs."""

from tests.edges.opens.roles import C, N, R

PAGES = {
    "desk": {C},
    "beat": {C, N},
    "desk_live": {C},
    "desk_session": {C},
    "desk_side": {C},
    "desk_ending": {C},
    "offer_accept": {C},
    "offer_decline": {C},
    "presence": {C, N},
    "session_ask": {C},
    "session_confirm": {C},
    "session_end": {C},
    "session_note": {C},
    "wrap_up": {C, N},
}
API = {
    "api:offers": {C, R},
    "api:accept-offer": {C, R},
    "api:decline-offer": {C, R},
    "api:confirm-session": {C},
    "api:end-session": {C},
    "api:set-presence": {C, N},
    "api:beat": {C, N},
    "api:end-wrap-up": {C, N},
}
