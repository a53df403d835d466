"""No call ends over a caller who rings, or whom nobody is said to hold."""

import pytest

from dispatch.actions import contact, disposition, intake, line, seat
from dispatch.actions.arrival import Arrival, arrive
from dispatch.actions.base import action, lock_call
from dispatch.errors import Invalid
from dispatch.events import CLOCK, Actor
from dispatch.models import Call, Contact
from tests import makers
from tests.actions.alarms import ago, since, swept, there

pytestmark = pytest.mark.django_db
PHONE = Actor(kind="phone")
THEIRS = "919-555-0142"


@pytest.fixture
def owner(centre):
    return there(centre, "dispatcher")


@pytest.fixture
def who(owner):
    return makers.by(owner)


def rings(centre, ref="x1", number=THEIRS):
    said = Arrival(ref=ref, channel="voice", number=number)
    return arrive(agency_id=centre.pk, arrival=said, by=PHONE)


def first(call):
    return Contact.objects.filter(call=call).earliest("pk")


ENDS = {
    "closed": lambda call, who: disposition.close(
        call_id=call.pk, outcomes=["resolved_by_phone"], by=who
    ),
    "resolved": lambda call, who: disposition.resolve(
        call_id=call.pk, outcomes=["resolved_by_phone"], by=who
    ),
    "cancelled": lambda call, who: intake.cancel(
        call_id=call.pk, reason="other", by=who
    ),
    "returned": lambda call, who: intake.return_to_911(
        call_id=call.pk, reason="other", by=who
    ),
}


def after_session(centre, owner, *, over):
    """A call whose clinician is done, and has said or not that the line is over."""
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre, owner)))
    disposition.end_session(
        assignment_id=session.pk,
        outcomes=["resolved_by_phone"],
        line_over=over,
        by=makers.by(session.person),
    )
    return makers.fresh(session.seat.call)


@pytest.mark.parametrize("state", ["ringing", "answered"])
@pytest.mark.parametrize("end", ENDS)
def test_no_call_ends_over_a_caller_who_rings(centre, owner, who, end, state):
    call = after_session(centre, owner, over=True)
    leg = rings(centre)
    assert leg.call_id == call.pk
    Contact.objects.filter(pk=leg.pk).update(state=state)

    with pytest.raises(Invalid, match="Caller 2 of this call rings"):
        ENDS[end](call, who)

    assert makers.fresh(leg).state == state
    contact.hang_up(contact_id=leg.pk, reason="test_call", decided=True, by=who)
    ENDS[end](call, who)


@pytest.mark.parametrize("said", ["mine", "over"])
@pytest.mark.parametrize("end", ENDS)
def test_no_call_ends_over_a_caller_of_whom_nobody_said_who_holds_them(
    centre, owner, who, end, said
):
    call = after_session(centre, owner, over=False)

    with pytest.raises(Invalid, match="nobody has said who holds caller 1"):
        ENDS[end](call, who)

    leg = first(call)
    assert (leg.state, leg.due) == ("connected", "session_over")
    if said == "mine":
        contact.mine(contact_id=leg.pk, by=who)
    else:
        contact.hang_up(contact_id=leg.pk, reason="agreed_end", decided=True, by=who)
    ENDS[end](call, who)


@pytest.mark.parametrize("end", ENDS)
def test_who_goes_back_to_a_caller_whom_nobody_held_holds_them(centre, owner, who, end):
    call = after_session(centre, owner, over=False)

    contact.hold(contact_id=first(call).pk, by=who)

    leg = first(call)
    assert (leg.state, leg.person, leg.due) == ("holding", owner, "on_hold")
    contact.connect(contact_id=leg.pk, by=who)
    leg = first(call)
    assert (leg.state, leg.person, leg.due) == ("connected", owner, "")
    ENDS[end](call, who)


def test_a_telephone_that_moves_a_line_says_of_nobody_that_they_hold_it(
    centre, owner, who
):
    call = after_session(centre, owner, over=False)
    for move in (contact.hold, contact.connect, contact.hold):
        move(contact_id=first(call).pk, by=PHONE)
    leg = first(call)
    assert (leg.state, leg.person, leg.due) == ("holding", None, "session_over")

    with pytest.raises(Invalid, match="nobody has said who holds caller 1"):
        ENDS["closed"](call, who)

    contact.mine(contact_id=leg.pk, by=who)
    leg = first(call)
    assert (leg.state, leg.person, leg.due) == ("holding", owner, "on_hold")


