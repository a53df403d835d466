"""What a leg wants of the telephone service, and what its words do to the leg."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch import nudge
from dispatch.actions import contact, handover, phone
from dispatch.errors import Invalid, LostRace
from dispatch.events import Actor
from dispatch.models import Call, Caller, Contact, Event
from dispatch.selectors import telephone
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db
SERVICE = Actor(kind="phone")


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


@pytest.fixture
def rung(call, dispatcher):
    """Somebody who knows the person is to be rung."""
    return contact.reach_out(
        call_id=call.pk,
        purpose="collateral",
        number="919-555-0100",
        by=makers.by(dispatcher),
    )


@pytest.fixture
def by_service(settings):
    settings.PHONE = "twilio"


def wanted(leg):
    found = phone.asked(contact_id=leg.pk, by=SERVICE)
    return found.carrier if found else None


def heard(leg, said, number=None, series="call", ref="CA1"):
    return phone.heard(
        contact_id=leg.pk,
        said=said,
        series=series,
        number=number,
        carrier_ref=ref,
        ring=makers.fresh(leg).rings if series == "call" else None,
        by=SERVICE,
    )


def placed(leg, verb="dial"):
    ring = makers.fresh(leg).rings
    phone.placed(contact_id=leg.pk, verb=verb, ring=ring, carrier_ref="CA1", by=SERVICE)


def as_of(leg, **columns):
    Contact.objects.filter(pk=leg.pk).update(**columns)
    return makers.fresh(leg)


def missing(call, **columns):
    """The caller of this call, lost."""
    caller = Contact.objects.get(call=call, purpose="caller")
    contact.lost(contact_id=caller.pk, by=SERVICE)
    return as_of(caller, **columns)


def test_a_leg_is_dialled_once_whoever_asks(rung):
    assert wanted(rung) == "dial"
    assert wanted(rung) is None


def test_a_simulated_call_rings_nobody(call, rung):
    Call.objects.filter(pk=call.pk).update(simulated="demo")

    assert wanted(rung) is None


def test_what_was_not_dialled_in_time_is_left_to_a_person(call, rung):
    as_of(rung, since=Now() - timedelta(seconds=61))

    assert wanted(rung) is None
    assert makers.fresh(rung).carrier == "by_hand"
    assert makers.events_of(call).last().body["why"] == "phone_late"


def test_hung_up_while_it_was_being_dialled_it_is_hung_up_there(rung, dispatcher):
    wanted(rung)
    contact.hang_up(contact_id=rung.pk, by=makers.by(dispatcher))
    assert wanted(rung) is None

    placed(rung)

    assert wanted(rung) == "hang_up"


def test_what_the_service_told_before_its_answer_stands(rung):
    wanted(rung)
    heard(rung, "answered", 1)
    heard(rung, "connected", 0, "conference")

    placed(rung)

    assert (makers.fresh(rung).carrier, makers.fresh(rung).state) == ("in", "connected")


def test_a_late_word_overtakes_nothing(rung):
    wanted(rung)
    for said, number in (("ringing", 1), ("busy", 2)):
        heard(rung, said, number)
    before = Event.objects.count()

    heard(rung, "answered", 1)
    heard(rung, "connected", 0, "conference")

    assert makers.fresh(rung).state == "completed"
    assert makers.fresh(rung).carrier == "out"
    assert Event.objects.count() == before


def test_another_line_s_word_is_nothing_to_this_leg(rung):
    wanted(rung)
    placed(rung)

    heard(rung, "busy", 2, ref="CA2")

    assert makers.fresh(rung).state == "ringing"


def test_a_hold_that_is_just_asked_for_is_not_undone_by_an_older_word(rung, dispatcher):
    wanted(rung)
    placed(rung)
    heard(rung, "connected", 0, "conference")
    contact.hold(contact_id=rung.pk, by=makers.by(dispatcher))
    assert wanted(rung) == "hold"

    heard(rung, "connected", 1, "conference")

    assert makers.fresh(rung).state == "holding"
    assert wanted(rung) is None


def test_who_is_with_the_partner_is_not_cut_off(call, dispatcher):
    partner = partners.a_partner(call.agency)
    one = partners.walked(call, partner, dispatcher, to="conferenced")
    legs = [as_of(leg, carrier="in") for leg in (one.caller_leg, one.partner_leg)]

    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    assert [wanted(leg) for leg in legs] == [None, None]


def test_closing_a_call_hangs_up_on_no_caller(call, dispatcher):
    caller = Contact.objects.get(call=call, purpose="caller")
    as_of(caller, carrier="in", carrier_ref="CA1")
    as_of(caller, state="completed", why="call_over")

    assert wanted(caller) is None


def test_a_partner_who_has_left_already_is_no_failure(rung, call, dispatcher):
    as_of(rung, carrier="in", state="completed")
    assert wanted(rung) == "leave"

    phone.failed(contact_id=rung.pk, verb="leave", ring=0, why="phone_gone", by=SERVICE)

    assert makers.fresh(rung).carrier == "out"
    assert "PhoneFailed" not in makers.kinds(call)


def test_a_pick_up_at_the_partner_s_begins_the_clock_anew_and_is_no_yes(
    call, dispatcher
):
    partner = partners.a_partner(call.agency)
    one = partners.walked(call, partner, dispatcher, to="offered")
    before = one.due_at

    heard(one.partner_leg, "answered", 1)

    one = makers.fresh(one)
    assert one.state == "offered"
    assert one.due_at > before


@pytest.mark.parametrize("result", ["busy", "no_answer"])
def test_a_call_back_that_reaches_nobody_counts_as_a_try(
    call, dispatcher, by_service, result
):
    leg = missing(call)
    phone.call_back(contact_id=leg.pk, by=makers.by(dispatcher))
    phone.call_back(contact_id=leg.pk, by=makers.by(dispatcher))
    assert wanted(leg) == "dial"
    placed(leg)

    heard(leg, result, 2)

    leg = makers.fresh(leg)
    assert (leg.tries, leg.state) == (1, "callback_attempted")
    tried = Event.objects.get(call=call, kind="CallbackTried")
    assert tried.body["result"] == result


def test_who_picks_up_a_call_back_a_person_says(call, dispatcher, by_service):
    leg = missing(call)
    phone.call_back(contact_id=leg.pk, by=makers.by(dispatcher))
    wanted(leg)
    placed(leg)

    heard(leg, "answered", 1)
    heard(leg, "connected", 0, "conference")

    assert (makers.fresh(leg).tries, makers.fresh(leg).state) == (0, "callback_due")


def test_nobody_is_called_back_who_asked_not_to_be(call, dispatcher, by_service):
    leg = missing(call)
    Caller.objects.filter(call=call).update(safe_contact="none")

    with pytest.raises(Invalid, match="asked not"):
        phone.call_back(contact_id=leg.pk, by=makers.by(dispatcher))


def test_only_a_lost_caller_is_called_back(rung, dispatcher):
    with pytest.raises(LostRace):
        phone.call_back(contact_id=rung.pk, by=makers.by(dispatcher))


def test_the_clock_finds_what_no_worker_was_told_of(call, rung, by_service):
    assert telephone.waiting() == []

    as_of(rung, since=Now() - timedelta(seconds=3))
    assert telephone.waiting() == [rung.pk]

    wanted(rung)
    assert telephone.waiting() == []


def test_the_clock_finds_no_one_whom_the_actions_would_leave(
    call, dispatcher, by_service
):
    partner = partners.a_partner(call.agency)
    one = partners.walked(call, partner, dispatcher, to="conferenced")
    early = {"since": Now() - timedelta(seconds=3), "carrier": "in"}
    handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher))

    for leg in (one.caller_leg, one.partner_leg):
        as_of(leg, **early)

    assert telephone.waiting() == []


def test_every_change_of_a_leg_is_told_after_the_commit(
    rung, dispatcher, by_service, monkeypatch, django_capture_on_commit_callbacks
):
    told = []
    monkeypatch.setattr(nudge, "_send", lambda task, what: told.append((task, what)))

    with django_capture_on_commit_callbacks(execute=True):
        contact.connect(contact_id=rung.pk, by=makers.by(dispatcher))

    assert ("dispatch.tasks.phone", str(rung.pk)) in told


@pytest.mark.parametrize("why", ["by hand", "simulated"])
def test_nobody_is_said_to_be_rung_where_nothing_dials(call, dispatcher, settings, why):
    settings.PHONE = "manual" if why == "by hand" else "twilio"
    leg = missing(call)
    if why == "simulated":
        Call.objects.filter(pk=call.pk).update(simulated="demo")

    with pytest.raises(Invalid, match="dials nobody"):
        phone.call_back(contact_id=leg.pk, by=makers.by(dispatcher))

    assert (makers.fresh(leg).carrier, makers.fresh(leg).due_at) == ("", leg.due_at)
