"""Two hands at one event: added at once, a plan written twice, nobody lost."""

from functools import partial

from dispatch.actions import callers, flag, intake, plan
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Call, Contact, Event, Plan
from tests import makers


def adding(call, number, **more):
    known = Intake(phone=f"919-555-{number:04}", source_ref=more.pop("ref", ""))
    return partial(
        callers.attach, call_id=call.pk, intake=known, answers=more, by=CLOCK
    )


def test_callers_added_at_once_are_all_there_and_counted_one_by_one(centre, at_once):
    call = makers.a_call(centre)

    at_once(*(adding(call, number, weapon="yes") for number in range(8)))

    assert Contact.objects.filter(call=call).count() == 9
    counts = Event.objects.filter(call=call, kind="CallerAttached")
    told = sorted(body["count"] for body in counts.values_list("body", flat=True))
    assert told == list(range(2, 10))
    assert call.answers.get(question="weapon").value == "yes"


def test_the_same_event_of_another_system_at_once_is_one_caller(centre, at_once):
    call = makers.a_call(centre)

    at_once(*[adding(call, 7, ref="CAD-7")] * 6)

    assert Contact.objects.filter(call=call).count() == 2


def test_a_caller_is_added_or_refused_while_the_call_is_linked_and_none_is_lost(
    centre, at_once
):
    for _round in range(10):
        call, other = makers.a_call(centre), makers.a_call(centre)
        linking = partial(
            intake.link_calls, call_id=call.pk, duplicate_of=other.pk, by=CLOCK
        )

        _linked, leg = at_once(linking, adding(call, 3, weapon="yes"), losing=Invalid)

        refused = isinstance(leg, Invalid)
        assert Contact.objects.filter(call=call).count() == 2 - refused
        # What was taken down before the link has gone on with the other call.
        assert other.answers.filter(question="weapon").exists() is not refused


def test_two_calls_of_one_person_flagged_at_once_both_know_and_do_not_cross(
    centre, at_once
):
    by = makers.by(makers.a_user(centre, "dispatcher"))
    for _round in range(10):
        calls = [makers.a_call(centre) for _number in range(2)]
        raising = [
            partial(
                flag.raise_,
                call_id=call.pk,
                subject="place",
                code="other",
                hazard=True,
                by=by,
            )
            for call in calls
        ]

        at_once(*raising)

        assert all(makers.fresh(call).hazard for call in calls)


def test_a_plan_written_twice_at_once_is_one_in_force(centre, at_once):
    by = makers.by(makers.a_clinician(centre))
    for _number in range(3):
        makers.a_call(centre)
    writing = [
        partial(plan.write, call_id=call.pk, subject="number", text="Slowly.", by=by)
        for call in Call.objects.all()
    ]

    at_once(*writing)

    assert Plan.objects.filter(ended_at=None).count() == 1
    assert Plan.objects.count() == 3
