"""Where an announced leg is: filled in where nothing was known, else kept beside it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from dispatch import events, journal, lookups, quick, told
from dispatch.actions import line
from dispatch.actions.details import Details, correct_locked
from dispatch.actions.intake import note_locked
from dispatch.actions.triage import look_again
from dispatch.events import Actor
from dispatch.models import Call, Caller, CallNote, Contact
from dispatch.models.contact import CALLERS
from routing.core import alike, wording
from routing.core.facts import Point
from routing.core.geo import distance_km

# Two readings of one place differ by less, in metres.
SAME_METRES = 50.0
# Ours, from no standard: a mast's place is usually vaguer, a handset's own is not.
FINE_METRES = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """``ref`` is the sender's name of the leg; ``point`` latitude and longitude, degrees.

    ``vague``: so many metres the point may be off; 0 where nobody said.
    """

    ref: str = field(repr=False)
    channel: str
    number: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    point: tuple[float, float] | None = field(default=None, repr=False)
    vague: float = 0


def tell(call: Call, leg: Contact, arrival: Arrival, by: Actor) -> None:
    """What this leg's announcement says now. Saying the same again writes nothing.

    What a person wrote or verified is never overwritten. Holds both.
    """
    first = next(one for one in line.legs(call) if one.purpose in CALLERS)
    if first.pk == leg.pk:
        _first(call, leg, arrival, by)
    else:
        further(call, leg, arrival, by)


def account(arrival: Arrival) -> told.Account:
    """What a new leg keeps of its place."""
    return told.Account(where=arrival.address, point=told.stored(arrival.point))


def _first(call: Call, leg: Contact, arrival: Arrival, by: Actor) -> None:
    caller = Caller.objects.get(call=call)
    known = told.Account(where=caller.address, point=caller.point)
    # A point without words is a telephone's: a mast's place, say, until it has its own.
    written = bool(known.where) or call.location_verified
    finer = not written and arrival.point and 0 < arrival.vague <= FINE_METRES
    nothing = not (written or known.point)
    number = arrival.number if not caller.phone else ""
    fits = nothing or bool(finer) or _same(arrival, known)
    address = arrival.address if fits and not known.where else ""
    details = Details(phone=number or None, address=address or None)
    changed = correct_locked(call, details, by)
    if fits and arrival.point and (finer or not known.point):
        quick.write(caller, {"point": told.stored(arrival.point)})
        if not address:
            filled = events.DetailsCorrected(fields=("address",))
            journal.append(filled, call=call, by=by)
    look_again(call, changed, by)
    _other_number(call, arrival, caller.phone or number, by)
    if not fits:
        _other_place(call, leg, arrival, by)


def further(call: Call, leg: Contact, arrival: Arrival, by: Actor) -> None:
    """What another caller's leg says now; what differs is a note on this call."""
    if arrival.number and not leg.number:
        lookup = lookups.number(arrival.number)
        quick.write(leg, {"number": arrival.number, "number_lookup": lookup})
    _other_number(call, arrival, leg.number, by)
    known = told.of(leg)
    # Of a linked call nobody looks at the legs: it is told where the event goes on.
    if known.where or known.point or leg.call_id != call.pk:
        _other_place(call, leg, arrival, by)
    else:
        _keep(leg, arrival)


def after(call: Call, leg: Contact, arrival: Arrival, by: Actor) -> None:
    """What is said of a leg whose call has ended: a note, once; nobody rings anew."""
    caller = Caller.objects.get(call=call)
    known = told.Account(where=caller.address, point=caller.point)
    _other_number(call, arrival, leg.number or caller.phone, by)
    if not _same(arrival, known):
        _other_place(call, leg, arrival, by)


def _other_number(call: Call, arrival: Arrival, known: str, by: Actor) -> None:
    if lookups.number(arrival.number) not in {"", lookups.number(known)}:
        said = _("The telephone system says another number: %(number)s")
        _note(call, said % {"number": arrival.number}, by)


def _other_place(call: Call, leg: Contact, arrival: Arrival, by: Actor) -> None:
    """Beside what is known: a note once, and the newest place with the leg."""
    if not (arrival.address or arrival.point):
        return
    if _same(arrival, told.of(leg)):
        return
    _keep(leg, arrival)
    point = told.stored(arrival.point).replace(",", ", ")
    place = ", ".join(part for part in (arrival.address.strip(), point) if part)
    _note(
        call,
        _("The telephone system says another place: %(place)s") % {"place": place},
        by,
    )


def _keep(leg: Contact, arrival: Arrival) -> None:
    if arrival.address or arrival.point:
        place, point = arrival.address, told.stored(arrival.point)
        now = replace(told.of(leg), where=place, point=point)
        quick.write(leg, told.columns(now))


def _note(call: Call, text: str, by: Actor) -> None:
    stored = CallNote.objects.filter(call=call, by=str(by))
    if text not in {note.text for note in stored}:
        note_locked(call, text, by)


def _same(arrival: Arrival, known: told.Account) -> bool:
    """Whether both say one place; False where they cannot be compared."""
    metres = _metres(arrival, known)
    if metres is not None:
        return metres <= max(SAME_METRES, arrival.vague)
    here, there = (wording.normalise(one) for one in (arrival.address, known.where))
    return bool(here) and here == there


def _metres(arrival: Arrival, known: told.Account) -> float | None:
    there = told.degrees(known.point)
    if arrival.point is None or there is None:
        return None
    here, other = (Point(lat=lat, lon=lon) for lat, lon in (arrival.point, there))
    return distance_km(here, other) * 1000


def not_elsewhere(calls: Sequence[Call], arrival: Arrival) -> Iterator[Call]:
    """Those of which the arrival does not contradict each place that is known.

    Two events may have one number: a switchboard's, a relay's. The calls come with
    their callers; one statement for the legs of all.
    """
    ids = [call.pk for call in calls]
    legs = defaultdict(list)
    for leg in quick.rows(Contact, call=ids, purpose=list(CALLERS)) if ids else ():
        legs[leg.call_id].append(leg)
    return (call for call in calls if not _elsewhere(call, legs[call.pk], arrival))


def _elsewhere(call: Call, legs: Sequence[Contact], arrival: Arrival) -> bool:
    caller = call.caller
    places = [told.Account(where=caller.address, point=caller.point)]
    places += [told.of(leg) for leg in legs]
    found = [far for place in places for far in _apart(arrival, place)]
    return bool(found) and all(found)


def _apart(arrival: Arrival, known: told.Account) -> Iterator[bool]:
    """Too far from each other to be one event; nothing where nobody can say."""
    metres = _metres(arrival, known)
    if metres is not None:
        yield metres > alike.FAR_METRES + arrival.vague
        return
    here, there = (wording.normalise(one) for one in (arrival.address, known.where))
    if here and there and arrival.vague <= alike.FAR_METRES:
        reasons = {reason.code for reason in alike.of_address(here, there)}
        yield alike.Code.OTHER_STREET in reasons
