"""What no verb answers, in JSON: no such path, nothing that can be read, a fault of ours."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

from dispatch.api import errors


def unread(request: HttpRequest, exception: BaseException | None) -> JsonResponse:
    """Too large, of no known length, for another host, or in no form that we read."""
    if isinstance(exception, RequestDataTooBig):
        return _refused(413, "too_large", _("The body is too large."))
    if "Transfer-Encoding" in request.headers:
        words = _("Send the body in one piece, and say its length.")
        return _refused(411, "length_required", words, field="Content-Length")
    words = _("The console could not read this request.")
    return _refused(400, "unreadable", words)


def denied(request: HttpRequest, exception: BaseException | None) -> JsonResponse:
    return _refused(403, "forbidden", _("Your role does not do this."))


def nowhere(request: HttpRequest, exception: BaseException | None) -> JsonResponse:
    return _refused(404, "not_found", _("There is nothing here that you may see."))


def fault(request: HttpRequest, exception: BaseException | None) -> JsonResponse:
    """Where the database is away, that is said; else only that it was us."""
    words = _("Something went wrong. Nothing more was changed.")
    found = errors.told(exception)
    status, body = found or (500, {"code": "fault", "message": words})
    return JsonResponse(body, status=status, headers=errors.headers(status))


def _refused(status: int, code: str, words: str, **place: str) -> JsonResponse:
    return JsonResponse({"code": code, "message": words, **place}, status=status)
