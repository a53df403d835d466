"""Positions from phones and trackers: no session, but a key of the unit's own."""

import base64
import binascii
import logging
from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from dispatch import access, errors
from dispatch.actions import unit
from dispatch.actions.base import database_now
from dispatch.api.parsers import StrictParser
from dispatch.interop import positions
from dispatch.models import Unit
from routing import store

logger = logging.getLogger(__name__)
# These send a message again until they hear yes, and their later ones wait behind it.
INSISTENT = ("_type", "location", "id", "deviceid")
# Where each app puts what it calls its device: here, the unit's key.
DEVICE = ("id", "deviceid", "device_id")


class TellPosition(APIView):
    """Where the unit of this key is: the newest of what was sent."""

    authentication_classes = ()
    permission_classes = ()
    parser_classes = (StrictParser, FormParser)
    schema = None  # three apps' own words, in docs/integrations.md

    def get(self, request: Request) -> Response:
        """OsmAnd asks an address with all in its query."""
        return self.tell(request, request.query_params.dict())

    def post(self, request: Request) -> Response:
        body = request.data
        said = body.dict() if hasattr(body, "dict") else body
        return self.tell(request, said or request.query_params.dict())

    def tell(self, request: Request, said: object) -> Response:
        row = access.unit_of_key(_secret(request, said))
        if row is None:
            raise NoSuchKey
        try:
            refused = _keep(row, said)
        except errors.Invalid as error:
            _log(row, error)
            if not _insists(said):
                raise
            refused = ()
        for one in refused:
            _log(row, one)
        # OwnTracks reads a list of answers, all in its own words; the others read nothing.
        return Response([] if _insists(said) else [_refusal(one) for one in refused])

    def get_authenticate_header(self, request: Request) -> str:
        return 'Basic realm="positions"'


class NoSuchKey(AuthenticationFailed):
    default_detail = gettext_lazy("This key is not known, or was revoked.")


def _log(row: Unit, error: errors.Invalid) -> None:
    """The unit and the wrong key's name, never the place."""
    field = error.params["field"]
    logger.warning("position refused", extra={"unit": str(row.pk), "field": field})


def _refusal(error: errors.Invalid) -> dict[str, str]:
    """Of a list that was kept all the same: which one was not, and why."""
    return {"refused": str(error.params["field"]), "why": _(str(error.params["why"]))}


def _keep(row: Unit, said: object) -> tuple[errors.Invalid, ...]:
    """The newest is where the unit is. What of a list was wrong; Invalid where all was."""
    centre = store.published(row.agency_id)[1].centre
    found = positions.read(said, now=database_now(), home=centre)
    if found.fixes:
        last = found.fixes[-1]
        unit.report_position(
            unit_id=row.pk,
            lat=last.lat,
            lon=last.lon,
            accuracy_m=last.accuracy_m,
            source=last.source,
            at=last.at,
        )
    return found.refused


def _insists(said: object) -> bool:
    first = said[0] if isinstance(said, list) and said else said
    return isinstance(first, Mapping) and any(key in first for key in INSISTENT)


def _secret(request: Request, said: object) -> str:
    """From the header, else what the app calls its device; empty where there is none."""
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return given.strip()
    if scheme.lower() == "basic":
        return _password(given)
    named = said if isinstance(said, Mapping) else {}
    return next((str(named[key]) for key in DEVICE if named.get(key)), "")


def _password(given: str) -> str:
    try:
        return base64.b64decode(given, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        return ""
