"""manage.py decide: lines in, lines out, no database, and a broken line stops nothing."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from routing.core import protocol

GOOD = {
    "id": "1",
    "at": "2026-07-01T12:00:00-04:00",
    "type": "trespass",
    "weapon": "yes",
}


@pytest.fixture
def decide(tmp_path):
    def run(*lines, **options):
        path = tmp_path / "facts.jsonl"
        raw = [
            line if isinstance(line, bytes) else json.dumps(line).encode()
            for line in lines
        ]
        path.write_bytes(b"\n".join(raw))
        out, err, status = io.StringIO(), io.StringIO(), 0
        try:
            call_command("decide", facts=str(path), stdout=out, stderr=err, **options)
        except SystemExit as ended:
            status = ended.code
        printed = [json.loads(line) for line in out.getvalue().splitlines()]
        return printed, err.getvalue(), status

    return run


def test_lines_come_out_in_the_order_they_went_in(decide):
    printed, errors, status = decide(*({**GOOD, "id": str(n)} for n in (3, 1, 2)))
    assert [line["id"] for line in printed] == ["3", "1", "2"]
    assert {line["response"] for line in printed} == {"police"}
    assert (errors, status) == ("", 0)


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ({**GOOD, "wepon": "no"}, "wepon"),
        ({**GOOD, "weapon": "perhaps"}, "weapon"),
        ({**GOOD, "at": "2026-07-01T12:00:00"}, "at"),
        ({"id": "1"}, "at"),
        ({**GOOD, "two\nlines": 1}, "two lines"),
        ([1, 2], "not an object"),
        (b"{not json", "not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b'{"id": "1", "id": "2"}', "id"),
        (b"[" * 100_000, "not JSON"),
        (b'{"id": "1", "at": "2026-07-01T12:00:00Z", "history": NaN}', "history"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not JSON"),
        (b'{"at": "2026-07-01T12:00:00Z", "id": ["x"]}', "id"),
    ],
)
def test_a_malformed_line_is_named_and_the_rest_still_runs(decide, bad, named):
    printed, errors, status = decide(GOOD, bad, {**GOOD, "id": "3"})
    assert [line["id"] for line in printed] == ["1", "3"]
    assert errors.startswith("line 2: ")
    assert named in errors
    assert len(errors.splitlines()) == 1
    assert status == 1


def test_blank_lines_count_and_are_passed_over(decide):
    printed, errors, status = decide(b"", GOOD, b"  \r", {"id": "4"})
    assert len(printed) == 1
    assert errors.startswith("line 4: at: ")
    assert status == 1


def test_a_byte_order_mark_and_windows_line_ends_are_read(decide):
    printed, _, status = decide(b"\xef\xbb\xbf" + json.dumps(GOOD).encode() + b"\r")
    assert (len(printed), status) == (1, 0)


def test_an_agencys_own_protocol_decides(decide, tmp_path):
    own = tmp_path / "own.yaml"
    own.write_text(protocol.text("durham.yaml").replace("name: durham", "name: own"))
    printed, _, _ = decide(GOOD, protocol=str(own))
    assert printed[0]["protocol"] == "own-2026.1"


@pytest.mark.parametrize("document", ["name: [", "name: 1", "\x00", None])
def test_a_protocol_that_cannot_be_read_stops_with_status_2(decide, tmp_path, document):
    path = tmp_path / "own.yaml"
    if document is not None:
        path.write_text(document)
    with pytest.raises(CommandError) as stopped:
        decide(GOOD, protocol=str(path))
    assert stopped.value.returncode == 2


def test_facts_that_are_not_there_stop_with_status_2(tmp_path):
    with pytest.raises(CommandError) as stopped:
        call_command("decide", facts=str(tmp_path / "none"))
    assert stopped.value.returncode == 2


def test_facts_come_from_the_input_too(monkeypatch):
    raw = io.TextIOWrapper(io.BytesIO(json.dumps(GOOD).encode()))
    monkeypatch.setattr("sys.stdin", raw)
    out = io.StringIO()
    call_command("decide", facts="-", stdout=out)
    assert json.loads(out.getvalue())["rule"] == "S4"
