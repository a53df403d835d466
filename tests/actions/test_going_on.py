"""Linked while its caller is on the line: they are heard, lost and called back where it goes on."""

import pytest

from dispatch import told
from dispatch.actions import callback, callers, contact, intake
from dispatch.actions.going_on import HANDED_OVER
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Contact
from dispatch.selectors import line
from routing import store
from tests import makers
from tests.actions import partners

pytestmark = pytest.mark.django_db
SAID = {
    "name": "Ada",
    "phone": "919-555-0177",
    "address": "14 Elm St",
    "said": "He is on the roof",
    "safe_contact": "no_voicemail",
}


@pytest.fixture
def first(centre, dispatcher):
    return makers.decided(makers.a_call(centre, dispatcher))


@pytest.fixture
def call(centre, dispatcher, first):
    return makers.a_call(centre, dispatcher, type="suicide_threat", **SAID)


def linked(call, to):
    intake.link_calls(call_id=call.pk, duplicate_of=to.pk, by=CLOCK)


def unlinked(call):
    callers.unlink(call_id=call.pk, reason="another_event", by=CLOCK)


def legs(call):
    return list(Contact.objects.filter(call=call).order_by("pk"))


def heard(call):
    return [leg for leg in legs(call) if leg.state in ("connected", "holding")]


def of(call):
    (leg,) = legs(call)
    return leg


def test_who_is_on_the_line_goes_on_with_the_other_call_and_what_they_told(call, first):
    linked(call, first)

    before, (own, now) = of(call), legs(first)
    assert (before.state, before.why) == ("completed", "went_on")
    assert (own.state, now.state) == ("connected", "connected")
    assert (now.name, now.number) == ("Ada", "919-555-0177")
    assert told.of(now) == told.Account(
        where="14 Elm St", words="He is on the roof", safe_contact="no_voicemail"
    )
    said = makers.events_of(call).get(kind="LineWentOn").body
    assert said == {
        "contact": str(before.pk),
        "other": str(first.pk),
        "leg": str(now.pk),
    }
    assert "CallerAttached" in makers.kinds(first)


def test_who_falls_off_the_line_then_is_called_back_there(call, first):
    linked(call, first)
    _own, now = legs(first)

    contact.lost(contact_id=now.pk, by=CLOCK)

    now = makers.fresh(now)
    assert (now.state, now.due) == ("callback_due", "callback")
    callback.tried(contact_id=now.pk, result="reached", by=CLOCK)
    assert makers.fresh(now).state == "connected"
    shown = line.line(makers.fresh(first), store.published(first.agency_id)[1])
    assert str(now.pk) in {str(leg.id) for leg in shown.legs}


def test_a_line_on_hold_stays_on_hold_with_its_clock_and_who_holds_it(
    call, first, dispatcher
):
    contact.mine(contact_id=of(call).pk, by=makers.by(dispatcher))
    contact.hold(contact_id=of(call).pk, by=CLOCK)
    before = of(call)

    linked(call, first)

    now = legs(first)[1]
    assert (now.state, now.due, now.due_at) == ("holding", "on_hold", before.due_at)
    assert now.person == dispatcher


def test_of_many_callers_the_first_stays_the_first_and_each_is_on_the_line(
    centre, first
):
    """The older may be linked to the younger: its caller called first, and stays second."""
    younger = makers.a_call(centre, phone="919-555-0166")
    others = [makers.a_call(centre, phone=f"919-555-01{n}") for n in range(10, 14)]

    for one in (first, *others):
        linked(one, younger)

    on = heard(younger)
    assert len(on) == 6
    assert on[0].number == ""
    assert [leg.number for leg in on[1:3]] == ["919-555-0142", "919-555-0110"]


def test_an_interpreter_goes_on_with_their_caller(call, first):
    leg = contact.ask_interpreter(call_id=call.pk, language="es", by=CLOCK)
    contact.connect(contact_id=leg.pk, by=CLOCK)

    linked(call, first)

    there = heard(first)
    assert [one.purpose for one in there] == ["caller", "interpreter", "caller"]
    assert there[1].language == "es"
    assert heard(call) == []


