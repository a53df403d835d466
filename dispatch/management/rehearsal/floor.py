"""What the floor of a rehearsal does with alarms, and who acts for which call."""

from collections.abc import Callable, Mapping
from uuid import UUID

from dispatch.actions import alarm, intake, safety
from dispatch.events import Actor
from dispatch.management.centre.scene import Scene
from dispatch.management.centre.step import Step, ripe
from dispatch.models import Alarm
from dispatch.states import AlarmState

Said = dict[str, object]
# Seconds, assumed: until an alarm is taken, and until a crew in danger is known well.
NOTICED, HELPED = (5, 25), (120, 300)

DEEDS: Mapping[str, Callable[[UUID, Actor, Said], object]] = {
    "take_alarm": lambda row, by, said: alarm.take(alarm_id=row, by=by),
    "take_call": lambda row, by, said: intake.take(call_id=row, by=by),
    "crew_well": lambda row, by, said: safety.end_emergency(unit_id=row, by=by),
}


def steps(scene: Scene, alarms: list[Alarm], awake: list[UUID]) -> list[Step]:
    """``awake``: the dispatchers who are heard of, the first of them at hand."""
    found: list[Step] = []
    for one in alarms:
        who = one.owner_id or next(iter(awake), None)
        if one.state == AlarmState.RAISED:
            if who and ripe(scene, one.raised_at, *NOTICED, one.pk):
                found.append(Step(verb="take_alarm", by=who, row=one.pk))
        else:
            found += _put_right(scene, one, awake)
    return found


def _put_right(scene: Scene, one: Alarm, awake: list[UUID]) -> list[Step]:
    """A call whose owner is away gets another; what else is due is done by its own."""
    call = scene.calls.get(one.call_id) if one.call_id else None
    found = []
    if call is not None and awake and call.owner not in awake:
        found.append(Step(verb="take_call", by=awake[0], row=call.id))
    if one.about == "emergency" and ripe(scene, one.raised_at, *HELPED, one.pk):
        found.append(Step(verb="crew_well", by=one.owner_id, row=one.unit_id))
    return found


def open_alarms(agency: UUID) -> list[Alarm]:
    rows = Alarm.objects.filter(agency=agency).exclude(state=AlarmState.ENDED)
    return list(rows.order_by("raised_at"))


def acting(scene: Scene, step: Step) -> UUID | None:
    """The plan knows one dispatcher; here each call is worked by whoever owns it."""
    if step.by != scene.dispatcher or step.row is None:
        return step.by
    call = scene.calls.get(step.row) or next(
        (
            call
            for call in scene.calls.values()
            if any(help_.id == step.row for help_ in call.helps)
        ),
        None,
    )
    return call.owner if call is not None else step.by
