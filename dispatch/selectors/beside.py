"""Who else is on a crew's call: which help, and which other team is in danger there."""

from django.utils.translation import gettext as _

from dispatch.models import Event, Seat, Unit
from dispatch.selectors import sentences, words
from dispatch.selectors.decision import word
from dispatch.states import SeatState

# What a crew says of itself that every other one there must know.
SAID = ("CrewEmergency", "CrewUnsafe")


def help_beside(seat: Seat) -> tuple[str, ...]:
    """Who else is on this call or wanted on it. One query."""
    others = Seat.objects.filter(
        call=seat.call_id,
        state__in=[SeatState.WANTED, SeatState.FILLED, SeatState.UNFILLED],
    ).exclude(pk=seat.pk)
    comes = {
        SeatState.WANTED: _("asked for"),
        SeatState.FILLED: _("is on it"),
        SeatState.UNFILLED: _("nobody could be had"),
    }
    return tuple(
        f"{words.response(kind)}: {comes[SeatState(state)]}"
        for kind, state in others.order_by("wanted_at").values_list("response", "state")
    )


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
    since = one.unit.emergency_at if one.unit else None
    if since is None or one.at < since:
        return ""
    return _("%(unit)s: emergency. Dispatch has it.") % {"unit": one.unit}


def _not_safe(one: Event, seat: Seat) -> str:
    """Empty for what was said before the scene was clear."""
    if seat.confirmed_at is not None and one.at <= seat.confirmed_at:
        return ""
    why = str(one.body["why"])
    if why == "other":
        return _("%(unit)s says that it is not safe") % {"unit": one.unit}
    said = {"unit": one.unit, "why": word(sentences.REASONS, why)}
    return _("%(unit)s says that it is not safe: %(why)s") % said
