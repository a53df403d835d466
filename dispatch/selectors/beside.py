"""Who else is on a crew's call: which help, who relieves whom, which team is in danger."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dispatch.models import Alarm, Assignment, Event, Offer, Seat, Unit
from dispatch.selectors import sentences, words
from dispatch.selectors.decision import word
from dispatch.states import AlarmState, OfferState, SeatState

# Of a seat: who works on it, who is asked.
AT_WORK = Assignment.objects.filter(seat=OuterRef("pk"), ended_at=None).values(
    "unit__name"
)
ASKED = Offer.objects.filter(seat=OuterRef("pk"), state=OfferState.PENDING).values(
    "unit__name"
)
# What a crew says of itself that every other one there must know.
SAID = ("CrewEmergency", "CrewUnsafe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Each other help of the call; ``relief``: who relieves this crew, or whom it."""

    help: tuple[str, ...]
    relief: str


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of the call: which other it relieves, and who works on it or is asked."""

    pk: UUID
    response: str
    state: str
    relieves: UUID | None
    team: str | None


def help_beside(seat: Seat) -> Beside:
    """Who else is on this call or wanted on it, and who relieves whom. One query."""
    here = Seat.objects.filter(
        call=seat.call_id,
        state__in=[SeatState.WANTED, SeatState.FILLED, SeatState.UNFILLED],
    )
    rows = here.annotate(
        team=Coalesce(Subquery(AT_WORK[:1]), Subquery(ASKED[:1])),
    )
    columns = ("pk", "response", "state", "relieves", "team")
    found = [Place(*row) for row in rows.order_by("wanted_at").values_list(*columns)]
    comes = {
        SeatState.WANTED: _("asked for"),
        SeatState.FILLED: _("is on it"),
        SeatState.UNFILLED: _("nobody could be had"),
    }
    return Beside(
        help=tuple(
            f"{words.response(one.response)}: {comes[SeatState(one.state)]}"
            for one in found
            if one.pk != seat.pk
        ),
        relief=_relief(seat, found),
    )


def _relief(seat: Seat, here: Sequence[Place]) -> str:
    """What this crew is told of a relief; empty where there is none."""
    teams = {one.pk: one.team for one in here if one.state == SeatState.FILLED}
    if seat.relieves in teams:
        return _("You relieve %(unit)s.") % {"unit": teams[seat.relieves]}
    asked = (one for one in here if one.state != SeatState.UNFILLED)
    new = next((one for one in asked if one.relieves == seat.pk), None)
    if new is None:
        return ""
    if new.team is None:
        return _("A unit to relieve you is sought.")
    if new.state == SeatState.WANTED:
        return _("%(unit)s is asked to relieve you.") % {"unit": new.team}
    return _("%(unit)s comes to relieve you.") % {"unit": new.team}


def in_danger(seat: Seat, unit: Unit) -> tuple[str, ...]:
    """What each other team of this call says of itself, an emergency first. One query.

    That it is not safe stands until a person clears the scene for this seat.
    """
    told = Event.objects.filter(call=seat.call_id, kind__in=SAID).exclude(unit=unit.pk)
    rows = told.select_related("unit__agency").order_by("number")
    home = unit.agency_id
    calls = [_needs_help(one, home) for one in rows if one.kind == "CrewEmergency"]
    feels = [_not_safe(one, seat, home) for one in rows if one.kind == "CrewUnsafe"]
    return tuple(dict.fromkeys(said for said in (*calls, *feels) if said))


def _needs_help(one: Event, home: UUID) -> str:
    """Empty once that emergency is over."""
    unit = one.unit
    if unit is None or unit.emergency_at is None or one.at < unit.emergency_at:
        return ""
    said = {"unit": words.whose(unit, home), "name": heard_by(unit, home)}
    if said["name"]:
        return _("%(unit)s: emergency. %(name)s has it.") % said
    return _("%(unit)s: emergency. Nobody has taken it yet.") % said


def heard_by(unit: Unit, home: UUID) -> str:
    """Who took the emergency that is out; empty while nobody did. One query.

    Of a lent crew both centres are told: one that is not the reader's home is named.
    """
    if unit.emergency_at is None:
        return ""
    alarms = Alarm.objects.filter(unit=unit, about="emergency", state=AlarmState.TAKEN)
    taken = alarms.filter(taken_at__gte=unit.emergency_at).order_by("taken_at")
    first = taken.select_related("owner", "agency").first()
    if first is None or first.owner is None:
        return ""
    name = str(first.owner)
    return name if first.agency_id == home else f"{name}, {first.agency.name}"


def _not_safe(one: Event, seat: Seat, home: UUID) -> str:
    """Empty for what was said before the scene was clear."""
    if seat.confirmed_at is not None and one.at <= seat.confirmed_at:
        return ""
    unit = words.whose(one.unit, home) if one.unit else ""
    why = str(one.body["why"])
    if why == "other":
        return _("%(unit)s says that it is not safe") % {"unit": unit}
    said = {"unit": unit, "why": word(sentences.REASONS, why)}
    return _("%(unit)s says that it is not safe: %(why)s") % said
