"""The log's chain, walked: no gap, no twin, nothing altered."""

from dataclasses import dataclass

from dispatch import journal
from dispatch.models import AccessSeal, Agency, Event, Feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What walking one agency's chain found; ``faults`` is empty when it holds."""

    agency: str
    events: int
    head: str
    faults: tuple[str, ...]


def verify(agency: Agency) -> Verdict:
    """Walk the chain: no gap, no twin, every hash right, every sealed read intact.

    All of it as of one moment: the centre goes on meanwhile.
    """
    with journal.one_moment():
        return _walk(agency)


def _walk(agency: Agency) -> Verdict:
    faults: list[str] = []
    number, previous = 0, b""
    rows = Event.objects.filter(agency=agency).order_by("number")
    for event in rows.iterator(chunk_size=2000):
        number += 1
        if event.number != number:
            faults.append(f"event {number} is missing: {event.number} follows")
            number = event.number
        if bytes(event.prev_hash) != previous:
            faults.append(f"event {number} does not follow its predecessor")
        if bytes(event.hash) != journal.digest(event):
            faults.append(f"event {number} was altered")
        if event.kind == "AccessSealed" and not _seal_holds(event):
            faults.append(f"event {number}: sealed access records were altered")
        previous = bytes(event.hash)
    feed = Feed.objects.get(agency=agency)
    if (feed.number, bytes(feed.hash)) != (number, previous):
        faults.append(f"the feed says {feed.number}, the chain ends at {number}")
    return Verdict(
        agency=agency.code, events=number, head=previous.hex(), faults=tuple(faults)
    )


def _seal_holds(event: Event) -> bool:
    records = AccessSeal.objects.filter(agency=event.agency_id, number=event.number)
    ids = records.values_list("record_id", flat=True)
    return journal.access_digest(list(ids)) == (
        event.body["count"],
        event.body["digest"],
    )
