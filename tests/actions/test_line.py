"""What is said on a line, and how: silence, hold, text, TTY, relay, interpreters."""

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from dispatch.actions import callback, contact, intake
from dispatch.errors import IllegalMove, Invalid, LostRace
from dispatch.events import CLOCK
from dispatch.models import Contact, Event
from dispatch.selectors import due
from routing import store
from tests import makers

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(centre):
    return makers.a_call(centre)


@pytest.fixture
def leg(call):
    return Contact.objects.get(call=call)


def act(verb, leg, **said):
    verb(contact_id=leg.pk, by=CLOCK, **said)
    return makers.fresh(leg)


def time_is_up(leg):
    Contact.objects.filter(pk=leg.pk).update(due_at=Now() - timedelta(seconds=1))
    assert leg.pk in due.contacts()
    return act(contact.due, leg)


def seconds_left(leg):
    return round((leg.due_at - leg.since).total_seconds())


def late(call):
    events = Event.objects.filter(call=call, kind="ContactLate").order_by("number")
    return [one.body["why"] for one in events]


# Silence


def test_a_silent_line_is_asked_as_tty(call, leg):
    leg = act(contact.silent, leg)
    assert (leg.state, leg.due, seconds_left(leg)) == ("open_line", "silence", 10)

    leg = time_is_up(leg)
    assert (leg.state, leg.due, late(call)) == ("open_line", "tty", ["silence"])

    leg = act(contact.queried_tty, leg, result="tty")
    assert (leg.state, leg.channel, leg.due) == ("connected", "tty", "")


def test_a_line_silent_to_tty_too_is_a_lost_caller(call, leg):
    leg = act(contact.queried_tty, act(contact.silent, leg), result="silent")

    assert (leg.state, leg.due) == ("callback_due", "callback")
    assert makers.fresh(call).state == "new"


@pytest.mark.parametrize(
    ("channel", "dues", "typing"),
    [
        ("voice", ["silence", "tty", "silent_end"], 30),
        ("tty", ["untyped", "untyped_again", "silent_end"], 120),
        ("rtt", ["untyped", "untyped_again", "silent_end"], 120),
    ],
)
def test_a_silent_line_is_late_twice_and_ends_as_a_silent_call(
    call, leg, channel, dues, typing
):
    act(contact.change_channel, leg, channel=channel)
    leg = act(contact.silent, leg)
    seen = [leg.due]
    for _ in range(2):
        leg = time_is_up(leg)
        seen.append(leg.due)
        if leg.due == dues[1]:
            assert 0 <= typing - seconds_left(leg) <= 1
    assert (seen, late(call), leg.state) == (dues, dues[:2], "open_line")

    leg = time_is_up(leg)

    assert (leg.state, leg.due, leg.why) == ("callback_due", "callback", "silent_end")
    assert act(callback.tried, leg, result="reached").why == "came_back"


def test_a_silent_line_that_turns_out_to_type_is_real_time_text(leg):
    leg = act(contact.queried_tty, act(contact.silent, leg), result="rtt")

    assert (leg.state, leg.channel) == ("connected", "rtt")


def test_a_text_is_never_asked_as_tty(centre):
    leg = Contact.objects.get(call=makers.a_call(centre, channel="text"))

    leg = act(contact.silent, leg)

    assert (leg.state, leg.due) == ("connected", "text_again")


def test_no_call_ends_over_a_silent_line(call, leg):
    act(contact.silent, leg)

    with pytest.raises(Invalid, match="open and silent"):
        intake.cancel(call_id=call.pk, reason="other", by=CLOCK)
    with pytest.raises(Invalid):
        act(contact.hang_up, leg)


def test_nobody_hangs_up_on_a_silent_line_unless_somebody_decides_so(centre):
    """No risk is known; whoever cannot speak may be in one."""
    call = makers.triaged(makers.a_call(centre))
    leg = Contact.objects.get(call=call)
    assert not callback.at_risk(call)
    act(contact.silent, leg)

    with pytest.raises(Invalid, match="do not hang up"):
        act(contact.hang_up, leg)

    assert makers.fresh(leg).state == "open_line"


def test_a_clock_that_still_runs_changes_nothing(call, leg):
    before = act(contact.silent, leg)

    leg = act(contact.due, leg)

    assert (leg.due, leg.due_at, late(call)) == ("silence", before.due_at, [])


