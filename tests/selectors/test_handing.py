"""A caller on the way to a partner: board, call page and alarms say what is so."""

import pytest

from dispatch.actions import handoff, seat
from dispatch.events import CLOCK
from dispatch.models import Call, HandOff, Transfer
from dispatch.selectors import board, transfer
from dispatch.selectors import call as calls
from tests import makers
from tests.actions import partners
from tests.actions.alarms import ago
from tests.actions.partners import wrong_now

pytestmark = pytest.mark.django_db

# How far → the board's word, whether somebody must act, and the group of its row.
SAID = {
    "requested": ("Tell 988", True, "waiting"),
    "data_sent": ("Tell 988", True, "waiting"),
    "offered": ("Ringing 988", False, "waiting"),
    "accepted": ("988 answered: stay on", False, "active"),
    "conferenced": ("988 joins: stay on", False, "active"),
    "released": ("With 988", False, "active"),
}
MARKS = {
    "requested": "Not told yet: 988",
    "data_sent": "Not told yet: 988",
    "offered": "Ringing: 988",
    "accepted": "Answered: 988",
    "conferenced": "On the line: 988",
    "released": "Has the caller: 988",
}


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    user = makers.a_user(centre, "dispatcher")
    makers.here(user)
    return user


@pytest.fixture
def partner(centre):
    return partners.a_partner(centre)


@pytest.fixture
def call(centre, dispatcher):
    return partners.a_counselling_call(centre, dispatcher)


def later(call, seconds):
    """So long ago all that is said of this call came to stand."""
    moved = ago(seconds)
    Call.objects.filter(pk=call.pk).update(state_since=moved)
    Transfer.objects.filter(call=call, ended_at__isnull=False).update(ended_at=moved)
    call.seats.update(since=moved, wanted_at=moved)


def row(call, projection="operations"):
    (only,) = board.cards(call.agency_id, projection, [call.pk])
    return only


def said(call):
    card = row(call)
    return card["state"]["label"], card["state"]["act"], card["group"]


def view(call):
    return calls.view(makers.fresh(call), "operations")


def marks(call):
    return [one.label for one in view(call).marks]


def acknowledged(one):
    page = HandOff.objects.get(transfer=one)
    handoff.acknowledge(hand_off_id=page.pk, name="Ana", by=CLOCK)
    return page


def with_partner(call, partner, dispatcher):
    one = partners.walked(call, partner, dispatcher, "released")
    return one, HandOff.objects.get(transfer=one)


def outcome(page, code):
    handoff.outcome(hand_off_id=page.pk, code=code, note="", by=CLOCK)


@pytest.mark.parametrize("to", SAID)
def test_the_board_says_how_far_988_is(call, partner, dispatcher, to):
    partners.walked(call, partner, dispatcher, to)

    assert said(call) == SAID[to]


@pytest.mark.parametrize("to", MARKS)
def test_the_calls_page_says_how_far_988_is(call, partner, dispatcher, to):
    partners.walked(call, partner, dispatcher, to)

    assert marks(call) == [MARKS[to]]


def test_a_partner_that_acknowledged_its_page_is_dialled_and_not_told(
    call, partner, dispatcher
):
    acknowledged(partners.walked(call, partner, dispatcher, "data_sent"))

    assert said(call) == ("Dial 988: they wait", True, "waiting")
    assert marks(call) == ["Acknowledged, waits to be dialled: 988"]


def test_another_partner_that_acknowledged_nothing_is_told(
    centre, call, partner, dispatcher
):
    partners.a_partner(centre, "second", rank=2)
    one = partners.walked(call, partner, dispatcher, "data_sent")
    acknowledged(one)
    partners.declined(one, makers.by(dispatcher))

    assert said(call)[0] == "Tell 988"


def test_a_caller_lost_on_the_way_is_called_back_and_988_is_not_told(
    call, partner, dispatcher
):
    partners.walked(call, partner, dispatcher, "conferenced")
    partners.caller(call, "lost")

    assert said(call) == ("Call the caller back", True, "waiting")


@pytest.mark.parametrize("to", ["offered", "accepted", "conferenced"])
def test_no_alarm_says_that_988_was_not_told_while_it_is(call, partner, dispatcher, to):
    partners.walked(call, partner, dispatcher, to)
    later(call, 60)

    assert "waiting" not in wrong_now(call)


