"""A protocol document is read whole or refused by the path of what is wrong."""

import json
from copy import deepcopy
from dataclasses import replace
from functools import cache

import pytest
import yaml

from routing.core import protocol
from routing.core.clocks import CLOCKS
from routing.core.decide import decide
from routing.core.protocol import ProtocolError
from routing.core.queue import Queue, Wish
from routing.core.standing import Ranking
from tests.core.calls import a_call, durham


@cache
def parsed():
    return yaml.safe_load(protocol.text("durham.yaml"))


def document():
    """The shipped document, each time anew to be spoilt."""
    return deepcopy(parsed())


def a_wish(doc):
    return doc["queue"]["skills"][0]


def test_the_shipped_protocol_is_readable_and_named():
    assert durham().title == "durham-2026.1"
    assert durham().clocks["offer_in_all"] == 60
    assert [one.number for one in durham().questions] == list(range(1, 11))


def test_an_agency_reads_every_clock_and_its_default_in_the_shipped_document():
    assert document()["clocks"] == CLOCKS


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
        (lambda doc: doc["queue"].update(colour="red"), "queue"),
        (lambda doc: doc["queue"].update(capacity=0), "queue.capacity"),
        (lambda doc: doc["queue"].update(rises=[0]), "queue.rises.0"),
        (lambda doc: doc["queue"]["relax"].update(wished=1), "queue.relax"),
        (lambda doc: doc["queue"]["targets"].update(police=9), "queue.targets"),
        (lambda doc: doc["queue"].update(roster="yes"), "queue.roster"),
        (lambda doc: a_wish(doc).update(level=4), "queue.skills.0.level"),
        (lambda doc: a_wish(doc).update(need="nice"), "queue.skills.0.need"),
        (lambda doc: a_wish(doc).update(skill="magic"), "queue.skills.0.skill"),
        (lambda doc: a_wish(doc).pop("when"), "queue.skills.0"),
        (
            lambda doc: a_wish(doc).update(when={"type": "parade"}),
            "queue.skills.0.when.type",
        ),
        (
            lambda doc: a_wish(doc).update(when={"language": "Spanish"}),
            "queue.skills.0.when.language",
        ),
        (
            lambda doc: doc["rows"][3].update(when={"language": "es"}),
            "rows.3.when.language",
        ),
        (lambda doc: doc["ranking"].update(stale=60), "ranking"),
        (lambda doc: doc["ranking"].update(speed_kmh=0), "ranking.speed_kmh"),
        (lambda doc: doc["ranking"].update(road_factor=0.9), "ranking.road_factor"),
    ],
)
def test_what_is_wrong_is_refused_by_its_path(change, path):
    # Through JSON, so that rows which share an anchor do not change together.
    doc = json.loads(json.dumps(document()))
    change(doc)
    with pytest.raises(ProtocolError) as refused:
        protocol.read(doc)
    assert refused.value.path == path


def test_a_document_that_says_nothing_of_queue_and_ranking_has_the_defaults():
    doc = document()
    del doc["queue"], doc["ranking"], doc["clocks"]
    silent = protocol.read(doc)
    assert (silent.queue, silent.ranking) == (Queue(), Ranking())
    assert silent.clocks == protocol.CLOCKS == durham().clocks


def test_what_the_shipped_document_says_is_what_it_would_be_unsaid():
    assert replace(durham().queue, wishes=()) == Queue()
    assert durham().ranking == Ranking()


def test_an_agency_says_how_its_calls_wait_and_its_units_are_compared():
    doc = document()
    doc["queue"] = {
        "capacity": 2,
        "rises": [60],
        "relax": {"required": 10},
        "targets": {"crt": 90},
        "skills": [{"when": {"language": None}, "skill": "peer", "need": "preferred"}],
    }
    doc["ranking"] = {"near": 30}
    doc["clocks"]["position_stale"] = 45

    own = protocol.read(doc)

    when = (("language", frozenset({None})),)
    assert own.queue == Queue(
        capacity=2,
        rises=(60,),
        relax_required=10,
        targets={"ccd": 30, "crt": 90, "cor": 120},
        wishes=(Wish(when=when, skill="peer", level=1, required=False),),
    )
    assert own.ranking == Ranking(near=30, stale=45)


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
