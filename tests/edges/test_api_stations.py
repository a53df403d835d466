"""The stations over the API: each verb of the pages has its twin in JSON."""

import json

import pytest

from dispatch.models import AccessRecord, Call, CallNote, Event, Seat, SourceWording
from dispatch.seal import lookup
from tests import makers
from tests.edges.api import Person


def test_a_call_goes_all_the_way_over_the_api(centre, dispatcher):
    clinician = Person(makers.a_clinician(centre))
    navigator = Person(makers.a_user(centre, "navigator"))
    opened = dispatcher.post(
        "calls/",
        {
            "type": "mental_health_crisis",
            "caller_kind": "person",
            "location_verified": True,
            "inside": True,
            "zone": "District 2",
            "phone": "919-555-0142",
            "safe_contact": "call_and_text",
            "point": {"lat": 35.99, "lon": -78.9},
        },
    )
    assert opened.status_code == 201
    call = f"calls/{opened.json()['id']}/"

    seen = opened.json()["version"]
    complete = {"answers": makers.SAFE, "version": seen}
    triaged = dispatcher.post(call + "complete/", complete)
    assert triaged.json()["state"] == "triaging"
    decided = dispatcher.post(call + "decide/")
    assert (decided.json()["state"], decided.json()["eligibility"]) == (
        "decided",
        "eligible",
    )
    (ring,) = clinician.get("offers/").json()
    session = clinician.post(f"offers/{ring['id']}/accept/").json()
    mine = clinician.post(f"sessions/{session['id']}/confirm/")
    assert mine.json()["confirmed_at"]
    end = {
        "outcomes": ["resolved_by_phone"],
        "followup_consent": "yes",
        "line_over": True,
    }
    assert clinician.post(f"sessions/{session['id']}/end/", end).status_code == 200
    version = clinician.get(call).json()["version"]
    closed = clinician.post(call + "close/", version=version)
    assert closed.json()["state"] == "closed"
    (due,) = navigator.get("followups/").json()
    claimed = navigator.post(f"followups/{due['id']}/claim/", version=due["version"])
    assert claimed.json()["claimed_by"] == str(navigator.user.pk)
    tried = navigator.post(
        f"followups/{due['id']}/attempt/",
        {"reached": True},
        version=claimed.json()["version"],
    )
    done = navigator.post(
        f"followups/{due['id']}/complete/",
        {"outcome": "engaged"},
        version=tried.json()["version"],
    )
    assert done.json()["state"] == "closed"


def test_a_crew_reports_its_statuses_over_the_api(centre, dispatcher):
    crew = Person(makers.a_user(centre, "responder"))
    unit = makers.a_unit(centre, crewed=False)
    path = f"units/{unit.pk}/"
    assert crew.post(path + "sign-on/").json()["state"] == "available"
    call = makers.triaged(makers.a_call(centre, dispatcher.user, type="trespass"))
    seen = makers.fresh(call).version
    sent = dispatcher.post(
        f"calls/{call.pk}/send/", {"unit": str(unit.pk)}, version=seen
    )
    assert sent.status_code == 201

    (ring,) = crew.get("offers/").json()
    assert crew.post(f"offers/{ring['id']}/accept/").status_code == 200
    here = {"lat": 35.99, "lon": -78.9}
    assert crew.post(path + "position/", here).status_code == 204
    turned = crew.post(path + "position/", {"lat": -78.9, "lon": 35.99})
    assert turned.status_code == 422
    assert "exchanged" in turned.content.decode()
    nowhere = crew.post(path + "position/", {"lat": 0, "lon": 0})
    assert nowhere.status_code == 422
    crew.post(path + "status/", {"to": "en_route"})
    arrived = crew.post(path + "status/", {"to": "on_scene"})
    assert arrived.json()["state"] == "on_scene"
    assert arrived.json()["check_due_at"]
    assert crew.post(path + "emergency/").json()["emergency_at"]
    assert crew.post(path + "end-emergency/").status_code == 403
    still = crew.post(path + "clear/", {"outcome": "resolved_on_scene"})
    assert still.status_code == 422
    assert "End the emergency of" in still.content.decode()
    assert dispatcher.post(path + "end-emergency/").json()["emergency_at"] is None
    cleared = crew.post(path + "clear/", {"outcome": "resolved_on_scene"})
    assert cleared.json()["state"] == "available"
    assert crew.post(path + "sign-off/").json()["state"] == "off_duty"


