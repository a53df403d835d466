"""The page of a call: watch it decide, override, tell, send, link, close."""

from uuid import uuid4

import pytest
from django.urls import reverse

from dispatch.actions import intake, triage, unit
from dispatch.events import CLOCK
from dispatch.models import AccessRecord, Call, CallNote, Decision, Seat
from tests import makers
from tests.edges.pages import sent, typed, words

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_one_call_from_the_empty_form_to_its_end(centre, desk):
    makers.a_clinician(centre)

    opened = desk.post(reverse("intake"), typed(do="accept", note="Speaks softly."))
    call = Call.objects.get()
    assert opened.url == reverse("call", args=[call.pk])
    assert call.owner == desk.user
    assert CallNote.objects.get().text == "Speaks softly."

    waits = desk.get(opened.url)
    assert "Deciding…" in words(waits)
    assert reverse("call_decision", args=[call.pk]) in waits.content.decode()

    asked = desk.post(reverse("call_decision", args=[call.pk]), headers=HTMX)
    assert asked.status_code == 200
    assert "Clinician by phone now" in words(asked)
    assert Decision.objects.get().by == f"user:{desk.user.pk}"
    assert makers.ringing(call)

    Seat.objects.get(call=call, response="ccd")
    closed = desk.post(
        reverse("call_close", args=[call.pk]),
        {
            "outcomes": ["no_help_needed"],
            "person_reached": "yes",
            "followup_consent": "no",
            "seen": makers.fresh(call).version,
            "key": str(uuid4()),
        },
    )
    assert closed.status_code == 302
    assert makers.fresh(call).state == "closed"
    assert "No help needed" in words(desk.get(closed.url))


def test_an_override_below_the_floor_is_refused_with_the_sentence(centre, desk):
    call = makers.decided(makers.a_call(centre), weapon="yes")

    answer = desk.post(
        reverse("call_override", args=[call.pk]),
        {"response": "crt", "reason": "officer_asks", "key": str(uuid4())},
    )

    assert answer.status_code == 422
    assert "The safety rules forbid this" in words(answer)
    assert "There is a weapon" in words(answer)
    assert Decision.objects.get().override_response == ""


def test_the_words_given_with_an_override_stand_on_the_call(centre, desk):
    makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))
    chosen = {"response": "cor", "reason": "other", "why": "Officer Ray knows her."}

    desk.post(reverse("call_override", args=[call.pk]), chosen | {"key": str(uuid4())})

    assert "Officer Ray knows her." in words(desk.get(reverse("call", args=[call.pk])))


def test_a_crew_whose_phone_is_dead_clears_by_radio(centre, desk):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.accepted(call, "crt")
    seat = makers.seat_of(call, "crt")
    car = seat.assignments.get().unit
    for state in ("en_route", "on_scene"):
        unit.report(unit_id=car.pk, to=state, by=CLOCK)
    page = reverse("call", args=[call.pk])
    assert "Clear by radio" in words(desk.get(page))
    assert "Withdraw" not in words(desk.get(page)).split("Clear by radio")[1][:200]

    over = reverse("seat_over", args=[call.pk, seat.pk])
    assert desk.post(over, {"outcome": "gone"}).status_code == 422
    desk.post(over, {"outcome": "resolved_on_scene", "key": str(uuid4())})

    assert (makers.fresh(car).state, makers.fresh(seat).state) == ("available", "done")


def test_an_override_without_a_reason_is_refused(centre, desk):
    call = makers.decided(makers.a_call(centre))

    answer = desk.post(
        reverse("call_override", args=[call.pk]),
        {"response": "police", "reason": "", "key": str(uuid4())},
    )

    assert answer.status_code == 422
    assert "choose a reason" in words(answer)


def test_a_form_made_before_the_call_changed_is_refused_calmly(centre, desk):
    call = makers.decided(makers.a_call(centre))
    old = makers.fresh(call).version
    triage.record_answers(call_id=call.pk, answers={"threat": "yes"}, by=CLOCK)

    answer = desk.post(
        reverse("call_cancel", args=[call.pk]),
        {"reason": "test_call", "seen": old, "key": str(uuid4())},
    )

    assert answer.status_code == 409
    assert "This call changed since you looked" in words(answer)
    assert makers.fresh(call).state != "cancelled"


def test_ems_is_told_in_one_press(centre, desk):
    call = makers.decided(makers.a_call(centre), medical="yes")
    seat = call.seats.get(response="ems")

    done = desk.post(
        reverse("seat_told", args=[call.pk, seat.pk]), {"key": str(uuid4())}
    )

    assert done.status_code == 302
    assert makers.fresh(seat).state == "filled"


def test_a_seat_answers_only_under_its_own_call(centre, desk):
    call = makers.decided(makers.a_call(centre), medical="yes")
    other = makers.a_call(centre)
    seat = call.seats.get(response="ems")

    answer = desk.post(
        reverse("seat_told", args=[other.pk, seat.pk]), {"key": str(uuid4())}
    )

    assert answer.status_code == 404
    assert makers.fresh(seat).state == "wanted"


def test_radio_traffic_is_logged_with_one_line(centre, desk):
    call = makers.a_call(centre)

    desk.post(
        reverse("call_note", args=[call.pk]),
        {"kind": "radio", "text": "CRT 2 at the door", "key": str(uuid4())},
    )

    note = CallNote.objects.get()
    assert (note.kind, note.text, note.by_name) == (
        "radio",
        "CRT 2 at the door",
        "D12 Lee",
    )


