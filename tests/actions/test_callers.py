"""Callers about one event: added, parted, unlinked; and nobody's danger is lost on the way."""

import pytest

from dispatch.actions import (
    callers,
    contact,
    decision,
    handover,
    intake,
    seat,
    triage,
)
from dispatch.actions.going_on import HANDED_OVER
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Call, Caller, Contact, Event, Seat
from tests import makers
from tests.actions import partners
from tests.actions.alarms import ago, swept

pytestmark = pytest.mark.django_db
NEIGHBOUR = Intake(
    name="Ada Neighbour",
    phone="919-555-0177",
    address="1014 W Main St",
    said="by the blue door",
)


def added(call, intake=NEIGHBOUR, **more):
    return callers.attach(call_id=call.pk, intake=intake, by=CLOCK, **more)


def answers(call):
    return dict(makers.fresh(call).answers.values_list("question", "value"))


def test_a_second_caller_is_a_contact_with_their_own_words_and_no_second_call(centre):
    call = makers.a_call(centre)

    leg = makers.fresh(added(call, note="He is still there"))

    assert Call.objects.count() == 1
    assert (leg.name, leg.number) == ("Ada Neighbour", "919-555-0177")
    assert leg.said == "1014 W Main St\nby the blue door\nHe is still there"
    assert leg.state == "connected"
    body = Event.objects.get(call=call, kind="CallerAttached").body
    assert body == {"contact": str(leg.pk), "count": 2}
    # Whose call it is stays as it was.
    assert Caller.objects.get(call=call).phone == "919-555-0142"


def test_a_caller_in_a_language_of_no_list_is_refused_by_name(centre):
    call = makers.a_call(centre)

    with pytest.raises(Invalid) as refused:
        added(call, Intake(language="klingon"))

    assert refused.value.params["field"] == "language"
    assert Contact.objects.filter(call=call).count() == 1


