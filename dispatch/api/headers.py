"""What every write carries beside its body: a key of its own, and the version it saw."""

import re

from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.request import Request

KEY = re.compile(r"[!-~]{1,80}")
VERSION = re.compile(r'"?(\d{1,9})"?')


class KeyMissing(exceptions.APIException):
    status_code = 400
    default_code = "key_required"
    default_detail = gettext_lazy(
        "Idempotency-Key: send one of your own, 1 to 80 signs, with every write."
    )
    place = "Idempotency-Key"


class VersionMissing(exceptions.APIException):
    status_code = 428
    default_code = "version_required"
    default_detail = gettext_lazy(
        'If-Match: say which version you saw, as in If-Match: "7".'
    )
    place = "If-Match"


class VersionUnreadable(VersionMissing):
    status_code = 400
    default_code = "version_unreadable"


def key(request: Request) -> str:
    said = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(said):
        raise KeyMissing
    return said


def seen(request: Request, in_body: int | None) -> int:
    header = request.headers.get("If-Match")
    if header is None and in_body is None:
        raise VersionMissing
    if header is None:
        return in_body
    found = VERSION.fullmatch(header)
    if found is None:
        raise VersionUnreadable
    return int(found[1])
