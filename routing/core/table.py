"""The agency's own rows: when these answers hold, these responses, in this order."""

from collections.abc import Iterable

from routing.core.facts import HEART, CallFacts, Response, Source
from routing.core.protocol import DAY, Protocol, Row

# Help that the centre does not count: named with 0 it is not there, left out it is.
COUNTED_ELSEWHERE = frozenset({Response.CIT, Response.LINE_988})


def behavioural(call: CallFacts, protocol: Protocol) -> bool:
    """Whether anything on this call speaks of behavioural health."""
    known = protocol.types.get(call.type) if call.type is not None else None
    return (
        (known is not None and known.behavioural)
        or call.attempt == "yes"
        or call.source in (Source.OFFICER, Source.LINE_988)
    )


def match(call: CallFacts, protocol: Protocol) -> Row | None:
    """The first row switched on that fits; None where the agency has no row for this."""
    for row in protocol.rows:
        if row.enabled and holds(call, row.when):
            return row
    return None


def holds(call: CallFacts, when: Iterable[tuple[str, frozenset[object]]]) -> bool:
    return all(getattr(call, key) in allowed for key, allowed in when)


def unavailable(call: CallFacts, protocol: Protocol) -> dict[Response, str]:
    """Each kind that cannot be had now, with the code that says why."""
    # A boundary in doubt, and a place nobody has verified, count as inside.
    outside = call.location.verified is True and call.location.inside is False
    local = call.at.astimezone(protocol.zone)
    minute = local.hour * 60 + local.minute
    missing = {}
    for kind in Response:
        if kind in HEART:
            if outside:
                missing[kind] = "G1.out_of_area"
            elif not is_open(minute, protocol.hours.get(kind)):
                missing[kind] = "G1.off_hours"
            elif call.available.get(kind, 0) == 0:
                missing[kind] = "G1.no_unit"
        elif kind in COUNTED_ELSEWHERE and call.available.get(kind) == 0:
            missing[kind] = "G1.no_unit"
    return missing


def is_open(minute: int, hours: tuple[int, int] | None) -> bool:
    """Whether this minute of the local day lies in the hours; they may cross midnight."""
    start, end = hours or (0, DAY)
    if start < end:
        return start <= minute < end
    return minute >= start or minute < end