def test_added_twice_with_one_key_is_one_contact(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = makers.a_call(centre)

    for _press in range(2):
        by = makers.by(dispatcher, key="same-press")
        callers.attach(call_id=call.pk, intake=NEIGHBOUR, by=by)

    assert Contact.objects.filter(call=call).count() == 2


def test_a_weapon_that_only_the_second_caller_saw_stops_the_unarmed_team(centre):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    ring = makers.ringing(call, "crt")

    added(call, answers={"weapon": "yes", "violence": "no"})

    assert answers(call)["weapon"] == "yes"
    assert makers.fresh(ring).state == "withdrawn"
    assert makers.fresh(call).decision_wanted_at is not None


def test_the_no_of_a_second_caller_takes_nothing_back(centre):
    call = makers.a_call(centre)
    triage.record_answers(
        call_id=call.pk, answers={"weapon": "yes", "medical": "not_known"}, by=CLOCK
    )

    added(call, answers=makers.SAFE)

    assert answers(call) == {"weapon": "yes", "medical": "not_known"}


def test_a_hazard_and_urgency_that_the_second_caller_says_hold_for_the_call(centre):
    call = makers.a_call(centre)

    added(call, Intake(hazard=True, urgent=True))

    assert makers.fresh(call).hazard
    assert makers.fresh(call).urgent


def test_nobody_is_added_to_a_call_that_has_ended(centre):
    call = makers.closed(makers.decided(makers.a_call(centre)))

    with pytest.raises(Invalid):
        added(call)


def test_a_caller_who_speaks_of_another_event_gets_a_call_with_their_own_leg(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = makers.a_call(centre, type="trespass")
    leg = added(call)

    other = callers.split(contact_id=leg.pk, by=makers.by(dispatcher))

    leg = makers.fresh(leg)
    assert (leg.call_id, leg.state) == (other.pk, "connected")
    assert leg.said.startswith("1014 W Main St")
    assert Contact.objects.filter(call=other).count() == 1
    caller = Caller.objects.get(call=other)
    assert (caller.name, caller.phone) == ("Ada Neighbour", "919-555-0177")
    assert (caller.address, caller.said) == ("1014 W Main St", "by the blue door")
    # What nobody said of the other event is not known of it.
    assert (other.type, other.state, answers(other)) == ("", "new", {})
    assert other.owner_id == dispatcher.pk
    body = Event.objects.get(call=call, kind="ContactSplit").body
    assert body == {"contact": str(leg.pk), "to": str(other.pk)}


def test_the_first_caller_is_not_parted_from_their_own_call(centre):
    call = makers.a_call(centre)
    first = Contact.objects.get(call=call)
    added(call)

    with pytest.raises(Invalid):
        callers.split(contact_id=first.pk, by=CLOCK)

    assert Call.objects.count() == 1


def test_who_is_just_handed_over_is_not_parted_from_the_call(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = partners.a_counselling_call(centre, dispatcher)
    first, leg = Contact.objects.get(call=call), added(call)
    ended = {"decided": True, "reason": "agreed_end", "by": makers.by(dispatcher)}
    contact.hang_up(contact_id=first.pk, **ended)
    partner = partners.a_partner(centre)
    one = partners.walked(call, partner, dispatcher, "conferenced")

    with pytest.raises(Invalid) as refused:
        callers.split(contact_id=leg.pk, by=makers.by(dispatcher))

    assert refused.value.sentence == HANDED_OVER
    handover.keep(transfer_id=one.pk, by=makers.by(dispatcher))
    other = callers.split(contact_id=leg.pk, by=makers.by(dispatcher))
    assert makers.fresh(leg).call_id == other.pk


def test_a_lost_second_caller_keeps_the_call_back_when_parted(centre):
    call = makers.a_call(centre)
    leg = added(call)
    from_ = makers.fresh(leg)
    Contact.objects.filter(pk=leg.pk).update(due="callback", due_at=from_.since)

    callers.split(contact_id=leg.pk, by=CLOCK)

    assert makers.fresh(leg).due == "callback"


def test_an_unlinked_call_is_open_and_wants_help_anew(centre):
    makers.a_clinician(centre)
    first = makers.a_call(centre)
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)
    assert makers.fresh(ring).state == "withdrawn"

    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)

    call = makers.fresh(call)
    assert (call.state, call.duplicate_of_id, call.closed_at) == (
        "triaging",
        None,
        None,
    )
    body = Event.objects.get(call=call, kind="CallsUnlinked").body
    assert body == {"duplicate_of": str(first.pk), "reason": "another_event"}
    makers.decide(call)
    assert makers.any_ringing(call)


def test_unlinking_twice_is_once_and_a_call_that_was_never_linked_is_not_touched(
    centre,
):
    first, call = makers.a_call(centre), makers.a_call(centre)
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)

    for _press in range(2):
        callers.unlink(call_id=call.pk, reason="other", by=CLOCK)

    assert makers.kinds(call).count("CallsUnlinked") == 1
    done = makers.closed(makers.decided(makers.a_call(centre)))
    with pytest.raises(LostRace):
        callers.unlink(call_id=done.pk, reason="other", by=CLOCK)


def asked_for(call, response="police", *, told=False):
    """Somebody asked for this help by name, and perhaps it was told."""
    decision.request_team(
        call_id=call.pk, response=response, reason="more_help", by=CLOCK
    )
    if told:
        seat.confirm_told(seat_id=makers.seat_of(call, response).pk, by=CLOCK)


def parted(call, first):
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)
    callers.unlink(call_id=call.pk, reason="linked_by_mistake", by=CLOCK)


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("triaged", [False, True])
def test_help_asked_for_by_name_stays_wanted_on_both_once_unlinked(
    centre, triaged, told
):
    first, call = makers.a_call(centre), makers.a_call(centre, type="trespass")
    if triaged:
        call = makers.decided(call)
    asked_for(call, told=told)

    parted(call, first)
    makers.decide(call)

    for one in (call, first):
        (police,) = one.seats.filter(response="police", state="wanted")
        assert police.requested
    assert "waiting" in waited(call)


def waited(call):
    """The alarms of this call long after its help was wanted."""
    Seat.objects.filter(call=call).update(wanted_at=ago(600))
    return {row.about for row in swept(call.agency) if row.call_id == call.pk}


@pytest.mark.parametrize("when", ["before", "between"])
def test_help_that_somebody_let_go_does_not_come_back_by_unlinking(centre, when):
    first, call = makers.a_call(centre), makers.a_call(centre)
    asked_for(call)
    if when == "between":
        parted(call, first)
    police = makers.seat_of(call, "police")
    seat.withdraw(seat_id=police.pk, why="not_needed", by=CLOCK)

    parted(call, first)

    assert not call.seats.filter(state="wanted").exists()


