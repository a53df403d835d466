"""What a safety rule requires: it stays until its danger is denied or a person answers."""

from collections.abc import Collection, Iterable, Mapping

from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.notice import tell
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Answer, Call, Decision, Seat
from dispatch.states import SeatState
from routing import store
from routing.core.protocol import Protocol

# Who comes because of danger. A clinician or an unarmed team that a safety rule named
# is what it left over, and follows the newest decision.
FOR_SAFETY = frozenset({"cor", "police", "cit", "ems", "fire"})
# With these a person answers for letting such help go while its danger stands.
ANSWERED_FOR = ("scene_safe", "supervisor_says")
STILL_ASKS = _(
    "Safety rule %(rule)s asks for this help. Answer its danger with no, or withdraw"
    " it because the scene is safe without them or a supervisor says so."
)


def wanted(made: Decision) -> dict[str, str]:
    """Each response that the decision wants at once, and how it goes."""
    kinds = {made.response: "now"}
    for entry in made.line["also"]:
        if entry["mode"] != "then":
            kinds[entry["response"]] = entry["mode"]
    return kinds


def required(made: Decision) -> list[str]:
    """What a safety rule requires: an override adds to it and never takes from it.

    Medical help beside another answer is not what a person overrides.
    """
    going = [e["response"] for e in made.line["also"] if e["mode"] in {"now", "staged"}]
    if made.rule.startswith("S"):
        return [made.response, *going]
    return [kind for kind in going if kind == "ems"]


def safety_sent(
    call: Call, now: Mapping[str, object], protocol: Protocol
) -> dict[str, str]:
    """Armed and medical help that a safety rule wanted at some time of this call.

    Kind → the newest such rule. ``now``: the facts by which a danger is denied.
    """
    keys = [one.key for one in protocol.questions if one.group == "safety"]
    made = quick.rows(Decision, order=["at", "id"], call=call.pk)
    return {
        kind: one.rule
        for one in made
        if one.rule[:1] == "S" and not _denied(one.facts, now, keys)
        for kind in wanted(one)
        if kind in FOR_SAFETY
    }


def _denied(
    then: Mapping[str, object], now: Mapping[str, object], keys: Collection[str]
) -> bool:
    """Whether each danger that was seen then is answered with no now.

    Not known, and not asked any more, is not no. Where none was seen, what was open
    then counts as the danger.
    """
    seen = [key for key in keys if then.get(key) == "yes"]
    feared = seen or [key for key in keys if then.get(key) != "no"]
    return bool(feared) and all(now.get(key) == "no" for key in feared)


def answer_for(call: Call, seat: Seat, why: str, by: Actor) -> None:
    """A person lets this help go: Invalid where a safety rule asks for it and why is none.

    With a reason that answers for it the supervisor is told. Holds the call and the seat.
    """
    rule = _asks_for(call, seat)
    if rule is None:
        return
    if why not in ANSWERED_FOR:
        raise Invalid(STILL_ASKS, field="why", rule=rule)
    tell(call, "required_let_go", by)


def say_let_go(call: Call, seats: Iterable[Seat], by: Actor) -> None:
    """The supervisor is told that a call ends before such help was had. Holds the call."""
    wanted_now = {seat.response for seat in seats if seat.state == SeatState.WANTED}
    if wanted_now & FOR_SAFETY & still_sent(call).keys():
        tell(call, "required_let_go", by)


def _asks_for(call: Call, seat: Seat) -> str | None:
    """The rule for which this is the only help of its kind that the call has open."""
    open_ = [SeatState.WANTED, SeatState.FILLED]
    same = quick.rows(Seat, call=call.pk, response=seat.response, state=open_)
    if seat.response not in FOR_SAFETY or len(same) > 1:
        return None
    return still_sent(call).get(seat.response)


def still_sent(call: Call) -> dict[str, str]:
    """As ``safety_sent``, by what is answered at this moment."""
    now = {one.question: one.value for one in quick.rows(Answer, call=call.pk)}
    _row, protocol = store.published(call.agency_id)
    return safety_sent(call, now, protocol)
