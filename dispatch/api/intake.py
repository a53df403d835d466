"""What is known of a call as JSON: when it is opened, corrected, answered, added to."""

from rest_framework import serializers

from dispatch.actions.details import LANGUAGES
from dispatch.actions.intake import CALLERS, SOURCES
from dispatch.api.serializers import PointIn
from dispatch.api.shapes import Choice, Code, Flag, Nothing, Seen, Text, Whole
from dispatch.models.contact import CHANNELS
from dispatch.selectors.triage import SAFE_CONTACT
from routing.core.facts import ANSWERS, Answer


class OffenceIn(Nothing):
    """What an officer named; it is never inferred."""

    first = Flag(required=False, allow_null=True)
    firearm = Flag(required=False, allow_null=True)
    traffic = Flag(required=False, allow_null=True)
    sexual = Flag(required=False, allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        # ``class`` is a word of Python's and cannot be written above.
        kind = Text(required=False, allow_null=True, max_length=40)
        return {"class": kind, **super().get_fields()}


class KnownIn(Nothing):
    """What may be known of a call; a key left out stays as it is."""

    type = Code(required=False)
    caller_kind = Choice(CALLERS, required=False)
    urgent = Flag(required=False)
    hazard = Flag(required=False)
    offence = OffenceIn(required=False)
    location_verified = Flag(required=False)
    inside = Flag(required=False, allow_null=True)
    zone = Text(required=False, allow_blank=True, max_length=80)
    name = Text(required=False, allow_blank=True, max_length=200)
    phone = Text(required=False, allow_blank=True, max_length=40)
    phone_verified = Flag(required=False)
    address = Text(required=False, allow_blank=True, max_length=300)
    said = Text(required=False, allow_blank=True, max_length=4000)
    person_name = Text(required=False, allow_blank=True, max_length=200)
    safe_contact = Choice(SAFE_CONTACT, required=False)
    language = Choice(LANGUAGES, required=False)


class OpenCallIn(KnownIn):
    source = Choice(SOURCES, required=False)
    source_wording = Text(required=False, allow_blank=True, max_length=120)
    source_ref = Text(required=False, allow_blank=True, max_length=60)
    priority = Whole(required=False, min_value=1, max_value=4)
    point = PointIn(required=False)
    channel = Choice(CHANNELS, required=False)


class DetailsIn(KnownIn, Seen):
    pass


class AnswersIn(Nothing):
    """Four-valued: what was not asked is not no."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {key: Choice(Answer, required=False) for key in ANSWERS}


class TriageIn(Seen):
    answers = AnswersIn(required=False)
    details = KnownIn(required=False)


class PreviewIn(Nothing):
    answers = AnswersIn(required=False)
