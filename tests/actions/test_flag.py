"""Cautions: found again by place, number or person; a hazard holds unarmed teams back."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch import lookups
from dispatch.actions import flag, intake
from dispatch.actions.intake import Details
from dispatch.errors import Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Event, Flag
from tests import makers

pytestmark = pytest.mark.django_db
ELSEWHERE = {"address": "55 Elm Road", "phone": "919-555-0999"}


@pytest.fixture
def author(centre):
    return makers.by(makers.a_user(centre, "responder"))


def raised(call, by, **known):
    said = {"subject": "place", "code": "weapon_seen", "hazard": True} | known
    return flag.raise_(call_id=call.pk, by=by, **said)


def test_a_hazard_raised_at_a_place_holds_the_unarmed_team_back_when_it_comes_again(
    centre, author
):
    made = raised(makers.a_call(centre), author)
    makers.a_unit(centre)
    makers.a_unit(centre, "cor")

    again = makers.a_call(
        centre, type="trespass", address="1012 West Main Street", phone=""
    )
    again = makers.decided(again)

    assert again.hazard
    assert makers.any_ringing(again).unit.kind == "cor"
    assert {"FlagSeen", "SupervisorTold"} <= set(makers.kinds(again))
    body = Event.objects.get(call=again, kind="FlagSeen").body
    assert body == {"flag": str(made.pk), "code": "weapon_seen"}


def test_a_caution_is_said_and_holds_nobody_back(centre, author):
    raised(makers.a_call(centre), author, hazard=False, code="communication_need")

    again = makers.a_call(centre)

    assert not again.hazard
    assert "FlagSeen" in makers.kinds(again)


@pytest.mark.parametrize(
    ("subject", "same"),
    [
        ("place", {"address": "1012 w main st, Durham"}),
        ("number", {"phone": "(919) 555-0142"}),
        ("person", {"person_name": "MARÍA  LÓPEZ"}),
    ],
)
def test_it_is_found_by_what_it_is_about_and_by_nothing_else(
    centre, author, subject, same
):
    first = makers.a_call(centre, person_name="Lopez Maria", caller_kind="third_party")
    raised(first, author, subject=subject)

    assert makers.a_call(centre, **(ELSEWHERE | same)).hazard
    assert not makers.a_call(centre, **ELSEWHERE).hazard


def test_no_other_centre_sees_it(centre, author):
    raised(makers.a_call(centre), author)

    assert not makers.a_call(makers.an_agency()).hazard


def test_a_call_corrected_to_that_place_is_decided_again(centre, author):
    raised(makers.a_call(centre), author)
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass", **ELSEWHERE))
    ring = makers.ringing(call, "crt")

    intake.correct(call_id=call.pk, details=Details(address="1012 W Main St"), by=CLOCK)

    assert makers.fresh(call).hazard
    assert makers.fresh(call).decision_wanted_at is not None
    assert makers.fresh(ring).state == "withdrawn"


def test_a_form_that_was_open_longer_does_not_take_the_hazard_back(centre, author):
    call = makers.a_call(centre)
    raised(call, author)

    intake.correct(call_id=call.pk, details=Details(hazard=False), by=CLOCK)

    assert makers.fresh(call).hazard


def test_it_is_said_once_on_a_call(centre, author):
    call = makers.a_call(centre)
    raised(call, author)

    intake.correct(call_id=call.pk, details=Details(zone="District 4"), by=CLOCK)

    assert makers.kinds(call).count("FlagSeen") == 1


def test_a_hazard_raised_now_stops_the_team_that_rolls_to_the_same_place(
    centre, author
):
    makers.a_unit(centre)
    other = makers.decided(makers.a_call(centre, type="trespass"))
    work = makers.accepted(other, "crt")

    raised(makers.a_call(centre), author)

    assert makers.fresh(other).hazard
    assert makers.fresh(other).decision_wanted_at is not None
    assert makers.fresh(work.seat).mode == "staged" or makers.fresh(work).ended_at


def test_what_has_ended_or_expired_holds_no_more(centre, author):
    ended = raised(makers.a_call(centre), author)
    flag.end(flag_id=ended.pk, why="not_true", by=author)
    expired = raised(makers.a_call(centre, **ELSEWHERE), author)
    Flag.objects.filter(pk=expired.pk).update(expires_at=Now() - timedelta(seconds=1))

    assert not makers.a_call(centre, phone="").hazard
    assert not makers.a_call(centre, **ELSEWHERE).hazard


def test_a_call_that_saw_it_keeps_its_hazard_when_the_flag_ends(centre, author):
    call = makers.a_call(centre)
    made = raised(call, author)

    flag.end(flag_id=made.pk, why="no_longer", by=author)
    intake.correct(call_id=call.pk, details=Details(zone="District 4"), by=CLOCK)

    assert makers.fresh(call).hazard
    body = Event.objects.get(agency=centre, kind="FlagEnded").body
    assert body == {"flag": str(made.pk), "why": "no_longer"}


def test_it_lasts_as_long_as_the_protocol_says_and_names_its_author(centre, author):
    made = makers.fresh(raised(makers.a_call(centre), author, text="Two big dogs"))

    assert made.expires_at - made.made_at == timedelta(days=90)
    assert (made.author_id, made.text) == (author.id, "Two big dogs")
    assert bytes(made.__dict__["text"]).find(b"dogs") == -1  # it rests sealed


def test_prolonged_it_is_a_new_one_by_who_prolonged_it(centre, author):
    before = raised(makers.a_call(centre), author, text="Loose steps")
    Flag.objects.filter(pk=before.pk).update(expires_at=Now() + timedelta(hours=1))
    supervisor = makers.by(makers.a_user(centre, "supervisor"))

    after = makers.fresh(flag.extend(flag_id=before.pk, by=supervisor))

    before = makers.fresh(before)
    assert (before.why, after.text, after.hazard) == ("extended", "Loose steps", True)
    assert after.author_id == supervisor.id
    assert after.expires_at > before.expires_at + timedelta(days=80)
    with pytest.raises(LostRace):
        flag.extend(flag_id=before.pk, by=supervisor)


@pytest.mark.parametrize(
    ("subject", "known"),
    [
        ("place", {"address": "Main Street"}),
        ("number", {"phone": ""}),
        ("person", {"person_name": "Maria"}),
    ],
)
def test_what_would_be_found_again_on_anybody_is_refused(
    centre, author, subject, known
):
    call = makers.a_call(centre, **known)

    with pytest.raises(Invalid):
        raised(call, author, subject=subject)

    assert not Flag.objects.exists()


def test_ending_twice_is_once(centre, author):
    made = raised(makers.a_call(centre), author)

    for why in ("not_true", "other"):
        flag.end(flag_id=made.pk, why=why, by=author)

    assert makers.fresh(made).why == "not_true"
    assert Event.objects.filter(agency=centre, kind="FlagEnded").count() == 1


def test_the_fingerprints_are_of_the_whole_and_never_of_nothing():
    assert lookups.place("") == lookups.person("") == lookups.number("") == ""
    assert lookups.place("A St & B St") == lookups.place("b street and a street")
    assert lookups.place("12 Elm St") != lookups.place("14 Elm St")
    assert lookups.person("Ana Díaz") == lookups.person("diaz, ANA") != ""
    assert lookups.person("Ana Díaz") != lookups.person("Ana Diaz Ruiz")
    # A caller who is the person in need is found again as that person.
    assert lookups.person_of("person", "Ana Diaz", "") == lookups.person("Ana Diaz")
    assert lookups.person_of("third_party", "Ana Diaz", "") == ""
