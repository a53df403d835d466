"""Calls and protocols drawn at random, for what must hold of all of them."""

from dataclasses import replace
from datetime import timedelta, timezone
from random import Random

from hypothesis import strategies as st

from routing.core import facts, protocol
from routing.core.facts import ANSWERS
from tests.core.calls import QUIET, durham

TYPES = [*durham().types, "parade", None]
KINDS = [str(kind) for kind in facts.Response]
ANSWER = st.sampled_from([str(answer) for answer in facts.Answer])
MAYBE = st.sampled_from([True, False, None])
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
MOMENTS = st.datetimes(
    min_value=facts.datetime(1900, 1, 1),
    max_value=facts.datetime(9000, 1, 1),
    timezones=ZONES,
).map(lambda at: at.isoformat())
KNOWN = {
    "source": st.sampled_from(["911", "988", "officer", "partner"]),
    "type": st.sampled_from(TYPES),
    "caller": st.sampled_from(["person", "with_person", "third_party", None]),
    **dict.fromkeys(ANSWERS, ANSWER),
    "urgent": st.booleans(),
    "hazard": st.booleans(),
    "location": st.none()
    | st.fixed_dictionaries(
        {}, optional={"verified": MAYBE, "inside": MAYBE, "zone": st.just("1")}
    ),
    "history": st.none() | st.integers(0, 9),
    "available": st.none() | st.dictionaries(st.sampled_from(KINDS), st.integers(0, 2)),
    "offence": st.none()
    | st.fixed_dictionaries(
        {},
        optional={
            "class": st.sampled_from(["misdemeanor", "felony", None]),
            "first": MAYBE,
            "firearm": MAYBE,
            "traffic": MAYBE,
            "sexual": MAYBE,
        },
    ),
}
ANY = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=3) | st.integers(), "at": MOMENTS},
    optional=KNOWN,
)


CALLS = ANY.map(facts.read)

OPEN = ("yes", "not_known", "not_asked")
TROUBLE = [(key, value) for key in ANSWERS for value in OPEN] + [
    ("hazard", True),
    ("urgent", True),
    ("location", None),
    ("location", {"verified": True, "inside": False}),
    ("source", "988"),
    ("source", "officer"),
    ("caller", "third_party"),
    ("available", {}),
    ("available", {"crt": 1, "cn": 1}),
    ("available", {"ccd": 1}),
]


# Who only wants to talk may go to 988; to the others somebody unarmed may go.
USUAL = ("counselling", "trespass", "assist_person", "mental_health_crisis")


def some(random, choices, most):
    return random.sample(choices, random.randint(1, most))


def a_nearly_quiet_call(seed):
    """Nothing but a thing or two is wrong: there one rule alone decides."""
    random = Random(seed)
    kind = random.choice([*USUAL, *random.sample(TYPES, 2)])
    agrees = random.choice(["yes", "no"])
    trouble = dict(some(random, TROUBLE, 3))
    return facts.read({**QUIET, "type": kind, "agrees_988": agrees, **trouble})


# From one number each: to draw the structure would cost more than all the decisions.
NEARLY_QUIET = st.integers(0, 10**6).map(a_nearly_quiet_call)

MODES = ["now", "staged", "phone", "then"]
LAST = ["ccd", "ems", "fire", "police", "cit"]
OWN_HOURS = {"crt": "06:00-24:00", "cor": "22:00-04:00"}


def beside(random):
    return {"response": some(random, KINDS, 2), "mode": random.choice(MODES)}


def a_row(random):
    """A row of an agency that has thought of nothing, or of nearly everything."""
    may = {
        "when": {"type": some(random, TYPES[:-2], 8)},
        "enabled": random.random() < 0.9,
        "also": [beside(random) for _ in range(random.randint(0, 3))],
        "when_not_known": {
            "mode": "staged",
            "also": [beside(random) for _ in range(random.randint(0, 2))],
        },
        "otherwise": random.choice(LAST),
        "priority": random.randint(1, 4),
    }
    said = {key: value for key, value in may.items() if random.random() < 0.6}
    must = {"rule": "X1", "responses": some(random, KINDS, 4), "because": {"en": "So."}}
    return protocol.read_row(0, must | said, durham().types)


def a_protocol(seed):
    """The default protocol, or one with its types and with rows and hours of its own."""
    random = Random(seed)
    if random.random() < 0.5:
        return durham()
    return replace(
        durham(),
        fallback=facts.Response(random.choice(["police", "ems", "cit"])),
        rows=tuple(a_row(random) for _ in range(random.randint(0, 3))),
        hours={
            facts.Response(kind): protocol.read_hours(kind, window)
            for kind, window in OWN_HOURS.items()
        },
    )


PROTOCOLS = st.integers(0, 10**6).map(a_protocol)
