"""The demo centre: made by actions, alive by itself, and out of real people's way."""

import io
import json
import stat
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command

from dispatch.actions import decision, intake, offer, triage
from dispatch.actions.intake import Intake
from dispatch.events import ROUTER, Actor
from dispatch.management.centre import accounts, driving, plan, scene
from dispatch.management.centre.people import ACCOUNTS, CODE, COLLEAGUES, TEAMS
from dispatch.management.centre.scene import (
    Colleague,
    Later,
    OpenCall,
    Ringing,
    Scene,
    Work,
)
from dispatch.management.commands import demo
from dispatch.management.commands.seed_demo import seed
from dispatch.models import (
    Call,
    Event,
    Offer,
    Presence,
    SourceWording,
    Unit,
    UnitPosition,
    User,
)
from routing.core.facts import Point
from routing.core.geo import distance_km
from tests.makers import SAFE, by, open_all_day

IMPORT = Actor(kind="simulator", name="Replay")
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def an_open_call(**known):
    said = {
        "id": uuid4(),
        "type": "trespass",
        "ref": "",
        "state": "working",
        "since": ago(1000),
        "opened": ago(1000),
        "wants_decision": False,
        "simulated": True,
        "ours": True,
    } | known
    return OpenCall(**said)


def a_scene(*calls, **known):
    known = {"now": NOW, "dispatcher": uuid4(), "last_opened": NOW} | known
    return Scene(calls={call.id: call for call in calls}, **known)


def a_colleague(**known):
    said = {
        "id": uuid4(),
        "name": "R. Okafor",
        "role": "clinician",
        "state": "available",
        "since": ago(5),
    } | known
    return Colleague(**said)


def verbs(found):
    return [step.verb for step in found]


# Making it


def test_seeding_twice_changes_nothing(db, tmp_path):
    path = tmp_path / "demo_accounts.json"
    agency = seed(path)
    before = path.read_text(), Event.objects.count(), User.objects.count()

    seed(path)

    assert (path.read_text(), Event.objects.count(), User.objects.count()) == before
    assert User.objects.count() == len(ACCOUNTS) + len(COLLEAGUES)
    assert Unit.objects.filter(agency=agency).count() == len(TEAMS)
    assert SourceWording.objects.filter(agency=agency).exists()


def test_every_account_signs_in_with_its_password_and_no_colleague_can(
    db, client, tmp_path
):
    path = tmp_path / "demo_accounts.json"
    seed(path)

    for row in json.loads(path.read_text()):
        assert client.login(username=row["username"], password=row["password"])
        assert len(row["password"]) >= 15
    for user in User.objects.filter(simulated=True):
        assert not user.has_usable_password()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_lost_file_gets_new_passwords_and_ends_the_old(db, client, tmp_path):
    path = tmp_path / "demo_accounts.json"
    seed(path)
    old = accounts.kept(path)["dispatcher"]
    path.unlink()

    seed(path)

    assert not client.login(username="dispatcher", password=old)
    assert client.login(
        username="dispatcher", password=accounts.kept(path)["dispatcher"]
    )


def test_the_accounts_are_printed_when_asked_for(db, tmp_path, settings):
    settings.DATA_DIR = tmp_path
    out = io.StringIO()

    call_command("seed_demo", "--accounts", stdout=out)

    assert {row["role"] for row in json.loads(out.getvalue())} == {
        each.role.value for each in ACCOUNTS
    }


# Choosing the next step


def test_an_empty_board_gets_a_call_at_once_and_a_full_one_none():
    full = [an_open_call(state="working", ours=False) for _ in range(plan.MANY)]

    assert verbs(plan.arrivals(a_scene())) == ["open"]
    assert verbs(plan.arrivals(a_scene(*full, last_opened=ago(3600)))) == []


def test_calls_keep_coming_within_half_a_minute():
    some = [an_open_call() for _ in range(plan.FEW)]

    assert verbs(plan.arrivals(a_scene(*some, last_opened=ago(14)))) == []
    assert verbs(plan.arrivals(a_scene(*some, last_opened=ago(30)))) == ["open"]