def test_who_speaks_through_a_relay_does_so_where_they_go_on(call, first):
    leg, relayed = of(call), {"channel": "relay", "relay": "vrs"}
    contact.change_channel(contact_id=leg.pk, **relayed, by=CLOCK)

    linked(call, first)

    now = legs(first)[1]
    assert (now.channel, now.relay) == ("relay", "vrs")


def test_a_partner_who_was_rung_for_them_is_let_go_and_does_not_go_on(
    centre, dispatcher, first
):
    call = partners.a_counselling_call(centre, dispatcher)
    one = partners.walked(call, partners.a_partner(centre), dispatcher, "offered")

    linked(call, first)

    assert [leg.purpose for leg in legs(first)] == ["caller", "caller"]
    theirs = makers.fresh(one).partner_leg
    assert (theirs.state, theirs.why) == ("completed", "duplicate")


def test_who_was_lost_there_and_rang_again_here_is_not_called_back_any_more(
    centre, first
):
    contact.lost(contact_id=of(first).pk, by=CLOCK)
    again = makers.a_call(centre)

    linked(again, first)

    lost, now = legs(first)
    assert (lost.state, lost.why) == ("completed", "called_again")
    assert now.state == "connected"


def test_a_carrier_s_leg_is_known_by_its_name_where_it_went_on(call, first):
    Contact.objects.filter(call=call).update(carrier_ref="leg-1", carrier="held")

    linked(call, first)

    before, now = of(call), legs(first)[1]
    assert (before.carrier_ref, before.carrier) == ("", "out")
    assert (now.carrier_ref, now.carrier) == ("leg-1", "by_hand")


def test_once_unlinked_whoever_is_still_there_is_on_their_own_line_again(call, first):
    second = callers.attach(
        call_id=call.pk, intake=Intake(phone="919-555-0188"), by=CLOCK
    )
    linked(call, first)
    own, ada, other = legs(first)
    contact.hang_up(
        contact_id=other.pk, by=makers.by(call.owner), decided=True, reason="agreed_end"
    )

    unlinked(call)

    assert heard(first) == [own]
    (back,) = heard(call)
    assert (back.name, back.number, back.state) == ("Ada", "919-555-0177", "connected")
    assert makers.fresh(ada).why == makers.fresh(second).why == "went_on"


def test_who_was_lost_in_between_is_called_back_there_once_unlinked(call, first):
    linked(call, first)
    contact.lost(contact_id=legs(first)[1].pk, by=CLOCK)

    unlinked(call)

    assert [leg.state for leg in legs(first)] == ["connected", "completed"]
    back = legs(call)[-1]
    assert (back.state, back.due) == ("callback_due", "callback")
    assert back.due_at is not None


def test_who_fell_silent_in_between_is_asked_on_their_own_line_once_unlinked(
    call, first
):
    linked(call, first)
    contact.silent(contact_id=legs(first)[1].pk, by=CLOCK)

    unlinked(call)

    there, back = legs(first)[1], legs(call)[-1]
    assert (there.state, there.why) == ("completed", "went_on")
    assert (back.state, back.due) == ("open_line", "silence")
    assert back.due_at is not None


def test_a_caller_who_went_on_twice_comes_back_to_their_own_call(centre, call, first):
    third = makers.a_call(centre, phone="919-555-0166")
    linked(call, first)
    linked(first, third)
    assert len(heard(third)) == 3

    unlinked(call)

    assert [leg.name for leg in heard(call)] == ["Ada"]
    assert len(heard(third)) == 2


def test_who_is_just_handed_over_is_not_taken_off_that_line_by_an_unlinking(
    centre, call, dispatcher
):
    first = partners.a_counselling_call(centre, dispatcher)
    linked(call, first)
    own, ada = legs(first)
    ended = {"decided": True, "reason": "agreed_end", "by": makers.by(dispatcher)}
    contact.hang_up(contact_id=own.pk, **ended)
    partner = partners.a_partner(centre)
    one = partners.walked(makers.fresh(first), partner, dispatcher, "conferenced")
    assert one.caller_leg_id == ada.pk

    with pytest.raises(Invalid) as refused:
        unlinked(call)

    assert refused.value.sentence == HANDED_OVER
    assert makers.fresh(call).state == "duplicate"
