"""The states of everything that moves, and the tables of moves between them."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum

from dispatch.errors import IllegalMove


class CallState(StrEnum):
    NEW = "new"
    TRIAGING = "triaging"
    DECIDED = "decided"
    WORKING = "working"
    RESOLVED = "resolved"
    CLOSED = "closed"
    DUPLICATE = "duplicate"
    CANCELLED = "cancelled"
    RETURNED = "returned_to_911"


class ContactState(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    CONNECTED = "connected"
    HOLDING = "holding"
    WRAPPING = "wrapping"
    COMPLETED = "completed"
    OPEN_LINE = "open_line"
    ABANDONED = "abandoned"
    DISCONNECTED = "disconnected"
    CALLBACK_DUE = "callback_due"
    CALLBACK_ATTEMPTED = "callback_attempted"


class SeatState(StrEnum):
    """A help that a call wants: looked for, found, over, not to be had, let go."""

    WANTED = "wanted"
    FILLED = "filled"
    DONE = "done"
    UNFILLED = "unfilled"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    WITHDRAWN = "withdrawn"


class TransferState(StrEnum):
    REQUESTED = "requested"
    DATA_SENT = "data_sent"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    CONFERENCED = "conferenced"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    DECLINED = "declined"
    TIMED_OUT = "timed_out"
    CALLER_DROPPED = "caller_dropped"
    CALLBACK = "callback"
    FALLBACK = "fallback"
    WITHDRAWN = "withdrawn"


class PresenceState(StrEnum):
    OFFLINE = "offline"
    AVAILABLE = "available"
    RESERVED = "reserved"
    ENGAGED = "engaged"
    WRAP_UP = "wrap_up"
    BREAK = "break"
    # Left several offers unanswered: not asked again until they say that they are there.
    UNAVAILABLE = "unavailable"


class UnitState(StrEnum):
    OFF_DUTY = "off_duty"
    AVAILABLE = "available"
    DISPATCHED = "dispatched"
    ACKNOWLEDGED = "acknowledged"
    EN_ROUTE = "en_route"
    STAGED = "staged"
    ON_SCENE = "on_scene"
    TRANSPORTING = "transporting"
    AT_DESTINATION = "at_destination"
    OUT_OF_SERVICE = "out_of_service"


class AlarmState(StrEnum):
    """Raised to somebody, taken by somebody, over."""

    RAISED = "raised"
    TAKEN = "taken"
    ENDED = "ended"


class LoanState(StrEnum):
    """A neighbour's unit: asked for, lent, refused, back."""

    ASKED = "asked"
    LENT = "lent"
    DECLINED = "declined"
    ENDED = "ended"


class SwapState(StrEnum):
    """A shift that somebody would give to a colleague."""

    ASKED = "asked"
    TAKEN = "taken"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class FollowUpState(StrEnum):
    DUE = "due"
    ATTEMPTED = "attempted"
    REACHED = "reached"
    ENGAGED = "engaged"
    CLOSED = "closed"


class SafeContact(StrEnum):
    """How the person may be reached; what they did not say is not allowed by it."""

    NOT_ASKED = "not_asked"
    CALL_AND_TEXT = "call_and_text"
    CALL_ONLY = "call_only"
    TEXT_FIRST = "text_first"
    NO_VOICEMAIL = "no_voicemail"
    NONE = "none"


# The ways that do no harm, by what the person said. Nobody asked: a call, and no trace.
REACH: Mapping[SafeContact, frozenset[str]] = {
    SafeContact.NOT_ASKED: frozenset({"voice", "visit"}),
    SafeContact.CALL_AND_TEXT: frozenset({"voice", "text", "voicemail", "visit"}),
    SafeContact.CALL_ONLY: frozenset({"voice", "voicemail", "visit"}),
    SafeContact.TEXT_FIRST: frozenset({"voice", "text", "visit"}),
    SafeContact.NO_VOICEMAIL: frozenset({"voice", "visit"}),
    SafeContact.NONE: frozenset(),
}


def unsafe(preference: str, channel: str, tried: int = 0) -> str:
    """Why this way is not safe: not_asked, asked_not or text_first; "" where it is.

    ``channel`` is voice, text, voicemail or visit; ``tried``: how often they were
    tried already, for whoever wants a text before a call.
    """
    said = SafeContact(preference)
    if channel not in REACH[said]:
        return "not_asked" if said is SafeContact.NOT_ASKED else "asked_not"
    if said is SafeContact.TEXT_FIRST and channel == "voice" and not tried:
        return "text_first"
    return ""


NOT_ASKED = SafeContact.NOT_ASKED.value

