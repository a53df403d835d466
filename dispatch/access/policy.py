"""Who may do what, as a table: verb by role, and what that role sees meanwhile."""

from collections.abc import Mapping
from typing import Final

from dispatch.errors import Forbidden
from dispatch.models import Role, User

D, C, R = Role.DISPATCHER, Role.CLINICIAN, Role.RESPONDER
N, S, A, W = Role.NAVIGATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.WALLBOARD

OPERATIONS: Final = "operations"
CLINICAL: Final = "clinical"
# The board without anything of a caller's: zones for places, and colleagues by name.
OUTLINE: Final = "outline"
WALL: Final = "wall"

# Who works on the floor sees every call of the agency.
FLOOR: Final = frozenset({D, C, S})

# What a crew lent to a neighbour does on the call it was lent to; reading is its page.
LENT_VERBS: Final = frozenset({"call.note", "team.request"})

# verb → role → what that role sees while doing it. A role that is not named may not.
POLICY: Final[Mapping[str, Mapping[Role, str]]] = {
    "board.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS, W: WALL},
    # The live line: a crew and a navigator hear that something moved, as a wall does.
    "live.hear": {
        D: OPERATIONS,
        C: CLINICAL,
        S: OPERATIONS,
        W: WALL,
        R: WALL,
        N: WALL,
    },
    "call.see": {
        D: OPERATIONS,
        C: CLINICAL,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
    },
    "call.open": {D: OPERATIONS, S: OPERATIONS},
    "call.edit": {D: OPERATIONS, S: OPERATIONS},
    "call.note": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "call.own": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "triage.answer": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "decision.override": {D: OPERATIONS, S: OPERATIONS},
    "team.request": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "seat.confirm": {D: OPERATIONS, S: OPERATIONS},
    "seat.withdraw": {D: OPERATIONS, S: OPERATIONS},
    "scene.clear": {D: OPERATIONS, S: OPERATIONS},
    "unit.dispatch": {D: OPERATIONS, S: OPERATIONS},
    "desk.see": {C: CLINICAL},
    "offer.answer": {C: CLINICAL, R: OPERATIONS},
    "session.end": {C: CLINICAL},
    "crew.see": {R: OPERATIONS},
    "unit.report": {R: OPERATIONS, D: OPERATIONS, S: OPERATIONS},
    "unit.key": {S: OPERATIONS, A: OPERATIONS},
    "call.end": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "unit.see": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "log.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "followup.see": {N: OPERATIONS, S: OPERATIONS},
    "followup.work": {N: OPERATIONS},
    "presence.set": {C: CLINICAL, N: OPERATIONS},
    "staff.see": {D: OPERATIONS, S: OPERATIONS, A: OPERATIONS},
    "override.see": {S: OPERATIONS},
    "report.see": {S: OPERATIONS, A: OPERATIONS},
    "wording.edit": {S: OPERATIONS, A: OPERATIONS},
    # Alarms, lines, transfers, partners.
    "alarm.see": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "wait.see": {D: OPERATIONS, C: OPERATIONS, S: OPERATIONS},
    "alarm.take": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "contact.work": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "transfer.work": {D: OPERATIONS, C: CLINICAL, S: OPERATIONS},
    "partner.see": {D: OPERATIONS, C: OPERATIONS, S: OPERATIONS, A: OPERATIONS},
    "partner.edit": {S: OPERATIONS, A: OPERATIONS},
    # People: what they can do and when they work.
    "roster.see": {
        D: OPERATIONS,
        C: OPERATIONS,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
        A: OPERATIONS,
    },
    "roster.edit": {S: OPERATIONS, A: OPERATIONS},
    "shift.take": {
        D: OPERATIONS,
        C: OPERATIONS,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
    },
    # Neighbours' units, and what is remembered of places and people.
    "loan.work": {D: OPERATIONS, S: OPERATIONS},
    "flag.edit": {D: OPERATIONS, C: CLINICAL, R: OPERATIONS, S: OPERATIONS},
    "flag.see": {S: OPERATIONS},
    # What other calls tell of the same number, place, person or event.
    "beside.see": {
        D: OPERATIONS,
        C: CLINICAL,
        R: OPERATIONS,
        N: OPERATIONS,
        S: OPERATIONS,
    },
    "plan.see": {C: CLINICAL, N: CLINICAL, S: CLINICAL},
    "plan.edit": {C: CLINICAL, N: CLINICAL, S: CLINICAL},
    "plan.approve": {S: CLINICAL},
}


# A partner's counsellor at our desk is a clinician of whom the centre keeps apart what
# is not theirs: other calls, what is remembered of people, the log. None: may not.
GUEST: Final[Mapping[str, str | None]] = {
    "board.see": OUTLINE,
    "live.hear": OUTLINE,
    "beside.see": None,
    "log.see": None,
    "plan.edit": None,
}


def role_of(user: User) -> Role | None:
    """The role of somebody active who belongs to an agency; else None."""
    if not user.is_authenticated or not user.is_active or user.agency_id is None:
        return None
    return Role(user.role)


def is_guest(user: User) -> bool:
    """Whether a partner employs this clinician, who sits in our centre."""
    return role_of(user) is Role.CLINICIAN and user.employer_id is not None


def projection(user: User, verb: str) -> str | None:
    """What this person sees while doing this; None for who may not."""
    role = role_of(user)
    if role is None or role not in POLICY[verb]:
        return None
    usual = POLICY[verb][role]
    return GUEST.get(verb, usual) if is_guest(user) else usual


def may(user: User, verb: str) -> bool:
    return projection(user, verb) is not None


def require(user: User, verb: str) -> str:
    """The projection in which this person does this; Forbidden otherwise."""
    seen = projection(user, verb)
    if seen is None:
        raise Forbidden
    return seen
