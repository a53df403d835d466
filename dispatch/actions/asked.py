"""What somebody asked for by name, apart from what only an override chose."""

from dispatch import quick
from dispatch.models import Call, Decision, Event

# A crew in an emergency asks for these by that one press.
FOR_CREW = frozenset({"police", "ems"})


def only_chosen(call: Call) -> set[str]:
    """The kinds of help that an override chose and nobody asked for. Holds the call.

    The next override replaces them; what somebody asked for it leaves.
    """
    made = quick.rows(Decision, call=call.pk)
    chosen = {one.override_response for one in made} - {""}
    return chosen - _asked_for(call) if chosen else chosen


def _asked_for(call: Call) -> set[str]:
    kinds = ["TeamRequested", "CrewEmergency"]
    told = Event.objects.filter(agency=call.agency_id, call=call, kind__in=kinds)
    asked: set[str] = set()
    for kind, body in told.values_list("kind", "body"):
        asked |= {body["response"]} if kind == "TeamRequested" else FOR_CREW
    return asked
