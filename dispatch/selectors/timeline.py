"""A call's history in sentences: every kind of event has one, in one table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Event
from dispatch.selectors import words
from dispatch.selectors.decision import (
    OVERRIDE_REASONS,
    QUESTIONS,
    TELL,
    VALUES,
    Words,
    word,
)
from dispatch.selectors.fields import NAMES, SOURCES

# Event → sentence. The parameters are made by ``_params`` from the event's body.
SENTENCES: Words = {
    "CallOpened": gettext_lazy("Call opened from %(source)s"),
    "DetailsCorrected": gettext_lazy("Changed: %(fields)s"),
    "LocationVerified": gettext_lazy("Place verified"),
    "NoteAdded": gettext_lazy("%(note_kind)s added"),
    "CallsLinked": gettext_lazy("Linked to another call as the same event"),
    "CallCancelled": gettext_lazy("Cancelled: %(reason)s"),
    "CallReturned": gettext_lazy("Returned to 911: %(reason)s"),
    "OwnerChanged": gettext_lazy("Owner is now %(owner)s"),
    "AnswersRecorded": gettext_lazy("Answered %(answers)s"),
    "CallTriaged": gettext_lazy("Triage completed, %(open)s open"),
    "CallDecided": gettext_lazy("Decided: %(response)s, rule %(rule)s, %(protocol)s"),
    "DecisionOverridden": gettext_lazy("Overridden: %(response)s instead. %(reason)s"),
    "SupervisorTold": gettext_lazy("%(told)s"),
    "TeamRequested": gettext_lazy("%(response)s asked for: %(reason)s"),
    "SeatOpened": gettext_lazy("%(response)s wanted, %(mode)s"),
    "SeatUnfilled": gettext_lazy("%(response)s could not be had: %(why)s"),
    "SeatWithdrawn": gettext_lazy("%(response)s withdrawn: %(why)s"),
    "SeatConfirmed": gettext_lazy("%(response)s told, and confirmed"),
    "SeatDone": gettext_lazy("%(response)s done"),
    "StagingOrdered": gettext_lazy("%(response)s told to stage: %(why)s"),
    "SceneCleared": gettext_lazy("Scene is clear: the team may enter"),
    "OfferMade": gettext_lazy("Offered to %(who)s"),
    "OfferAccepted": gettext_lazy("%(who)s accepted"),
    "OfferDeclined": gettext_lazy("%(who)s declined: %(reason)s"),
    "OfferExpired": gettext_lazy("%(who)s did not answer in time"),
    "OfferWithdrawn": gettext_lazy("Offer to %(who)s withdrawn: %(why)s"),
    "TransferConfirmed": gettext_lazy("%(who)s has the caller"),
    "UnitSignedOn": gettext_lazy("%(unit)s signed on"),
    "UnitSignedOff": gettext_lazy("%(unit)s signed off"),
    "UnitMoved": gettext_lazy("%(unit)s: %(after)s"),
    "UnitCleared": gettext_lazy("%(unit)s clear: %(outcome)s"),
    "UnitOutOfService": gettext_lazy("%(unit)s out of service: %(reason)s"),
    "CrewSafe": gettext_lazy("%(unit)s is safe%(by_radio)s"),
    "CrewCheckLate": gettext_lazy("Safety check of %(unit)s is late"),
    "CrewEmergency": gettext_lazy("%(unit)s: emergency%(cleared)s"),
    "SessionEnded": gettext_lazy("%(who)s ended the session"),
    "CallResolved": gettext_lazy("Ended: %(outcomes)s"),
    "CallReopened": gettext_lazy("Reopened: %(reason)s"),
    "CallClosed": gettext_lazy("Closed"),
    "FollowUpPlanned": gettext_lazy("Follow-up planned"),
    "FollowUpClaimed": gettext_lazy("%(who)s takes the follow-up"),
    "FollowUpAttempted": gettext_lazy("Follow-up, try %(number)s: %(reached)s"),
    "FollowUpPostponed": gettext_lazy("Follow-up moved to a later time"),
    "FollowUpClosed": gettext_lazy("Follow-up closed: %(outcome)s"),
    "PresenceChanged": gettext_lazy("%(who)s: %(presence)s"),
    "AgencyAdded": gettext_lazy("Centre set up"),
    "UnitAdded": gettext_lazy("%(unit)s added"),
    "UserAdded": gettext_lazy("%(who)s added to the staff"),
    "RoleChanged": gettext_lazy("Role of %(who)s: %(role)s"),
    "AccessEnded": gettext_lazy("%(who)s was signed out"),
    "AccessSealed": gettext_lazy("%(count)s reads sealed"),
    "ProtocolPublished": gettext_lazy("Protocol %(name)s published"),
    "WordingMapped": gettext_lazy("A source wording now means: %(after)s"),
}
OUTCOMES: Words = {
    "resolved_by_phone": gettext_lazy("Resolved by phone"),
    "resolved_on_scene": gettext_lazy("Resolved on scene"),
    "moved_to_988": gettext_lazy("Moved to 988"),
    "declined_help": gettext_lazy("Help declined"),
    "not_located": gettext_lazy("Person not located"),
    "transported_willingly": gettext_lazy("Transported, willingly"),
    "hospital": gettext_lazy("Hospital"),
    "involuntary_commitment": gettext_lazy("Involuntary commitment"),
    "arrest": gettext_lazy("Arrest"),
    "injury": gettext_lazy("Injury"),
    "use_of_force": gettext_lazy("Use of force"),
    "death": gettext_lazy("Death"),
    "handed_to_police": gettext_lazy("Handed to police"),
    "handed_to_ems": gettext_lazy("Handed to EMS"),
    "caller_hung_up": gettext_lazy("Caller hung up"),
    "duplicate": gettext_lazy("Duplicate"),
    "no_help_needed": gettext_lazy("No help needed"),
    "other": gettext_lazy("Other"),
}
# Why something ended, was refused or set aside.
REASONS: Words = {
    **OVERRIDE_REASONS,
    "timed_out": gettext_lazy("nobody answered in time"),
    "no_unit": gettext_lazy("nobody was free"),
    "no_answer": gettext_lazy("no answer"),
    "decided_again": gettext_lazy("decided again"),
    "held_back": gettext_lazy("the safety rules hold it back"),
    "ordered": gettext_lazy("as ordered"),
    "overridden": gettext_lazy("another help was chosen"),
    "another_unit": gettext_lazy("another unit was sent"),
    "not_needed": gettext_lazy("not needed any more"),
    "closed": gettext_lazy("the call was closed"),
    "cancelled": gettext_lazy("the call was cancelled"),
    "duplicate": gettext_lazy("linked to another call"),
    "returned": gettext_lazy("returned to 911"),
    "caller_cancelled": gettext_lazy("The caller no longer wants help"),
    "opened_by_mistake": gettext_lazy("Opened by mistake"),
    "test_call": gettext_lazy("A test call"),
    "outside_heart": gettext_lazy("Not a call for HEART"),
    "caller_asks": gettext_lazy("The caller asks for it"),
    "more_help": gettext_lazy("More help is needed"),
    "not_safe": gettext_lazy("The scene is not safe"),
    "new_information": gettext_lazy("New information"),
    "called_again": gettext_lazy("The caller called again"),
    "closed_by_mistake": gettext_lazy("Closed by mistake"),
    "busy_with_call": gettext_lazy("busy with a call"),
    "conflict_of_interest": gettext_lazy("knows the person"),
    "language": gettext_lazy("another language is needed"),
    "needs_break": gettext_lazy("needs a break"),
    "technical": gettext_lazy("something technical fails"),
    "on_other_call": gettext_lazy("still on another call"),
    "too_far": gettext_lazy("too far away"),
    "crew_incomplete": gettext_lazy("crew not complete"),
    "meal": gettext_lazy("meal"),
    "vehicle": gettext_lazy("vehicle"),
    "paperwork": gettext_lazy("paperwork"),
    "other": gettext_lazy("another reason"),
}
NOTE_KINDS: Words = {"note": gettext_lazy("Note"), "radio": gettext_lazy("Radio line")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the history: its number, when, what, who."""

    number: int
    at: datetime
    after: str
    text: str
    by: str


