"""What a call is and how it stands, and, sealed apart, whose call it is and where."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from dispatch import fleet
from dispatch.models import Call, Caller
from dispatch.selectors import board, fields, words
from dispatch.selectors import decision as spoken
from dispatch.selectors.decision import word
from dispatch.states import OPEN_CALL
from routing.core.facts import Point
from routing.core.protocol import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The sealed part: who called, from where, how to reach them."""

    place: str
    said: str
    phone: str
    phone_verified: bool
    caller_name: str
    person_name: str
    safe_contact: str
    point: Point | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the call is and how it stands."""

    id: UUID
    number: str
    version: int
    head: int
    priority: int
    priority_label: str
    type: str
    state: str
    zone: str
    place_verified: bool
    inside: str
    caller: str
    simulated: str
    source: str
    source_wording: str
    hazard: bool
    opened_at: datetime
    closed_at: datetime | None
    owner: str
    owner_id: UUID | None
    owner_since: datetime | None
    open: bool
    deciding: bool
    untriaged: bool
    eligibility: str
    service: str
    duplicate_of: str
    duplicate_of_id: UUID | None


def head(row: Call, protocol: Protocol, *, sought: bool = False) -> Head:
    """What stands in the head of the page. ``sought``: one of ours is looked for now."""
    inside = {True: "yes", False: "no", None: ""}
    ineligible = row.eligibility == "ineligible" and row.ineligible_rule
    eligibility = word(spoken.ELIGIBILITY, row.eligibility)
    return Head(
        id=row.pk,
        number=row.number,
        version=row.version,
        head=row.head,
        priority=row.priority,
        priority_label=words.priority(row.priority),
        type=board.type_label(row.type, row.source_wording, protocol),
        state=_(words.CALL[row.state]),
        zone=row.zone,
        place_verified=row.location_verified,
        inside=word(fields.INSIDE, inside[row.inside]),
        caller=word(fields.CALLERS, row.caller_kind),
        simulated=words.simulated(row.simulated),
        source=word(fields.SOURCES, row.source),
        source_wording=row.source_wording,
        hazard=row.hazard,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        owner=row.owner.short_name if row.owner else "",
        owner_id=row.owner_id,
        owner_since=row.owner_since,
        open=row.state in OPEN_CALL,
        deciding=row.decision_wanted_at is not None and row.state in OPEN_CALL,
        untriaged=row.triaged_at is None,
        eligibility=f"{eligibility}, {ineligible}" if ineligible else eligibility,
        service=_service(row, sought=sought),
        duplicate_of=row.duplicate_of.number if row.duplicate_of else "",
        duplicate_of_id=row.duplicate_of_id,
    )


def _service(row: Call, *, sought: bool) -> str:
    if row.service == "served":
        return _("Served")
    if sought:
        return _("Help is being looked for")
    if row.service == "not_served":
        return _("Not served: %(why)s") % {"why": _(words.NOT_SERVED[row.not_served])}
    return _("Not decided yet")


def person(caller: Caller) -> Person:
    return Person(
        place=caller.address,
        said=caller.said,
        phone=caller.phone,
        phone_verified=caller.phone_verified,
        caller_name=caller.name,
        person_name=caller.person_name,
        safe_contact=word(fields.SAFE_CONTACT, caller.safe_contact),
        point=fleet.point(caller.point),
    )
