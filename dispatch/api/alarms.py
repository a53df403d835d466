"""Alarms as JSON: the open ones that I may take, and taking one."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import alarm
from dispatch.api.base import Asked, Command, Look
from dispatch.models import Alarm, User
from dispatch.selectors import alarm as alarms


class AlarmOut(serializers.Serializer):
    id = serializers.UUIDField()
    about = serializers.CharField()
    call = serializers.UUIDField(source="call_id", allow_null=True)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    state = serializers.CharField()
    to = serializers.CharField()
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    raised_at = serializers.DateTimeField()
    taken_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class SeeAlarms(Look):
    """The open ones, the oldest first."""

    verb = "alarm.see"
    gives = AlarmOut
    many = True

    def look(self, user: User, row: None) -> list[Alarm]:
        return alarms.plain(access.visible_alarms(user))


class TakeAlarm(Command):
    """I see to it; a second one is told who was first."""

    verb = "alarm.take"
    gives = AlarmOut

    def reach(self, user: User, pk: UUID) -> Alarm:
        return access.alarm_for(user, pk)

    def act(self, asked: Asked) -> Alarm:
        return alarm.take(alarm_id=asked.row.pk, by=asked.by)
