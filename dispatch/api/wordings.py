"""Call types as JSON: which of ours another system's wording means."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import integration
from dispatch.api.base import Asked, Command, Look
from dispatch.api.shapes import Nothing, Text
from dispatch.models import SourceWording, User
from dispatch.selectors import plain


class WordingOut(serializers.Serializer):
    """Another system's call type, how often it came, and ours; "" is not mapped."""

    id = serializers.UUIDField()
    source = serializers.CharField()
    wording = serializers.CharField()
    type = serializers.CharField()
    seen = serializers.IntegerField()


class WordingIn(Nothing):
    type = Text(allow_blank=True)


class SeeWordings(Look):
    """Every wording that came, the unmapped ones first, then the most seen."""

    verb = "wording.edit"
    gives = WordingOut
    many = True

    def look(self, user: User, row: None) -> list[SourceWording]:
        return plain.wordings(user.agency_id)


class MapWording(Command):
    """From now on this wording means this type; empty leaves it unmapped."""

    verb = "wording.edit"
    takes = WordingIn
    gives = WordingOut

    def reach(self, user: User, pk: UUID) -> SourceWording:
        return access.wording_for(user, pk)

    def act(self, asked: Asked) -> SourceWording:
        return integration.map_wording(
            wording_id=asked.row.pk, type_=asked.said["type"], by=asked.by
        )