def test_only_a_silent_line_is_asked_as_tty(leg):
    with pytest.raises(LostRace):
        act(contact.queried_tty, leg, result="tty")


# Hold


def test_whoever_waits_on_hold_is_not_forgotten(call, leg):
    leg = act(contact.hold, leg)
    assert (leg.state, leg.due, seconds_left(leg)) == ("holding", "on_hold", 60)

    leg = time_is_up(leg)
    assert (leg.state, leg.due, leg.due_at) == ("holding", "on_hold", None)
    assert late(call) == ["on_hold"]

    leg = act(contact.connect, leg)
    assert (leg.state, leg.due) == ("connected", "")


# Text, TTY, relay


def test_a_text_that_goes_quiet_is_prompted_then_called_back(centre):
    call = makers.a_call(centre, channel="text", safe_contact="call_and_text")
    leg = Contact.objects.get(call=call)
    assert (leg.due, seconds_left(leg)) == ("text_quiet", 120)

    leg = time_is_up(leg)
    assert (leg.state, leg.due, late(call)) == (
        "connected",
        "text_again",
        ["text_quiet"],
    )

    assert time_is_up(leg).state == "callback_due"


def test_an_answer_by_text_starts_its_clock_anew(centre):
    leg = Contact.objects.get(call=makers.a_call(centre, channel="text"))
    leg = time_is_up(leg)

    assert act(contact.heard, leg).due == "text_quiet"


def test_who_must_not_be_texted_is_not_switched_to_text(leg):
    with pytest.raises(Invalid):
        act(contact.change_channel, leg, channel="text")

    assert makers.fresh(leg).channel == "voice"


@pytest.mark.parametrize("wish", ["not_asked", "call_only", "none"])
def test_whoever_texts_us_is_written_down_as_texting(centre, wish):
    """Their own text asks nobody: what is safe is asked before ours."""
    leg = Contact.objects.get(call=makers.a_call(centre, safe_contact=wish))

    leg = act(contact.change_channel, leg, channel="text", theirs=True)

    assert (leg.channel, leg.due) == ("text", "text_quiet")


@pytest.mark.parametrize("channel", ["tty", "rtt"])
def test_another_channel_is_written_down(call, leg, channel):
    leg = act(contact.change_channel, leg, channel=channel)

    changed = Event.objects.get(call=call, kind="ChannelChanged").body
    assert (changed["before"], changed["after"]) == ("voice", channel)
    assert leg.channel == channel


def test_a_relay_names_its_kind(leg):
    with pytest.raises(Invalid):
        act(contact.change_channel, leg, channel="relay")

    leg = act(contact.change_channel, leg, channel="relay", relay="vrs")
    assert (leg.channel, leg.relay) == ("relay", "vrs")
    assert act(contact.change_channel, leg, channel="voice").relay == ""


# Interpreters


def interpreter(call, **said):
    return contact.ask_interpreter(
        call_id=call.pk, by=CLOCK, **{"language": "spanish", **said}
    )


@pytest.mark.parametrize("who", ["child", "relative", "disputant", ""])
def test_a_child_never_interprets(call, who):
    with pytest.raises(Invalid, match="A child, a relative or the other side"):
        interpreter(call, interpreter=who)

    assert Contact.objects.filter(call=call).count() == 1


def test_an_interpreter_is_timed_from_asking_to_joining(call):
    leg = interpreter(call)
    assert (leg.state, leg.due, seconds_left(leg)) == ("ringing", "interpreter", 60)

    leg = time_is_up(leg)
    assert (leg.due, leg.due_at, late(call)) == ("interpreter", None, ["interpreter"])

    leg = act(contact.connect, leg)
    assert (leg.state, leg.due) == ("connected", "")
    times = Event.objects.filter(call=call, kind__startswith="Interpreter")
    kinds = times.order_by("number").values_list("kind", flat=True)
    assert list(kinds) == ["InterpreterAsked", "InterpreterConnected"]


def test_an_interpreter_asked_twice_is_one(call):
    assert interpreter(call) == interpreter(call)
    assert interpreter(call, language="mandarin") != interpreter(call)


# Others on the line


