"""Units and crews: which roles open their pages and their verbs."""

from tests.edges.opens.roles import FLOOR, A, C, D, R, S

PAGES = {
    "crew": {R},
    "crew_ask": {R},
    "crew_seen": {R},
    "crew_back": {R},
    "crew_clear": {R},
    "crew_contact": {R},
    "crew_release": {R},
    "crew_emergency": {R},
    "crew_live": {R},
    "crew_orders": {R},
    "crew_note": {R},
    "crew_accept": {R},
    "crew_decline": {R},
    "crew_out": {R},
    "crew_position": {R},
    "crew_safe": {R},
    "crew_sign_off": {R},
    "crew_sign_on": {R},
    "crew_status": {R},
    "crew_unsafe": {R},
    "unit_in": FLOOR,
    "unit_key": {S, A},
    "unit_out": FLOOR,
    "unit_over": FLOOR,
    "unit_radio": FLOOR,
}
API = {
    "api:positions": set(),  # no role: a key of the unit's own
    "api:units": {D, C, R, S},
    "api:sign-on": {R},
    "api:sign-off": {R},
    "api:report-status": {D, R, S},
    "api:report-position": {D, R, S},
    "api:confirm-safe": {D, R, S},
    "api:emergency": {D, R, S},
    "api:end-emergency": FLOOR,
    "api:clear-unit": {D, R, S},
    "api:out-of-service": {D, R, S},
    "api:in-service": {D, R, S},
}
