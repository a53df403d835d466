"""Several callers of one event as JSON: what may be the same, add, part, unlink."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import callers
from dispatch.actions.base import database_now
from dispatch.actions.details import LANGUAGES
from dispatch.actions.intake import CALLERS, Intake
from dispatch.api.base import Asked, Command, Look
from dispatch.api.calls import CallCommand
from dispatch.api.intake import AnswersIn
from dispatch.api.serializers import CallOut, ContactOut, PointIn
from dispatch.api.shapes import Choice, Flag, Nothing, Seen, Text
from dispatch.models import Call, Contact, User
from dispatch.models.contact import CHANNELS
from dispatch.selectors import alike, fields
from dispatch.selectors.alike import Likely
from dispatch.selectors.callers import Further, further
from dispatch.states import SafeContact


class CallerIn(Nothing):
    """One more caller: who they are, where and what they say, what they know of danger."""

    name = Text(required=False, allow_blank=True, max_length=200)
    phone = Text(required=False, allow_blank=True, max_length=40)
    caller_kind = Choice(CALLERS, required=False)
    person_name = Text(required=False, allow_blank=True, max_length=200)
    address = Text(required=False, allow_blank=True, max_length=300)
    point = PointIn(required=False)
    said = Text(required=False, allow_blank=True, max_length=4000)
    language = Choice(LANGUAGES, required=False)
    channel = Choice(CHANNELS, required=False)
    safe_contact = Choice(SafeContact, required=False)
    urgent = Flag(required=False)
    hazard = Flag(required=False)
    source_ref = Text(required=False, allow_blank=True, max_length=60)
    answers = AnswersIn(required=False)
    note = Text(required=False, allow_blank=True, max_length=4000)


class PreferIn(Nothing):
    safe_contact = Choice(SafeContact)


class UnlinkIn(Seen):
    reason = Choice(callers.UNLINK_WHY)


class LikelyOut(serializers.Serializer):
    """An open call that may be the same event: sentences for it, against, and dangers."""

    id = serializers.UUIDField()
    number = serializers.CharField()
    opened_at = serializers.DateTimeField()
    type = serializers.CharField()
    contacts = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())
    against = serializers.ListField(child=serializers.CharField())
    dangers = serializers.ListField(child=serializers.CharField())


class FurtherOut(serializers.Serializer):
    """A further caller; name, number and point are empty for who is not on the line."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    number = serializers.CharField()
    since = serializers.DateTimeField()
    said = serializers.CharField()
    point = serializers.CharField()
    safe_contact = serializers.CharField()
    dangers = serializers.ListField(child=serializers.CharField())


class SeeAlike(Look):
    """At most three open calls that may be the same event; leaves an access record.

    None for who may not see other calls.
    """

    verb = "triage.answer"
    gives = LikelyOut
    many = True

    def reach(self, user: User, pk: UUID) -> Call:
        return access.call_for(user, pk, self.verb)

    def look(self, user: User, row: Call) -> tuple[Likely, ...]:
        access.record(user, self.verb, call=row)
        if not access.may(user, "beside.see"):
            return ()
        typed = fields.stored(row)
        return alike.likely(typed, agency_id=row.agency_id, at=database_now(), call=row)


class SeeCallers(Look):
    """Everybody after the first caller, the newest first; leaves an access record."""

    verb = "call.see"
    gives = FurtherOut
    many = True

    def reach(self, user: User, pk: UUID) -> Call:
        call, _projection = access.read_call(user, pk)
        return call

    def look(self, user: User, row: Call) -> tuple[Further, ...]:
        return further(row, numbers=access.may(user, "contact.work"))


class AddCaller(CallCommand):
    """One more caller about this event, and no second call."""

    verb = "call.edit"
    takes = CallerIn
    gives = ContactOut
    status = 201

    def act(self, asked: Asked) -> Contact:
        known = dict(asked.said)
        if point := known.pop("point", None):
            known["point"] = (point["lat"], point["lon"])
        return callers.attach(
            call_id=asked.row.pk,
            answers=known.pop("answers", {}),
            note=known.pop("note", ""),
            intake=Intake(**known),
            by=asked.by,
        )


class PreferCaller(Command):
    """How this further caller may be reached."""

    verb = "call.edit"
    takes = PreferIn
    gives = ContactOut

    def reach(self, user: User, pk: UUID) -> Contact:
        return access.contact_for(user, pk, self.verb)

    def act(self, asked: Asked) -> Contact:
        return callers.prefer(contact_id=asked.row.pk, by=asked.by, **asked.said)


class SplitCaller(Command):
    """This caller speaks of another event: a call of its own, which is asked anew."""

    verb = "call.edit"
    gives = CallOut
    status = 201

    def reach(self, user: User, pk: UUID) -> Contact:
        return access.contact_for(user, pk, self.verb)

    def act(self, asked: Asked) -> Call:
        return callers.split(contact_id=asked.row.pk, by=asked.by)


class UnlinkCall(CallCommand):
    """An event of its own after all: open again, and help is wanted anew."""

    verb = "call.edit"
    takes = UnlinkIn

    def act(self, asked: Asked) -> Call:
        return callers.unlink(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )
