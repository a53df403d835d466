"""The API: the same verbs as the pages, one shape of refusal, nothing by halves."""

from contextlib import closing

import psycopg2
import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from dispatch.actions import followup, intake
from dispatch.models import Call, FollowUp
from tests import makers
from tests.edges.api import API, Person


def test_the_same_key_answers_with_the_same_call_and_opens_one(centre, dispatcher):
    first = dispatcher.post("calls/", {"type": "trespass"}, key="k1")

    again = dispatcher.post("calls/", {"type": "trespass"}, key="k1")

    assert again.json() == first.json()
    assert Call.objects.filter(agency=centre).count() == 1


def test_the_same_key_with_another_body_is_refused(centre, dispatcher):
    dispatcher.post("calls/", {"type": "trespass"}, key="k1")

    refused = dispatcher.post("calls/", {"type": "noise"}, key="k1")

    assert (refused.status_code, refused.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize("key", ["", " ", "x" * 81, "a b"])
def test_a_write_without_a_usable_key_is_refused_by_name(centre, dispatcher, key):
    refused = dispatcher.raw("calls/", "{}", **{"Idempotency-Key": key})

    assert refused.status_code == 400
    assert refused.json()["code"] == "key_required"
    assert refused.json()["field"] == "Idempotency-Key"
    assert not Call.objects.filter(agency=centre).exists()


def test_a_write_that_does_not_say_what_it_saw_is_refused(centre, dispatcher):
    call = makers.a_call(centre)

    refused = dispatcher.post(f"calls/{call.pk}/take/")

    assert refused.status_code == 428
    assert refused.json()["field"] == "If-Match"


def test_an_unreadable_version_is_refused(centre, dispatcher):
    call = makers.a_call(centre)

    refused = dispatcher.post(f"calls/{call.pk}/take/", **{"If-Match": "newest"})

    assert (refused.status_code, refused.json()["code"]) == (400, "version_unreadable")


def test_a_stale_write_is_told_the_current_version(centre, dispatcher):
    call = makers.a_call(centre)
    seen = makers.fresh(call).version
    intake.take(call_id=call.pk, by=makers.by(makers.a_user(centre, "dispatcher")))

    refused = dispatcher.post(f"calls/{call.pk}/take/", version=seen)

    assert refused.status_code == 409
    assert refused.json()["code"] == "stale"
    assert refused.json()["version"] == seen + 1


def test_a_stale_followup_is_told_its_own_version(centre):
    navigator = Person(makers.a_user(centre, "navigator"))
    call = makers.decided(makers.a_call(centre, type="trespass"))
    makers.closed(call, "no_help_needed", consent="yes")
    row = FollowUp.objects.get(call=call)
    followup.postpone(followup_id=row.pk, hours=2, by=makers.by(navigator.user))

    refused = navigator.post(f"followups/{row.pk}/claim/", version=row.version)

    assert (refused.status_code, refused.json()["version"]) == (409, row.version + 1)


def test_the_version_is_in_the_answer_and_in_its_tag(centre, dispatcher):
    call = makers.a_call(centre)
    seen = makers.fresh(call).version

    taken = dispatcher.post(f"calls/{call.pk}/take/", version=seen)

    assert taken.json()["version"] == seen + 1
    assert taken.headers["ETag"] == f'"{seen + 1}"'
    assert dispatcher.get(f"calls/{call.pk}/").headers["ETag"] == f'"{seen + 1}"'


BODIES = [
    ("{", 400, None),
    ("", 201, None),
    ("[]", 422, "body"),
    ('"call"', 422, "body"),
    ("null", 422, "body"),
    ("[" * 60_000, 400, None),
    ('{"tpye": "trespass"}', 422, "tpye"),
    ('{"type": 7}', 422, "type"),
    ('{"type": "Two words"}', 422, "type"),
    ('{"urgent": "yes"}', 422, "urgent"),
    ('{"urgent": 1}', 422, "urgent"),
    ('{"priority": "1"}', 422, "priority"),
    ('{"priority": 9}', 422, "priority"),
    ('{"source": "pigeon"}', 422, "source"),
    ('{"source": ["911"]}', 422, "source"),
    ('{"point": {"lat": 99, "lon": 0}}', 422, "point.lat"),
    ('{"point": {"lat": 9}}', 422, "point.lon"),
    ('{"point": {"lat": NaN, "lon": 0}}', 400, None),
    ('{"point": {"lat": Infinity, "lon": 0}}', 400, None),
    ('{"point": {"lat": 1e999, "lon": 0}}', 400, None),
    ('{"point": {"lat": %s, "lon": 0}}' % ("9" * 400), 422, "point.lat"),
    ('{"priority": %s}' % ("9" * 5000), 400, None),
    ('{"type": "noise", "type": "trespass"}', 422, "type"),
    ('{"urgent": true, "type": "noise", "urgent": true}', 422, "urgent"),
    ('{"point": {"lat": 1, "lat": 2, "lon": 0}}', 422, "lat"),
    ('{"\\ud800": 1, "\\ud800": 1}', 422, "\\ud800"),
    ('{"said": ' + "[" * 300 + "]" * 300 + "}", 422, "said"),
    (b'{"said": "\xff"}', 400, None),
    ('{"said": "so"}'.encode("utf-16"), 400, None),
    (b'\xef\xbb\xbf{"said": "so"}', 400, None),
    ('{"offence": {"class": "x", "colour": "red"}}', 422, "offence.colour"),
    ('{"name": "a\\u0000b"}', 422, "name"),
    ('{"name": "a\\ud800b"}', 422, "name"),
    ('{"\\ud800": 1}', 422, "\\ud800"),
    ('{"zone": "%s"}' % ("x" * 81), 422, "zone"),
    ('{"channel": "smoke"}', 422, "channel"),
    ('{"safe_contact": "whenever"}', 422, "safe_contact"),
    ('{"opened_at": "2020-01-01T00:00:00Z"}', 422, "opened_at"),
    ('{"simulated": "all"}', 422, "simulated"),
]


@pytest.mark.parametrize(("text", "status", "field"), BODIES)
def test_a_body_is_taken_whole_or_refused_by_the_name_of_its_key(
    centre, dispatcher, text, status, field
):
    answered = dispatcher.raw("calls/", text, **{"Idempotency-Key": "k1"})

    assert answered.status_code == status
    assert Call.objects.filter(agency=centre).exists() == (status == 201)
    if status != 201:
        assert answered.json().get("field") == field
        assert {"code", "message"} <= answered.json().keys()


def test_a_refusal_does_not_repeat_what_was_said(centre, dispatcher):
    refused = dispatcher.post("calls/", {"safe_contact": "my name is Ada Quill"})

    assert "Quill" not in refused.content.decode()


def test_reasons_are_codes_because_the_log_holds_no_sentences(centre, dispatcher):
    call = makers.a_call(centre)
    version = makers.fresh(call).version

    refused = dispatcher.post(
        f"calls/{call.pk}/cancel/", {"reason": "Ada said no"}, version=version
    )
    taken = dispatcher.post(
        f"calls/{call.pk}/cancel/", {"reason": "caller_declined"}, version=version
    )

    assert refused.status_code == 422
    assert taken.json()["state"] == "cancelled"


def test_a_form_is_not_json(centre, dispatcher):
    headers = {"Idempotency-Key": "k1"}

    refused = dispatcher.client.post(API + "calls/", {"type": "noise"}, headers=headers)

    assert refused.status_code == 415
    assert {"code", "message"} <= refused.json().keys()


def test_the_wrong_method_is_told(centre, dispatcher):
    refused = dispatcher.get("calls/")

    assert refused.status_code == 405
    assert {"code", "message"} <= refused.json().keys()


def test_a_write_without_the_csrf_token_changes_nothing(centre):
    stranger = Person(makers.a_user(centre, "dispatcher"), enforce_csrf_checks=True)

    refused = stranger.post("calls/", {})

    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    assert not Call.objects.filter(agency=centre).exists()


def test_a_busy_database_says_when_to_come_back(own_database):
    centre = makers.an_agency()
    dispatcher = Person(makers.a_user(centre, "dispatcher"))
    call = makers.a_call(centre)
    seen = makers.fresh(call).version
    connection.cursor().execute("SET lock_timeout = '20ms'")
    with closing(psycopg2.connect(own_database.database_url)) as holder:
        holder.cursor().execute("SELECT 1 FROM dispatch_call FOR UPDATE")

        refused = dispatcher.post(f"calls/{call.pk}/take/", version=seen)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["code"] == "busy"
    assert makers.fresh(call).version == seen


def test_a_database_that_is_away_is_said_in_json(own_database, monkeypatch):
    centre = makers.an_agency()
    dispatcher = Person(makers.a_user(centre, "dispatcher"))
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nonexistent")
    connection.close()

    refused = dispatcher.post("calls/", {})

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["code"] == "away"


def test_the_openapi_document_is_valid_and_raises_no_doubt(capsys):
    document = SchemaGenerator().get_schema(request=None, public=True)

    validate_schema(document)

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "")
    write = document["paths"][f"{API}calls/{{id}}/take/"]["post"]
    needed = {one["name"]: one.get("required") for one in write["parameters"]}
    assert needed["Idempotency-Key"]
    assert "If-Match" in needed


def test_every_verb_stands_in_the_document():
    document = SchemaGenerator().get_schema(request=None, public=True)

    ids = [
        verb["operationId"]
        for path in document["paths"].values()
        for verb in path.values()
    ]

    assert len(ids) == len(set(ids))
    assert {"openCall", "acceptOffer", "endSession", "reportStatus"} <= set(ids)
    assert {"seeAlike", "addCaller", "splitCaller", "unlinkCall"} <= set(ids)
    assert {"seeKnown", "writePlan", "approvePlan", "endPlan"} <= set(ids)
    assert {"raiseCaution", "prolongCaution", "endCaution"} <= set(ids)


def test_the_document_is_for_people_who_are_signed_in(centre, dispatcher):
    assert Client().get(reverse("api:schema")).status_code == 403
    assert dispatcher.client.get(reverse("api:schema")).status_code == 200
