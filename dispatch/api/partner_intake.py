"""A partner's program brings a call with its key, and asks how far we are."""

from collections.abc import Mapping

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dispatch.actions import incoming
from dispatch.actions.incoming import QUESTIONS, VALUES, Brought
from dispatch.api.base import Verb
from dispatch.api.serializers import PointIn
from dispatch.api.shapes import Choice, Nothing, Text
from dispatch.errors import NotFound
from dispatch.events import Actor
from dispatch.models import Partner
from dispatch.models.transfer import AGREED
from dispatch.selectors import partner as partners
from dispatch.states import SafeContact

SHAPE = {"required": False, "allow_blank": True}


class KeyOfPartner(BaseAuthentication):
    """``Authorization: Bearer KEY``. Who it belongs to stands in ``request.auth``."""

    def authenticate(self, request: Request) -> tuple[None, Partner] | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        found = partners.by_key(secret) if kind.lower() == "bearer" and secret else None
        return (None, found) if found is not None else None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class KeyInTheDocument(OpenApiAuthenticationExtension):
    """How a partner's key stands in the OpenAPI document."""

    target_class = KeyOfPartner
    name = "partnerKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class IsPartner(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, Partner)


class RiskIn(Nothing):
    """Four-valued: what was not asked is not no."""

    def get_fields(self) -> dict[str, serializers.Field]:
        return {key: Choice(VALUES, required=False) for key in QUESTIONS}


class BroughtIn(Nothing):
    reference = Text(max_length=40, help_text="Your own name of the call.")
    name = Text(max_length=80, **SHAPE)
    person_name = Text(max_length=80, **SHAPE)
    phone = Text(max_length=40, **SHAPE)
    address = Text(max_length=300, **SHAPE)
    point = PointIn(required=False)
    said = Text(max_length=1000, **SHAPE)
    risk = RiskIn(required=False)
    willing = Choice(VALUES, required=False)
    wants_team = Choice(VALUES, required=False)
    safe_contact = Choice(SafeContact, required=False)
    agreed = Choice(AGREED, required=False)


class BroughtOut(serializers.Serializer):
    """How far we are with a call since it was opened, or opened again; nothing clinical."""

    reference = serializers.CharField()
    status = serializers.ChoiceField(list(partners.STATUS_WORDS))
    words = serializers.CharField()
    received_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField(allow_null=True)
    opened_again_at = serializers.DateTimeField(allow_null=True)
    dispatcher_at = serializers.DateTimeField(allow_null=True)
    on_the_way_at = serializers.DateTimeField(allow_null=True)
    contact_made_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)


class PartnerVerb(Verb):
    authentication_classes = (KeyOfPartner,)
    permission_classes = (IsPartner,)
    gives = BroughtOut

    def found(self, partner: Partner, reference: str) -> partners.Brought:
        found = partners.brought(partner, reference)
        if found is None:
            raise NotFound
        return found


class BringCall(PartnerVerb):
    """Bring a call. The same reference is one call; what is new then is added, with 200."""

    takes = BroughtIn
    status = 201

    def post(self, request: Request) -> Response:
        shape = BroughtIn(data=request.data)
        shape.is_valid(raise_exception=True)
        partner = request.auth
        by = Actor(kind="partner", id=partner.pk, name=partner.name)
        made = incoming.bring(
            partner=partner, brought=_brought(shape.validated_data), by=by
        )
        told = partners.answered(self.found(partner, made.call.number))
        answer = self.answer(told)
        answer.status_code = 201 if told.updated_at is None else 200
        return answer


class SeeBrought(PartnerVerb):
    """How far we are with a call that this partner brought."""

    def get(self, request: Request, reference: str) -> Response:
        return self.answer(self.found(request.auth, reference))


def _brought(said: Mapping[str, object]) -> Brought:
    known = dict(said)
    if point := known.pop("point", None):
        known["point"] = (point["lat"], point["lon"])
    known["answers"] = dict(known.pop("risk", {}))
    return Brought(**known)
