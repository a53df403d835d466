"""The chain is walked, recorded decisions decide the same, protocols are published."""

import copy
import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from dispatch.models import Agency, Decision, Event, Feed
from routing import store
from routing.models import ProtocolVersion
from tests.makers import a_call, an_agency, decided, open_all_day


def run(*words, **options):
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*words, stdout=out, stderr=err, **options)
        status = 0
    except SystemExit as end:
        status = end.code
    return status, out.getvalue(), err.getvalue()


def test_a_whole_journal_says_its_head(db):
    agency = an_agency()
    decided(a_call(agency))

    status, said, complaints = run("verify_journal", agency=agency.code)

    assert (status, complaints) == (0, "")
    assert bytes(Feed.objects.get(agency=agency).hash).hex() in said


def test_a_head_that_was_moved_is_found(db):
    agency = an_agency()
    a_call(agency)
    Feed.objects.filter(agency=agency).update(number=99)

    status, said, complaints = run("verify_journal")

    assert status == 1
    assert "BROKEN" in said
    assert "the feed says 99" in complaints


def test_an_event_that_says_other_than_its_hash_is_found(db):
    agency = an_agency()
    a_call(agency)
    last = Event.objects.filter(agency=agency).order_by("-number").first()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch_event (agency_id, number, kind, body, by, by_name, at,"
            " prev_hash, hash) SELECT agency_id, number + 1, kind, body, 'forger', by_name,"
            " at, hash, hash FROM dispatch_event WHERE agency_id = %s AND number = %s",
            [agency.pk, last.number],
        )
    Feed.objects.filter(agency=agency).update(number=last.number + 1)

    status, _, complaints = run("verify_journal", agency=agency.code)

    assert status == 1
    assert f"event {last.number + 1} was altered" in complaints


def test_an_agency_that_is_not_there_is_refused(db):
    with pytest.raises(CommandError, match="No agency nowhere"):
        run("verify_journal", agency="nowhere")


def test_recorded_decisions_decide_the_same_again(db):
    decided(a_call(an_agency()))
    decided(a_call(an_agency(), type="trespass"), weapon="yes")

    status, said, _ = run("replay_decisions")

    assert (status, said) == (0, "2 decided again, 0 differ\n")


def test_a_decision_that_would_come_out_otherwise_is_reported(db):
    call = decided(a_call(an_agency()))
    made = Decision.objects.get(call=call)
    made.facts["weapon"] = "yes"
    made.save(update_fields=["facts"])

    status, said, complaints = run("replay_decisions")

    assert status == 1
    assert "1 differ" in said
    assert f"decision {made.pk}: rule was" in complaints


def test_only_what_was_asked_for_is_decided_again(db):
    decided(a_call(an_agency()))
    agency = an_agency()
    decided(a_call(agency))

    assert run("replay_decisions", agency=agency.code)[1].startswith("1 decided")
    assert run("replay_decisions", "--since", "2990-01-01")[1].startswith("0 decided")


def test_a_published_protocol_is_the_next_version_and_an_event(db, tmp_path):
    agency = an_agency()
    document = copy.deepcopy(open_all_day()) | {"fallback": "ems"}
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(document))

    run("publish_protocol", path, agency=agency.code)
    run("publish_protocol", path, agency=agency.code)

    row, protocol = store.published(agency.pk)
    assert (row.number, str(protocol.fallback)) == (2, "ems")
    assert Event.objects.filter(agency=agency, kind="ProtocolPublished").count() == 1


def test_a_faulty_protocol_changes_nothing(db, tmp_path):
    agency = an_agency()
    path = tmp_path / "ours.yaml"
    path.write_text("name: broken\n")

    with pytest.raises(CommandError, match="protocol: "):
        run("publish_protocol", path, agency=agency.code)

    assert ProtocolVersion.objects.filter(agency=agency).count() == 1
    assert Agency.objects.filter(pk=agency.pk).exists()
