"""Every URL of the project, and which rows its path names."""

from django.urls import URLPattern, URLResolver, get_resolver

# The row that a URL's argument names; ``pk`` is named by the part before it.
ROWS = {
    "call_id": "call",
    "seat_id": "seat",
    "offer_id": "offer",
    "assignment_id": "session",
    "unit_id": "unit",
    "followup_id": "followup",
    "wording_id": "wording",
    "shift_id": "shift",
    "swap_id": "swap",
    "alarm_id": "alarm",
    "loan_id": "loan",
    "loans": "loan",
    "asked_id": "asked",
    "asked": "asked",
    "flag_id": "flag",
    "plan_id": "plan",
    "contact_id": "contact",
    "contacts": "contact",
    "telephone": "contact",
    "code": "agency",
    "secret": "agency",  # none that opens anything
    "reference": "agency",
    "transfer_id": "transfer",
    "transfers": "transfer",
    "partner_id": "partner",
    "calls": "call",
    "seats": "seat",
    "offers": "offer",
    "sessions": "session",
    "units": "unit",
    "followups": "followup",
    "wordings": "wording",
    "shifts": "shift",
    "swaps": "swap",
    "people": "person",
    "alarms": "alarm",
    "cautions": "flag",
}


def urls(patterns=None, route="", space="", names=()):
    """Name → the kinds of row that its path names, for every URL of the project."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = route + str(pattern.pattern)
        args = (*names, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found |= urls(pattern.url_patterns, path, inner, args)
        elif isinstance(pattern, URLPattern):
            found[f"{space}{pattern.name}"] = {
                arg: ROWS[path.split("/<uuid:pk>")[0].split("/")[-1]]
                if arg == "pk"
                else ROWS[arg]
                for arg in args
            }
    return found