def test_a_unit_at_work_is_not_put_back_in_service(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    unit = makers.on_scene(call).unit

    refused = dispatcher.post(f"units/{unit.pk}/in-service/")

    assert refused.status_code == 409
    assert makers.fresh(unit).state == "on_scene"


def test_a_clinician_at_work_does_not_become_free_by_saying_so(centre):
    clinician = Person(makers.a_clinician(centre))
    call = makers.decided(makers.a_call(centre))

    ringing = clinician.post("presence/", {"to": "available"})
    makers.with_clinician(call)
    engaged = clinician.post("presence/", {"to": "available"})

    assert (ringing.status_code, engaged.status_code) == (409, 409)


def test_a_clinician_sets_presence_and_stays_alive(centre):
    clinician = Person(makers.a_clinician(centre, available=False))

    assert clinician.post("presence/beat/").status_code == 204
    free = clinician.post("presence/", {"to": "available"})
    pause = clinician.post("presence/", {"to": "break", "reason": "meal"})

    assert free.json()["state"] == "available"
    assert (pause.json()["state"], pause.json()["reason"]) == ("break", "meal")


def test_answers_keep_their_four_values(centre, dispatcher):
    call = makers.a_call(centre)
    seen = makers.fresh(call).version

    bad = dispatcher.post(
        f"calls/{call.pk}/answers/", {"answers": {"weapon": True}}, version=seen
    )
    good = dispatcher.post(
        f"calls/{call.pk}/answers/", {"answers": {"weapon": "not_known"}}, version=seen
    )

    assert (bad.status_code, bad.json()["field"]) == (422, "answers.weapon")
    assert good.status_code == 200
    shown = dispatcher.get(f"calls/{call.pk}/").json()
    assert shown["answers"] == {"weapon": "not_known"}


def test_correcting_a_call_keeps_doubt_about_the_boundary(centre, dispatcher):
    call = makers.a_call(centre)
    seen = makers.fresh(call).version

    shown = dispatcher.post(
        f"calls/{call.pk}/details/",
        {"inside": None, "phone": "919-555-0100"},
        version=seen,
    )

    assert shown.json()["inside"] is None
    caller = makers.fresh(call).caller
    assert (caller.phone, caller.phone_lookup) == ("919-555-0100", lookup("9195550100"))


def test_a_preview_decides_and_writes_nothing(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.a_call(centre, dispatcher.user, type="trespass")
    before = Event.objects.filter(agency=centre).count()

    armed = dispatcher.raw(
        f"calls/{call.pk}/preview/",
        json.dumps({"answers": makers.SAFE | {"weapon": "yes"}}),
    )
    calm = dispatcher.raw(
        f"calls/{call.pk}/preview/", json.dumps({"answers": makers.SAFE})
    )

    assert "crt" in armed.json()["excluded"]
    assert calm.json()["response"] == "crt"
    assert calm.json()["reasons"]
    assert Event.objects.filter(agency=centre).count() == before
    assert not makers.fresh(call).answers.exists()


def test_an_override_below_the_floor_is_refused_with_the_rule(centre, dispatcher):
    call = makers.decided(makers.a_call(centre, type="trespass"), weapon="yes")

    refused = dispatcher.post(
        f"calls/{call.pk}/override/",
        {"response": "crt", "reason": "supervisor_says"},
        version=makers.fresh(call).version,
    )

    assert (refused.status_code, refused.json()["code"]) == (422, "floor_forbids")


def test_an_outside_service_is_confirmed_and_a_seat_withdrawn(centre, dispatcher):
    call = makers.decided(makers.a_call(centre), attempt="yes")
    ems = Seat.objects.get(call=call, response="ems")

    told = dispatcher.post(f"seats/{ems.pk}/confirm/")
    kept = dispatcher.post(f"seats/{ems.pk}/withdraw/", {"why": "not_needed"})
    gone = dispatcher.post(f"seats/{ems.pk}/withdraw/", {"why": "supervisor_says"})

    assert told.json()["state"] == "filled"
    assert (kept.status_code, kept.json()["field"]) == (422, "why")
    assert gone.json()["state"] == "withdrawn"


def test_a_call_is_linked_returned_and_reopened(centre, dispatcher):
    call, other = makers.a_call(centre), makers.a_call(centre)

    def send(row, verb, body):
        seen = makers.fresh(row).version
        return dispatcher.post(f"calls/{row.pk}/{verb}/", body, version=seen).json()

    linked = send(call, "link", {"duplicate_of": str(other.pk)})
    reopened = send(call, "reopen", {"reason": "not_the_same"})
    returned = send(other, "return", {"reason": "police_matter"})

    assert linked["duplicate_of"] == str(other.pk)
    assert reopened["state"] == "triaging"
    assert returned["state"] == "returned_to_911"


def test_a_note_is_sealed_and_shown_with_its_author(centre, dispatcher):
    call = makers.a_call(centre)

    made = dispatcher.post(
        f"calls/{call.pk}/notes/", {"text": "CRT 2, 10-23", "kind": "radio"}
    )

    assert made.status_code == 201
    assert made.json()["by_name"] == dispatcher.user.short_name
    assert CallNote.objects.get(call=call).text == "CRT 2, 10-23"


def test_reading_a_call_leaves_a_record(centre, dispatcher):
    call = makers.a_call(centre)

    assert dispatcher.get(f"calls/{call.pk}/").json()["caller"]["phone"]

    assert AccessRecord.objects.filter(user=dispatcher.user, call=call).count() == 1


def test_the_price_of_reading_one_call(
    centre, dispatcher, django_assert_max_num_queries
):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.on_scene(call)

    with django_assert_max_num_queries(14):
        dispatcher.get(f"calls/{call.pk}/")


def test_the_board_is_the_socket_s_snapshot(centre, dispatcher):
    makers.a_unit(centre)
    call = makers.decided(makers.a_call(centre, type="trespass"))

    shown = dispatcher.get("board/").json()

    assert shown["number"] == Event.objects.filter(agency=centre).count()
    assert [card["id"] for card in shown["cards"]] == [str(call.pk)]
    assert len(shown["units"]) == shown["open"] == 1


def test_the_log_is_followed_by_number_and_holds_no_words(centre, dispatcher):
    makers.a_call(centre, name="Ada Quill")
    makers.a_call(centre)

    later = dispatcher.get("events/", since=1)
    first = dispatcher.get("events/", limit=1)

    assert [event["number"] for event in later.json()] == [2]
    assert [event["number"] for event in first.json()] == [1]
    assert "Quill" not in first.content.decode()


@pytest.mark.parametrize("query", [{"since": "x"}, {"since": -1}, {"limit": 5000}])
def test_an_unreadable_number_is_named(centre, dispatcher, query):
    refused = dispatcher.get("events/", **query)

    assert refused.status_code == 422
    assert refused.json()["field"] in query


def test_a_lost_race_is_a_conflict_in_words(centre):
    late = Person(makers.a_clinician(centre))
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    makers.ring_out(ring)

    refused = late.post(f"offers/{ring.pk}/accept/")

    assert refused.status_code == 409
    assert refused.json() == {
        "code": "lost_race",
        "message": "Somebody else was first.",
    }


def test_the_same_reference_of_another_system_opens_one_call(centre, dispatcher):
    first = dispatcher.post("calls/", {"source_ref": "CAD-1"})

    again = dispatcher.post("calls/", {"source_ref": "CAD-1"})

    assert again.json()["id"] == first.json()["id"]
    assert Call.objects.filter(agency=centre).count() == 1


def test_a_wording_of_another_system_is_mapped_to_a_type(centre):
    boss = Person(makers.a_user(centre, "supervisor"))
    for wording, type_ in (("WELFARE CK", ""), ("PSYCH", "mental_health_crisis")):
        SourceWording.objects.create(
            agency=centre, source="cad", wording=wording, type=type_
        )
    first = boss.get("wordings/").json()[0]
    assert (first["wording"], first["type"]) == ("WELFARE CK", "")

    place = f"wordings/{first['id']}/map/"
    refused = boss.post(place, {"type": "taxi"})
    mapped = boss.post(place, {"type": "welfare_check"})

    assert (refused.status_code, refused.json()["field"]) == (422, "type")
    assert mapped.json()["type"] == "welfare_check"
    assert SourceWording.objects.get(pk=first["id"]).type == "welfare_check"


def test_the_report_is_told_without_its_small_numbers(centre):
    boss = Person(makers.a_user(centre, "supervisor"))
    for _number in range(12):
        makers.a_call(centre)
    makers.decided(makers.a_call(centre, type="trespass"))

    answer = boss.get("report/")

    told = {(row["measure"], row["line"]): row["value"] for row in answer.json()}
    assert answer.status_code == 200
    assert told["type", "Mental-health crisis"] == "<11"
    assert told["zone", "District 2"] == "13"


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "1066-10-14"}, "to"),
        ({"from": "2026-02-01", "to": "2026-01-01"}, "from"),
        ({"simulated": "perhaps"}, "simulated"),
    ],
)
def test_days_that_cannot_be_are_refused_by_name(centre, asked, field):
    boss = Person(makers.a_user(centre, "supervisor"))

    refused = boss.get("report/", **asked)

    assert (refused.status_code, refused.json()["field"]) == (422, field)
