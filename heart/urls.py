"""`/` pages, `/api/`, `/health/`; and who answers when no view does."""

import sys
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from dispatch.api import refusals
from dispatch.web import errors

urlpatterns = [
    # First, for programs ask most: every page's pattern would be tried before it.
    path("api/v1/", include("dispatch.api.urls")),
    path("", include("dispatch.web.urls")),
]


Answer = Callable[[HttpRequest, BaseException | None], HttpResponse]


def _told(people: Answer, programs: Answer) -> Callable[..., HttpResponse]:
    """People are told with a page, programs in JSON."""

    def answer(
        request: HttpRequest, exception: Exception | None = None
    ) -> HttpResponse:
        tell = programs if request.path_info.startswith("/api/") else people
        # Of a fault Django tells the request alone.
        return tell(request, exception or sys.exc_info()[1])

    return answer


handler400 = _told(errors.bad_request, refusals.unread)
handler403 = _told(errors.denied, refusals.denied)
handler404 = _told(errors.not_found, refusals.nowhere)
handler500 = _told(errors.server_error, refusals.fault)
