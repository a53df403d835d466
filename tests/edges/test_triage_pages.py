"""The triage page: ask, see what would be decided, save, accept, choose otherwise."""

import re
import time
from datetime import timedelta

import pytest
from django.core import signing
from django.urls import reverse

from dispatch.actions import decision, triage
from dispatch.actions.base import database_now
from dispatch.events import CLOCK, ROUTER
from dispatch.models import Call, Decision, Event, Offer
from dispatch.web import forms
from tests import makers
from tests.edges.pages import sent, typed, words

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_the_preview_gives_reasons_and_writes_nothing(centre, desk):
    makers.a_clinician(centre)
    before = Event.objects.count()

    answer = desk.post(reverse("preview"), typed(weapon="not_asked"), headers=HTMX)

    said = words(answer)
    assert "Clinician by phone" in said
    assert "Ask about a weapon" in said
    assert "Accept: ring a clinician" in said
    assert "S5" in said
    assert not Call.objects.exists()
    assert not Decision.objects.exists()
    assert Event.objects.count() == before


def test_the_preview_decides_what_the_decision_will_decide(centre, desk):
    makers.a_clinician(centre)
    makers.a_unit(centre)
    call = makers.triaged(makers.a_call(centre), threat="not_known")

    answer = desk.post(reverse("preview"), sent(call, call=str(call.pk)))
    decision.decide(call_id=call.pk, by=ROUTER)

    going = answer.context["preview"].words.going
    made = Decision.objects.get()
    assert going[0].code == made.response
    assert [(one.code, one.mode) for one in going[1:]] == [
        (entry["response"], entry["mode"]) for entry in made.line["also"]
    ]


def test_a_red_flag_shows_as_soon_as_it_is_answered(desk):
    answer = desk.post(reverse("preview"), typed(attempt="yes"), headers=HTMX)

    assert "Red flag: Attempt" in words(answer)
    assert 'id="red-flag" hx-swap-oob="true"' in answer.content.decode()


def test_saving_opens_the_call_once_and_keeps_every_answer(desk):
    form = typed(do="save", weapon="not_known", said="the square with the bull")

    first = desk.post(reverse("intake"), form)
    again = desk.post(reverse("intake"), form)

    call = Call.objects.get()
    assert first.url == again.url == reverse("triage", args=[call.pk])
    page = desk.get(first.url)
    assert page.context["typed"]["weapon"] == "not_known"
    assert page.context["typed"]["said"] == "the square with the bull"
    assert call.decision_wanted_at is None


def test_a_refusal_keeps_what_was_typed(desk):
    answer = desk.post(
        reverse("intake"), typed(do="override", address="Duke Park", note="By the pool")
    )

    assert answer.status_code == 422
    assert "Choose another response and a reason" in words(answer)
    assert "Duke Park" in answer.content.decode()
    assert "By the pool" in words(answer)
    assert not Call.objects.exists()


@pytest.mark.parametrize("said", [{"weapon": "perhaps"}, {"caller_kind": "a ghost"}])
def test_what_no_choice_of_the_page_says_opens_nothing(desk, said):
    answer = desk.post(reverse("intake"), typed(do="save", **said))

    assert answer.status_code == 422
    assert not Call.objects.exists()


def test_somebody_elses_change_and_what_was_typed_are_both_kept(centre, desk):
    call = makers.a_call(centre)
    form = sent(call, do="accept", weapon="yes", note="Unsaved words")
    form["was"] = desk.get(reverse("triage", args=[call.pk])).context["was"]
    triage.record_answers(call_id=call.pk, answers={"medical": "yes"}, by=CLOCK)

    answer = desk.post(reverse("triage", args=[call.pk]), form)

    assert answer.status_code == 409
    assert answer.context["typed"]["weapon"] == "yes"
    assert answer.context["typed"]["medical"] == "yes"
    said = words(answer)
    assert "What you typed is kept. Somebody else changed: Medical: Yes." in said
    assert "Unsaved words" in said
    assert makers.fresh(call).decision_wanted_at is None


