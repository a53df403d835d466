"""What the forms of a call say: parse only, one function per verb."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core import signing
from django.http import QueryDict
from django.utils.translation import gettext as _

from dispatch.actions.intake import Details, Intake
from dispatch.errors import Invalid
from dispatch.selectors.decision import VALUES
from dispatch.selectors.fields import CAME_IN, FIELDS, FLAGS, Typed, blank, offence
from routing.core.facts import ANSWERS

# What a program, a telephone or a partner may have told, and a split brings together.
LIMITS = {"said": 10_000, "address": 500, "name": 200, "person_name": 200}
LIMIT = 80
WORDS = 4000
# Signs when a call began.
BEGAN = "call-began"
REACHED = {"yes": True, "no": False}


def typed(data: QueryDict) -> dict[str, str]:
    """The fields of the triage screen; what is left out stays as on a blank one."""
    empty = blank()
    said = {name: data.get(name, empty[name]).strip() for name in FIELDS}
    return {**said, **{key: _answer(data, key) for key in ANSWERS}}


def _answer(data: QueryDict, key: str) -> str:
    value = data.get(key, "not_asked")
    if value not in VALUES:
        raise Invalid(field=key, why=_("yes, no, not_known or not_asked"))
    return value


def was(data: QueryDict) -> dict[str, str]:
    """The fields as the page first showed them; empty if the page did not say."""
    try:
        before = json.loads(data.get("was", "{}"))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(before, dict):
        return {}
    return {key: str(before[key]) for key in blank() if key in before}


def stamp(data: QueryDict, at: datetime, lock: timedelta) -> str:
    """The moment of the first word of a new call, signed: the page's, or else ``at``."""
    kept = data.get("began", "") if began(data, lock) else ""
    return kept or signing.dumps(at.isoformat(), salt=BEGAN)


def began(data: QueryDict, lock: timedelta) -> datetime | None:
    """That moment; None if the page has none of ours.

    After ``lock``, when the screen has locked itself, nobody can mean it any more.
    """
    try:
        said = signing.loads(data.get("began", ""), salt=BEGAN, max_age=lock)
    except signing.BadSignature:
        return None
    return datetime.fromisoformat(said)


def answers(said: Typed) -> dict[str, str]:
    return {key: said[key] for key in ANSWERS}


def intake(said: Typed, opened_at: datetime | None, channel: str) -> Intake:
    """``opened_at``: when its first word was typed, if the page knows."""
    if channel not in CAME_IN:
        raise Invalid(field="channel", why=_("choose one of the list"))
    return Intake(
        opened_at=opened_at,
        channel=channel,
        source=said["source"],
        inside={"yes": True, "no": False}.get(said["inside"]),
        **_common(said),
    )


def details(said: Typed) -> Details:
    return Details(inside=said["inside"], **_common(said))


def _common(said: Typed) -> dict[str, object]:
    for name in FIELDS:
        whole(said[name], name, LIMITS.get(name, LIMIT))
    names = ("type", "caller_kind", "zone", "name", "phone", "address")
    more = ("said", "person_name", "safe_contact", "language")
    return {
        **{name: said[name] for name in (*names, *more)},
        **{name: said[name] == "yes" for name in FLAGS},
        "offence": offence(said),
    }


def chosen(data: QueryDict) -> dict[str, str]:
    """Another response: which, the coded reason, a few words."""
    return {
        "response": data.get("response", ""),
        "reason": data.get("reason", ""),
        "note": words(data, "why"),
    }


def ending(data: QueryDict) -> dict[str, object]:
    """How a call ended."""
    return {
        "outcomes": data.getlist("outcomes"),
        "person_reached": REACHED.get(data.get("person_reached", "")),
        "followup_consent": data.get("followup_consent", "not_asked"),
    }


def words(data: Mapping[str, str], name: str, most: int = WORDS) -> str:
    return whole(str(data.get(name, "")).strip(), name, most)


def whole(text: str, name: str, most: int) -> str:
    """The text; Invalid where it is longer: what is cut is lost, and nobody sees it."""
    if len(text) > most:
        why = _("at most %(most)s characters, and these are %(length)s")
        raise Invalid(field=name, why=why % {"most": most, "length": len(text)})
    return text
