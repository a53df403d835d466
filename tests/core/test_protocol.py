"""A protocol document is read whole or refused by the path of what is wrong."""

import json
from copy import deepcopy
from functools import cache

import pytest
import yaml

from routing.core import protocol
from routing.core.decide import decide
from routing.core.protocol import ProtocolError
from tests.core.calls import a_call, durham


@cache
def parsed():
    return yaml.safe_load(protocol.text("durham.yaml"))


def document():
    """The shipped document, each time anew to be spoilt."""
    return deepcopy(parsed())


def test_the_shipped_protocol_is_readable_and_named():
    assert durham().title == "durham-2026.1"
    assert durham().clocks["offer_in_all"] == 60
    assert [one.number for one in durham().questions] == list(range(1, 11))


def test_json_and_yaml_say_the_same():
    assert protocol.load(json.dumps(document())) == durham()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (lambda doc: doc.update(colour="red"), "document"),
        (lambda doc: doc.pop("fallback"), "document"),
        (lambda doc: doc.update(fallback="crt"), "fallback"),
        (lambda doc: doc.update(time_zone="Mars/North"), "time_zone"),
        (lambda doc: doc.update(time_zone="../etc/passwd"), "time_zone"),
        (lambda doc: doc["hours"].update(crt="6-24"), "hours.crt"),
        (lambda doc: doc["hours"].update(crt="06:00-25:00"), "hours.crt"),
        (lambda doc: doc["hours"].update(crt="06:00-06:00"), "hours.crt"),
        (lambda doc: doc["hours"].update(swat="06:00-07:00"), "hours"),
        (lambda doc: doc["rows"][0].update(when={"wepon": "no"}), "rows.0.when"),
        (
            lambda doc: doc["rows"][0].update(when={"weapon": True}),
            "rows.0.when.weapon",
        ),
        (lambda doc: doc["rows"][3].update(responses=["swat"]), "rows.3.responses.0"),
        (lambda doc: doc["rows"][3].update(responses=[]), "rows.3.responses"),
        (
            lambda doc: doc["rows"][3].update(when={"type": "parade"}),
            "rows.3.when.type",
        ),
        (lambda doc: doc["rows"][3].update(priority=5), "rows.3.priority"),
        (
            lambda doc: doc["rows"][3].update(when_not_known={"mode": "now"}),
            "rows.3.when_not_known.mode",
        ),
        (lambda doc: doc["clocks"].update(offer_rings=-1), "clocks.offer_rings"),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(change, path):
    # Through JSON, so that rows which share an anchor do not change together.
    doc = json.loads(json.dumps(document()))
    change(doc)
    with pytest.raises(ProtocolError) as refused:
        protocol.read(doc)
    assert refused.value.path == path


@pytest.mark.parametrize(
    "text", ["", "[1, 2]", "a: b: c", "{", "at: 2026-01-01", "&a [*a]"]
)
def test_what_is_no_document_is_refused(text):
    with pytest.raises(ProtocolError):
        protocol.load(text)


def test_an_agency_switches_a_row_on():
    doc = document()
    for row in doc["rows"]:
        row["enabled"] = True
    assert decide(a_call(type="noise"), protocol.read(doc)).rule == "E8"


def test_a_row_that_is_silent_on_not_known_sends_nobody_unarmed():
    doc = document()
    for row in doc["rows"]:
        row.pop("when_not_known", None)
    decision = decide(a_call(type="trespass", weapon="not_known"), protocol.read(doc))
    assert decision.response == "cor"


def test_hours_may_cross_midnight():
    doc = document()
    doc["hours"]["crt"] = "22:00-02:00"
    night_shift = protocol.read(doc)
    for at, goes in {"23:00": "crt", "01:59": "crt", "02:00": "police"}.items():
        call = a_call(type="trespass", at=f"2026-07-01T{at}:00-04:00")
        assert decide(call, night_shift).response == goes
