"""Who else is on a crew's call: which help, who relieves whom, which team is in danger."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from dispatch.models import Alarm, Assignment, Event, Offer, Seat, Unit
from dispatch.models.offer import REPLACES
from dispatch.selectors import sentences, words
from dispatch.selectors.decision import word
from dispatch.states import AlarmState, OfferState, SeatState

# Of a seat: the offer that made it another's relief, who works on it, who is asked.
RELIEF = Offer.objects.filter(seat=OuterRef("pk"), because__0=REPLACES)
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
    relieves: str | None
    team: str | None


def help_beside(seat: Seat) -> Beside:
    """Who else is on this call or wanted on it, and who relieves whom. One query."""
    here = Seat.objects.filter(
        call=seat.call_id,
        state__in=[SeatState.WANTED, SeatState.FILLED, SeatState.UNFILLED],
    )
    rows = here.annotate(
        relieves=Subquery(RELIEF.values("because__1")[:1]),
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
    teams = {str(one.pk): one.team for one in here if one.state == SeatState.FILLED}
    own = next((one.relieves for one in here if one.pk == seat.pk), None)
    if own in teams:
        return _("You relieve %(unit)s.") % {"unit": teams[own]}
    asked = (one for one in here if one.state != SeatState.UNFILLED)
    new = next((one for one in asked if one.relieves == str(seat.pk)), None)
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
    rows = told.select_related("unit").order_by("number")
    calls = [_needs_help(one) for one in rows if one.kind == "CrewEmergency"]
    feels = [_not_safe(one, seat) for one in rows if one.kind == "CrewUnsafe"]
    return tuple(dict.fromkeys(said for said in (*calls, *feels) if said))


def _needs_help(one: Event) -> str:
    """Empty once that emergency is over."""
    unit = one.unit
    if unit is None or unit.emergency_at is None or one.at < unit.emergency_at:
        return ""
    if name := heard_by(unit):
        return _("%(unit)s: emergency. %(name)s has it.") % {"unit": unit, "name": name}
    return _("%(unit)s: emergency. Nobody has taken it yet.") % {"unit": unit}


def heard_by(unit: Unit) -> str:
    """Who took this unit's emergency; empty while nobody did. One query."""
    taken = Alarm.objects.filter(unit=unit, about="emergency", state=AlarmState.TAKEN)
    return taken.values_list("owner__short_name", flat=True).first() or ""


def _not_safe(one: Event, seat: Seat) -> str:
    """Empty for what was said before the scene was clear."""
    if seat.confirmed_at is not None and one.at <= seat.confirmed_at:
        return ""
    why = str(one.body["why"])
    if why == "other":
        return _("%(unit)s says that it is not safe") % {"unit": one.unit}
    said = {"unit": one.unit, "why": word(sentences.REASONS, why)}
    return _("%(unit)s says that it is not safe: %(why)s") % said
