"""Valid rows made by walking the path: a test cannot start where the product cannot be."""

from datetime import timedelta
from functools import cache
from itertools import count

import yaml
from django.db.models import F
from django.db.models.functions import Now

from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    staff,
    transfer,
    triage,
    unit,
)
from dispatch.actions.intake import Intake
from dispatch.events import CLOCK, ROUTER, Actor
from dispatch.models import (
    Agency,
    Call,
    Event,
    Feed,
    Heartbeat,
    Offer,
    Presence,
    Seat,
    Unit,
    User,
)
from routing import store

_serial = count(1)

SAFE = {
    "attempt": "no",
    "medical": "no",
    "violence": "no",
    "household": "no",
    "weapon": "no",
    "crime": "no",
    "threat": "no",
    "minor_alone": "no",
}


def an_agency(code=None, *, zone="America/New_York", hours=None):
    """A centre that works 24 hours, so that no test depends on the hour."""
    code = code or f"centre-{next(_serial)}"
    agency = Agency.objects.create(
        code=code, name=f"Centre {code}", time_zone=zone, fallback_phone="919-555-0190"
    )
    Feed.objects.create(agency=agency)
    store.publish(agency.pk, open_all_day() | {"hours": hours or {}})
    return agency


@cache
def shipped():
    return yaml.safe_load(store.DEFAULT.read_text())


def open_all_day():
    return shipped() | {"hours": {}}


def a_user(agency, role, name=None):
    number = next(_serial)
    name = name or f"{role[0].upper()}. {role.title()} {number}"
    user = User(agency=agency, role=role, username=f"{role}{number}", short_name=name)
    user.set_password("a-long-enough-password")
    user.save()
    Presence.objects.create(user=user, agency=agency)
    return user


def a_clinician(agency, name=None, *, available=True):
    if available:
        return somebody_free(agency, "clinician", name)
    return a_user(agency, "clinician", name)


def somebody_free(agency, role, name=None):
    """Somebody of this role who is there and may be asked."""
    user = a_user(agency, role, name)
    here(user)
    staff.set_presence(user_id=user.pk, to="available", by=by(user))
    return user


def here(user):
    Heartbeat.objects.update_or_create(user=user, defaults={"at": Now()})


def silent(user):
    """The page of this person was last heard of a minute ago."""
    Heartbeat.objects.filter(user=user).update(at=Now() - timedelta(seconds=60))


def a_unit(agency, kind="crt", name=None, *, crewed=True):
    row = Unit.objects.create(
        agency=agency, kind=kind, name=name or f"{kind.upper()} {next(_serial)}"
    )
    if crewed:
        crew = a_user(agency, "responder")
        unit.sign_on(unit_id=row.pk, by=by(crew))
    row.refresh_from_db()
    return row


def signed_on(team, crew):
    unit.sign_on(unit_id=team.pk, by=by(crew))
    team.refresh_from_db()


def by(user, key=None):
    return Actor(kind="user", id=user.pk, name=user.short_name, key=key)


def a_call(agency, dispatcher=None, **known):
    """A call as a dispatcher opens it; ``known`` goes into the intake form."""
    actor = by(dispatcher) if dispatcher else Actor(kind="user", name="D1")
    said = {
        "type": "mental_health_crisis",
        "caller_kind": "person",
        "location_verified": True,
        "inside": True,
        "zone": "District 2",
        "phone": "919-555-0142",
        "address": "1012 W Main St",
    } | known
    return intake.open_call(agency_id=agency.pk, intake=Intake(**said), by=actor)


def triaged(call, **answers):
    """All safety questions answered no but those that are named."""
    triage.complete(call_id=call.pk, answers=SAFE | answers, by=ROUTER)
    return fresh(call)


def late(call, **answers):
    """An answer that comes after the triage."""
    triage.record_answers(call_id=call.pk, answers=answers, by=ROUTER)
    return fresh(call)


def decide(call):
    """The worker finds the call; it decides if that is wanted."""
    decision.decide(call_id=call.pk, by=ROUTER)
    return fresh(call)


def decided(call, **answers):
    triaged(call, **answers)
    decision.decide(call_id=call.pk, by=ROUTER)
    return fresh(call)


def ringing(call, response="ccd"):
    return Offer.objects.get(seat__call=call, seat__response=response, state="pending")


def any_ringing(call):
    return Offer.objects.filter(seat__call=call, state="pending").first()


def override(call, response, reason="unit_nearer"):
    return decision.override(
        call_id=call.pk, response=response, reason=reason, by=CLOCK
    )


def accepted(call, response="ccd"):
    ring = ringing(call, response)
    return offer.accept(offer_id=ring.pk, by=CLOCK)


def with_clinician(call):
    assignment = accepted(call)
    transfer.confirm(assignment_id=assignment.pk, by=by(assignment.person))
    return assignment


def on_scene(call, response="crt"):
    assignment = accepted(call, response)
    for to in ("en_route", "on_scene"):
        unit.report(unit_id=assignment.unit_id, to=to, by=CLOCK)
    assignment.refresh_from_db()
    return assignment


def ended(assignment, *outcomes, consent="not_asked", over=True):
    """The clinician is done with the caller, whose line is over unless they did not say."""
    return disposition.end_session(
        assignment_id=assignment.pk,
        outcomes=list(outcomes) or ["resolved_by_phone"],
        followup_consent=consent,
        line_over=over,
        by=by(assignment.person),
    )


def cleared(assignment, outcome="resolved_on_scene", consent="not_asked"):
    """The crew is done on scene."""
    return unit.clear(
        unit_id=assignment.unit_id,
        outcome=outcome,
        followup_consent=consent,
        by=CLOCK,
    )


def closed(call, *outcomes, consent="not_asked"):
    disposition.close(
        call_id=call.pk,
        outcomes=list(outcomes) or ["no_help_needed"],
        followup_consent=consent,
        by=CLOCK,
    )
    return fresh(call)


def ring_out(ring):
    """The deadline of this offer has passed, and the clock has seen it."""
    over = Now() - timedelta(seconds=1)
    rang = F("expires_at") - F("made_at")
    Offer.objects.filter(pk=ring.pk).update(made_at=over - rang, expires_at=over)
    offer.expire(offer_id=ring.pk, by=CLOCK)


def presence(user):
    return Presence.objects.get(user=user).state


def seat_of(call, response):
    return Seat.objects.filter(call=call, response=response).latest("pk")


def events_of(call):
    return Event.objects.filter(call=call).order_by("number")


def kinds(call):
    """What happened to this call, oldest first."""
    return list(events_of(call).values_list("kind", flat=True))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


def fresh_call(pk):
    return Call.objects.get(pk=pk)


def off(car):
    """This unit is not to be sent any more."""
    unit.out_of_service(unit_id=car.pk, reason="fuel", by=CLOCK)