@pytest.mark.parametrize("real", [True, False], ids=["a real person's", "simulated"])
def test_only_a_simulated_call_is_triaged_and_closed_for_somebody(real):
    fresh = an_open_call(state="new", ours=not real)
    over = an_open_call(state="resolved", ours=not real)

    found = plan.steps(a_scene(fresh, over))

    assert ("complete" in verbs(found)) is not real
    assert ("close" in verbs(found)) is not real


def test_a_real_persons_call_is_always_accepted_after_a_while():
    for _ in range(100):
        one = a_colleague()
        call = an_open_call(ours=False)
        ring = Ringing(id=uuid4(), call=call.id, person=one.id, unit=None, made=ago(9))

        early = a_scene(call, colleagues=[one], ringing=[ring], now=ago(3))
        late = a_scene(call, colleagues=[one], ringing=[ring])

        assert verbs(plan.offers(early)) == []
        assert verbs(plan.offers(late)) == ["accept"]


def test_simulated_calls_are_sometimes_declined_and_sometimes_ring_out():
    one = a_colleague()
    call = an_open_call()
    found = set()
    for number in range(300):
        ring = Ringing(
            id=UUID(int=number), call=call.id, person=one.id, unit=None, made=ago(60)
        )
        steps = verbs(plan.offers(a_scene(call, colleagues=[one], ringing=[ring])))
        found.add(steps[0] if steps else "rings out")

    assert found == {"accept", "decline", "rings out"}


def test_whom_missed_offers_took_out_is_back_after_a_while():
    out = a_colleague(state="unavailable", since=ago(59))
    over = a_colleague(state="unavailable", since=ago(180))

    assert verbs(plan.people(a_scene(colleagues=[out, over]))) == ["present"]


def test_an_offer_to_a_real_clinician_is_theirs_alone():
    call = an_open_call()
    ring = Ringing(id=uuid4(), call=call.id, person=uuid4(), unit=None, made=ago(60))

    assert verbs(plan.offers(a_scene(call, ringing=[ring]))) == []


def test_nobody_ends_a_session_before_confirming_it():
    one = a_colleague(state="engaged")
    call = an_open_call()
    work = {
        "id": uuid4(),
        "call": call.id,
        "seat": uuid4(),
        "mode": "now",
        "person": one.id,
        "unit": None,
        "accepted": ago(500),
    }
    silent = a_scene(call, colleagues=[one], work=[Work(confirmed=None, **work)])
    spoken = a_scene(call, colleagues=[one], work=[Work(confirmed=ago(400), **work)])

    assert verbs(plan.sessions(silent)) == ["confirm"]
    assert verbs(plan.sessions(spoken)) == ["end_session"]


def test_talks_are_short_where_no_clinician_is_free():
    busy, free = a_colleague(state="engaged"), a_colleague()
    call = an_open_call()
    work = Work(
        id=uuid4(),
        call=call.id,
        seat=uuid4(),
        mode="now",
        person=busy.id,
        unit=None,
        accepted=ago(70),
        confirmed=ago(60),
    )
    seen = {"work": [work], "last_opened": NOW}

    pressed = plan.sessions(a_scene(call, colleagues=[busy], **seen))
    at_ease = plan.sessions(a_scene(call, colleagues=[busy, free], **seen))

    assert "end_session" in verbs(pressed)
    assert "end_session" not in verbs(at_ease)


def test_a_real_navigator_has_half_an_hour_and_then_the_list_grows_no_more():
    def claimed(seconds):
        later = [
            Later(
                id=UUID(int=number),
                state="due",
                planned=ago(seconds),
                claimed=False,
                attempts=0,
            )
            for number in range(40)
        ]
        seen = a_scene(later=later, navigator=uuid4())
        return len(verbs(plan.followups(seen)))

    assert claimed(30) == 0
    assert 10 < claimed(900) < 30
    assert claimed(2200) == 40


