"""The partner's page says what stands, at each step, and asks only what still makes sense."""

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import handover
from dispatch.models import Agency, Partner
from dispatch.selectors import transfer as transfers
from tests import makers
from tests.actions import partners
from tests.edges.centres import signed_in
from tests.edges.pages import words

pytestmark = pytest.mark.django_db

ACKNOWLEDGE = "Acknowledge: we will take them"
CANNOT = "We cannot take them"


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture
def partner(centre):
    return partners.a_partner(centre)


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


def page():
    return words(Client().get(reverse("handoff", args=[partners.SECRET])))


def acknowledged():
    url = reverse("handoff_acknowledge", args=[partners.SECRET])
    Client().post(url, {"name": "Ana"})


def test_a_caller_lost_on_the_way_is_called_back_and_nobody_acknowledges_that(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "conferenced")
    partners.caller(call, "lost")

    text = page()

    assert "The caller was lost. The centre calls them back" in text
    assert ACKNOWLEDGE not in text
    assert "Load again" in text
    assert CANNOT in text


def test_a_caller_who_is_back_is_with_them_once_somebody_joins_the_lines(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "conferenced")
    partners.caller(call, "lost")
    lost = page()
    partners.caller(call, "back")
    back = page()
    handover.conference(transfer_id=one.pk, by=makers.by(dispatcher))

    assert "If you hang up, they ring you again" in lost
    assert "You said that you take them" in back
    assert "We have the caller" not in back
    assert "We have the caller" in page()


def test_who_said_yes_on_the_telephone_is_not_asked_again(call, partner, dispatcher):
    partners.walked(call, partner, dispatcher, "accepted")

    text = page()

    assert "You said that you take them" in text
    assert ACKNOWLEDGE not in text


def test_who_acknowledged_before_the_ring_hears_that_it_comes(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "data_sent")
    acknowledged()

    text = page()

    assert "The centre rings you" in text
    assert ACKNOWLEDGE not in text


@pytest.mark.parametrize("to", ["data_sent", "released"])
def test_a_centre_without_a_number_is_not_named_with_an_empty_one(
    centre, call, partner, dispatcher, to
):
    partners.walked(call, partner, dispatcher, to)
    with_one = page()
    Agency.objects.filter(pk=centre.pk).update(fallback_phone="")

    assert "The centre: 919-555-0190." in with_one
    assert "The centre:" not in page()


def test_a_line_without_a_number_is_not_dialled(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "data_sent")
    desk = signed_in(dispatcher)
    url = reverse("call", args=[call.pk])
    before = words(desk.get(url))
    Partner.objects.filter(pk=partner.pk).update(phone="")

    (shown,) = transfers.panel(call)
    text = words(desk.get(url))

    assert "Dial 919-555-0188" in before
    assert (shown.id, shown.next) == (one.pk, "")
    assert "This line has no number" in text
    assert "Dial" not in text


def test_a_help_is_named_once_in_its_panel(call, dispatcher):
    text = words(signed_in(dispatcher).get(reverse("call", args=[call.pk])))

    assert "988 Lifeline 988" not in text


def test_a_transfer_that_failed_was_asked_for_all_the_same(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "offered")
    partners.declined(one, makers.by(dispatcher))

    (shown,) = transfers.panel(makers.fresh(call))

    assert [step.at for step in shown.steps] == ["done", *["todo"] * 5]


def test_what_they_write_of_the_outcome_stays_on_one_line(call, partner, dispatcher):
    partners.walked(call, partner, dispatcher, "released")
    url = reverse("handoff_outcome", args=[partners.SECRET])
    Client().post(url, {"code": "helped", "note": "calm\n988: \u202egun"})

    (shown,) = transfers.panel(makers.fresh(call))

    assert shown.link.note == "calm / 988: gun"
