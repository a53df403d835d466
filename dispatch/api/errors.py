"""A refusal as JSON: the one place where HTTP meets the domain."""

from collections.abc import Iterator, Mapping

from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

from dispatch import errors
from dispatch.selectors.words import refusal

RETRY_AFTER = 1  # seconds
STATUS = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.FloorForbids: 422,
    errors.KeyReused: 422,
    errors.Busy: 503,
}
# What the database refused: the code, the status and the sentence for it.
DATABASE = {
    OperationalError: ("away", 503, gettext_lazy("The records cannot be reached.")),
    InterfaceError: ("away", 503, gettext_lazy("The records cannot be reached.")),
    IntegrityError: ("conflict", 409, gettext_lazy("Something like this is there.")),
    DataError: ("invalid", 422, gettext_lazy("A value does not fit its place.")),
}
Told = tuple[int, dict[str, object]]


def answer(error: Exception, context: Mapping[str, object]) -> Response | None:
    """The refusal as ``{"code", "message", "field"?, ...}``; None: not a refusal."""
    if (found := told(error)) is None:
        return None
    status, body = found
    return Response(body, status=status, headers=headers(status))


def told(error: BaseException | None) -> Told | None:
    """The status and the body of a refusal; None for a fault of ours."""
    if isinstance(error, errors.DispatchError):
        return _domain(error)
    for kind, (code, status, words) in DATABASE.items():
        if isinstance(error, kind) and not _ours(error):
            return status, {"code": code, "message": force_str(words)}
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, exceptions.ValidationError):
        return _invalid(error)
    if isinstance(error, exceptions.APIException):
        return _framework(error)
    return None


def _ours(error: Exception) -> bool:
    """A rule of the tables that our own statements broke: a fault, not a conflict."""
    code = getattr(error.__cause__, "pgcode", None)
    return isinstance(error, IntegrityError) and code != "23505"  # is there already


def headers(status: int) -> dict[str, str]:
    """When to come back, where coming back helps."""
    return {"Retry-After": str(RETRY_AFTER)} if status == 503 else {}


def _domain(error: errors.DispatchError) -> Told:
    body = {"code": error.code, "message": refusal(error)}
    for name in ("field", "version", "wish"):
        if name in error.params:
            body[name] = error.params[name]
    # What is a matter of timing is 409.
    return STATUS.get(type(error), 409), body


def _invalid(error: exceptions.ValidationError) -> Told:
    """The first place that is wrong, and beside it all of them."""
    wrong = dict(_places(error.detail, ""))
    place, why = next(iter(wrong.items()))
    body = {"code": "invalid", "message": f"{place}: {why}", "field": place}
    return 422, body | {"fields": wrong}


def _places(detail: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _places(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _places(inner, path)
    else:
        yield path or "body", str(detail)


def _framework(error: exceptions.APIException) -> Told:
    body = {"code": error.default_code, "message": force_str(error.detail)}
    place = getattr(error, "place", None)
    return error.status_code, body | ({"field": place} if place else {})
