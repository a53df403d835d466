"""The line: nobody is lost unseen, nobody is reached against their wish."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callback, contact, disposition, intake
from dispatch.actions.details import Details
from dispatch.errors import Forbidden, Invalid, LostRace, Stale
from dispatch.events import CLOCK
from dispatch.models import Contact, Event, Seat
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def centre():
    return makers.an_agency()


@pytest.fixture
def dispatcher(centre):
    return makers.by(makers.a_user(centre, "dispatcher"))


def caller(call):
    return Contact.objects.filter(call=call, purpose="caller").earliest("pk")


def lost(call):
    contact.lost(contact_id=caller(call).pk, by=CLOCK)
    return caller(call)


def a_lost_caller(centre, **known):
    call = makers.a_call(centre, **known)
    return call, lost(call)


def time_is_up(leg):
    """The clock of this leg has run out, and was looked at."""
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
    contact.due(contact_id=leg.pk, by=CLOCK)
    return makers.fresh(leg)


def tried(leg, result="no_answer", **more):
    callback.tried(contact_id=leg.pk, result=result, by=CLOCK, **more)
    return makers.fresh(leg)


def seconds_left(leg):
    return round((leg.due_at - leg.since).total_seconds())


def checks(call):
    return list(
        Seat.objects.filter(call=call, state__in=["wanted", "filled"])
        .exclude(response="ccd")
        .order_by("pk")
        .values_list("response", flat=True)
    )


# Lost


def test_a_hang_up_before_triage_never_closes_a_call(centre, dispatcher):
    call, leg = a_lost_caller(centre)

    assert (leg.state, leg.due) == ("callback_due", "callback")
    assert seconds_left(leg) == 30
    assert makers.fresh(call).state == "new"
    for end in (
        lambda: intake.cancel(call_id=call.pk, reason="other", by=dispatcher),
        lambda: intake.return_to_911(call_id=call.pk, reason="other", by=dispatcher),
        lambda: disposition.close(call_id=call.pk, outcomes=["other"], by=dispatcher),
        lambda: disposition.resolve(call_id=call.pk, outcomes=["other"], by=dispatcher),
        lambda: intake.link_calls(
            call_id=call.pk, duplicate_of=makers.a_call(centre).pk, by=dispatcher
        ),
    ):
        with pytest.raises(Invalid, match="A caller was lost"):
            end()


def test_a_ringing_line_that_stops_is_called_back_too(centre):
    call = makers.a_call(centre)
    Contact.objects.filter(call=call).update(state="ringing")

    leg = lost(call)

    moves = Event.objects.filter(call=call, kind="ContactMoved").order_by("number")
    assert [one.body["after"] for one in moves] == ["abandoned", "callback_due"]
    assert leg.due == "callback"


def test_the_place_of_a_lost_caller_is_asked_again(centre):
    call, _leg = a_lost_caller(centre)

    assert makers.fresh(call).location_verified is False
    assert "DetailsCorrected" in makers.kinds(call)


def test_losing_a_caller_twice_is_losing_them_once(centre):
    call, _leg = a_lost_caller(centre)
    before = makers.kinds(call)

    lost(call)

    assert makers.kinds(call) == before


def test_a_named_person_decides_that_nobody_calls_back(centre, dispatcher):
    call, leg = a_lost_caller(centre)

    with pytest.raises(Forbidden):
        callback.stop(contact_id=leg.pk, reason="safe_now", by=CLOCK)
    with pytest.raises(Invalid):
        callback.stop(contact_id=leg.pk, reason="She said so.", by=dispatcher)
    with pytest.raises(Stale):
        callback.stop(contact_id=leg.pk, reason="safe_now", by=dispatcher, seen=0)
    callback.stop(contact_id=leg.pk, reason="safe_now", by=dispatcher)

    assert makers.fresh(leg).state == "completed"
    assert not checks(call)
    intake.cancel(call_id=call.pk, reason="other", by=dispatcher)
    assert makers.fresh(call).state == "cancelled"


def test_a_caller_at_risk_is_not_hung_up_on(centre, dispatcher):
    call = makers.a_call(centre)
    leg = caller(call)

    with pytest.raises(Invalid, match="do not hang up"):
        contact.hang_up(contact_id=leg.pk, by=dispatcher)
    with pytest.raises(Forbidden):
        contact.hang_up(contact_id=leg.pk, decided=True, reason="other", by=CLOCK)
    with pytest.raises(Invalid):
        contact.hang_up(contact_id=leg.pk, decided=True, by=dispatcher)
    with pytest.raises(Stale):
        contact.hang_up(
            contact_id=leg.pk, decided=True, reason="other", seen=0, by=dispatcher
        )
    contact.hang_up(contact_id=leg.pk, decided=True, reason="with_team", by=dispatcher)

    assert makers.fresh(leg).state == "completed"


def test_a_lost_caller_is_let_be_and_never_hung_up_on(centre, dispatcher):
    """Only who says why nobody calls back ends it."""
    _call, leg = a_lost_caller(centre)

    with pytest.raises(LostRace):
        contact.hang_up(contact_id=leg.pk, decided=True, reason="other", by=dispatcher)

    assert (makers.fresh(leg).state, leg.due) == ("callback_due", "callback")


@pytest.mark.parametrize(
    ("said", "free"),
    [
        ({}, True),
        ({"weapon": "not_known"}, False),
        ({"attempt": "yes"}, False),
        ({"threat": "not_asked"}, False),
        ({"imminent": "not_known"}, False),
    ],
)
def test_only_a_risk_that_was_ruled_out_lets_one_hang_up(centre, said, free):
    call = makers.triaged(makers.a_call(centre), **said)

    assert callback.at_risk(call) is not free


def test_a_suicide_threat_stays_a_risk_when_all_is_answered_no(centre):
    call = makers.triaged(makers.a_call(centre, type="suicide_threat"))

    assert callback.at_risk(call)


def test_a_call_that_somebody_ended_ends_its_line(centre, dispatcher):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call), over=False)
    contact.mine(contact_id=caller(call).pk, by=dispatcher)

    assert lost(call).state == "completed"
    makers.closed(call)
    assert not Contact.objects.exclude(state="completed").exists()


# Called back


def test_a_lost_caller_who_is_reached_is_on_the_line_again(centre):
    call, leg = a_lost_caller(centre)

    leg = tried(leg, "reached")

    assert (leg.state, leg.due, leg.tries) == ("connected", "", 1)
    assert makers.kinds(call).count("CallbackTried") == 1


def test_a_try_in_vain_is_repeated_after_a_minute(centre):
    _call, leg = a_lost_caller(centre)

    leg = tried(leg, "busy")
    assert (leg.state, leg.due) == ("callback_attempted", "callback_again")
    assert seconds_left(leg) == 60

    leg = time_is_up(leg)
    assert (leg.state, leg.due, leg.tries) == ("callback_due", "callback", 1)


def test_the_same_try_is_counted_once(centre):
    _call, leg = a_lost_caller(centre)
    tried(leg, number=1)

    with pytest.raises(LostRace):
        tried(leg, number=1)


def test_when_every_try_was_made_somebody_goes_and_looks(centre):
    makers.a_unit(centre, "cor")
    call, leg = a_lost_caller(centre)

    for _ in range(3):
        leg = tried(leg)

    assert leg.state == "completed"
    assert checks(call) == ["cor"]
    asked = Event.objects.get(call=call, kind="TeamRequested")
    assert asked.body == {"response": "cor", "reason": "not_reached_again"}


def test_without_a_team_that_may_go_a_trained_officer_looks(centre):
    call, leg = a_lost_caller(centre)

    for _ in range(3):
        leg = tried(leg)

    assert checks(call) == ["cit"]


def test_an_unarmed_team_does_not_look_before_weapons_were_asked(centre):
    makers.a_unit(centre, "crt")
    call, leg = a_lost_caller(centre)

    for _ in range(3):
        leg = tried(leg)

    assert checks(call) == ["cit"]


def test_a_team_on_its_way_is_check_enough(centre):
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre, type="trespass", urgent=True))
    leg = lost(call)

    for _ in range(3):
        leg = tried(leg)

    assert "TeamRequested" not in makers.kinds(call)


def test_nobody_is_sent_after_a_quiet_caller(centre):
    call = makers.decided(makers.a_call(centre))
    leg = lost(call)

    for _ in range(3):
        leg = tried(leg)

    assert leg.state == "completed"
    assert "TeamRequested" not in makers.kinds(call)


def test_a_call_back_that_nobody_makes_ends_in_a_check(centre):
    call, leg = a_lost_caller(centre)

    for _ in range(3):
        assert leg.due == "callback"
        leg = time_is_up(leg)
        if leg.due == "callback_again":
            leg = time_is_up(leg)

    assert leg.state == "completed"
    assert checks(call) == ["cit"]


def test_somebody_else_who_answers_ends_the_tries(centre):
    call, leg = a_lost_caller(centre)

    assert tried(leg, "answered_unsafe").state == "completed"
    assert checks(call) == ["cit"]


def test_a_lost_caller_who_rings_again_is_not_called_back(centre, dispatcher):
    call, leg = a_lost_caller(centre)
    theirs = call.caller.phone_lookup
    unknown = Contact.objects.create(call=call, state="ringing")
    again = Contact.objects.create(call=call, state="ringing", number_lookup=theirs)

    contact.connect(contact_id=unknown.pk, by=dispatcher)
    assert makers.fresh(leg).state == "callback_due"
    contact.connect(contact_id=again.pk, by=dispatcher)

    assert makers.fresh(leg).state == "completed"
    assert makers.fresh(again).state == "connected"


# Safe contact


@pytest.mark.parametrize(
    ("preference", "way", "allowed"),
    [
        ("not_asked", {}, True),
        ("not_asked", {"channel": "text"}, False),
        ("not_asked", {"result": "voicemail_left"}, False),
        ("call_and_text", {"channel": "text"}, True),
        ("call_and_text", {"result": "voicemail_left"}, True),
        ("call_only", {"channel": "text"}, False),
        ("text_first", {}, False),
        ("text_first", {"channel": "text"}, True),
        ("no_voicemail", {}, True),
        ("no_voicemail", {"result": "voicemail_left"}, False),
    ],
)
def test_nobody_is_called_back_against_their_wish(centre, preference, way, allowed):
    _call, leg = a_lost_caller(centre, safe_contact=preference)

    if allowed:
        assert tried(leg, **way).tries == 1
    else:
        with pytest.raises(Invalid):
            tried(leg, **way)


def test_after_a_text_they_may_be_called(centre):
    _call, leg = a_lost_caller(centre, safe_contact="text_first")

    leg = tried(leg, channel="text")

    assert tried(leg, "reached").channel == "voice"


def test_who_wants_no_contact_is_checked_on_and_never_dialled(centre):
    call, leg = a_lost_caller(centre, safe_contact="none")

    assert leg.state == "completed"
    assert checks(call) == ["cit"]


def test_a_wish_said_later_stops_the_calls(centre, dispatcher):
    call, leg = a_lost_caller(centre)
    wish = Details(safe_contact="none")
    intake.correct(call_id=call.pk, details=wish, by=dispatcher)

    leg = time_is_up(leg)

    assert (leg.state, leg.why, leg.tries) == ("completed", "asked_not", 0)


def test_a_check_waits_until_somebody_goes(centre):
    """No search time: only a person lets a lost caller's check go."""
    call, leg = a_lost_caller(centre)
    makers.a_unit(centre, "cor")

    tried(leg, "answered_unsafe")

    assert Seat.objects.get(call=call, response="cor").give_up_at is None
