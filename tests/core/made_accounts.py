"""Constructed accounts: what no public feed tells, numbers, words, names, houses, dangers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from routing.core import alike, wording
from routing.core.facts import Caller, Point

START = datetime(2026, 7, 1, 16, 22, 30, tzinfo=UTC)
HERE, NEXT_DOOR = Point(lat=35.9940, lon=-78.8986), Point(lat=35.9941, lon=-78.8983)
CORNERS = (
    ("W Main St & N Gregson St", HERE),
    ("900 BLOCK W MAIN ST", Point(lat=35.9948, lon=-78.9002)),
    ("W Main St & N Buchanan Blvd", Point(lat=35.9958, lon=-78.9015)),
)
SAW = (
    "naked man with a red beard is walking in the road",
    "a man with no clothes, red beard, walks between the cars in the road",
    "red beard, barefoot man walking down the road shouting",
    "hombre desnudo caminando, barba roja, red beard walking road",
)
# What an account is when nothing else is said: a house, a number, what was seen.
HOUSE = alike.Seen(
    id="one",
    opened_at=START,
    point=HERE,
    type="welfare_check",
    address=wording.normalise("1034 W Main Street, Apt 4, Durham"),
    words=wording.words(SAW[0]),
    number="n1",
)
BARE = {"words": frozenset(), "number": None}


def told(minutes=4, **told):
    """A second account of the same, but for what is given."""
    later = START + timedelta(minutes=minutes)
    return replace(HOUSE, **{"id": "other", "opened_at": later, **told})


def house(address):
    return wording.normalise(address)


def pairs():
    """(earlier, later, label, why): "other" = linking them would hide an emergency."""
    for label, why, one, other in (*SAME, *OTHER):
        yield replace(HOUSE, **one), told(**other), label, why


SAME = (
    ("same", "the line was cut", {}, {}),
    ("same", "calls again in 20 minutes", {}, {"minutes": 20}),
    ("same", "another neighbour, the same words", {}, {"number": "n2"}),
    ("same", "another number, words not kept", BARE, {**BARE, "number": "n2"}),
    ("same", "the same door as text and as block", {}, {"address": house("1000 BLOCK W MAIN ST")}),
    ("same", "from over the road, same words", {}, {"number": "n2", "point": NEXT_DOOR, "address": frozenset()}),
    ("same", "one says indecency", {}, {"number": "n2", "type": "indecency"}),
    ("same", "one says crisis", {}, {"number": "n2", "type": "mental_health_crisis"}),
    ("same", "the person is named twice", {"person": "p1"}, {"person": "p1", "number": "n2"}),
    ("same", "one has no point", {}, {"point": None}),
    ("same", "place not known, same number", {}, {"point": None, "address": frozenset()}),
    ("same", "both say a knife", {"yes": frozenset({"weapon"})}, {"yes": frozenset({"weapon"})}),
    ("same", "calls from a car further on", {}, {"point": Point(lat=35.9975, lon=-78.8986), "address": frozenset()}),
    ("same", "type not chosen yet", {}, {"type": None}),
)  # fmt: skip
OTHER = (
    ("other", "overdose next door", {}, {"type": "overdose", "number": "n2", "point": NEXT_DOOR}),
    ("other", "overdose told as welfare check", BARE, {**BARE, "yes": frozenset({"medical"})}),
    ("other", "a knife, where the first said none", {"no": frozenset({"weapon"})}, {**BARE, "yes": frozenset({"weapon"})}),
    ("other", "a gun, where nobody was asked", BARE, {**BARE, "yes": frozenset({"weapon"})}),
    ("other", "another person named, same desk", {"person": "p1"}, {"person": "p2"}),
    ("other", "another person named next door", {"person": "p1"}, {"person": "p2", "number": "n2", "point": NEXT_DOOR}),
    ("other", "two who call for themselves", {**BARE, "caller": Caller.PERSON}, {**BARE, "caller": Caller.PERSON, "minutes": 2}),
    ("other", "the house beside it", BARE, {**BARE, "address": house("1036 W Main St"), "point": NEXT_DOOR}),
    ("other", "the flat above", BARE, {**BARE, "address": house("1034 W Main St Apt 9")}),
    ("other", "other words, same block", {"number": None}, {"number": "n2", "words": wording.words("elderly woman fell asleep bench bus stop")}),
    ("other", "the same desk, other words", {}, {"words": wording.words("elderly woman fell asleep bench bus stop")}),
    ("other", "a suicide threat upstairs", BARE, {**BARE, "type": "suicide_threat"}),
    ("other", "noise at the same house", BARE, {**BARE, "type": "noise"}),
    ("other", "two who ask for assistance at one desk", {**BARE, "type": "assist_person"}, {**BARE, "type": "assist_person"}),
    ("other", "two rows at one bar", {**BARE, "type": "disturbance"}, {**BARE, "type": "disturbance", "minutes": 8}),
    ("other", "the same house tomorrow", {}, {"minutes": 1440}),
    ("other", "the same house in two hours", BARE, {**BARE, "minutes": 119}),
    ("other", "neither place nor words known", {**BARE, "point": None, "address": frozenset()}, {**BARE, "point": None, "address": frozenset()}),
    ("other", "same type, two kilometres off", BARE, {**BARE, "point": Point(lat=36.012, lon=-78.8986), "address": frozenset()}),
    ("other", "the next street", BARE, {**BARE, "point": NEXT_DOOR, "address": house("300 N Gregson St")}),
    ("other", "East and West Main Street", BARE, {**BARE, "point": None, "address": house("1034 E Main St Apt 4")}),
)  # fmt: skip


def hour():
    """35 callers about one walking person in 68 minutes, and seven other emergencies
    beside them: account -> event."""
    events = {}
    for n in range(35):
        address, point = CORNERS[n // 3 % 3]
        caller = told(
            id=f"man-{n:02}",
            minutes=n * 2,
            point=point,
            address=house(address),
            type=("indecency", "welfare_check")[n % 2],
            words=wording.words(SAW[n % 4]),
            number=f"n{n}",
        )
        events[caller] = "man"
    for n, (address, point) in enumerate(CORNERS * 2):
        beside = told(id=f"beside-{n}", minutes=n * 9 + 1, point=point, number=f"b{n}")
        events[replace(beside, address=house(address), **BESIDE[n])] = f"beside-{n}"
    desk = told(id="desk", minutes=30, person="p9", number="n20", caller=Caller.PERSON)
    events[replace(desk, yes=frozenset({"medical"}))] = "desk"
    return events


BESIDE = (
    {"type": "overdose", "words": wording.words("she is blue and not breathing")},
    {"yes": frozenset({"weapon"})},
    {"type": "suicide_threat", "words": wording.words("brother on the roof")},
    {"type": "noise", "words": frozenset()},
    {"words": wording.words("old woman fell beside the bus shelter bleeding")},
    {"type": None, "words": wording.words("smoke from a kitchen window")},
)