def test_another_response_is_sent_with_its_reason(centre, desk):
    makers.a_clinician(centre)
    makers.a_unit(centre, "cor")

    done = desk.post(
        reverse("intake"),
        typed(do="override", response="cor", reason="officer_asks"),
    )

    made = Decision.objects.get()
    assert done.url == reverse("call", args=[made.call_id])
    assert (made.response, made.override_response) == ("ccd", "cor")
    assert made.overridden_by == desk.user
    assert makers.ringing(made.call, "cor")
    assert not Offer.objects.exclude(seat__response="cor").exists()  # nobody else rang


def test_another_response_below_the_floor_opens_nothing(centre, desk):
    makers.a_unit(centre)

    answer = desk.post(
        reverse("intake"),
        typed(do="override", weapon="yes", response="crt", reason="officer_asks"),
    )

    assert answer.status_code == 422
    assert "The safety rules forbid this" in words(answer)
    assert not Call.objects.exists()


def began(answer):
    """When the call on this page began, as the page carries it."""
    return re.search(r'name="began" value="([^"]*)"', answer.content.decode())[1]


def test_a_calls_clock_starts_with_the_first_word_and_not_with_save(desk):
    assert began(desk.get(reverse("intake"))) == ""
    first = began(desk.post(reverse("preview"), typed(), headers=HTMX))
    again = desk.post(reverse("preview"), typed(began=first), headers=HTMX)
    assert began(again) == first
    while_typing = database_now()

    desk.post(reverse("intake"), typed(do="save", began=first))

    call = Call.objects.get()
    assert call.opened_at < while_typing
    assert makers.events_of(call).first().at > while_typing


def test_a_refused_page_keeps_when_its_call_began(desk):
    first = began(desk.post(reverse("preview"), typed(), headers=HTMX))
    said = typed(do="save", began=first, safe_contact="shout")

    assert began(desk.post(reverse("intake"), said)) == first


def signed_at(moment, said, monkeypatch):
    """As a page that was opened then has it, in seconds since 1970."""
    with monkeypatch.context() as then:
        then.setattr(time, "time", lambda: moment)
        return signing.dumps(said, salt=forms.BEGAN)


def test_a_beginning_holds_until_the_screen_would_have_locked_itself(desk, monkeypatch):
    hour_ago = database_now() - timedelta(hours=1)
    kept = signed_at(time.time() - 1700, hour_ago.isoformat(), monkeypatch)

    desk.post(reverse("intake"), typed(do="save", began=kept))

    assert Call.objects.get().opened_at == hour_ago


@pytest.mark.parametrize("how", ["nothing", "not signed", "too old", "of another"])
def test_a_beginning_that_cannot_be_meant_is_the_moment_of_save(desk, monkeypatch, how):
    hour_ago = (database_now() - timedelta(hours=1)).isoformat()
    said = {
        "nothing": "",
        "not signed": hour_ago,
        "too old": signed_at(time.time() - 1801, hour_ago, monkeypatch),
        "of another": signing.dumps(hour_ago, salt="another"),
    }[how]
    before = database_now()

    desk.post(reverse("intake"), typed(do="save", began=said))

    assert Call.objects.get().opened_at >= before


@pytest.mark.parametrize(
    ("name", "most"),
    [("said", 10_000), ("address", 500), ("phone", 80), ("note", 4000)],
)
def test_what_is_too_long_is_said_by_its_name_and_nothing_of_it_is_cut(
    desk, name, most
):
    long = "1" * (most + 1)

    answer = desk.post(reverse("intake"), typed(do="accept", **{name: long}))

    assert answer.status_code == 422
    assert f"{name}: at most" in words(answer)
    assert long in answer.content.decode()
    assert "maxlength" not in answer.content.decode()
    assert not Call.objects.exists()


def test_what_a_program_told_at_length_is_whole_after_a_save_on_the_page(centre, desk):
    call = makers.a_call(centre, said="a " * 1999 + "z", name="N" * 200)

    desk.post(reverse("triage", args=[call.pk]), sent(call, do="save", zone="North"))

    caller = makers.fresh(call).caller
    assert (len(caller.said), len(caller.name)) == (3999, 200)
    assert makers.fresh(call).zone == "North"
