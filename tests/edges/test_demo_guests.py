"""Real people in the demo centre come first: what they do succeeds at once."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db.models.functions import Now

from dispatch.actions import decision, intake, offer, staff, triage, unit
from dispatch.actions.intake import Intake
from dispatch.events import ROUTER, Actor
from dispatch.management.centre import guests, plan, scene
from dispatch.management.centre.guests import Guest, Guests
from dispatch.management.centre.scene import Crew, Help, Work
from dispatch.models import Call, Event, Offer, Presence, Unit, User
from tests.edges.test_demo import (
    a_colleague,
    a_demo,
    a_scene,
    ago,
    an_open_call,
    turns,
    verbs,
)
from tests.makers import SAFE, by, here, presence


def a_guest(kind="ccd", since=None, *, missed=False):
    return Guest(id=uuid4(), kind=kind, since=since or ago(60), missed=missed)


def a_crew(**known):
    said = {
        "id": uuid4(),
        "name": "CRT 1",
        "kind": "crt",
        "state": "available",
        "since": ago(100),
        "check_due": None,
        "missed": 0,
        "driver": uuid4(),
    } | known
    return Crew(**said)


# Choosing the next step


def test_who_would_be_asked_before_a_real_clinician_steps_back():
    there = Guests(free=[a_guest(since=ago(60))])
    before = a_scene(colleagues=[a_colleague(since=ago(90))], guests=there)
    after = a_scene(colleagues=[a_colleague(since=ago(30))], guests=there)

    assert verbs(plan.people(before)) == ["step_back"]
    assert verbs(plan.people(after)) == []


def test_colleagues_step_back_one_after_another_and_all_within_twenty_seconds():
    four = [a_colleague(id=UUID(int=n), since=ago(500)) for n in range(4)]

    def stepping(seconds):
        there = Guests(free=[a_guest(since=ago(seconds))])
        return len(verbs(plan.people(a_scene(colleagues=four, guests=there))))

    counts = [stepping(seconds) for seconds in range(21)]

    assert counts[2] == 0
    assert counts[20] == 4
    assert 0 < counts[11] < 4


def test_who_let_a_call_ring_is_put_first_again_only_after_a_while():
    one = a_colleague(since=ago(500))

    def stepping(seconds):
        missed = a_guest(since=ago(seconds), missed=True)
        seen = a_scene(colleagues=[one], guests=Guests(free=[missed]))
        return verbs(plan.people(seen))

    assert stepping(39) == []
    assert stepping(90) == ["step_back"]


@pytest.mark.parametrize(
    "colleague", [{"role": "navigator"}, {"state": "engaged"}, {"state": "reserved"}]
)
def test_whoever_would_not_be_asked_anyway_goes_on(colleague):
    there = Guests(free=[a_guest()])
    one = a_colleague(since=ago(90), **colleague)

    assert verbs(plan.people(a_scene(colleagues=[one], guests=there))) == []


def test_simulated_units_of_the_same_kind_step_back_for_a_real_crew():
    there = Guests(free=[a_guest("crt", since=ago(60))])
    others = [a_crew(kind="cor"), a_crew(since=ago(30)), a_crew(state="on_scene")]

    assert verbs(plan.teams(a_scene(crews=[a_crew()], guests=there))) == [
        "step_back_unit"
    ]
    assert verbs(plan.teams(a_scene(crews=others, guests=there))) == []


def test_a_real_crew_is_sent_to_a_simulated_call_if_no_real_dispatcher_is_there():
    help_ = Help(id=uuid4(), response="crt", mode="now", state="wanted", since=ago(10))
    call = an_open_call(helps=[help_])
    crew = a_guest("crt", since=ago(20))
    alone, both = Guests(free=[crew]), Guests(free=[crew], at_desk=True)

    (step,) = plan.for_guests(a_scene(call, guests=alone))

    assert (step.verb, step.row, step.said["unit_id"]) == ("send", call.id, crew.id)
    assert verbs(plan.for_guests(a_scene(call, guests=both))) == []


@pytest.mark.parametrize(
    "other",
    [{"response": "cor"}, {"state": "filled"}],
    ids=["another kind", "filled"],
)
def test_a_real_crew_is_sent_only_where_such_a_team_is_wanted(other):
    said = {"response": "crt", "mode": "now", "state": "wanted", "since": ago(10)}
    call = an_open_call(helps=[Help(id=uuid4(), **said | other)])
    alone = Guests(free=[a_guest("crt")])

    assert verbs(plan.for_guests(a_scene(call, guests=alone))) == []


def test_a_real_persons_caller_is_helped_in_half_a_minute():
    one = a_colleague(state="engaged")
    mine, simulated = an_open_call(ours=False), an_open_call()
    seen = {"colleagues": [one, a_colleague()]}

    def ending(call):
        work = Work(
            id=uuid4(),
            call=call.id,
            seat=uuid4(),
            mode="now",
            person=one.id,
            unit=None,
            accepted=ago(65),
            confirmed=ago(57),
        )
        return verbs(plan.sessions(a_scene(call, work=[work], **seen)))

    assert ending(mine) == ["end_session"]
    assert "end_session" not in ending(simulated)


# Doing it


@pytest.fixture
def centre(db, tmp_path):
    made = a_demo(tmp_path)
    made.turn()
    return made


def person(role):
    return User.objects.get(username=role)


def at_desk(client):
    client.force_login(person("dispatcher"))
    assert client.get("/board/").status_code == 200


def available():
    one = person("clinician")
    here(one)
    staff.set_presence(user_id=one.pk, to="available", by=by(one))
    return one


def on_unit(name):
    one, row = person("responder"), Unit.objects.get(name=name)
    unit.sign_on(unit_id=row.pk, by=by(one))
    return row


def my_call(type_="mental_health_crisis"):
    me = person("dispatcher")
    known = Intake(
        type=type_, caller_kind="person", location_verified=True, inside=True
    )
    mine = intake.open_call(agency_id=me.agency_id, intake=known, by=by(me))
    triage.complete(call_id=mine.pk, answers=SAFE, by=by(me))
    decision.decide(call_id=mine.pk, by=ROUTER)
    return mine


def simulated_call(type_):
    """A call of the simulated dispatcher, who has asked every safety question."""
    bell = person("sim-dispatcher")
    actor = Actor(kind="simulator", id=bell.pk, name=bell.short_name)
    known = Intake(
        type=type_,
        simulated="call",
        caller_kind="person",
        location_verified=True,
        inside=True,
    )
    call = intake.open_call(agency_id=bell.agency_id, intake=known, by=actor)
    triage.record_answers(call_id=call.pk, answers=SAFE, by=actor)
    return call


def first_offer(call, response):
    offers = Offer.objects.filter(seat__call=call, seat__response=response)
    return offers.order_by("made_at").first()


def test_my_first_call_rings_for_the_real_clinician_first(centre, client):
    at_desk(client)
    clinician = available()
    centre.turn()

    ring = first_offer(my_call(), "ccd")

    assert ring.person == clinician


def test_so_does_the_next_one_when_the_first_is_over(centre, client):
    at_desk(client)
    clinician = available()
    centre.turn()
    session = offer.accept(offer_id=first_offer(my_call(), "ccd").pk, by=by(clinician))
    centre.turn()
    intake.cancel(
        call_id=session.seat.call_id, reason="other", by=by(person("dispatcher"))
    )
    staff.end_wrap_up(user_id=clinician.pk, by=by(clinician))
    centre.turn()

    assert first_offer(my_call(), "ccd").person == clinician


def test_who_declines_is_followed_by_a_simulated_colleague(centre, client):
    at_desk(client)
    clinician = available()
    centre.turn()
    mine = my_call()
    ring = first_offer(mine, "ccd")

    offer.decline(offer_id=ring.pk, reason="needs_break", by=by(clinician))
    turns(
        centre, lambda: Offer.objects.filter(seat__call=mine, state="accepted").exists()
    )

    assert Offer.objects.get(seat__call=mine, state="accepted").person.simulated


def test_with_both_there_the_board_moves_on_and_the_clinician_is_rung(centre, client):
    at_desk(client)
    clinician = available()

    turns(centre, lambda: Offer.objects.filter(person=clinician).exists())
    assert presence(clinician) == "reserved"
    turns(centre, lambda: Call.objects.filter(state="closed").count() >= 5)

    taken = Offer.objects.filter(state="accepted", person__simulated=True)
    assert taken.exists()


def test_only_what_would_ring_for_the_real_clinician_waits(centre, client):
    at_desk(client)
    colleague = Presence.objects.filter(
        user__simulated=True, user__role="clinician"
    ).order_by("user")[0]
    clinician = available()
    talk, visit = simulated_call("mental_health_crisis"), simulated_call("trespass")

    def held():
        return scene.look(centre.agency, 1.0).held & {talk.pk, visit.pk}

    assert held() == frozenset()
    Presence.objects.filter(user__simulated=True).update(since=Now())
    assert held() == {talk.pk}
    colleague.refresh_from_db()
    Presence.objects.filter(user=clinician).update(since=colleague.since)
    assert held() == frozenset()


def test_who_declined_is_not_waited_for(centre, client):
    at_desk(client)
    clinician = available()
    centre.turn()
    offer.decline(
        offer_id=first_offer(my_call(), "ccd").pk,
        reason="needs_break",
        by=by(clinician),
    )
    now = Presence.objects.get(user=clinician).since

    (guest,) = guests.look(centre.agency, now).free
    assert guest.missed


def test_a_real_clinician_alone_is_rung_by_simulated_calls(centre):
    clinician = available()

    turns(centre, lambda: Offer.objects.filter(person=clinician).exists())


def test_my_call_is_sent_to_the_real_crew_first(centre, client):
    at_desk(client)
    row = on_unit("CRT 6")
    centre.turn()

    assert first_offer(my_call("trespass"), "crt").unit == row


def test_a_real_crew_alone_is_sent_by_the_simulated_dispatcher(centre):
    row = on_unit("CoR 3")

    turns(centre, lambda: Offer.objects.filter(unit=row).exists())


def test_nobody_steps_back_twice_for_the_same_clinician(centre, client):
    at_desk(client)
    available()
    centre.turn()
    breaks = Event.objects.filter(kind="PresenceChanged", body__after="break")
    before = breaks.count()
    assert before

    centre.turn()

    assert breaks.count() == before


def test_a_dispatcher_who_signed_out_is_not_waited_for(centre, client):
    at_desk(client)
    clinician = available()
    now = Presence.objects.get(user=clinician).since
    assert guests.look(centre.agency, now).at_desk

    client.post("/logout/")

    assert not guests.look(centre.agency, now).at_desk


def test_a_dispatcher_who_left_the_window_open_is_not_waited_for_long(centre, client):
    at_desk(client)
    clinician = available()
    later = Presence.objects.get(user=clinician).since + timedelta(minutes=6)
    clinician.heartbeat.at = later
    clinician.heartbeat.save()

    there = guests.look(centre.agency, later)

    assert [one.id for one in there.free] == [clinician.pk]
    assert not there.at_desk


def test_a_clinician_whose_page_went_silent_is_not_waited_for(centre):
    clinician = available()
    clinician.heartbeat.at = Now() - timedelta(minutes=2)
    clinician.heartbeat.save()
    now = Presence.objects.get(user=clinician).since

    assert guests.look(centre.agency, now).free == []
