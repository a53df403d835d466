"""988 sends a call again: the same is the same, what changed is kept, and danger is late news."""

import pytest
from django.test import Client
from django.urls import reverse

from dispatch.actions import contact, intake, triage
from dispatch.actions.details import Details
from dispatch.errors import Invalid
from dispatch.models import Call, CallNote, Event
from dispatch.selectors import noted
from tests import makers
from tests.actions import partners
from tests.edges.test_partner_intake import ALL_NO, KEY, answers, ask, send, with_key

pytestmark = pytest.mark.django_db
NOT_YET = {"imminent": "not_known", "weapon": "no"}
DANGER = {"imminent": "yes", "weapon": "yes", "attempt": "yes"}
MORE = {
    "address": "99 Oak Ave",
    "said": "he has the gun now",
    "phone": "919-555-0177",
    "safe_contact": "none",
}


@pytest.fixture
def dispatcher(centre):
    return makers.a_user(centre, "dispatcher")


@pytest.fixture(autouse=True)
def lifeline(centre):
    found = partners.a_partner(centre)
    with_key(found, KEY)
    return found


def notes(call):
    rows = CallNote.objects.filter(call=call).order_by("at", "pk")
    return [noted.text(one) for one in rows]


def test_an_identical_repeat_is_the_same_answer_and_writes_nothing():
    first = send(risk=NOT_YET, **MORE)
    events = Event.objects.count()

    again = send(risk=NOT_YET, **MORE)

    assert (again.status_code, again.json()) == (201, first.json())
    assert Event.objects.count() == events


def test_an_identical_repeat_does_not_undo_what_a_dispatcher_learnt(dispatcher):
    send(risk={"weapon": "yes", "crime": "no"})
    call, by = Call.objects.get(), makers.by(dispatcher)
    learnt = {"weapon": "no", "crime": "yes"}
    triage.record_answers(call_id=call.pk, answers=learnt, by=by)
    intake.correct(call_id=call.pk, details=Details(address="14 Elm St"), by=by)

    again = send(risk={"weapon": "yes", "crime": "no"})

    assert again.status_code == 201
    assert answers(call) == learnt
    assert len(notes(call)) == 1


def test_danger_that_comes_with_the_same_reference_is_recorded_and_decided():
    number = send(risk=NOT_YET).json()["reference"]

    again = send(risk=DANGER, agreed="no", **MORE)

    call = Call.objects.get()
    assert (again.status_code, again.json()["status"]) == (200, "updated")
    assert again.json()["reference"] == number == call.number
    assert answers(call) == DANGER
    assert call.decision_wanted_at is not None
    assert call.caller.safe_contact == "none"
    assert call.transfers.get().agreed == "no"
    assert {"99 Oak Ave", "he has the gun now", "919-555-0177"} <= words(
        notes(call)[-1]
    )


def words(note):
    return {line.partition(": ")[2] for line in note.splitlines()}


def test_what_they_said_is_in_the_note_and_in_no_event():
    send(risk=NOT_YET)
    send(risk=DANGER, **MORE)

    told = str(list(Event.objects.values_list("body", flat=True)))

    assert not [word for word in ("Oak", "gun", "0177") if word in told]


def test_danger_after_the_decision_holds_an_unarmed_team_back_at_once(centre):
    makers.a_unit(centre, "crt")
    send(risk=ALL_NO, wants_team="yes")
    call = makers.decide(Call.objects.get())
    ringing = makers.ringing(call, "crt")

    send(risk=ALL_NO | {"weapon": "yes"}, wants_team="yes")

    ringing.refresh_from_db()
    assert ringing.state != "pending"
    assert "SupervisorTold" in makers.kinds(call)
    assert makers.fresh(call).state == "triaging"


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("yes", "not_known", "yes"),
        ("no", "not_asked", "no"),
        ("yes", "no", "yes"),
        ("no", "yes", "yes"),
        ("not_known", "no", "no"),
    ],
)
def test_unknown_takes_nothing_back_and_a_yes_to_danger_stays(before, said, after):
    send(risk={"weapon": before})

    send(risk={"weapon": said}, said="once more")

    assert answers(Call.objects.get())["weapon"] == after


@pytest.mark.parametrize(
    ("before", "said", "after"),
    [
        ("none", "call_and_text", "none"),
        ("call_only", "none", "none"),
        ("text_first", "not_asked", "text_first"),
        ("not_asked", "call_only", "call_only"),
    ],
)
def test_the_safer_way_to_reach_the_person_wins(before, said, after):
    send(safe_contact=before)

    send(safe_contact=said, said="once more")

    assert Call.objects.get().caller.safe_contact == after