def test_a_named_unit_is_sent(centre, desk):
    crew = makers.a_unit(centre, "crt", "CRT 2")
    call = makers.decided(makers.a_call(centre))

    desk.post(
        reverse("call_send", args=[call.pk]),
        {"unit": str(crew.pk), "key": str(uuid4())},
    )

    assert makers.ringing(call, "crt").unit == crew


def test_a_duplicate_is_linked_by_number_and_can_be_reopened(centre, desk):
    first, second = makers.a_call(centre), makers.a_call(centre)

    desk.post(
        reverse("call_link", args=[second.pk]),
        {"number": first.number, "key": str(uuid4())},
    )
    assert makers.fresh(second).duplicate_of == first

    desk.post(
        reverse("call_reopen", args=[second.pk]),
        {"reason": "new_information", "key": str(uuid4())},
    )
    assert makers.fresh(second).state == "triaging"


def test_looking_at_a_call_leaves_a_record(centre, desk):
    call = makers.a_call(centre)

    for name in ("call", "call_live", "call_drawer", "triage"):
        assert desk.get(reverse(name, args=[call.pk])).status_code == 200

    looks = AccessRecord.objects.filter(user=desk.user, call=call)
    assert looks.count() == 4


def test_a_simulated_call_says_what_is_not_real(centre, desk):
    call = makers.a_call(centre, simulated="answers,place")

    for name in ("call", "call_drawer", "triage"):
        page = words(desk.get(reverse(name, args=[call.pk])))
        assert "imulated: the answers, the place" in page


def test_the_call_page_costs_the_same_however_long_the_history(
    centre, desk, django_assert_max_num_queries
):
    call = makers.decided(makers.a_call(centre))
    address = reverse("call", args=[call.pk])
    desk.get(address)
    for _ in range(10):
        intake.add_note(call_id=call.pk, text="At the door.", by=CLOCK)

    with django_assert_max_num_queries(38):
        desk.get(address)


@pytest.mark.parametrize(
    ("role", "name", "status"),
    [
        ("dispatcher", "call", 200),
        ("clinician", "call", 200),
        ("supervisor", "call", 200),
        ("administrator", "call", 403),
        ("wallboard", "call", 403),
        ("responder", "call", 404),
        ("navigator", "call", 404),
        ("clinician", "triage", 200),
        ("responder", "triage", 403),
        ("clinician", "call_drawer", 200),
        ("wallboard", "call_live", 403),
    ],
)
def test_who_may_open_which_page_of_a_call(centre, client, role, name, status):
    call = makers.a_call(centre)
    client.force_login(makers.a_user(centre, role))

    assert client.get(reverse(name, args=[call.pk])).status_code == status


def test_another_centres_call_is_not_there(client, centre):
    call = makers.a_call(centre)
    client.force_login(makers.a_user(makers.an_agency(), "supervisor"))

    for name in ("call", "call_live", "call_acts", "call_drawer", "triage"):
        assert client.get(reverse(name, args=[call.pk])).status_code == 404


def test_a_clinician_answers_but_corrects_nothing_and_opens_nothing(centre, client):
    call = makers.a_call(centre, address="1012 W Main St")
    client.force_login(makers.a_user(centre, "clinician"))

    client.post(
        reverse("triage", args=[call.pk]),
        sent(call, do="save", weapon="yes", address="Somewhere else"),
    )

    assert call.answers.get(question="weapon").value == "yes"
    assert makers.fresh(call).caller.address == "1012 W Main St"
    assert client.get(reverse("intake")).status_code == 403
    assert client.post(reverse("preview"), typed()).status_code == 403


def test_what_was_planned_next_is_shown_and_one_press_asks_for_it(centre, desk):
    makers.a_clinician(centre)
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call), "declined_help")
    page = reverse("call", args=[call.pk])
    assert "Next, if somebody should go: Community Response Team" in words(
        desk.get(page)
    )

    seen = makers.fresh(call).version
    said = {"response": "crt", "reason": "more_help", "seen": seen}
    desk.post(reverse("call_ask", args=[call.pk]), said | {"key": str(uuid4())})

    assert makers.seat_of(call, "crt").requested
    assert makers.fresh(call).state == "working"
    assert "Next, if somebody should go" not in words(desk.get(page))


def test_nothing_stands_next_once_the_call_is_closed(centre, desk):
    makers.a_clinician(centre)
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre))
    makers.ended(makers.with_clinician(call), "declined_help")
    page = reverse("call", args=[call.pk])
    assert "Next, if somebody should go" in words(desk.get(page))

    makers.closed(call)

    assert "Next, if somebody should go" not in words(desk.get(page))


def test_nothing_stands_next_where_a_person_chose_otherwise(centre, desk):
    makers.a_clinician(centre)
    makers.a_unit(centre, "crt")
    call = makers.decided(makers.a_call(centre))
    makers.override(call, "cor")

    page = desk.get(reverse("call", args=[call.pk]))

    assert "Next, if somebody should go" not in words(page)


@pytest.mark.parametrize(
    ("route", "said"),
    [
        ("call_note", {"text": "x" * 4001}),
        ("line_add", {"do": "collateral", "number": "1" * 81}),
        ("line_add", {"do": "collateral", "number": "911", "name": "x" * 81}),
    ],
)
def test_no_form_of_the_page_cuts_what_is_typed(centre, desk, route, said):
    call = makers.a_call(centre)

    answer = desk.post(reverse(route, args=[call.pk]), said)

    assert answer.status_code == 422
    assert "at most" in words(answer)
    assert not CallNote.objects.exists()
    assert call.contacts.count() == 1