def test_the_same_scene_always_gives_the_same_steps():
    seen = a_scene(an_open_call(state="new"), an_open_call(state="resolved"))

    assert plan.steps(seen) == plan.steps(seen)


def test_ten_times_as_fast_waits_a_tenth():
    slow, fast = a_scene(), a_scene(speed=10.0)

    assert not plan.ripe(slow, ago(11), 100, 101, "key")
    assert plan.ripe(fast, ago(11), 100, 101, "key")


def test_a_unit_comes_nearer_and_does_not_overshoot():
    here, there = Point(lat=36.0, lon=-78.9), Point(lat=36.1, lon=-78.8)

    nearer = driving.toward(here, there, 1.0)

    assert distance_km(here, nearer) == pytest.approx(1.0, rel=0.01)
    assert driving.toward(here, there, 1000.0) == there


# Doing it


def a_demo(folder):
    """A centre that works 24 hours, so that no test depends on the hour."""
    agency = seed(folder / "demo_accounts.json")
    document = folder / "open.json"
    document.write_text(json.dumps(open_all_day()))
    call_command("publish_protocol", document, agency="demo", stdout=io.StringIO())
    return demo.Centre(agency.pk, speed=1_000_000.0)


@pytest.fixture
def centre(db, tmp_path):
    return a_demo(tmp_path)


def turns(centre, until, most=60):
    for _ in range(most):
        centre.turn()
        for call in Call.objects.filter(decision_wanted_at__isnull=False):
            decision.decide(call_id=call.pk, by=ROUTER)
        if until():
            return
    raise AssertionError("it never came true")


def test_the_centre_comes_alive_and_takes_calls_to_their_end(centre):
    turns(centre, lambda: Call.objects.filter(state="closed").count() >= 3)

    assert Event.objects.filter(kind="OfferAccepted").exists()
    assert UnitPosition.objects.exists()
    people = Presence.objects.filter(user__simulated=True, user__role="clinician")
    assert "offline" not in people.values_list("state", flat=True)


def test_whoever_acts_is_a_simulated_person(centre):
    turns(centre, lambda: Call.objects.filter(state="closed").exists())

    real = User.objects.filter(simulated=False).values_list("pk", flat=True)
    ours = Event.objects.filter(agency__code=CODE)
    for said in ours.values_list("by", flat=True).distinct():
        assert not any(str(pk) in said for pk in real), said


def test_a_newcomer_alone_gets_their_call_accepted_and_keeps_it(centre):
    centre.turn()
    me = User.objects.get(username="dispatcher")
    known = Intake(
        type="mental_health_crisis",
        caller_kind="person",
        location_verified=True,
        inside=True,
    )
    mine = intake.open_call(agency_id=me.agency_id, intake=known, by=by(me))
    triage.complete(call_id=mine.pk, answers=SAFE, by=by(me))

    turns(
        centre, lambda: Offer.objects.filter(seat__call=mine, state="accepted").exists()
    )
    for _ in range(10):
        centre.turn()

    mine.refresh_from_db()
    assert mine.state in {"working", "resolved"}


def test_the_call_of_a_past_replay_is_left_alone(db, tmp_path):
    agency = seed(tmp_path / "demo_accounts.json")
    known = Intake(simulated="replay", source_ref="X", opened_at=ago(10**8))
    intake.open_call(agency_id=agency.pk, intake=known, by=IMPORT)

    (call,) = scene.look(agency.pk, 1.0).calls.values()

    assert not call.ours


def test_a_refused_step_rests_and_the_centre_goes_on(centre, monkeypatch):
    monkeypatch.setattr(demo, "REST", 10**9)
    tried = []
    monkeypatch.setattr(
        "dispatch.management.centre.plan.steps",
        lambda seen: [plan.Step(verb="accept", by=uuid4(), row=UUID(int=1))],
    )
    accept = offer.accept

    def watched(**said):
        tried.append(said)
        return accept(**said)

    monkeypatch.setattr(offer, "accept", watched)

    centre.turn()
    centre.turn()

    assert len(tried) == 1