def test_whoever_we_ring_ourselves_holds_no_call_open(centre, owner, who):
    call = makers.a_call(centre, owner)
    contact.reach_out(
        call_id=call.pk, purpose="collateral", number="919-555-0177", by=who
    )

    intake.cancel(call_id=call.pk, reason="other", by=who)

    assert makers.fresh(call).state == "cancelled"


def test_whoever_rings_or_is_held_by_nobody_goes_on_with_the_call_it_is_linked_to(
    centre, owner, who
):
    call = after_session(centre, owner, over=False)
    rings(centre)
    other = makers.a_call(centre, owner, phone="919-555-0888")

    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=who)

    legs = Contact.objects.filter(call=other).exclude(pk=first(other).pk)
    assert {leg.state for leg in legs} == {"connected", "ringing"}
    assert {leg.due for leg in legs} == {"session_over", ""}


@action
def ends_as_before(*, call_id, by):
    """What a close did to the legs of its call before it was refused over a ring."""
    call = lock_call(call_id)
    line.end_all(call, by)
    return call


@pytest.mark.parametrize("reopened", [False, True])
def test_a_line_that_rings_on_after_its_call_ended_is_a_caller_anew(
    centre, owner, who, reopened
):
    call = after_session(centre, owner, over=True)
    leg = rings(centre)
    ends_as_before(call_id=call.pk, by=who)
    ENDS["closed"](call, who)
    if reopened:
        disposition.reopen(call_id=call.pk, reason="closed_by_mistake", by=who)

    again = rings(centre)

    assert again.pk != leg.pk
    assert (again.state, again.call_id == call.pk) == ("ringing", reopened)
    assert rings(centre).pk == again.pk
    if not reopened:
        since(again.call, 31)
        assert "unowned" in {row.about for row in swept(centre)}


def test_what_is_told_later_of_a_line_that_was_heard_opens_no_call(centre, owner, who):
    call = after_session(centre, owner, over=True)
    leg = rings(centre)
    contact.connect(contact_id=leg.pk, by=who)
    ENDS["closed"](call, who)

    assert rings(centre).pk == leg.pk
    assert Call.objects.count() == 1


def resolved_by_itself(centre, owner):
    """The crew clears, and a dispatcher has had the caller on the line all the time."""
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    makers.cleared(makers.on_scene(call, "crt"))
    call = makers.fresh(call)
    assert call.state == "resolved"
    return call


@pytest.mark.parametrize("state", ["connected", "holding", "ringing"])
def test_a_call_that_resolves_by_itself_does_not_lose_who_is_on_its_line(
    centre, owner, state
):
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    Contact.objects.filter(call=call).update(state=state)
    makers.cleared(makers.on_scene(call, "crt"))
    leg = first(call)
    assert (leg.state, leg.call.state) == (state, "resolved")

    contact.lost(contact_id=leg.pk, by=CLOCK)

    leg = first(call)
    assert (leg.state, leg.call.state) == ("callback_due", "working")
    Contact.objects.update(due_at=ago(60))
    assert "callback" in {row.about for row in swept(centre)}


def test_whoever_said_since_that_they_hold_the_line_ends_it_with_the_call(
    centre, owner, who
):
    call = resolved_by_itself(centre, owner)
    contact.mine(contact_id=first(call).pk, by=who)

    contact.lost(contact_id=first(call).pk, by=CLOCK)

    assert first(call).state == "completed"


def test_a_person_who_says_how_it_ended_after_it_did_by_itself_says_it_of_its_line(
    centre, owner, who
):
    call = resolved_by_itself(centre, owner)
    ENDS["resolved"](call, who)

    contact.lost(contact_id=first(call).pk, by=CLOCK)

    leg = first(call)
    assert (leg.state, leg.call.state) == ("completed", "resolved")


def test_a_person_who_says_that_the_call_has_ended_says_it_of_its_line(
    centre, owner, who
):
    call = makers.decided(makers.a_call(centre, owner, type="trespass"), weapon="yes")
    for help_ in call.seats.filter(response="police"):
        seat.confirm_told(seat_id=help_.pk, by=who)
    ENDS["resolved"](makers.fresh(call), who)

    contact.lost(contact_id=first(call).pk, by=CLOCK)

    assert first(call).state == "completed"


def test_who_held_the_line_before_the_call_resolved_by_itself_has_said_nothing_of_it(
    centre, owner, who
):
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, owner, type="trespass"))
    contact.mine(contact_id=first(call).pk, by=who)
    makers.cleared(makers.on_scene(call, "crt"))

    contact.lost(contact_id=first(call).pk, by=CLOCK)

    assert first(call).state == "callback_due"
