"""What a desk and a phone show: the ring, the callers, the next press, and their cost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from dispatch.actions import disposition, intake, offer, staff
from dispatch.actions import unit as crews
from dispatch.events import CLOCK
from dispatch.models import Shift
from dispatch.selectors import crew, desk, sentences
from dispatch.states import MOVING_UNIT
from dispatch.web import crew as phone
from dispatch.web import desk as page
from tests import makers


@pytest.fixture
def centre(db):
    return makers.an_agency()


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre, "D. Mercer")


def test_every_code_a_form_can_send_is_one_that_the_action_takes():
    assert set(page.OUTCOMES) <= set(disposition.OUTCOMES)
    assert set(phone.OUTCOMES) <= set(disposition.OUTCOMES)
    assert set(desk.BREAKS) == set(staff.BREAKS)
    assert set(crew.NEXT) == {state.value for state in crews.REPORTED}


def test_why_somebody_declined_has_a_word_in_the_history():
    assert {*desk.DECLINES, *crew.DECLINES, *crew.OUT_REASONS} <= set(sentences.REASONS)


def test_a_ring_counts_down_from_its_own_deadline(centre, clinician):
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)

    shown = desk.ringing(clinician, at=ring.expires_at - timedelta(seconds=14))

    assert shown.id == ring.pk
    assert (shown.left, shown.seconds) == (14, 20)
    assert "1012 W Main St" in shown.said


def test_nothing_rings_for_a_colleague(centre, clinician):
    makers.decided(makers.a_call(centre))
    other = makers.a_clinician(centre)

    assert desk.ringing(other, at=timezone.now()) is None


def test_wrap_up_says_when_it_ends(centre, clinician):
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call))

    now = desk.standing(clinician)

    assert now.label == "Wrap-up"
    assert (now.wrap_up_until - now.since).total_seconds() == 120
    assert now.may_come
    assert now.may_pause


def test_the_floor_names_the_colleagues_who_are_there(centre, clinician):
    makers.a_clinician(centre, "R. Adeyemi")
    makers.a_clinician(centre, "K. Boone", available=False)

    floor = desk.floor(clinician)

    assert [one.name for one in floor.colleagues] == ["R. Adeyemi"]
    assert floor.free == 2
    assert len(floor.ids) == 3


def test_the_desk_costs_the_same_however_many_colleagues_and_notes(
    centre, clinician, django_assert_num_queries
):
    call = makers.decided(makers.a_call(centre))
    makers.with_clinician(call)
    desk.sessions(clinician)
    for _ in range(5):
        makers.a_clinician(centre)
        intake.add_note(call_id=call.pk, text="At the door.", by=CLOCK)

    with django_assert_num_queries(19):
        desk.sessions(clinician)
    with django_assert_num_queries(2):
        desk.floor(clinician)
    with django_assert_num_queries(1):
        desk.ending(clinician)


def on_the_way(centre, **known):
    row = makers.a_unit(centre, "crt", "CRT 2")
    call = makers.decided(makers.a_call(centre, type="trespass", **known))
    offer.accept(offer_id=makers.ringing(call, "crt").pk, by=CLOCK)
    return call, makers.fresh(row)


@pytest.mark.parametrize(
    ("path", "next_", "clears"),
    [
        ([], "en_route", False),
        (["en_route"], "on_scene", False),
        (["en_route", "staged"], "on_scene", False),
        (["en_route", "on_scene"], None, True),
        (["en_route", "on_scene", "transporting"], "at_destination", False),
        (["en_route", "on_scene", "transporting", "at_destination"], None, True),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else str(value),
)
def test_one_big_press_comes_next(centre, path, next_, clears):
    _call, row = on_the_way(centre)
    for to in path:
        crews.report(unit_id=row.pk, to=to, by=CLOCK)

    view = crew.crew(makers.fresh(row))

    assert (view.next.to if view.next else None) == next_
    assert view.clear_next == clears
    assert next_ not in {one.to for one in view.more}
    assert {one.to for one in view.more} <= {state.value for state in MOVING_UNIT}


def test_the_map_opens_at_the_point_if_there_is_one(centre):
    _call, row = on_the_way(centre, point=(35.99, -78.9))

    assert crew.crew(row).at.map == "geo:35.99000,-78.90000?q=35.99000,-78.90000"


def test_the_phone_costs_the_same_however_many_are_on_the_unit(
    centre, django_assert_num_queries
):
    _call, row = on_the_way(centre)
    for _ in range(3):
        Shift.objects.create(user=makers.a_user(centre, "responder"), unit=row)
    crew.crew(row)

    with django_assert_num_queries(13):
        crew.crew(row)


def test_a_ring_says_why_it_came_to_this_person(centre, clinician):
    makers.ended(
        makers.with_clinician(
            makers.decided(makers.a_call(centre, phone="919-555-0177"))
        )
    )
    staff.end_wrap_up(user_id=clinician.pk, by=CLOCK)
    call = makers.decided(makers.a_call(centre, phone="919-555-0177"))
    ring = makers.ringing(call)

    shown = desk.ringing(clinician, at=ring.made_at)

    assert shown.because == ("You have worked with this person before.",)


def test_whoever_left_rings_unanswered_reads_why_none_comes_any_more(centre, clinician):
    for _ in range(2):
        makers.ring_out(makers.ringing(makers.decided(makers.a_call(centre))))

    now = desk.standing(clinician)

    assert (now.label, now.reason) == (
        "Not answering",
        "2 rings in a row were not answered",
    )
    assert now.may_come
