"""The demo board stays alive beside real people: one simulated call waits, no more."""

import pytest

from dispatch.management.centre import plan
from dispatch.management.centre.guests import Guests
from tests.edges.test_demo import NOW, a_scene, ago, an_open_call
from tests.edges.test_demo_guests import a_guest


def asked(seconds):
    """A simulated call whose questions are answered, opened so long ago."""
    return an_open_call(state="triaging", since=ago(20), opened=ago(seconds))


def advised(*calls, held=()):
    """The calls whose recommendation the simulated dispatcher accepts now."""
    seen = a_scene(*calls, held=frozenset(call.id for call in held))
    found = list(plan.triage(seen))
    assert {step.verb for step in found} <= {"complete"}
    return [step.row for step in found]


def test_a_call_that_a_real_clinician_would_get_waits_for_a_moment():
    fresh, old = asked(25), asked(45)

    assert advised(fresh) == [fresh.id]
    assert advised(fresh, held=[fresh]) == []
    assert advised(old, held=[old]) == [old.id]


def test_only_one_call_waits_and_the_others_go_on():
    calls = [asked(28), asked(27), asked(26)]
    other = asked(29)

    found = advised(other, *calls, held=calls)

    assert found == [other.id, calls[0].id, calls[1].id]


def test_a_call_that_is_still_being_asked_sends_nobody_on():
    waiting = asked(29)
    asking = an_open_call(state="triaging", since=ago(2), opened=ago(8))

    assert advised(waiting, asking, held=[waiting, asking]) == []


@pytest.mark.parametrize(
    ("there", "asking", "to_talk"),
    [
        (Guests(), [], None),
        (Guests(free=[a_guest("crt")]), [], None),
        (Guests(free=[a_guest(missed=True)]), [], None),
        (Guests(free=[a_guest()]), [], True),
        (Guests(free=[a_guest()]), ["trespass"], True),
        (Guests(free=[a_guest()]), ["suicide_threat"], False),
    ],
)
def test_a_free_real_clinician_gets_one_call_to_talk(there, asking, to_talk):
    calls = [an_open_call(type=type_, state="new", opened=NOW) for type_ in asking]
    (step,) = plan.arrivals(a_scene(*calls, guests=there, last_opened=ago(30)))

    assert step.said["to_talk"] is to_talk
