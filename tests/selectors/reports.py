"""A report to look into: its figures, its tables, and calls that end by phone."""

from datetime import timedelta

from dispatch.actions import disposition
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import Assignment, Call
from dispatch.selectors import report
from tests import makers


def made(agency, which="", later=timedelta(days=8)):
    """The report of today, as it reads in ``later``."""
    now = database_now()
    today = now.astimezone(agency.zone).date()
    ago = today - timedelta(days=3)
    return report.report(agency, ago, today, now=now + later, which=which)


def figure(agency, code, **how):
    return next(one for one in made(agency, **how).figures if one.code == code)


def lines(agency, code, **how):
    table = next(one for one in made(agency, **how).tables if one.code == code)
    return {line.label: line.counts for line in table.lines}


def by_phone(
    agency, *outcomes, reached=True, consent="not_asked", phone="919-555-0142", **known
):
    """A clinician takes the call and ends it; nobody else is sent."""
    known = {"address": "", "phone": phone} | known
    call = makers.decided(makers.a_call(agency, **known))
    assignment = makers.with_clinician(call)
    disposition.end_session(
        assignment_id=assignment.pk,
        outcomes=list(outcomes) or ["resolved_by_phone"],
        person_reached=reached,
        followup_consent=consent,
        by=makers.by(assignment.person),
    )
    makers.staff.end_wrap_up(user_id=assignment.person_id, by=CLOCK)
    return makers.fresh(call)


def moved(call, by):
    """The same call, that much earlier."""
    Call.objects.filter(pk=call.pk).update(opened_at=call.opened_at - by)
    for row in Assignment.objects.filter(seat__call=call):
        row.accepted_at -= by
        row.confirmed_at = row.confirmed_at and row.confirmed_at - by
        row.save(update_fields=["accepted_at", "confirmed_at"])
