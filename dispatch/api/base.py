"""One verb, one class: reach the row through access, parse, one call, answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db.models import Model
from rest_framework.exceptions import (
    UnsupportedMediaType,
    ValidationError,
)
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from dispatch import access
from dispatch.api import headers
from dispatch.api.schema import VerbSchema
from dispatch.api.shapes import Nothing, Seen
from dispatch.errors import Stale
from dispatch.events import Actor
from dispatch.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A write as it came in: by whom, to which row, with which words."""

    user: User
    by: Actor
    row: Model | None
    said: dict[str, object]
    seen: int | None


class Verb(APIView):
    """What reads and writes share. ``verb`` is the line of the access policy."""

    verb = ""
    gives: type[BaseSerializer] | None
    many = False
    status = 200
    keyed = versioned = False
    asks: Sequence[object] = ()
    schema = VerbSchema()

    def reach(self, user: User, pk: UUID | None) -> Model | None:
        """The row that this verb is about, if this person may; access refuses."""
        access.require(user, self.verb)
        return None

    def answer(self, row: object) -> Response:
        version = getattr(row, "version", None)
        tag = {} if version is None else {"ETag": f'"{version}"'}
        shape = _shape(self.gives)
        if self.many:
            shown = [shape.to_representation(each) for each in row]
        else:
            shown = shape.to_representation(row)
        return Response(shown, status=self.status, headers=tag)


class Look(Verb):
    """GET: one selector, no change."""

    def get(self, request: Request, pk: UUID | None = None) -> Response:
        row = self.reach(request.user, pk)
        return self.answer(self.look(request.user, row))

    def look(self, user: User, row: Model | None) -> object:
        raise NotImplementedError


class Command(Verb):
    """POST: one action. ``takes`` is the shape of the body."""

    takes: type[Nothing] = Nothing
    keyed = True

    @property
    def versioned(self) -> bool:
        return issubclass(self.takes, Seen)

    def post(self, request: Request, pk: UUID | None = None) -> Response:
        asked = self.ask(request, pk)
        try:
            made = self.act(asked)
        except Stale as error:
            now = self.reach(request.user, pk)
            raise Stale(version=getattr(now, "version", None)) from error
        return self.answer(made)

    def ask(self, request: Request, pk: UUID | None) -> Asked:
        """Who may not is told so before anything else is read."""
        row = self.reach(request.user, pk)
        key = headers.key(request) if self.keyed else None
        said = _said(self.takes, request)
        version = said.pop("version", None)
        seen = headers.seen(request, version) if self.versioned else None
        by = access.actor(request.user, key)
        return Asked(user=request.user, by=by, row=row, said=said, seen=seen)

    def act(self, asked: Asked) -> Model:
        raise NotImplementedError


def _said(takes: type[Nothing], request: Request) -> dict[str, object]:
    # A form that a middleware has read already would come out as an empty body.
    media = request.content_type.partition(";")[0].strip().lower()
    if media not in {"", "application/json"}:
        raise UnsupportedMediaType(media)
    body = request.data
    if not isinstance(body, Mapping):
        raise ValidationError({"body": "must be a JSON object"})
    return dict(_shape(takes).run_validation(body))


@cache
def _shape(kind: type[BaseSerializer]) -> BaseSerializer:
    """One of each: building its fields anew costs more than all else it does.

    It holds nothing of a request, so that threads may share it.
    """
    return kind()