def entries(
    events: Sequence[Event], opened_at: datetime, names: Mapping[str, str]
) -> tuple[Entry, ...]:
    """Newest first. ``names`` is person id → how colleagues read the name."""
    return tuple(
        Entry(
            number=event.number,
            at=event.at,
            after=span((event.at - opened_at).total_seconds()),
            text=sentence(event, names),
            by=event.by_name or _("system"),
        )
        for event in events
    )


def sentence(event: Event, names: Mapping[str, str]) -> str:
    return str(SENTENCES[event.kind]) % _params(event, names)


def people(events: Sequence[Event]) -> set[str]:
    """The ids of everybody these events speak of."""
    said = (event.body.get(key) for event in events for key in ("person", "owner"))
    return {str(one) for one in said if one}


def span(seconds: float) -> str:
    """m:ss up to the hour, then h:mm:ss."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02d}:{second:02d}" if hours else f"{minute}:{second:02d}"


def _params(event: Event, names: Mapping[str, str]) -> dict[str, str]:
    """Every word that a sentence may ask for; what the event lacks is empty."""
    body = event.body
    unit = event.unit.name if event.unit else _("A team")
    who = names.get(str(body.get("person")), unit)
    return {
        "unit": unit,
        "who": who,
        "owner": names.get(str(body.get("owner")), _("nobody")),
        "source": word(SOURCES, body.get("source", "")),
        "response": words.response(str(body.get("response", ""))),
        "mode": _mode(body),
        "rule": str(body.get("rule", "")),
        "protocol": str(body.get("protocol", "")),
        "reason": word(REASONS, body.get("reason", "")),
        "why": ", ".join(_because(one) for one in _list(body.get("why"))),
        "told": " ".join(word(TELL, one) for one in _list(body.get("why"))),
        "fields": ", ".join(word(NAMES, one) for one in _list(body.get("fields"))),
        "answers": _answers(body.get("answers")),
        "open": str(len(_list(body.get("open_questions")))),
        "outcomes": ", ".join(
            word(OUTCOMES, one) for one in _list(body.get("outcomes"))
        ),
        "outcome": word(OUTCOMES, body.get("outcome", "")),
        "note_kind": word(NOTE_KINDS, body.get("kind", "note")),
        **_states(body),
        "role": _plain(str(body.get("after") or _("none, may not sign in"))),
        "number": str(body.get("number", "")),
        "count": str(body.get("count", "")),
        "name": str(body.get("name", "")),
    }


def _states(body: Mapping[str, object]) -> dict[str, str]:
    after = str(body.get("after", ""))
    return {
        "after": words.unit(after)[0] if after in words.UNIT else _plain(after),
        "presence": (
            words.presence(after)[0] if after in words.PRESENCE else _plain(after)
        ),
        "by_radio": _(", said by radio") if body.get("by_radio") else "",
        "cleared": _(" is over") if body.get("cleared") else "",
        "reached": _("reached") if body.get("reached") else _("not reached"),
    }


def _because(code: object) -> str:
    """A reason's word; of a finding's code, the rule."""
    return str(code).partition(".")[0] if "." in str(code) else word(REASONS, code)


def _plain(code: str) -> str:
    return code.replace("_", " ")


def _mode(body: Mapping[str, object]) -> str:
    return _(words.MODE[str(body["mode"])]) if body.get("mode") else ""


def _answers(answers: object) -> str:
    if not isinstance(answers, Mapping):
        return ""
    groups: dict[str, list[str]] = {}
    for key, to in answers.items():
        groups.setdefault(word(VALUES, to), []).append(word(QUESTIONS, key))
    said = (f"{to}: {', '.join(names)}" for to, names in groups.items())
    return "; ".join(said)


def _list(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return list(value)
    return [value] if value else []
