"""The demo centre left to itself raises no alarm: nobody waits for long, nobody is late."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from dispatch.management.centre import plan
from dispatch.management.centre.field import teams
from dispatch.management.centre.guests import Guests
from dispatch.management.centre.habits import DEMO, Habits
from dispatch.management.centre.scene import Crew, Help, Ringing, Work
from routing.core.protocol import CLOCKS
from routing.core.queue import Queue
from tests.edges.test_demo import NOW, a_colleague, a_scene, ago, an_open_call, verbs
from tests.edges.test_demo_guests import a_guest

# Seconds: the demo looks once in this time, and so does the clock.
LOOKS = 1


def a_help(response, waited, state="wanted"):
    return Help(
        id=uuid4(), response=response, mode="now", state=state, since=ago(waited)
    )


def a_crew(kind="crt", state="available", due=None, missed=0):
    return Crew(
        id=uuid4(),
        name="CRT 1",
        kind=kind,
        state=state,
        since=ago(5),
        check_due=due,
        missed=missed,
        driver=uuid4(),
    )


def answered_after(number, waited):
    """What becomes of a ring for a call that has waited so long, and after how long."""
    one = a_colleague()
    call = an_open_call(helps=[a_help("ccd", waited)])
    for seconds in range(round(CLOCKS["offer_rings"])):
        ring = Ringing(
            id=UUID(int=number), call=call.id, person=one.id, unit=None, made=NOW
        )
        now = NOW + timedelta(seconds=seconds)
        found = verbs(
            plan.offers(a_scene(call, colleagues=[one], ringing=[ring], now=now))
        )
        if found:
            return found[0], seconds + LOOKS
    return "rings out", CLOCKS["offer_rings"] + LOOKS


def test_a_caller_is_with_a_clinician_before_that_is_late():
    longest = 0
    for number in range(200):
        verb, waits = answered_after(number, waited=0)
        if verb != "accept":
            again, more = answered_after(number + 1000, waited=waits)
            assert again == "accept"
            waits += more
        longest = max(longest, waits)

    assert CLOCKS["offer_rings"] < longest < Queue().targets["ccd"]


@pytest.mark.parametrize(("missed", "found"), [(0, []), (2, ["step_back_unit"])])
def test_a_crew_that_let_orders_lapse_looks_at_its_phone_in_time(missed, found):
    later = NOW + timedelta(seconds=DEMO.back_after_missing[1])
    crew = a_crew(missed=missed)

    assert verbs(teams(a_scene(crews=[crew], now=later))) == found


def test_outside_help_is_told_before_that_is_late():
    for kind in ("police", "ems", "fire", "988", "cit"):
        waits = CLOCKS["tell_within"] - 2 * LOOKS
        call = an_open_call(helps=[a_help(kind, waits)])
        assert "told" in verbs(plan.outside(a_scene(call)))


def test_a_crew_answers_its_safety_check_before_it_is_late():
    early = a_crew(state="on_scene", due=NOW + timedelta(seconds=21))
    soon = a_crew(state="on_scene", due=NOW + timedelta(seconds=2 * LOOKS))

    assert verbs(teams(a_scene(crews=[early]))) == []
    assert verbs(teams(a_scene(crews=[soon]))) == ["safe"]


STAFF = {
    "ccd": lambda state: {"colleagues": [a_colleague(state=state)]},
    "crt": lambda state: {"crews": [a_crew("crt", state)]},
    "cor": lambda state: {"crews": [a_crew("cor", state)]},
}
BUSY = {"ccd": "engaged", "crt": "en_route", "cor": "on_scene"}


@pytest.mark.parametrize("kind", STAFF)
def test_nobody_calls_while_no_help_of_some_kind_is_free(kind):
    def calls(state, *asking, **more):
        seen = a_scene(*asking, last_opened=ago(60), **STAFF[kind](state), **more)
        return verbs(plan.arrivals(seen))

    asking = an_open_call(state="triaging")
    assert calls("available") == ["open"]
    assert calls("available", asking) == []
    assert calls(BUSY[kind]) == []
    assert calls(BUSY[kind], guests=Guests(free=[a_guest()])) == ["open"]
    assert calls(BUSY[kind], habits=Habits()) == ["open"]


def test_a_team_is_asked_for_only_while_one_is_free():
    one = a_colleague(state="engaged")
    call = an_open_call()

    def asks(state):
        works = [
            Work(
                id=UUID(int=number),
                call=call.id,
                seat=uuid4(),
                mode="now",
                person=one.id,
                unit=None,
                accepted=ago(55),
                confirmed=ago(50),
            )
            for number in range(40)
        ]
        crews = [a_crew(state=state)]
        busy = [one, a_colleague()]
        return "ask_team" in verbs(
            plan.sessions(a_scene(call, colleagues=busy, crews=crews, work=works))
        )

    assert asks("available")
    assert not asks("en_route")


def test_a_simulated_person_drives_faster_than_a_crew_counts_as_standing_still():
    assert DEMO.answers_after[1] + DEMO.sets_off[1] + 2 * LOOKS < CLOCKS["crew_still"]
