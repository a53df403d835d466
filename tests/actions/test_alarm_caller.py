"""A caller who rings unanswered or stays on hold is an alarm until somebody hears them."""

import pytest

from dispatch import wrong
from dispatch.actions import arrival, contact, intake
from dispatch.actions.arrival import Arrival
from dispatch.events import Actor
from dispatch.models import Contact
from dispatch.selectors import alarm, board
from routing import store
from tests import makers
from tests.actions.alarms import ago, since, swept, there
from tests.actions.walked import later

pytestmark = pytest.mark.django_db
PHONE = Actor(kind="phone")


@pytest.fixture
def dispatcher(centre):
    return there(centre, "dispatcher", "D12 Lee")


def arrives(centre, number="919-555-0142"):
    said = Arrival(ref="second", channel="voice", number=number)
    return arrival.arrive(agency_id=centre.pk, arrival=said, by=PHONE)


def rings_since(leg, seconds):
    Contact.objects.filter(pk=leg.pk).update(since=ago(seconds))


def at_work(centre, dispatcher):
    """A call that a clinician works on, and another leg from its number."""
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre, dispatcher))
    makers.with_clinician(call)
    intake.take(call_id=call.pk, by=makers.by(dispatcher))
    since(call, 600)
    return call, arrives(centre)


def open_now(centre):
    return [(row.about, row.subject) for row in swept(centre) if row.state != "ended"]


def word(call):
    (card,) = board.cards(call.agency_id, "operational", [call.pk])
    return tuple(card["state"][key] for key in ("code", "label", "act"))


def test_a_second_caller_who_rings_on_a_call_at_work_is_the_owners_alarm(
    centre, dispatcher
):
    call, leg = at_work(centre, dispatcher)
    assert leg.call_id == call.pk
    rings_since(leg, 29)
    assert swept(centre) == []

    rings_since(leg, 31)
    (row,) = swept(centre)

    assert (row.about, row.subject, row.call) == ("unanswered", leg.pk, call)
    assert (row.to, row.owner) == ("owner", dispatcher)
    assert word(call) == ("unanswered", "Answer the caller", True)
    (shown,) = alarm.open_ones(type(row).objects.all(), dispatcher.pk, dispatcher.role)
    assert shown.what == "a caller rings, and nobody has answered"


def test_it_is_over_by_itself_when_they_are_heard(centre, dispatcher):
    _call, leg = at_work(centre, dispatcher)
    rings_since(leg, 31)
    swept(centre)

    contact.connect(contact_id=leg.pk, by=makers.by(dispatcher))

    (row,) = swept(centre)
    assert (row.state, row.why) == ("ended", "put_right")


def test_who_hung_up_unheard_was_not_put_right(centre, dispatcher):
    _call, leg = at_work(centre, dispatcher)
    rings_since(leg, 31)
    swept(centre)

    contact.lost(contact_id=leg.pk, by=PHONE)

    (row,) = swept(centre)
    assert (row.state, row.why) == ("ended", "line_over")


def test_an_owner_who_took_a_new_call_has_a_moment_to_answer_it(centre, dispatcher):
    leg = arrives(centre)
    later(120, dispatcher)
    assert open_now(centre) == [("unowned", leg.call_id)]

    intake.take(call_id=leg.call_id, by=makers.by(dispatcher))
    assert open_now(centre) == []

    later(11, dispatcher)
    assert ("unanswered", leg.pk) in open_now(centre)


def test_whoever_we_ring_beside_the_caller_does_not_wait_for_us(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    since(call, 600)
    leg = contact.reach_out(
        call_id=call.pk,
        purpose="collateral",
        number="919-555-0199",
        by=makers.by(dispatcher),
    )
    rings_since(leg, 31)
    assert swept(centre) == []

    # Nor would a caller whom we ring ourselves.
    Contact.objects.filter(pk=leg.pk).update(purpose="callback")
    assert swept(centre) == []


def test_whoever_else_is_on_hold_is_no_caller(centre, dispatcher):
    by = makers.by(dispatcher)
    call = makers.a_call(centre, dispatcher)
    since(call, 600)
    leg = contact.ask_interpreter(call_id=call.pk, language="es", by=by)
    contact.connect(contact_id=leg.pk, by=by)
    contact.hold(contact_id=leg.pk, by=by)
    rings_since(leg, 600)

    assert swept(centre) == []


def test_a_caller_on_hold_past_the_clock_is_an_alarm_until_somebody_goes_back(
    centre, dispatcher
):
    call = makers.a_call(centre, dispatcher, type="suicide_threat")
    leg = call.contacts.get()
    contact.hold(contact_id=leg.pk, by=makers.by(dispatcher))
    rings_since(leg, 69)
    assert swept(centre) == []

    rings_since(leg, 71)
    (row,) = swept(centre)
    assert (row.about, row.subject, row.owner) == ("on_hold", leg.pk, dispatcher)
    assert word(call) == ("on_hold", "Caller on hold", True)

    contact.connect(contact_id=leg.pk, by=makers.by(dispatcher))
    (row,) = swept(centre)
    assert (row.state, row.why) == ("ended", "put_right")


def test_who_rings_on_a_resolved_call_is_no_less_an_alarm(centre, dispatcher):
    call, leg = at_work(centre, dispatcher)
    type(call).objects.filter(pk=call.pk).update(state="resolved")
    rings_since(leg, 31)

    assert open_now(centre) == [("unanswered", leg.pk)]


def test_an_older_protocol_has_the_usual_time_to_answer(centre, dispatcher):
    protocol = store.published(centre.pk)[1]
    clocks = {k: v for k, v in protocol.clocks.items() if k != "answer_within"}
    object.__setattr__(protocol, "clocks", clocks)
    _call, leg = at_work(centre, dispatcher)
    rings_since(leg, 31)

    assert [one.subject for one in wrong.sweep(centre.pk, protocol)] == [leg.pk]


def test_on_hold_when_their_session_ended_they_are_still_said_to_wait(
    centre, dispatcher
):
    call = makers.a_call(centre, dispatcher)
    leg = call.contacts.get()
    contact.hold(contact_id=leg.pk, by=makers.by(dispatcher))
    rings_since(leg, 71)
    Contact.objects.filter(pk=leg.pk).update(due="session_over", due_at=ago(-60))
    assert open_now(centre) == [("on_hold", leg.pk)]

    Contact.objects.filter(pk=leg.pk).update(due_at=None)
    assert set(open_now(centre)) == {("on_hold", leg.pk), ("nobody", leg.pk)}