@pytest.mark.parametrize("purpose", ["consult", "collateral"])
def test_others_are_asked_beside_the_caller(call, purpose):
    other = contact.reach_out(
        call_id=call.pk, purpose=purpose, name="Ana", number="919-555-0177", by=CLOCK
    )
    assert (other.state, other.outgoing) == ("ringing", True)

    act(contact.connect, other)
    other = act(contact.hang_up, other)

    assert (other.state, other.name) == ("completed", "Ana")
    said = [str(one.body) for one in Event.objects.filter(call=call)]
    assert not [body for body in said if "Ana" in body or "0177" in body]


def test_another_who_drops_off_is_not_called_back(call):
    other = contact.reach_out(
        call_id=call.pk, purpose="collateral", number="919-555-0177", by=CLOCK
    )

    assert act(contact.lost, act(contact.connect, other)).state == "completed"


def test_nobody_is_asked_for_help_by_a_purpose_of_the_callers(call):
    with pytest.raises(Invalid):
        contact.reach_out(call_id=call.pk, purpose="caller", number="1", by=CLOCK)


def test_what_is_over_stays_over(call):
    other = contact.reach_out(
        call_id=call.pk, purpose="consult", number="919-555-0177", by=CLOCK
    )
    act(contact.hang_up, other)

    assert act(contact.hang_up, other).state == "completed"
    for verb in (contact.connect, contact.hold, contact.silent):
        with pytest.raises(IllegalMove):
            act(verb, other)


def test_a_clock_of_a_call_that_ended_is_quiet(call, leg):
    Contact.objects.filter(pk=leg.pk).update(due="on_hold", due_at=Now())
    intake.cancel(call_id=call.pk, reason="other", by=CLOCK)

    assert leg.pk not in due.contacts()
    assert makers.fresh(leg).state == "completed"


@pytest.mark.parametrize("purpose", contact.OTHERS)
def test_whoever_is_rung_beside_the_caller_does_not_ring_for_ever(call, purpose):
    rung = contact.reach_out(
        call_id=call.pk, purpose=purpose, number="919-555-0177", by=CLOCK
    )
    assert 55 < seconds_left(rung) <= 60

    time_is_up(rung)

    rung = makers.fresh(rung)
    assert (rung.state, rung.why, rung.due_at) == ("completed", "no_answer", None)


def test_who_answered_beside_the_caller_is_not_ended_by_a_clock(call):
    rung = contact.reach_out(
        call_id=call.pk, purpose="consult", number="919-555-0177", by=CLOCK
    )

    act(contact.connect, rung)

    assert makers.fresh(rung).due_at is None


@pytest.mark.parametrize(
    ("language", "who", "number"),
    [
        ("spanish", "professional", "919-555-0171"),
        ("haitian_creole", "professional", "919-555-0170"),
        ("spanish", "staff", ""),
    ],
)
def test_an_interpreter_is_rung_on_the_line_of_the_language(
    centre, call, language, who, number
):
    lines = {"any": "919-555-0170", "spanish": "919-555-0171"}
    rules = makers.open_all_day() | {"version": "lines", "interpreters": lines}
    store.publish(centre.pk, rules)

    assert interpreter(call, language=language, interpreter=who).number == number


def test_without_a_line_in_the_rules_an_interpreter_is_rung_by_hand(call):
    assert interpreter(call).number == ""


@pytest.fixture
def clinician(centre):
    return makers.a_clinician(centre)


def test_who_holds_a_line_does_not_hold_it_once_it_is_lost(leg, clinician):
    contact.mine(contact_id=leg.pk, by=makers.by(clinician))
    contact.mine(contact_id=leg.pk, by=makers.by(clinician))
    assert makers.kinds(leg.call).count("LineHeld") == 1

    act(contact.lost, leg)

    assert makers.fresh(leg).person is None


def test_ringing_a_lost_caller_back_gives_the_try_its_time_anew(leg, clinician):
    act(contact.lost, leg)
    Contact.objects.update(due_at=Now() + timedelta(seconds=1))

    contact.mine(contact_id=leg.pk, by=makers.by(clinician))

    leg = makers.fresh(leg)
    assert (leg.person, leg.due) == (clinician, "callback")
    assert 25 < seconds_left(leg) <= 30


def test_who_must_not_be_called_is_not_rung_back(centre, clinician):
    call = makers.a_call(centre, safe_contact="text_first")
    leg = Contact.objects.get(call=call)
    act(contact.lost, leg)

    with pytest.raises(Invalid):
        contact.mine(contact_id=leg.pk, by=makers.by(clinician))
