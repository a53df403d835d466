"""The agency's own numbers and rows: a protocol document, read and checked."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import jsonschema
import yaml

from routing.core import queue, standing
from routing.core.clocks import CLOCKS as CLOCKS
from routing.core.facts import Mode, Point, Response
from routing.core.queue import Queue, Wish
from routing.core.standing import Ranking

DAY = 24 * 60
Obj = Mapping[str, "object"]


class ProtocolError(ValueError):
    """A document that cannot be a protocol: where, and a sentence about it."""

    def __init__(self, path: str, sentence: str) -> None:
        super().__init__(f"{path}: {sentence}")
        self.path = path
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class CallType:
    """What the agency calls a kind of call."""

    label: str
    behavioural: bool
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The first of these kinds that can go, beside the row's own response."""

    kinds: tuple[Response, ...]
    mode: Mode
    when: tuple[tuple[str, frozenset[object]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """When these facts hold: these responses, in this order."""

    rule: str
    when: tuple[tuple[str, frozenset[object]], ...]
    responses: tuple[Response, ...]
    also: tuple[Beside, ...] = ()
    # None = the row says nothing, so nobody unarmed goes to an answer not known.
    when_not_known: tuple[Beside, ...] | None = None
    otherwise: Response | None = None
    enabled: bool = True
    priority: int | None = None
    flags: tuple[str, ...] = ()
    tells: tuple[str, ...] = ()
    because: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the triage page, with the digit that reaches it."""

    key: str
    number: int
    wording: str
    say: str
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """One agency's rules, as published."""

    name: str
    version: str
    zone: ZoneInfo
    fallback: Response
    rows: tuple[Row, ...]
    types: Mapping[str, CallType]
    responses: Mapping[Response, str]
    # Minutes of the local day, from and to; a kind left out is open all day.
    hours: Mapping[Response, tuple[int, int]] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()
    clocks: Mapping[str, float] = field(default_factory=dict)
    skills: Mapping[str, str] = field(default_factory=dict)
    # Language, or "any" → the number of the interpreters who speak it.
    interpreters: Mapping[str, str] = field(default_factory=dict)
    queue: Queue = field(default_factory=Queue)
    ranking: Ranking = field(default_factory=Ranking)
    # The middle of where its crews work; None = nobody said.
    centre: Point | None = None

    @property
    def title(self) -> str:
        return f"{self.name}-{self.version}"


def load(text: str) -> Protocol:
    """A protocol from YAML, of which JSON is a part; ProtocolError when it is neither."""
    try:
        # Through JSON, so that a bare 988 is a key like "988" and a date is refused.
        document = json.loads(json.dumps(yaml.safe_load(text)))
    except (yaml.YAMLError, RecursionError, TypeError, ValueError) as error:
        raise ProtocolError("document", f"is not YAML or JSON ({error})") from None
    return read(document)


def shipped() -> Protocol:
    """The default protocol that comes with the product."""
    return load(text("durham.yaml"))


def text(name: str) -> str:
    folder = resources.files("routing").joinpath("protocols")
    return folder.joinpath(name).read_text("utf-8")


@cache
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(text("schema.json")))


def read(document: object) -> Protocol:
    """Check a decoded document and build the protocol; ProtocolError names the path."""
    check_shape(document)
    assert isinstance(document, Mapping)
    types = {code: read_type(known) for code, known in document["types"].items()}
    clocks = {**CLOCKS, **document.get("clocks", {})}
    skills = dict(document.get("skills", {}))
    waits = queue.read(document.get("queue", {}), read_when)
    check_wishes(waits.wishes, types, skills)
    return Protocol(
        name=document["name"],
        version=document["version"],
        zone=read_zone(document["time_zone"]),
        fallback=Response(document["fallback"]),
        rows=tuple(read_row(n, row, types) for n, row in enumerate(document["rows"])),
        types=MappingProxyType(types),
        responses=MappingProxyType(by_kind(document["responses"])),
        hours=MappingProxyType(
            {
                Response(k): read_hours(k, v)
                for k, v in document.get("hours", {}).items()
            }
        ),
        questions=read_questions(document.get("questions", [])),
        clocks=MappingProxyType(clocks),
        skills=MappingProxyType(skills),
        interpreters=MappingProxyType(dict(document.get("interpreters", {}))),
        queue=waits,
        ranking=standing.read(
            document.get("ranking", {}), stale=clocks["position_stale"]
        ),
        centre=read_centre(document.get("centre")),
    )


def check_shape(document: object) -> None:
    errors = validator().iter_errors(document)
    first = min(
        errors, key=lambda error: [str(p) for p in error.absolute_path], default=None
    )
    if first is not None:
        path = ".".join(str(part) for part in first.absolute_path) or "document"
        raise ProtocolError(path, first.message)


def by_kind(labels: Mapping[str, str]) -> dict[Response, str]:
    return {Response(kind): label for kind, label in labels.items()}


def read_type(known: Mapping[str, object]) -> CallType:
    priority = known["priority"]
    assert isinstance(priority, int)
    return CallType(
        label=str(known["label"]),
        behavioural=known.get("behavioural_health") is True,
        priority=priority,
    )


def read_zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ProtocolError("time_zone", f"{name!r} is not a time zone") from None


def read_centre(said: Mapping[str, float] | None) -> Point | None:
    return None if said is None else Point(lat=said["lat"], lon=said["lon"])


def read_hours(kind: str, window: str) -> tuple[int, int]:
    """From and to in minutes; "22:00-06:00" crosses midnight."""
    start, end = (int(clock[:2]) * 60 + int(clock[3:]) for clock in window.split("-"))
    if start in (end, DAY) or max(start, end) > DAY:
        raise ProtocolError(f"hours.{kind}", f"{window!r} is not a span of the day")
    return start, end


def read_row(n: int, row: Mapping[str, Obj], types: Mapping[str, CallType]) -> Row:
    plain: dict[str, object] = dict(row)
    when = read_when(plain.get("when"))
    check_types(when, types, f"rows.{n}")
    not_known = plain.get("when_not_known")
    otherwise = plain.get("otherwise")
    priority = plain.get("priority")
    return Row(
        rule=str(plain["rule"]),
        when=when,
        responses=tuple(Response(str(kind)) for kind in listed(plain["responses"])),
        also=tuple(read_beside(one) for one in listed(plain.get("also", []))),
        when_not_known=None if not_known is None else read_not_known(not_known),
        otherwise=None if otherwise is None else Response(str(otherwise)),
        enabled=plain.get("enabled", True) is True,
        priority=priority if isinstance(priority, int) else None,
        flags=tuple(str(flag) for flag in listed(plain.get("flags", []))),
        tells=tuple(str(role) for role in listed(plain.get("tell", []))),
        because=read_words(plain["because"]),
    )


def check_types(when: queue.When, types: Mapping[str, CallType], path: str) -> None:
    """Refuse a type that the document does not name: the condition would never hold."""
    strangers = dict(when).get("type", frozenset()) - {*types, None}
    if strangers:
        named = ", ".join(sorted(str(one) for one in strangers))
        raise ProtocolError(f"{path}.when.type", f"{named}: not among the types")


def check_wishes(
    wishes: tuple[Wish, ...], types: Mapping[str, CallType], skills: Mapping[str, str]
) -> None:
    for n, wish in enumerate(wishes):
        check_types(wish.when, types, f"queue.skills.{n}")
        if wish.skill not in skills:
            named = f"{wish.skill}: not among the skills"
            raise ProtocolError(f"queue.skills.{n}.skill", named)


def read_words(words: object) -> tuple[tuple[str, str], ...]:
    assert isinstance(words, Mapping)
    return tuple((str(language), str(said)) for language, said in words.items())


def read_not_known(not_known: object) -> tuple[Beside, ...]:
    assert isinstance(not_known, Mapping)
    return tuple(read_beside(one) for one in listed(not_known.get("also", [])))


def read_beside(beside: object) -> Beside:
    assert isinstance(beside, Mapping)
    return Beside(
        kinds=tuple(Response(str(kind)) for kind in listed(beside["response"])),
        mode=Mode(beside["mode"]),
        when=read_when(beside.get("when")),
    )


def read_when(when: object) -> tuple[tuple[str, frozenset[object]], ...]:
    if when is None:
        return ()
    assert isinstance(when, Mapping)
    return tuple((str(key), frozenset(listed(value))) for key, value in when.items())


def listed(value: object) -> list[object]:
    """One value and a list of one are written alike."""
    return value if isinstance(value, list) else [value]


def read_questions(questions: list[Mapping[str, object]]) -> tuple[Question, ...]:
    return tuple(
        Question(
            key=str(one["key"]),
            number=int(str(one["number"])),
            wording=str(one["wording"]),
            say=str(one["say"]),
            group=str(one["group"]),
        )
        for one in questions
    )
