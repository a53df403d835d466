"""Whom to ask first for a waiting seat, and why not another; ties are broken by id."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from routing.core.queue import Queue, Wanted, highest
from routing.core.why import Why, because

JUST_NOW = datetime.max.replace(tzinfo=UTC)
NO_SKILLS: Mapping[str, int] = {}
Standing = tuple[bool, int, int, int, datetime, str]
# What a person is after the first for, in the order of `standing`.
STEPS = (
    "other_knows",
    "fewer_skills",
    "lower_level",
    "holds_more",
    "idle_shorter",
    "higher_id",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Somebody present who could be asked.

    ``idle_since`` None = nobody knows, which counts as just now; ``holding`` = calls in
    hand; ``knows`` = has had this person before; ``on_shift`` None = no shift is known.
    """

    id: str
    skills: Mapping[str, int] = field(default_factory=dict)
    idle_since: datetime | None = None
    holding: int = 0
    knows: bool = False
    on_shift: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One who may be asked now. ``not_first``: None for the first alone."""

    id: str
    why: tuple[Why, ...]
    not_first: Why | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Whom to ask, the first first; and who is not asked now, each with the reason."""

    asked: tuple[Asked, ...]
    passed_over: tuple[tuple[str, Why], ...]


def relaxed(wanted: Wanted, waited_s: float, settings: Queue) -> Wanted:
    """The skills that still hold after this wait.

    A required one that nobody had in time keeps nobody away any more and stays a wish:
    of two who are free, to ask the one who has it first costs no second.
    """
    still = waited_s < settings.relax_preferred
    preferred = wanted.preferred if still else NO_SKILLS
    if waited_s < settings.relax_required:
        return Wanted(required=wanted.required, preferred=preferred)
    return Wanted(preferred=highest(wanted.required, preferred))


def people(
    candidates: Iterable[PersonFacts],
    wanted: Wanted,
    waited_s: float,
    settings: Queue,
) -> Choice:
    """Whom to ask for a seat that has waited so long; nobody in ``asked`` = wait.

    Who knows the person comes first, and for `sticky` seconds is asked alone if free;
    then more of the preferred skills, fewer calls in hand, the longest idle, id.
    """
    holds = relaxed(wanted, waited_s, settings)
    everybody = sorted(candidates, key=lambda one: one.id)
    over = {one.id: why for one in everybody if (why := barred(one, holds, settings))}
    free = [one for one in everybody if one.id not in over]
    if waited_s < settings.sticky and any(one.knows for one in free):
        over |= {one.id: because("other_knows") for one in free if not one.knows}
        free = [one for one in free if one.knows]
    free.sort(key=lambda one: standing(one, holds.preferred))
    return Choice(
        asked=tuple(asked(one, free[0], wanted, holds.preferred) for one in free),
        passed_over=tuple(sorted(over.items(), key=lambda pair: pair[0])),
    )


def barred(person: PersonFacts, wanted: Wanted, settings: Queue) -> Why | None:
    """Why this person is not asked at all now; None when nothing stands against it."""
    if settings.roster and person.on_shift is not True:
        return because("off_shift")
    if person.holding >= settings.capacity:
        return because("full", holding=person.holding, capacity=settings.capacity)
    for skill, level in sorted(wanted.required.items()):
        if person.skills.get(skill, 0) < level:
            return because("lacks_required", skill=skill, level=level)
    return None


def standing(person: PersonFacts, preferred: Mapping[str, int]) -> Standing:
    """Smaller goes first. The steps are named in STEPS, in the same order."""
    met = [skill for skill, least in preferred.items() if has(person, skill, least)]
    levels = sum(person.skills.get(skill, 0) for skill in preferred)
    return (
        not person.knows,
        -len(met),
        -levels,
        person.holding,
        person.idle_since or JUST_NOW,
        person.id,
    )


def has(person: PersonFacts, skill: str, least: int) -> bool:
    return person.skills.get(skill, 0) >= least


def asked(
    person: PersonFacts,
    first: PersonFacts,
    wanted: Wanted,
    preferred: Mapping[str, int],
) -> Asked:
    """With every wished skill named, had or not: who asks may need an interpreter."""
    why = [because("knows")] if person.knows else []
    for skill, least in sorted(wanted.together.items()):
        code = "has" if has(person, skill, least) else "lacks"
        why.append(because(code, skill=skill, level=person.skills.get(skill, 0)))
    if person.holding:
        why.append(because("holding", holding=person.holding))
    return Asked(
        id=person.id,
        why=tuple(why),
        not_first=None if person is first else not_first(person, first, preferred),
    )


def not_first(
    person: PersonFacts, first: PersonFacts, preferred: Mapping[str, int]
) -> Why:
    """The first step at which the two differ."""
    mine, other = standing(person, preferred), standing(first, preferred)
    step = next(n for n in range(len(STEPS)) if mine[n] != other[n])
    code = STEPS[step]
    if code == "fewer_skills":
        return because(code, has=-mine[1], first=-other[1])
    if code == "holds_more":
        return because(code, holding=mine[3], first=other[3])
    if code == "idle_shorter":
        if person.idle_since is None:
            return because("idle_unknown")
        return because(code, s=int((mine[4] - other[4]).total_seconds()))
    return because(code)
