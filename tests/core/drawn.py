"""Calls and protocols drawn at random, for what must hold of all of them."""

from datetime import timedelta, timezone

from hypothesis import strategies as st

from routing.core import facts, protocol
from routing.core.facts import ANSWERS
from tests.core.calls import durham

TYPES = [*durham().types, "parade", None]
KINDS = [str(kind) for kind in facts.Response]
ANSWER = st.sampled_from([str(answer) for answer in facts.Answer])
MAYBE = st.sampled_from([True, False, None])
ZONES = st.integers(-12, 14).map(lambda hours: timezone(timedelta(hours=hours)))
LINES = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1, max_size=3) | st.integers(),
        "at": st.datetimes(
            min_value=facts.datetime(1900, 1, 1),
            max_value=facts.datetime(9000, 1, 1),
            timezones=ZONES,
        ).map(lambda at: at.isoformat()),
    },
    optional={
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
        "available": st.none()
        | st.dictionaries(st.sampled_from(KINDS), st.integers(0, 2)),
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
    },
)
CALLS = LINES.map(facts.read)

SOME_KINDS = st.lists(st.sampled_from(KINDS), min_size=1, max_size=4, unique=True)
WHEN = st.fixed_dictionaries(
    {"type": st.lists(st.sampled_from(TYPES[:-2]), min_size=1, unique=True)}
)
BESIDE = st.fixed_dictionaries(
    {
        "response": SOME_KINDS,
        "mode": st.sampled_from(["now", "staged", "phone", "then"]),
    }
)
ROWS = st.fixed_dictionaries(
    {"rule": st.just("X1"), "responses": SOME_KINDS, "because": st.just({"en": "So."})},
    optional={
        "when": WHEN,
        "enabled": st.booleans(),
        "also": st.lists(BESIDE, max_size=3),
        "when_not_known": st.fixed_dictionaries(
            {"mode": st.just("staged")}, optional={"also": st.lists(BESIDE, max_size=2)}
        ),
        "otherwise": st.sampled_from(["ccd", "ems", "fire", "police", "cit"]),
        "priority": st.integers(1, 4),
    },
)


def a_protocol(rows, fallback):
    types = {
        code: {
            "label": known.label,
            "behavioural_health": known.behavioural,
            "priority": known.priority,
        }
        for code, known in durham().types.items()
    }
    return protocol.read(
        {
            "name": "drawn",
            "version": "1",
            "time_zone": "America/New_York",
            "fallback": fallback,
            "hours": {"crt": "06:00-24:00", "cor": "22:00-04:00"},
            "responses": dict.fromkeys(KINDS, "Help"),
            "types": types,
            "rows": rows,
        }
    )


PROTOCOLS = st.builds(
    a_protocol, st.lists(ROWS, max_size=4), st.sampled_from(["police", "ems", "cit"])
) | st.just(durham())
