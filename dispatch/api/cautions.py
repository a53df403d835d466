"""Cautions as JSON: what is in force for a call, raise one; all of them, prolong, end."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import flag as act
from dispatch.actions.base import database_now
from dispatch.api.base import Asked, Command, Look
from dispatch.api.calls import CallCommand
from dispatch.api.shapes import Choice, Flag, Nothing, Text
from dispatch.models import Call, User
from dispatch.models import Flag as FlagRow
from dispatch.selectors import flag, history


class CautionIn(Nothing):
    """What somebody saw or was told. ``hazard``: no unarmed team alone."""

    subject = Choice(act.SUBJECTS)
    code = Choice(act.CODES)
    hazard = Flag(required=False)
    text = Text(required=False, allow_blank=True, max_length=4000)


class EndCautionIn(Nothing):
    reason = Choice(act.END_WHY)


class CautionOut(serializers.Serializer):
    """``call`` is the call that it came from."""

    id = serializers.UUIDField()
    code = serializers.CharField()
    hazard = serializers.BooleanField()
    subject = serializers.CharField()
    text = serializers.CharField()
    call = serializers.UUIDField(source="call_id", allow_null=True)
    author = serializers.UUIDField(source="author_id")
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()


class SeeCallCautions(Look):
    """What is in force for this call's place, number and person; leaves a record."""

    verb = "call.see"
    gives = CautionOut
    many = True

    def reach(self, user: User, pk: UUID) -> Call:
        call, _projection = access.read_call(user, pk, reason="known_here")
        return call

    def look(self, user: User, row: Call) -> list[FlagRow]:
        return flag.rows(history.keys_of(row.caller), row.agency_id)


class RaiseCaution(CallCommand):
    """From now on shown wherever the same place, number or person comes again."""

    verb = "flag.edit"
    takes = CautionIn
    gives = CautionOut
    status = 201

    def act(self, asked: Asked) -> FlagRow:
        made = act.raise_(call_id=asked.row.pk, by=asked.by, **asked.said)
        return flag.row(made.pk)


class SeeCautions(Look):
    """All in force, the soonest to expire first; leaves an access record."""

    verb = "flag.see"
    gives = CautionOut
    many = True

    def look(self, user: User, row: None) -> list[FlagRow]:
        access.record(user, self.verb)
        return flag.every_row(user.agency_id, database_now())


class CautionCommand(Command):
    """A write to one caution, by whoever looks after all of them."""

    verb = "flag.see"
    gives = CautionOut

    def reach(self, user: User, pk: UUID) -> FlagRow:
        return access.flag_for(user, pk)


class ProlongCaution(CautionCommand):
    """The same again, from now on and by this author; the old one is kept as ended."""

    def act(self, asked: Asked) -> FlagRow:
        return flag.row(act.extend(flag_id=asked.row.pk, by=asked.by).pk)


class EndCaution(CautionCommand):
    """It holds no more, and why."""

    takes = EndCautionIn

    def act(self, asked: Asked) -> FlagRow:
        why = str(asked.said["reason"])
        return flag.row(act.end(flag_id=asked.row.pk, why=why, by=asked.by).pk)