def test_no_alarm_says_that_988_was_not_told_after_it_acknowledged(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "data_sent")
    later(call, 60)
    before = wrong_now(call)
    acknowledged(one)

    assert ("waiting" in before, "waiting" in wrong_now(call)) == (True, False)


def test_nobody_presses_told_beside_a_transfer_that_runs(call, partner, dispatcher):
    (alone,) = view(call).seats
    partners.walked(call, partner, dispatcher, "requested")
    (beside,) = view(call).seats

    assert (alone.to_tell, beside.to_tell) == (True, False)


def test_of_the_presses_for_outside_help_one_stands_out(centre, dispatcher):
    call = makers.a_call(centre, dispatcher)
    call = makers.decided(call, medical="yes", violence="yes")

    found = view(call)
    waiting = [one.id for one in found.seats if one.to_tell]

    assert len(waiting) == 2
    assert found.tell_first == waiting[0]


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("helped", "988 helped: close the call"),
        ("follow_up", "988 helped: close the call"),
        ("other", "988 is done: close the call"),
    ],
)
def test_what_came_of_it_at_988_is_the_calls_word(
    call, partner, dispatcher, code, word
):
    _one, page = with_partner(call, partner, dispatcher)
    outcome(page, code)
    later(call, 60)

    assert said(call)[:2] == (word, True)
    assert marks(call)[0] != "Nobody is with this call"
    assert "nobody" not in wrong_now(call)


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("not_reached", "988 did not reach them"),
        ("sent_to_911", "988 sends them back"),
    ],
)
def test_who_came_to_nothing_at_988_is_looked_after_by_the_next_kind_of_help(
    call, partner, dispatcher, code, word
):
    _one, page = with_partner(call, partner, dispatcher)
    outcome(page, code)
    assert said(call)[:2] == (word, True)
    assert marks(call) == [word]

    makers.decide(call)
    assert marks(call) == ["Nobody free: waits: Clinician"]
    later(call, 60)

    assert "nobody" not in wrong_now(call)
    assert "waiting" in wrong_now(call)


def test_a_caller_with_another_centre_is_with_it_and_not_with_nobody(
    centre, call, dispatcher
):
    county = partners.a_partner(centre, "wake", kind="centre", name="Wake County")
    handed, _page = with_partner(call, county, dispatcher)
    for one in Call.objects.get(pk=call.pk).seats.filter(state="wanted"):
        seat.withdraw(seat_id=one.pk, why="not_needed", by=CLOCK)
    later(call, 60)

    assert handed.state == "released"
    assert said(call)[:2] == ("With Wake County", False)
    assert marks(call) == ["With Wake County"]
    assert "nobody" not in wrong_now(call)


def test_a_crew_taken_off_leaves_a_call_that_nobody_is_with(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.accepted(call, "crt")
    before = view(call).head.service
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)

    assert before == "Served"
    assert said(call)[:2] == ("Nobody is on it", True)
    assert marks(call) == ["Nobody is with this call"]
    assert view(call).head.service == "Nobody is with this call"


def test_a_call_that_nobody_is_with_is_its_owners_alarm(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, dispatcher, type="trespass"))
    makers.accepted(call, "crt")
    while_helped = wrong_now(call)
    seat.withdraw(seat_id=makers.seat_of(call, "crt").pk, why="not_needed", by=CLOCK)
    just_pressed = wrong_now(call)
    later(call, 11)

    assert "nobody" not in while_helped | just_pressed
    assert "nobody" in wrong_now(call)


def test_a_decision_that_never_comes_is_the_owners_alarm(centre, dispatcher):
    call = makers.triaged(makers.a_call(centre, dispatcher))
    just_asked = wrong_now(call)
    Call.objects.filter(pk=call.pk).update(decision_wanted_at=ago(11))
    later(call, 11)

    assert "nobody" not in just_asked
    assert "nobody" in wrong_now(call)


def test_a_transfer_that_failed_names_nobody_who_has_the_caller_now(
    call, partner, dispatcher
):
    one = partners.walked(call, partner, dispatcher, "offered")
    partners.declined(one, makers.by(dispatcher))
    (shown,) = transfer.panel(call)

    assert shown.state == "fallback"
    assert (shown.over, shown.holder) == (True, "")
