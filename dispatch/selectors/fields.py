"""The fields of a call as text: what is typed, what is stored, what others changed."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy

from dispatch.models import Call
from dispatch.selectors import decision as spoken
from dispatch.selectors import sentences
from dispatch.selectors.decision import Words
from dispatch.states import SafeContact
from routing.core.facts import ANSWERS

Typed = Mapping[str, str]

FLAGS = ("urgent", "hazard", "location_verified", "phone_verified")
TEXTS = ("address", "said", "zone", "phone", "name", "person_name")
OFFENCE = (
    "offence_class",
    "offence_first",
    "offence_firearm",
    "offence_traffic",
    "offence_sexual",
)
PICKS = ("source", "type", "caller_kind", "inside", "safe_contact", "language")
FIELDS = (*PICKS, *FLAGS, *TEXTS, *OFFENCE)
NAMES: Words = {
    **spoken.QUESTIONS,
    "source": gettext_lazy("Source"),
    "type": gettext_lazy("Type"),
    "caller_kind": gettext_lazy("Who is calling"),
    "inside": gettext_lazy("Inside the area"),
    "safe_contact": gettext_lazy("Safe contact"),
    "urgent": gettext_lazy("Urgent"),
    "priority": gettext_lazy("Priority"),
    "hazard": gettext_lazy("Hazard"),
    "location_verified": gettext_lazy("Place verified"),
    "phone_verified": gettext_lazy("Number verified"),
    "address": gettext_lazy("Where"),
    "said": gettext_lazy("What the caller said of the place"),
    "zone": gettext_lazy("Zone"),
    "phone": gettext_lazy("Call-back number"),
    "name": gettext_lazy("Caller's name"),
    "person_name": gettext_lazy("Person's name"),
    "offence": gettext_lazy("Offence"),
    "language": gettext_lazy("Language"),
}
SOURCES: Words = {
    "911": gettext_lazy("911"),
    "988": gettext_lazy("988 Lifeline"),
    "officer": gettext_lazy("Officer"),
    "partner": gettext_lazy("Partner"),
}
# How a caller may have come in, as a person writes it down; the usual first.
CAME_IN: Words = {
    code: sentences.CHANNELS[code] for code in ("voice", "text", "tty", "rtt")
}
CALLERS: Words = {
    "": gettext_lazy("Not asked"),
    "person": gettext_lazy("The person"),
    "with_person": gettext_lazy("With the person"),
    "third_party": gettext_lazy("Somebody else, not there"),
}
INSIDE: Words = {
    "": gettext_lazy("Area in doubt"),
    "yes": gettext_lazy("Inside"),
    "no": gettext_lazy("Outside"),
}
SAFE_CONTACT: Words = {
    SafeContact.NOT_ASKED: gettext_lazy("Contact not asked"),
    SafeContact.CALL_AND_TEXT: gettext_lazy("Safe to call and text"),
    SafeContact.CALL_ONLY: gettext_lazy("Call, no text"),
    SafeContact.TEXT_FIRST: gettext_lazy("Text first, no voicemail"),
    SafeContact.NO_VOICEMAIL: gettext_lazy("Call, no voicemail"),
    SafeContact.NONE: gettext_lazy("Do not contact"),
}

LANGUAGES: Words = {
    "": gettext_lazy("Language not asked"),
    "en": gettext_lazy("English"),
    "es": gettext_lazy("Spanish"),
    "ase": gettext_lazy("American Sign Language"),
    "other": gettext_lazy("Another language"),
}


def blank() -> dict[str, str]:
    """The fields of a call that nobody knows anything of."""
    return {
        **dict.fromkeys(FIELDS, ""),
        "source": "911",
        "safe_contact": "not_asked",
        **dict.fromkeys(ANSWERS, "not_asked"),
    }


def stored(call: Call) -> dict[str, str]:
    """The same fields as they stand in the call's rows."""
    caller, offence = call.caller, call.offence or {}
    inside = {True: "yes", False: "no", None: ""}
    row = {
        **blank(),
        "source": call.source,
        "type": call.type,
        "caller_kind": call.caller_kind,
        "inside": inside[call.inside],
        "safe_contact": caller.safe_contact,
        "language": caller.language,
        "zone": call.zone,
        **{name: getattr(caller, name) for name in TEXTS if name != "zone"},
        "urgent": _flag(call.urgent),
        "hazard": _flag(call.hazard),
        "location_verified": _flag(call.location_verified),
        "phone_verified": _flag(caller.phone_verified),
        "offence_class": str(offence.get("class") or ""),
        **{
            name: inside[offence.get(name.removeprefix("offence_"))]
            for name in OFFENCE[1:]
        },
    }
    return row | dict(call.answers.values_list("question", "value"))


def merged(typed: Typed, was: Typed, now: Typed) -> dict[str, str]:
    """What this person changed, and beside it what others changed meanwhile."""
    return {
        key: typed[key] if typed[key] != was.get(key, typed[key]) else now[key]
        for key in now
    }


def conflicts(typed: Typed, was: Typed, now: Typed) -> tuple[str, ...]:
    """The names of what somebody else changed since this person looked."""
    changed = [key for key in now if now[key] != was.get(key, now[key])]
    return tuple(
        f"{spoken.word(NAMES, key)}: {spoken.word(spoken.VALUES, now[key])}"
        for key in changed
        if typed[key] != now[key] or typed[key] == was.get(key)
    )


def offence(typed: Typed) -> dict[str, object] | None:
    """What an officer named; None unless an officer calls and names a class."""
    if typed["source"] != "officer" or not typed["offence_class"]:
        return None
    said: dict[str, object] = {"class": typed["offence_class"]}
    values = {"yes": True, "no": False}
    for name in OFFENCE[1:]:
        said[name.removeprefix("offence_")] = values.get(typed[name])
    return said


def _flag(value: object) -> str:
    return "yes" if value else ""
