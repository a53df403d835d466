"""Who is counted on: with the person, with the caller or in need; not just let go."""

from django.db.models import F
from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.targets import partner_of
from dispatch.errors import Invalid
from dispatch.models import Assignment, Call, Contact, Event, Seat, Transfer
from dispatch.models.contact import LIVE
from dispatch.states import TransferState, UnitState

EMERGENCY = _("%(who)s needs help now: end that emergency first.")
WITH_CALLER = _("%(who)s has the caller: let that end first, or withdraw them.")
WITH_PARTNER = _(
    "%(who)s is talking with the caller. "
    "Record that they have the caller, or keep the caller first."
)
PARTNER_COMES = _(
    "%(who)s has said yes and is on the line. "
    "Put all three on the line, or keep the caller first."
)
PARTNER_THERE = {
    TransferState.ACCEPTED: PARTNER_COMES,
    TransferState.CONFERENCED: WITH_PARTNER,
}
THERE = {
    UnitState.ON_SCENE: _("%(who)s is on scene: let it clear first."),
    UnitState.TRANSPORTING: _("%(who)s is transporting: let it clear first."),
    UnitState.AT_DESTINATION: _("%(who)s is at the destination: let it clear first."),
}


def refuse_with_person(call: Call) -> None:
    """Invalid while somebody counts on one who works on the call; on the way is not yet.

    A team that vanished from the board would stand at a door alone. Holds the call.
    """
    working = Assignment.objects.filter(seat__call=call, ended_at=None)
    for one in working.select_related("unit", "person").order_by("accepted_at", "pk"):
        refuse_counted_on(one)
        if one.unit is None and one.confirmed_at is not None:
            raise Invalid(WITH_CALLER, field="call", who=str(one.person))
    refuse_crew_in_need(call)
    refuse_partner_talks(call)


def refuse_crew_in_need(call: Call) -> None:
    """Invalid while a crew that called for help from this call needs it. Holds the call.

    Also one that was only asked to go there: the police and EMS of this call are for it.
    """
    calls = Event.objects.filter(call=call, kind="CrewEmergency")
    open_ = calls.filter(at__gte=F("unit__emergency_at")).select_related("unit")
    if first := open_.order_by("number").first():
        raise Invalid(EMERGENCY, field="call", who=str(first.unit))


def refuse_to_withdraw(call: Call, seat: Seat) -> None:
    """Invalid while somebody counts on who has this seat. Holds the call and the seat."""
    for one in seat.assignments.filter(ended_at=None).select_related("unit"):
        refuse_counted_on(one)
    refuse_partner_talks(call, seat)


def refuse_partner_talks(call: Call, seat: Seat | None = None) -> None:
    """Invalid while a partner on a line of ours has or takes the caller. Holds the call.

    Whoever withdraws help or ends a call would hang up on them. With a ``seat``, only
    of that seat's transfer.
    """
    there = quick.rows(Transfer, order=["id"], call=call.pk, state=list(PARTNER_THERE))
    for one in there:
        ours = seat is None or one.seat_id == seat.pk
        if ours and _on_our_line(one):
            sentence = PARTNER_THERE[TransferState(one.state)]
            raise Invalid(sentence, field="call", who=str(partner_of(one)))


def _on_our_line(one: Transfer) -> bool:
    if one.partner_leg_id is None:
        return False
    leg = quick.find(Contact, id=one.partner_leg_id)
    return leg is not None and leg.state in LIVE


def refuse_counted_on(one: Assignment) -> None:
    """Invalid for a team with the person or in need of help. Holds the call.

    A clinician who has the caller may be withdrawn by name: one whose page is gone
    cannot end the session. Then somebody is to say who holds the caller.
    """
    if one.unit is None:
        return
    sentence = THERE.get(UnitState(one.unit.state))
    if one.unit.emergency_at is not None:
        sentence = EMERGENCY
    if sentence:
        raise Invalid(sentence, field="call", who=str(one.unit))