def test_what_a_decision_wanted_is_left_to_the_next_one_by_unlinking(centre):
    first = makers.a_call(centre)
    call = makers.decided(makers.a_call(centre), attempt="yes")
    assert makers.seat_of(call, "ems").state == "wanted"

    parted(call, first)

    assert not call.seats.filter(state="wanted").exists()
    makers.decide(call)
    assert makers.seat_of(call, "ems").state == "wanted"


def test_what_a_linked_call_told_of_danger_stays_when_it_is_unlinked(centre):
    first, call = makers.a_call(centre), makers.a_call(centre)
    triage.record_answers(call_id=call.pk, answers={"weapon": "yes"}, by=CLOCK)
    intake.link_calls(call_id=call.pk, duplicate_of=first.pk, by=CLOCK)

    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)

    assert answers(first)["weapon"] == answers(call)["weapon"] == "yes"


def test_both_histories_tell_of_the_link_and_of_its_end(centre):
    one, other = makers.a_call(centre), makers.a_call(centre)
    intake.link_calls(call_id=other.pk, duplicate_of=one.pk, by=CLOCK)
    linked = makers.kinds(one)[-1], makers.kinds(other)[-1]
    callers.unlink(call_id=other.pk, reason="another_event", by=CLOCK)

    assert linked == ("OtherLinked", "CallsLinked")
    assert "OtherUnlinked" in makers.kinds(one)
    assert "OtherUnlinked" not in makers.kinds(other)


def test_the_first_caller_is_handed_over_and_no_neighbour_who_called_later(centre):
    dispatcher = makers.a_user(centre, "dispatcher")
    call = partners.a_counselling_call(centre, dispatcher)
    first = Contact.objects.get(call=call)
    added(call)

    one = partners.asked(call, partners.a_partner(centre), dispatcher)

    assert one.caller_leg_id == first.pk


@pytest.mark.parametrize("played", [False, True])
def test_a_real_call_is_not_linked_to_a_simulated_one(centre, played):
    one = makers.a_call(centre, simulated="call" if played else "")
    other = makers.a_call(centre, simulated="" if played else "call")

    with pytest.raises(Invalid):
        intake.link_calls(call_id=one.pk, duplicate_of=other.pk, by=CLOCK)


REF = Intake(name="Ada", phone="919-555-0177", said="He has a knife", source_ref="C-1")


@pytest.mark.parametrize("elsewhere", ["another centre", "another call"])
def test_a_reference_that_is_used_elsewhere_swallows_no_caller(centre, elsewhere):
    at = makers.an_agency() if elsewhere == "another centre" else centre
    added(makers.a_call(at, address="9 Elm St"), REF)
    call = makers.a_call(centre)

    leg = added(call, REF, answers={"weapon": "yes"})

    assert leg.call_id == call.pk
    assert Contact.objects.filter(call=call).count() == 2
    assert answers(call) == {"weapon": "yes"}


@pytest.mark.parametrize("since", ["nothing", "split", "linked"])
def test_the_same_event_sent_again_is_the_caller_who_is_here(centre, since):
    dispatcher = makers.by(makers.a_user(centre, "dispatcher"))
    call = makers.a_call(centre)
    leg = added(call, REF)
    if since == "split":
        callers.split(contact_id=leg.pk, by=dispatcher)
    if since == "linked":
        other = makers.a_call(centre, address="9 Elm St")
        intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=dispatcher)
    before = Contact.objects.count()

    assert added(call, REF).pk == leg.pk

    assert Contact.objects.count() == before


def test_a_danger_that_comes_with_the_second_sending_is_told(centre):
    call = makers.a_call(centre)
    leg = added(call, REF)

    again = added(call, REF, answers={"weapon": "yes"})

    assert again.pk == leg.pk
    assert answers(call) == {"weapon": "yes"}


def test_another_system_s_name_of_a_caller_is_kept_as_a_fingerprint(centre):
    leg = added(makers.a_call(centre), Intake(source_ref="919-555-0177"))

    assert "555" not in str(Contact.objects.filter(pk=leg.pk).values().get())
