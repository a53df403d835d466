"""The partner, the clock and the sender at the same transfer in one moment."""

from datetime import timedelta

from django.db.models.functions import Now

from dispatch.actions import handoff, handover, incoming
from dispatch.errors import LostRace, NotFound
from dispatch.events import CLOCK
from dispatch.models import Event, HandOff, Transfer
from tests import makers
from tests.actions import partners


def moves(call, to):
    rows = Event.objects.filter(call=call, kind="TransferMoved", body__after=to)
    return rows.count()


def test_yes_by_the_page_no_by_the_clock_and_never_mind_by_the_sender_end_as_one(
    centre, at_once
):
    dispatcher = makers.a_user(centre, "dispatcher")
    partner = partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    one = partners.walked(call, partner, dispatcher, "offered")
    page = HandOff.objects.get(transfer=one)
    Transfer.objects.filter(pk=one.pk).update(due_at=Now() - timedelta(seconds=1))

    at_once(
        lambda: handoff.acknowledge(hand_off_id=page.pk, name="Ana", by=CLOCK),
        lambda: handover.expire(transfer_id=one.pk, by=CLOCK),
        lambda: handover.keep(transfer_id=one.pk, by=makers.by(dispatcher)),
        losing=(LostRace, NotFound),
    )

    assert makers.fresh(one).state in {"fallback", "withdrawn"}
    assert moves(call, "fallback") + moves(call, "withdrawn") == 1
    assert makers.fresh(call).owner == dispatcher


def test_the_partner_and_the_sender_confirm_in_the_same_moment(centre, at_once):
    dispatcher = makers.a_user(centre, "dispatcher")
    partner = partners.a_partner(centre)
    call = partners.a_counselling_call(centre, dispatcher)
    one = partners.walked(call, partner, dispatcher, "conferenced")
    page = HandOff.objects.get(transfer=one)

    at_once(
        lambda: handoff.have(hand_off_id=page.pk, name="Ana", by=CLOCK),
        lambda: handover.confirm(transfer_id=one.pk, by=makers.by(dispatcher)),
    )

    assert makers.fresh(one).state == "released"
    assert moves(call, "released") == 1


def test_two_dispatchers_say_that_they_have_it_and_one_owns_it(centre, at_once):
    people = [makers.a_user(centre, "dispatcher") for _each in range(4)]
    partner = partners.a_partner(centre)
    there = makers.by(people[0])
    brought = incoming.Brought(reference="L-1", address="12 Elm St")
    one = incoming.bring(partner=partner, brought=brought, by=there)

    at_once(
        *(
            lambda who=who: incoming.take(transfer_id=one.pk, by=makers.by(who))
            for who in people
        )
    )

    call = makers.fresh(one).call
    assert call.owner == makers.fresh(one).receiver
    assert makers.kinds(call).count("TransferConfirmed") == 1


def test_the_same_call_brought_four_times_at_once_is_one(centre, at_once):
    partner = partners.a_partner(centre)
    brought = incoming.Brought(reference="L-1", address="12 Elm St")

    made = at_once(
        *[lambda: incoming.bring(partner=partner, brought=brought, by=CLOCK)] * 4
    )

    assert len({one.pk for one in made}) == 1
    assert Transfer.objects.count() == 1
