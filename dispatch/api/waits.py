"""How long calls wait, and a new one would, as JSON: seconds, and how sure."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import access
from dispatch.api.base import Verb
from dispatch.selectors import wait
from routing import store


class WaitOut(serializers.Serializer):
    """Seconds; null is unknown. ``sure`` is good, fair or poor, ``why`` a code."""

    median = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)
    sure = serializers.CharField()
    why = serializers.CharField()


class WaitingOut(serializers.Serializer):
    call = serializers.UUIDField()
    number = serializers.CharField()
    priority = serializers.IntegerField()
    since = serializers.DateTimeField()
    wait = WaitOut()


class WaitLineOut(serializers.Serializer):
    kind = serializers.CharField()
    there = serializers.IntegerField()
    free = serializers.IntegerField()
    waiting = WaitingOut(many=True)
    new = WaitOut()


class SeeWaits(Verb):
    """The queue for each kind of our help, in the order of being served."""

    verb = "wait.see"
    gives = WaitLineOut
    many = True

    def get(self, request: Request) -> Response:
        access.require(request.user, self.verb)
        agency = request.user.agency_id
        return self.answer(wait.lines(agency, store.published(agency)[1]))
