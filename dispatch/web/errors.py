"""What a person sees when something is refused: the sentence, and a way back."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.core.exceptions import BadRequest, DisallowedHost
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from dispatch import errors
from dispatch.selectors.words import refusal

STATUS = {
    errors.NotFound: 404,
    errors.Forbidden: 403,
    errors.Invalid: 422,
    errors.FloorForbids: 422,
    errors.KeyReused: 422,
    errors.Busy: 503,
}
FORMS = frozenset({"multipart/form-data", "application/x-www-form-urlencoded"})
UTF_8 = frozenset({None, "utf-8", "UTF-8", "utf8"})
BARE = {500: "errors/500.html", 503: "errors/503.html"}


def status_of(error: errors.DispatchError) -> int:
    """The status for a refusal; what is a matter of timing is 409."""
    return STATUS.get(type(error), 409)


class DispatchErrorMiddleware:
    """Turns a domain error into a page, or into a line for a fragment."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Python knows encodings, rot13 among them, that no text is in.
        api = request.path_info.startswith("/api/")
        if not api and request.content_type in FORMS and request.encoding not in UTF_8:
            return _page(request, 415, _("A form is written in UTF-8."))
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_: object
    ) -> HttpResponse | None:
        """No body that would come out empty, and no NUL, which PostgreSQL stores nowhere."""
        if "Transfer-Encoding" in request.headers:
            raise BadRequest("a body of no known length")
        # The API reads its body itself, and refuses a NUL by the name of the field.
        form = QueryDict() if getattr(view, "csrf_exempt", False) else request.POST
        if _has_nul(request.GET) or _has_nul(form):
            raise BadRequest("a NUL")
        return None

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        if isinstance(error, DataError):
            return _page(request, 422, _("A value does not fit its place."))
        if not isinstance(error, errors.DispatchError):
            return None
        return _page(request, status_of(error), refusal(error))


def _has_nul(said: QueryDict) -> bool:
    return any("\0" in value for name in said for value in (name, *said.getlist(name)))


def _back(request: HttpRequest) -> str:
    """The page of ours that led here; another site's is no way back."""
    said = request.headers.get("Referer", "")
    try:
        ours = urlsplit(said).netloc == request.get_host()
    except (DisallowedHost, ValueError):
        return ""
    return said if ours else ""


def bad_request(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    return _page(request, 400, _("The console could not read this request."))


def denied(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    return _page(request, 403, _("Your role does not open this page."))


def not_found(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    return _page(request, 404, _("There is nothing here that you may see."))


def server_error(request: HttpRequest, exception: BaseException | None) -> HttpResponse:
    if isinstance(exception, OperationalError | InterfaceError):
        return _page(request, 503, _("The records cannot be reached now."))
    return _page(request, 500, _("Something went wrong. Nothing more was changed."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    words = _("This page was open too long. Load it again, then send it again.")
    return _page(request, 403, words)


def _page(request: HttpRequest, status: int, words: str) -> HttpResponse:
    fragment = request.headers.get("HX-Request") == "true"
    context = {
        "status": status,
        "words": words,
        "back": _back(request),
    }
    if status >= 500:
        # Without the request: the frame would ask the database, which may be away.
        name = "errors/_line.html" if fragment else BARE[status]
        return HttpResponse(render_to_string(name, context), status=status)
    name = "errors/_line.html" if fragment else "errors/page.html"
    return render(request, name, context, status=status)
