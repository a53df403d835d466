"""People, shifts and wordings: which roles open their pages and their verbs."""

from tests.edges.opens.roles import ALL, A, C, D, N, R, S, W

PAGES = {
    "roster": ALL - {W},
    "roster_live": ALL - {W},
    "roster_own": ALL - {W},
    "shift_plan": {S, A},
    "shift_start": {D, C, R, N, S},
    "shift_drop": {S, A},
    "shift_offer": {D, C, R, N, S},
    "shift_take": {D, C, R, N, S},
    "swap_answer": {D, C, R, N, S},
    "swap_withdraw": {D, C, R, N, S},
    "staff": {D, S, A},
    "skill_set": {S, A},
    "staff_live": {D, S, A},
    "wordings": {S, A},
    "wording_put": {S, A},
}
API = {
    "api:roster": ALL - {W},
    "api:plan-shift": {S, A},
    "api:start-shift": {D, C, R, N, S},
    "api:drop-shift": {S, A},
    "api:offer-shift": {D, C, R, N, S},
    "api:take-shift": {D, C, R, N, S},
    "api:answer-swap": {D, C, R, N, S},
    "api:withdraw-swap": {D, C, R, N, S},
    "api:set-skill": {S, A},
    "api:wordings": {S, A},
    "api:map-wording": {S, A},
}
