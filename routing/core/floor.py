"""The safety floor: named functions that no protocol can switch off.

All that hold apply together: what they require unites, what they permit intersects,
so their order in FLOOR never changes an outcome.
"""

from dataclasses import dataclass, replace

from routing.core.facts import UNARMED, Answer, CallFacts, Mode, Response, Source

NOBODY: frozenset[Response] = frozenset()
TRANSFER = frozenset({Response.LINE_988})
AWAY = UNARMED | TRANSFER
RULES = ("L0", "S1", "S2", "S2b", "S3", "S4", "S5", "S6", "S7", "T", "E", "F2", "J1")
FAMILIAR_AT = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """A response that a rule requires, and who goes when none of that kind can be had."""

    response: Response
    mode: Mode = Mode.NOW
    instead: Response | None = None


POLICE = (Demand(response=Response.POLICE),)
TOGETHER = (Demand(response=Response.COR, instead=Response.CIT),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule says: a code with parameters, and what follows from it.

    ``stages`` may go no nearer than staged; ``cautions`` go only as the agency's own row
    says for an answer that was asked and is not known, and staged whatever it says.
    """

    code: str
    params: tuple[tuple[str, str], ...] = ()
    requires: tuple[Demand, ...] = ()
    beside: frozenset[Response] = NOBODY
    excludes: frozenset[Response] = NOBODY
    cautions: frozenset[Response] = NOBODY
    stages: frozenset[Response] = NOBODY
    asks: str | None = None
    tells: str | None = None
    flags: tuple[str, ...] = ()
    ineligible: bool = False

    @property
    def rule(self) -> str:
        return self.code.split(".")[0]


def known_safe(call: CallFacts) -> bool:
    """Whether EMS may go straight in: both questions answered no, no sign of danger."""
    return (
        call.weapon == Answer.NO
        and call.violence == Answer.NO
        and Answer.YES not in (call.threat, call.crime, call.household)
        and not call.hazard
    )


def danger_to_life(call: CallFacts, code: str, *, behavioural: bool) -> Finding:
    """EMS now, and police to make it safe; a clinician may stay on the line."""
    safe = known_safe(call)
    ems = Demand(response=Response.EMS, mode=Mode.NOW if safe else Mode.STAGED)
    armed = Answer.YES in (call.weapon, call.violence)
    return Finding(
        code=code,
        params=(("mode", str(ems.mode)),),
        requires=(ems, *POLICE) if armed else (ems,),
        beside=frozenset({Response.CCD}) if behavioural else NOBODY,
        excludes=TRANSFER if safe else AWAY,
        stages=UNARMED,
        ineligible=True,
    )


def still_open(call: CallFacts, key: str, rule: str) -> Finding | None:
    """Not asked never permits more than asked and not known."""
    match getattr(call, key):
        case Answer.NOT_ASKED:
            return Finding(
                code=f"{rule}.{key}_not_asked",
                excludes=TRANSFER,
                stages=UNARMED,
                asks=key,
            )
        case Answer.NOT_KNOWN:
            return Finding(
                code=f"{rule}.{key}_not_known", excludes=TRANSFER, cautions=UNARMED
            )
    return None


def location(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """Nobody is passed to another centre before the place is verified."""
    if call.location.verified:
        return None
    return Finding(code="L0.not_verified", excludes=TRANSFER, asks="location")


def attempt(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.attempt == Answer.YES:
        return danger_to_life(call, "S1.attempt", behavioural=behavioural)
    return still_open(call, "attempt", "S1")


def medical(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.medical == Answer.YES:
        return danger_to_life(call, "S1.medical", behavioural=behavioural)
    return still_open(call, "medical", "S1")


def overdose(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.type == "overdose":
        return danger_to_life(call, "S1.overdose", behavioural=behavioural)
    return None


def breathing_in_doubt(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """An intoxicated person whose breathing nobody vouches for gets EMS."""
    in_doubt = call.medical in (Answer.NOT_ASKED, Answer.NOT_KNOWN)
    if call.type == "intoxicated_person" and in_doubt:
        found = danger_to_life(call, "S1.in_doubt", behavioural=behavioural)
        # A doubt is not a yes: the call may still be one for HEART.
        return replace(found, ineligible=False)
    return None


def for_police(code: str, flags: tuple[str, ...] = ()) -> Finding:
    return Finding(
        code=code, requires=POLICE, excludes=AWAY, flags=flags, ineligible=True
    )


def violence(call: CallFacts, *, behavioural: bool) -> Finding | None:
    match call.violence:
        case Answer.YES:
            return for_police("S2.violence")
        case Answer.NOT_ASKED:
            return Finding(
                code="S5.violence_not_asked",
                excludes=AWAY,
                asks="violence",
            )
    return still_open(call, "violence", "S5")


def household(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.household == Answer.YES:
        return for_police("S2b.household", flags=("advocate_offer",))
    return still_open(call, "household", "S2b")


def weapon(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """Nobody is sent unarmed to a weapon, nor to one that nobody has asked about."""
    match call.weapon:
        case Answer.YES if behavioural:
            return Finding(
                code="S3.weapon",
                requires=TOGETHER,
                excludes=AWAY,
            )
        case Answer.YES:
            return for_police("S4.weapon")
        case Answer.NOT_ASKED:
            return Finding(code="S5.weapon_not_asked", excludes=AWAY, asks="weapon")
    return still_open(call, "weapon", "S5")


def crime(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.crime == Answer.YES:
        return for_police("S4.crime")
    return still_open(call, "crime", "S4")


def threat(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.threat == Answer.YES:
        return danger_ahead("S6.threat")
    return still_open(call, "threat", "S6")


def hazard(call: CallFacts, *, behavioural: bool) -> Finding | None:
    return danger_ahead("S6.hazard") if call.hazard else None


def danger_ahead(code: str) -> Finding:
    return Finding(
        code=code,
        requires=TOGETHER,
        excludes=AWAY,
        tells="supervisor",
    )


def minor(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """A child alone adds people who must know; it never changes who goes."""
    match call.minor_alone:
        case Answer.YES:
            return Finding(
                code="S7.minor_alone",
                tells="supervisor",
                flags=("youth_skill", "guardian"),
            )
        case Answer.NOT_ASKED:
            return Finding(code="S7.minor_alone_not_asked", asks="minor_alone")
    return None


def agreement(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """Nobody is passed to 988 without having agreed to it."""
    if call.agrees_988 == Answer.YES:
        return None
    if call.type == "counselling" and call.agrees_988 == Answer.NOT_ASKED:
        return Finding(
            code="T1.agrees_988_not_asked", excludes=TRANSFER, asks="agrees_988"
        )
    return Finding(code="T1.not_agreed", excludes=TRANSFER)


def imminent(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.source == Source.LINE_988 and call.imminent == Answer.NOT_ASKED:
        return Finding(code="T2.imminent_not_asked", asks="imminent")
    return None


def person_on_the_line(call: CallFacts, *, behavioural: bool) -> Finding | None:
    if call.type == "suicide_threat" and call.caller is None:
        return Finding(code="E1.caller_not_asked", asks="caller")
    return None


def familiar(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """Many visits ask for a plan; they never lower a rule."""
    if call.history is not None and call.history >= FAMILIAR_AT:
        return Finding(
            code="F2.familiar",
            params=(("responses", str(call.history)),),
            flags=("familiar_neighbour",),
        )
    return None


def diversion(call: CallFacts, *, behavioural: bool) -> Finding | None:
    """Offered only where an officer named every condition; a gap is never filled in."""
    offence = call.offence
    if call.source != Source.OFFICER or offence is None:
        return None
    allowed = offence.kind in ("misdemeanor", "misdemeanour") and offence.first is True
    barred = (offence.firearm, offence.traffic, offence.sexual)
    if allowed and all(named is False for named in barred):
        return Finding(code="J1.diversion", flags=("diversion_offer",))
    return None


FLOOR = (
    location,
    attempt,
    medical,
    overdose,
    breathing_in_doubt,
    violence,
    household,
    weapon,
    crime,
    threat,
    hazard,
    minor,
    agreement,
    imminent,
    person_on_the_line,
    familiar,
    diversion,
)


def rank(finding: Finding) -> tuple[int, str]:
    """Where a finding stands among others, so that FLOOR's own order does not matter."""
    rule = finding.rule if finding.rule in RULES else finding.rule[0]
    return RULES.index(rule), finding.code


def findings(call: CallFacts, *, behavioural: bool) -> list[Finding]:
    """All that the floor says of this call, the lowest-numbered rule first."""
    found = [rule(call, behavioural=behavioural) for rule in FLOOR]
    return sorted((one for one in found if one is not None), key=rank)