def test_what_nobody_knew_yet_is_filled_in_and_a_wish_holds_for_its_number(dispatcher):
    send(phone="")

    send(phone="919-555-0177", person_name="Ada N.", safe_contact="none")

    call = Call.objects.get()
    assert (call.caller.phone, call.caller.person_name) == ("919-555-0177", "Ada N.")
    with pytest.raises(Invalid):
        contact.reach_out(
            call_id=call.pk,
            purpose="collateral",
            number="919-555-0177",
            by=makers.by(dispatcher),
        )


def test_a_place_that_is_said_first_then_taken_back_is_noted_last():
    for place in ("12 Elm St", "99 Oak Ave", "12 Elm St"):
        last = send(address=place)

    assert last.json()["status"] == "updated"
    assert "12 Elm St" in notes(Call.objects.get())[-1]


def closed(call):
    intake.cancel(call_id=call.pk, reason="resolved", by=makers.CLOCK)


@pytest.mark.parametrize("before", [ALL_NO, DANGER], ids=["new", "known"])
def test_danger_for_a_call_that_has_ended_opens_it_again(before):
    send(risk=before)
    closed(Call.objects.get())

    again = send(risk=DANGER, said="he has the gun now")

    call = Call.objects.get()
    assert (again.status_code, again.json()["status"]) == (200, "updated")
    assert call.state == "triaging"
    assert call.decision_wanted_at is not None
    assert "CallReopened" in makers.kinds(call)
    assert "he has the gun now" in notes(call)[-1]


def test_other_news_of_a_call_that_has_ended_is_refused_aloud():
    first = send(risk=ALL_NO)
    closed(Call.objects.get())

    again = send(risk=ALL_NO, said="she thanks you")

    assert again.status_code == 409
    assert again.json()["code"] == "ended"
    assert "911" in again.json()["message"]
    assert Call.objects.get().state == "cancelled"
    assert send(risk=ALL_NO).status_code == 201
    assert first.status_code == 201


def test_danger_for_a_call_that_was_linked_is_told_to_the_one_that_goes_on(
    centre, dispatcher
):
    send(risk=NOT_YET)
    brought, other = Call.objects.get(), makers.a_call(centre, dispatcher)
    intake.link_calls(
        call_id=brought.pk, duplicate_of=other.pk, by=makers.by(dispatcher)
    )

    again = send(risk=DANGER, said="he has the gun now")

    assert again.json()["status"] == "updated"
    assert answers(other)["imminent"] == "yes"
    assert "he has the gun now" in notes(other)[-1]


def test_the_form_says_that_it_was_kept_and_the_same_form_twice_is_one():
    url = reverse("bring", args=[KEY])
    said = {"reference": "L-7", "address": "12 Elm St"}
    browser = Client()
    once = browser.post(url, said, follow=True).content.decode()
    twice = browser.post(url, said, follow=True).content.decode()

    changed = browser.post(url, said | {"imminent": "yes"}, follow=True)

    shown = changed.content.decode()
    assert once == twice
    assert "What you sent again" in shown
    assert "What you sent again" not in once
    assert answers(Call.objects.get())["imminent"] == "yes"


def test_how_far_we_are_is_asked_as_before(dispatcher):
    number = send(risk=NOT_YET).json()["reference"]
    send(risk=DANGER)

    assert ask(number).json()["status"] == "received"
    assert ask(number).json()["updated_at"] is not None


@pytest.mark.parametrize("by", ["form", "program"])
def test_a_point_in_the_sea_off_africa_is_no_place(by):
    if by == "program":
        sent = send(address="", point={"lat": 0, "lon": 0})
    else:
        said = {"reference": "L-7", "point": "0,0"}
        sent = Client().post(reverse("bring", args=[KEY]), said)

    assert sent.status_code == 422
    assert not Call.objects.exists()


def test_beside_an_address_such_a_point_is_left_out():
    send(point={"lat": 0, "lon": 0})

    assert Call.objects.get().caller.point == ""


def test_whoever_brings_a_call_reads_and_posts_and_nothing_else():
    assert Client().put(reverse("bring", args=[KEY]), "x").status_code == 405


def test_the_same_danger_sent_once_more_writes_nothing_more():
    send(risk=NOT_YET)
    send(risk=DANGER)
    events = Event.objects.count()

    again = send(risk=DANGER)

    assert again.json()["status"] == "updated"
    assert Event.objects.count() == events
