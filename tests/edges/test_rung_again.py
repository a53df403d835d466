"""A caller is rung anew: the last ring's late words are not about this one, and none is lost."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch import tasks
from dispatch.actions import arrival, callback, contact, intake, phone
from dispatch.actions.arrival import Arrival
from dispatch.interop import carrier
from dispatch.models import Caller, Contact, Event
from dispatch.selectors import line as lines
from routing import store
from tests import makers
from tests.actions import partners
from tests.edges.telephone import tell, work

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def by(user):
    return makers.by(user)


@pytest.fixture
def call(centre, user):
    return partners.a_counselling_call(centre, user)


@pytest.fixture
def lost(call, by):
    """The caller of this call, who may be rung back."""
    leg = Contact.objects.get(call=call, purpose="caller")
    contact.lost(contact_id=leg.pk, by=by)
    allowed(call)
    return makers.fresh(leg)


def allowed(call):
    caller = Caller.objects.get(call=call)
    caller.phone, caller.safe_contact = "919-555-0142", "call_and_text"
    caller.save()


def rung(leg, by):
    phone.call_back(contact_id=leg.pk, by=by)
    return work(leg)


def late(leg):
    """Its time has passed: what is due comes due."""
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg.pk, by=tasks.ROUTER)


def test_the_last_ring_s_late_end_does_not_end_the_ring_that_was_ordered(
    service, lost, by
):
    leg = rung(lost, by)
    first = leg.carrier_ref
    service.answer(first)
    tell(service)
    callback.tried(contact_id=leg.pk, result="reached", by=by)
    service.hang_up(first)
    ends = [one for one in service.said if "participant-leave" not in one[1]]
    service.said[:] = [one for one in service.said if one not in ends]
    tell(service)
    phone.call_back(contact_id=leg.pk, by=by)
    service.said[:] = ends

    assert set(tell(service)) == {204}

    leg = work(leg)
    assert leg.carrier == "rings"
    assert leg.carrier_ref != first


def test_the_last_ring_s_late_end_does_not_part_the_one_that_is_being_dialled(
    service, call, lost, by
):
    leg = rung(lost, by)
    callback.tried(contact_id=leg.pk, result="no_answer", by=by)
    work(leg)
    ends = list(service.said)
    service.said.clear()
    phone.call_back(contact_id=leg.pk, by=by)
    dialled = phone.asked(contact_id=leg.pk, by=tasks.TELEPHONE)
    service.said[:] = ends
    tell(service)

    tasks._send(carrier.the_phone(), dialled)
    service.answer(makers.fresh(leg).carrier_ref)
    tell(service)

    assert makers.fresh(leg).carrier == "in"
    assert service.present(call.pk.hex)[0] == {str(leg.pk)}


def test_a_ring_s_answer_that_comes_after_the_next_order_is_not_the_next_one_s(
    service, lost, by
):
    leg = rung(lost, by)
    first = leg.carrier_ref
    service.hang_up(first, "no-answer")
    tell(service)
    phone.call_back(contact_id=leg.pk, by=by)

    phone.placed(
        contact_id=leg.pk, verb="dial", ring=1, carrier_ref=first, by=tasks.TELEPHONE
    )

    assert makers.fresh(leg).carrier == "wanted"
    assert work(leg).carrier_ref not in {"", first}


def test_whom_nobody_knows_to_be_rung_can_be_rung_again(service, call, lost, by):
    service.fault = (500, b"oh")
    leg = rung(lost, by)
    assert leg.carrier == "dial"

    late(leg)
    late(leg)

    protocol = store.published(call.agency_id)[1]
    (shown,) = lines.line(makers.fresh(call), protocol).legs
    assert shown.first.do == "mine"
    assert rung(leg, by).carrier == "rings"


def test_a_ring_that_nobody_knew_of_and_that_rings_is_hung_up(service, lost, by):
    service.fault = (500, b"oh")
    leg = rung(lost, by)
    told = carrier.leg_of(leg, "919-555-0142")
    callback.tried(contact_id=leg.pk, result="no_answer", by=by)
    made = carrier.the_phone().dial(told).call_ref

    service._tell_call(made, "ringing")
    tell(service)

    work(leg)
    assert service.calls[made]["status"] == "completed"


def test_one_ring_is_one_try_whoever_says_what_came_of_it(service, call, lost, by):
    leg = rung(lost, by)
    callback.tried(contact_id=leg.pk, result="no_answer", by=by)

    service.hang_up(leg.carrier_ref, "no-answer")
    tell(service)

    assert makers.fresh(leg).tries == 1
    assert Event.objects.filter(call=call, kind="CallbackTried").count() == 1


def test_a_leg_that_is_announced_again_after_a_ring_back_is_no_second_caller(
    service, centre, by
):
    def pop(**more):
        said = {"ref": "leg-77", "channel": "voice", "number": "+19195550142"} | more
        return arrival.arrive(
            agency_id=centre.pk, arrival=Arrival(**said), by=tasks.TELEPHONE
        )

    leg = pop()
    contact.connect(contact_id=leg.pk, by=by)
    contact.lost(contact_id=leg.pk, by=by)
    allowed(leg.call)
    phone.call_back(contact_id=leg.pk, by=by)

    again = pop(address="12 Elm St", point=(35.99, -78.9), vague=20)

    assert again.pk == leg.pk
    assert Contact.objects.filter(call__agency=centre).count() == 1


def test_who_hangs_up_on_a_linked_call_is_missed_where_it_goes_on(
    service, call, lost, user, by
):
    other = makers.a_call(call.agency, user, address="77 Other St")
    leg = rung(lost, by)
    service.answer(leg.carrier_ref)
    tell(service)
    callback.tried(contact_id=leg.pk, result="reached", by=by)
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=by)
    went = Contact.objects.filter(call=other).latest("pk")

    service.hang_up(leg.carrier_ref)

    assert set(tell(service)) == {204}
    assert makers.fresh(went).state == "callback_due"
    assert rung(went, by).carrier == "rings"


def test_a_line_that_went_on_is_steered_by_hand_whatever_the_service_says(
    service, call, lost, user, by
):
    other = makers.a_call(call.agency, user, address="77 Other St")
    leg = rung(lost, by)
    service.answer(leg.carrier_ref)
    callback.tried(contact_id=leg.pk, result="reached", by=by)
    intake.link_calls(call_id=call.pk, duplicate_of=other.pk, by=by)

    assert set(tell(service)) == {204}

    went = Contact.objects.filter(call=other).latest("pk")
    assert (went.state, went.carrier) == ("connected", "by_hand")


def test_where_nobody_dials_by_itself_nobody_is_told_that_it_rings(dispatcher, lost):
    before = lost.due_at

    answer = dispatcher.post(f"contacts/{lost.pk}/ring/")

    assert answer.status_code == 422
    assert "dials nobody here" in answer.json()["message"]
    assert makers.fresh(lost).due_at == before
