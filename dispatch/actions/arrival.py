"""A leg that the telephone system announces: joined to its open call, or a new call."""

import hashlib
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from dispatch import events, journal, lookups, quick
from dispatch.actions import going_on, line, rebid
from dispatch.actions.base import action, database_now
from dispatch.actions.intake import Intake, open_new
from dispatch.actions.linking import lock_event
from dispatch.actions.rebid import Arrival as Arrival
from dispatch.events import Actor
from dispatch.models import Agency, Call, Contact, Event
from dispatch.models.contact import CALLERS
from dispatch.states import OPEN_CALL, CallState, ContactState
from routing import store
from routing.core.facts import Point
from routing.core.geo import distance_km

# Only where one of the two has no number: another number next door is another call.
NEAR_KM = 0.05
# Whoever asks for help, and who knows the person: a partner rings about others too.
THEIRS = (*CALLERS, "collateral")


@action
def arrive(*, agency_id: UUID, arrival: Arrival, by: Actor) -> Contact:
    """The ringing leg, on the open call it belongs to, else on a new one without owner.

    The same ``ref`` is the same leg, however often it is announced; what it tells anew
    is filled in, or kept beside what is known.
    """
    # Two announcements of one leg take turns.
    agency = Agency.objects.select_for_update(no_key=True).get(pk=agency_id)
    ref = _ref(agency, arrival.ref)
    # The newest: a line that went on with another call is known by it in both.
    known = quick.rows(Contact, order=["id"], source_ref=ref)
    # Processes of the version before write it here alone, through an upgrade.
    known = known or quick.rows(Contact, carrier_ref=ref)
    if known and not _rings_on(known[-1]):
        return _again(known[-1], arrival, by)
    call = _known(agency, arrival)
    if call is None:
        return _new(agency, arrival, ref, by)
    leg = line.begin(
        call,
        by,
        purpose="caller",
        channel=arrival.channel,
        number=arrival.number,
        account=rebid.account(arrival),
    )
    quick.write(leg, {"source_ref": ref})
    callers = [one for one in line.legs(call) if one.purpose in CALLERS]
    joined = events.CallerAttached(contact=leg.pk, count=len(callers))
    journal.append(joined, call=call, by=by)
    return leg


def _again(here: Contact, arrival: Arrival, by: Actor) -> Contact:
    call, event = lock_event(here.call_id)
    call, leg = line.lock_leg(here.pk)
    if event.pk != call.pk and event.state in OPEN_CALL:
        rebid.further(event, leg, arrival, by)
    elif call.state in OPEN_CALL:
        rebid.tell(call, leg, arrival, by)
    else:
        rebid.after(call, leg, arrival, by)
    return leg


def _rings_on(here: Contact) -> bool:
    """Whether a call ended over this leg while it rang: who is on it is a caller anew."""
    if here.state not in line.OVER or here.why != "call_over":
        return False
    moves = Event.objects.filter(call=here.call_id, kind="ContactMoved")
    last = moves.filter(body__contact=str(here.pk)).order_by("-number").first()
    return last is not None and last.body["before"] in line.UNHEARD


def _ref(agency: Agency, ref: str) -> str:
    """Another system's name may hold a number, so only its fingerprint is kept."""
    return hashlib.sha256(f"{agency.pk}:{ref}".encode()).hexdigest()


def _new(agency: Agency, arrival: Arrival, ref: str, by: Actor) -> Contact:
    known = Intake(
        channel=arrival.channel,
        phone=arrival.number,
        address=arrival.address,
        point=arrival.point,
    )
    ringing = ContactState.RINGING
    call = open_new(agency, known, by, line=ringing, leg_ref=ref)
    return quick.rows(Contact, call=call.pk)[0]


def _known(agency: Agency, arrival: Arrival) -> Call | None:
    """The open call that this leg is about, locked; None if there is none.

    Of a linked call it is the one that goes on.
    """
    for call_id in _alike(agency, arrival):
        _call, event = lock_event(call_id)
        if event.state in OPEN_CALL:
            return event
    return None


def _alike(agency: Agency, arrival: Arrival) -> Iterator[UUID]:
    # The same number within this time is the same caller, ringing again.
    again = store.published(agency.pk)[1].clocks["same_caller"]
    recent = Call.objects.filter(
        agency=agency,
        simulated="",  # nobody real is answered by who plays
        state__in={*OPEN_CALL, CallState.DUPLICATE},
        opened_at__gt=database_now() - timedelta(seconds=again),
    ).order_by("-opened_at")
    if number := lookups.number(arrival.number):
        legs = Contact.objects.filter(number_lookup=number, purpose__in=THEIRS)
        # Whoever went on is where their newest leg is, also once calls are parted.
        legs = legs.exclude(why=going_on.WHY)
        same = Q(caller__phone_lookup=number) | Q(pk__in=legs.values("call"))
        known = list(recent.filter(same).select_related("caller"))
        yield from (call.pk for call in rebid.not_elsewhere(known, arrival))
    yield from _near(recent.filter(state__in=OPEN_CALL), arrival)


def _near(recent: QuerySet[Call], arrival: Arrival) -> Iterator[UUID]:
    if arrival.point is None:
        return
    here = Point(lat=arrival.point[0], lon=arrival.point[1])
    for call in recent.select_related("caller"):
        there = _point(call.caller.point)
        both = bool(arrival.number) and bool(call.caller.phone_lookup)
        if there and not both and distance_km(here, there) <= NEAR_KM:
            yield call.pk


def _point(stored: str) -> Point | None:
    if not stored:
        return None
    lat, lon = stored.split(",")
    return Point(lat=float(lat), lon=float(lon))