State = (
    CallState
    | ContactState
    | SeatState
    | OfferState
    | TransferState
    | PresenceState
    | UnitState
    | FollowUpState
    | AlarmState
    | LoanState
    | SwapState
)
Moves = Mapping[State, frozenset[State]]


def _table(moves: Mapping[State, set[State]]) -> Moves:
    return {source: frozenset(targets) for source, targets in moves.items()}


C, T, U, P = CallState, TransferState, UnitState, PresenceState
F, S, K = FollowUpState, SeatState, ContactState
A, L, W = AlarmState, LoanState, SwapState

CALL_ASIDE: set[State] = {C.DUPLICATE, C.CANCELLED, C.RETURNED}
CALL_MOVES = _table(
    {
        # Helped before anybody decided, a call may end so; else it is set aside.
        C.NEW: {C.TRIAGING, C.RESOLVED, *CALL_ASIDE},
        C.TRIAGING: {C.DECIDED, C.RESOLVED, *CALL_ASIDE},
        C.DECIDED: {C.WORKING, C.RESOLVED, C.TRIAGING, *CALL_ASIDE},
        C.WORKING: {C.RESOLVED, C.TRIAGING, *CALL_ASIDE},
        C.RESOLVED: {C.CLOSED, C.TRIAGING, C.WORKING, *CALL_ASIDE},
        C.CLOSED: {C.TRIAGING},
        C.DUPLICATE: {C.TRIAGING},
        C.CANCELLED: {C.TRIAGING},
        C.RETURNED: {C.TRIAGING},
    }
)
CONTACT_MOVES = _table(
    {
        K.RINGING: {K.ANSWERED, K.CONNECTED, K.OPEN_LINE, K.ABANDONED, K.COMPLETED},
        K.ANSWERED: {K.CONNECTED, K.OPEN_LINE, K.DISCONNECTED, K.COMPLETED},
        K.CONNECTED: {
            K.HOLDING,
            K.WRAPPING,
            K.OPEN_LINE,
            K.DISCONNECTED,
            K.COMPLETED,
        },
        K.HOLDING: {K.CONNECTED, K.WRAPPING, K.DISCONNECTED, K.COMPLETED},
        K.WRAPPING: {K.COMPLETED, K.CONNECTED},
        K.OPEN_LINE: {K.CONNECTED, K.DISCONNECTED},
        # Lost: it is over without a call-back only where a named person decides so.
        K.ABANDONED: {K.CALLBACK_DUE, K.COMPLETED},
        K.DISCONNECTED: {K.CALLBACK_DUE, K.COMPLETED},
        K.CALLBACK_DUE: {K.CALLBACK_ATTEMPTED, K.CONNECTED, K.COMPLETED},
        K.CALLBACK_ATTEMPTED: {K.CALLBACK_DUE, K.CONNECTED, K.COMPLETED},
        K.COMPLETED: set(),
    }
)
SEAT_MOVES = _table(
    {
        S.WANTED: {S.FILLED, S.UNFILLED, S.WITHDRAWN},
        S.FILLED: {S.DONE, S.WANTED, S.WITHDRAWN},
        S.UNFILLED: {S.WANTED, S.WITHDRAWN},
        S.DONE: set(),
        S.WITHDRAWN: set(),
    }
)
OFFER_ENDS: set[State] = {
    OfferState.ACCEPTED,
    OfferState.DECLINED,
    OfferState.EXPIRED,
    OfferState.CANCELLED,
    OfferState.WITHDRAWN,
}
OFFER_MOVES = _table(
    {OfferState.PENDING: OFFER_ENDS} | {end: set() for end in OFFER_ENDS}
)
TRANSFER_OUT: set[State] = {
    T.DECLINED,
    T.TIMED_OUT,
    T.CALLER_DROPPED,
    # The sender keeps the caller after all.
    T.WITHDRAWN,
}
TRANSFER_OVER = (T.RELEASED, T.FALLBACK, T.WITHDRAWN)
TRANSFER_MOVES = _table(
    {
        T.REQUESTED: {T.DATA_SENT, *TRANSFER_OUT},
        T.DATA_SENT: {T.OFFERED, *TRANSFER_OUT},
        T.OFFERED: {T.ACCEPTED, *TRANSFER_OUT},
        T.ACCEPTED: {T.CONFERENCED, *TRANSFER_OUT},
        T.CONFERENCED: {T.CONFIRMED, *TRANSFER_OUT},
        T.CONFIRMED: {T.RELEASED, T.CALLER_DROPPED},
        T.RELEASED: set(),
        T.DECLINED: {T.OFFERED, T.FALLBACK, T.WITHDRAWN},
        T.TIMED_OUT: {T.OFFERED, T.FALLBACK, T.WITHDRAWN},
        T.CALLER_DROPPED: {T.CALLBACK, T.WITHDRAWN},
        T.CALLBACK: {T.OFFERED, T.ACCEPTED, T.FALLBACK, T.WITHDRAWN},
        T.FALLBACK: set(),
        T.WITHDRAWN: set(),
    }
)
PRESENCE_MOVES = _table(
    {
        P.OFFLINE: {P.AVAILABLE},
        P.AVAILABLE: {P.RESERVED, P.BREAK, P.OFFLINE, P.ENGAGED},
        P.RESERVED: {P.AVAILABLE, P.ENGAGED, P.BREAK, P.OFFLINE, P.UNAVAILABLE},
        P.ENGAGED: {P.WRAP_UP, P.AVAILABLE, P.OFFLINE},
        P.WRAP_UP: {P.AVAILABLE, P.BREAK, P.OFFLINE},
        P.BREAK: {P.AVAILABLE, P.OFFLINE},
        P.UNAVAILABLE: {P.AVAILABLE, P.BREAK, P.OFFLINE},
    }
)
UNIT_OUT: set[State] = {U.AVAILABLE, U.OUT_OF_SERVICE}
UNIT_MOVES = _table(
    {
        U.OFF_DUTY: UNIT_OUT,
        U.AVAILABLE: {U.DISPATCHED, U.OUT_OF_SERVICE, U.OFF_DUTY},
        U.DISPATCHED: {U.ACKNOWLEDGED, *UNIT_OUT},
        U.ACKNOWLEDGED: {U.EN_ROUTE, U.STAGED, U.ON_SCENE, *UNIT_OUT},
        U.EN_ROUTE: {U.STAGED, U.ON_SCENE, *UNIT_OUT},
        U.STAGED: {U.EN_ROUTE, U.ON_SCENE, *UNIT_OUT},
        U.ON_SCENE: {U.STAGED, U.TRANSPORTING, *UNIT_OUT},
        U.TRANSPORTING: {U.AT_DESTINATION, *UNIT_OUT},
        U.AT_DESTINATION: UNIT_OUT,
        U.OUT_OF_SERVICE: {U.AVAILABLE, U.OFF_DUTY},
    }
)
FOLLOWUP_MOVES = _table(
    {
        F.DUE: {F.ATTEMPTED, F.REACHED, F.CLOSED},
        F.ATTEMPTED: {F.ATTEMPTED, F.REACHED, F.CLOSED},
        F.REACHED: {F.DUE, F.ENGAGED, F.CLOSED},
        F.ENGAGED: {F.DUE, F.CLOSED},
        F.CLOSED: set(),
    }
)
ALARM_MOVES = _table(
    {
        A.RAISED: {A.TAKEN, A.ENDED},
        # Whoever took it may lose the line or hand it on.
        A.TAKEN: {A.RAISED, A.ENDED},
        A.ENDED: set(),
    }
)
LOAN_MOVES = _table(
    {
        L.ASKED: {L.LENT, L.DECLINED, L.ENDED},
        L.LENT: {L.ENDED},
        L.DECLINED: set(),
        L.ENDED: set(),
    }
)
SWAP_MOVES = _table(
    {
        W.ASKED: {W.TAKEN, W.REFUSED, W.WITHDRAWN},
        W.TAKEN: set(),
        W.REFUSED: set(),
        W.WITHDRAWN: set(),
    }
)

OPEN_CALL = frozenset({C.NEW, C.TRIAGING, C.DECIDED, C.WORKING, C.RESOLVED})
# What a partner may say who had the caller, and does not after all.
IN_VAIN = frozenset({"not_reached", "sent_to_911"})
# Help is sought or at work, or may be wanted yet.
UNRESOLVED = OPEN_CALL - {C.RESOLVED}
OPEN_SEAT = frozenset({SeatState.WANTED, SeatState.FILLED})
BEFORE_DECISION = frozenset({C.NEW, C.TRIAGING})
BUSY_UNIT = frozenset(U) - {U.OFF_DUTY, U.AVAILABLE, U.OUT_OF_SERVICE}
MOVING_UNIT = BUSY_UNIT - {U.DISPATCHED}
WITH_PERSON = frozenset({U.ON_SCENE, U.TRANSPORTING, U.AT_DESTINATION})


# One may sign in so long before a planned shift; an assumption, as in dispatch.free.
EARLY_SIGN_IN = timedelta(minutes=15)


def check_move(moves: Moves, source: State, target: State) -> None:
    """Raise IllegalMove unless the table allows this step."""
    if target not in moves[source]:
        raise IllegalMove(from_state=str(source), to_state=str(target))
