"""Shapes in and out: which keys a verb takes and gives; no queries, no saves."""

from rest_framework import serializers

from dispatch.actions.decision import CHOICES, OVERRIDE_REASONS
from dispatch.actions.disposition import CONSENTS, OUTCOMES
from dispatch.actions.followup import CHANNELS
from dispatch.actions.followup import OUTCOMES as FOLLOWUP_OUTCOMES
from dispatch.actions.staff import BREAKS, CHOSEN
from dispatch.actions.unit import REPORTED
from dispatch.api.shapes import Choice, Code, Degrees, Flag, Nothing, Seen, Text, Whole


class PointIn(Nothing):
    lat = Degrees(min_value=-90, max_value=90)
    lon = Degrees(min_value=-180, max_value=180)


# in: decision, offers, the end of a call


class OverrideIn(Seen):
    response = Choice(CHOICES)
    reason = Choice(OVERRIDE_REASONS)
    note = Text(required=False, allow_blank=True, max_length=2000)


class TeamIn(Seen):
    response = Choice(CHOICES)
    reason = Code()


class SendIn(Seen):
    unit = serializers.UUIDField()
    mode = Choice(("now", "staged"), required=False)


class NoteIn(Nothing):
    text = Text(max_length=4000)
    kind = Choice(("note", "radio"), required=False)


class LinkIn(Seen):
    duplicate_of = serializers.UUIDField()


class ReasonSeenIn(Seen):
    reason = Code()


class ReasonIn(Nothing):
    reason = Code()


class EndIn(Nothing):
    """How it ended, in codes; several if there were several."""

    outcomes = serializers.ListField(
        child=Choice(OUTCOMES), min_length=1, max_length=len(OUTCOMES)
    )
    person_reached = Flag(required=False, allow_null=True)
    followup_consent = Choice(CONSENTS, required=False)


class SessionEndIn(EndIn):
    """Also whether the caller's line is over; left out, it goes on."""

    line_over = Flag(required=False)


class ResolveIn(EndIn, Seen):
    pass


class CloseIn(Seen):
    outcomes = serializers.ListField(
        child=Choice(OUTCOMES), required=False, max_length=len(OUTCOMES)
    )
    person_reached = Flag(required=False, allow_null=True)
    followup_consent = Choice(CONSENTS, required=False)


class WithdrawIn(Nothing):
    why = Code()


# in: units, follow-ups, staff


class StatusIn(Nothing):
    to = Choice(sorted(REPORTED))


class ClearIn(Nothing):
    outcome = Choice(OUTCOMES)
    person_reached = Flag(required=False, allow_null=True)
    followup_consent = Choice(CONSENTS, required=False)


class AttemptIn(Seen):
    reached = Flag()
    channel = Choice(CHANNELS, required=False)


class PostponeIn(Seen):
    hours = Whole(min_value=1, max_value=336)


class CompleteIn(Seen):
    outcome = Choice(FOLLOWUP_OUTCOMES)


class PresenceIn(Nothing):
    to = Choice(sorted(CHOSEN))
    reason = Choice(("", *BREAKS), required=False)


# out


class CallOut(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField()
    state = serializers.CharField()
    version = serializers.IntegerField()
    source = serializers.CharField()
    type = serializers.CharField()
    source_wording = serializers.CharField()
    source_ref = serializers.CharField()
    simulated = serializers.CharField()
    caller_kind = serializers.CharField()
    urgent = serializers.BooleanField()
    hazard = serializers.BooleanField()
    priority = serializers.IntegerField()
    offence = serializers.JSONField(allow_null=True)
    location_verified = serializers.BooleanField()
    inside = serializers.BooleanField(allow_null=True)
    zone = serializers.CharField()
    opened_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)
    owner = serializers.UUIDField(source="owner_id", allow_null=True)
    decision_wanted_at = serializers.DateTimeField(allow_null=True)
    eligibility = serializers.CharField()
    service = serializers.CharField()
    not_served = serializers.CharField()
    duplicate_of = serializers.UUIDField(source="duplicate_of_id", allow_null=True)


class CallerOut(serializers.Serializer):
    name = serializers.CharField()
    phone = serializers.CharField()
    phone_verified = serializers.BooleanField()
    address = serializers.CharField()
    said = serializers.CharField()
    person_name = serializers.CharField()
    safe_contact = serializers.CharField()
    language = serializers.CharField()


class SeatOut(serializers.Serializer):
    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    response = serializers.CharField()
    mode = serializers.CharField()
    state = serializers.CharField()
    since = serializers.DateTimeField()
    why = serializers.CharField()
    confirmed_at = serializers.DateTimeField(allow_null=True)


