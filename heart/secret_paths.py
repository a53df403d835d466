"""Paths that hold a secret: cut from every line of the log, their answers kept nowhere."""

import logging
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# All that follows is cut, to the end of the path: a link may be mangled in any way.
SECRET = re.compile(
    r"(/(?:handoff|intake)/).+?(?= HTTP/|\Z)", re.IGNORECASE | re.DOTALL
)
DOORS = ("/handoff/", "/intake/988/")
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


class NoSecretPaths(logging.Filter):
    """Of a path that is a key, the log says which door it was for; whoever writes it."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            told = record.getMessage()
        except (TypeError, ValueError, KeyError):
            # Badly formed by whoever wrote it: the handler says so, the caller goes on.
            return True
        cut = SECRET.sub(r"\1…", told)
        if cut != told:
            record.msg, record.args = cut, ()
        return True


class KeptNowhere:
    """First of all, so that refusals and faults are stored and led nowhere too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if request.path_info.lower().startswith(DOORS):
            for name, value in HEADERS.items():
                answer[name] = value
        return answer