class OfferOut(serializers.Serializer):
    id = serializers.UUIDField()
    seat = serializers.UUIDField(source="seat_id")
    person = serializers.UUIDField(source="person_id", allow_null=True)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    state = serializers.CharField()
    reason = serializers.CharField()
    made_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class AssignmentOut(serializers.Serializer):
    id = serializers.UUIDField()
    seat = serializers.UUIDField(source="seat_id")
    person = serializers.UUIDField(source="person_id", allow_null=True)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    accepted_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField(allow_null=True)
    en_route_at = serializers.DateTimeField(allow_null=True)
    on_scene_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class DecisionOut(serializers.Serializer):
    """``line`` is what `manage.py decide` prints for ``facts``."""

    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    at = serializers.DateTimeField()
    response = serializers.CharField()
    rule = serializers.CharField()
    facts = serializers.JSONField()
    line = serializers.JSONField()
    override_response = serializers.CharField()
    override_reason = serializers.CharField()
    overridden_by = serializers.UUIDField(source="overridden_by_id", allow_null=True)


class LineOut(serializers.Serializer):
    """What the rules say of these facts: the line that `manage.py decide` prints."""

    response = serializers.CharField()
    also = serializers.ListField(child=serializers.DictField())
    excluded = serializers.DictField(child=serializers.ListField())
    ask = serializers.ListField(child=serializers.CharField())
    tell = serializers.ListField(child=serializers.CharField())
    eligibility = serializers.CharField()
    not_served = serializers.CharField(allow_null=True)
    flags = serializers.ListField(child=serializers.CharField())
    rule = serializers.CharField()
    protocol = serializers.CharField()
    priority = serializers.IntegerField()
    reasons = serializers.ListField(child=serializers.CharField())


class NoteOut(serializers.Serializer):
    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    kind = serializers.CharField()
    text = serializers.CharField()
    by_name = serializers.CharField()
    at = serializers.DateTimeField()


class DispositionOut(serializers.Serializer):
    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    outcomes = serializers.ListField(child=serializers.CharField())
    person_reached = serializers.BooleanField(allow_null=True)
    followup_consent = serializers.CharField()
    at = serializers.DateTimeField()


class FollowUpOut(serializers.Serializer):
    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    state = serializers.CharField()
    version = serializers.IntegerField()
    due_at = serializers.DateTimeField()
    claimed_by = serializers.UUIDField(source="claimed_by_id", allow_null=True)
    attempts = serializers.IntegerField()
    reached_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField()


class ContactOut(serializers.Serializer):
    """A leg of the line; without name and number, which calls/<id>/callers/ has."""

    id = serializers.UUIDField()
    call = serializers.UUIDField(source="call_id")
    purpose = serializers.CharField()
    channel = serializers.CharField()
    relay = serializers.CharField()
    language = serializers.CharField()
    state = serializers.CharField()
    since = serializers.DateTimeField()
    due = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField()


class WholeCallOut(CallOut):
    """A call and all that hangs on it, as this role may see it."""

    caller = CallerOut()
    contacts = ContactOut(many=True)
    answers = serializers.DictField(child=serializers.CharField())
    seats = SeatOut(many=True)
    offers = OfferOut(many=True)
    assignments = AssignmentOut(many=True)
    decisions = DecisionOut(many=True)
    notes = NoteOut(many=True)
    dispositions = DispositionOut(many=True)
    followups = FollowUpOut(many=True)

    def to_representation(self, whole: object) -> dict[str, object]:
        parts = type(whole).__slots__
        shown = {
            name: field.get_attribute(whole if name in parts else whole.call)
            for name, field in self.fields.items()
        }
        return {
            name: None if value is None else self.fields[name].to_representation(value)
            for name, value in shown.items()
        }


class UnitOut(serializers.Serializer):
    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField()
    state_since = serializers.DateTimeField()
    reason = serializers.CharField()
    check_due_at = serializers.DateTimeField(allow_null=True)
    check_late = serializers.BooleanField()
    emergency_at = serializers.DateTimeField(allow_null=True)


class PresenceOut(serializers.Serializer):
    person = serializers.UUIDField(source="user_id")
    state = serializers.CharField()
    since = serializers.DateTimeField()
    reason = serializers.CharField()


class ReportRowOut(serializers.Serializer):
    part = serializers.CharField()
    measure = serializers.CharField()
    line = serializers.CharField()
    column = serializers.CharField()
    value = serializers.CharField()
    meaning = serializers.CharField()


class EventOut(serializers.Serializer):
    """A line of the log: ids and codes, nobody's words."""

    number = serializers.IntegerField()
    kind = serializers.CharField()
    call = serializers.UUIDField(source="call_id", allow_null=True)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    body = serializers.JSONField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class BoardOut(serializers.Serializer):
    """The same cards that the socket sends, true for event ``number``.

    ``open`` counts every open call: more than ``cards`` when those are not all.
    """

    number = serializers.IntegerField()
    open = serializers.IntegerField()
    cards = serializers.ListField(child=serializers.DictField())
    units = serializers.ListField(child=serializers.DictField())
    people = serializers.ListField(child=serializers.DictField())
