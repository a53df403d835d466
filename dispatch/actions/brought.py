"""What a partner says of a call that it brings: checked, and coded as a note keeps it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext_noop as _

from dispatch.actions.details import check_contact
from dispatch.errors import Invalid

# What 988 is asked for: these decide who may go. Unknown stays not asked.
QUESTIONS = (
    "attempt",
    "imminent",
    "medical",
    "weapon",
    "violence",
    "threat",
    "household",
    "crime",
    "minor_alone",
)
VALUES = ("yes", "no", "not_known", "not_asked")
NOW = ("attempt", "imminent", "medical")
NOWHERE = (0.0, 0.0)  # what a program sends that has no place: a point in the sea


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What the partner says. ``reference`` is its own name for the call.

    ``point`` is (latitude, longitude) in degrees, WGS 84; ``answers`` question →
    yes, no, not_known or not_asked; ``willing`` whether the person accepts help.
    """

    reference: str
    name: str = ""
    person_name: str = ""
    phone: str = ""
    address: str = ""
    point: tuple[float, float] | None = None
    said: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    willing: str = "not_asked"
    wants_team: str = "not_asked"
    safe_contact: str = "not_asked"
    agreed: str = "not_asked"


def checked(brought: Brought) -> Brought:
    """The same without a point that is nowhere; Invalid where no place is left."""
    if not 0 < len(brought.reference.strip()) <= 40:
        raise Invalid(field="reference", why=_("your own name of this call, up to 40"))
    if brought.point == NOWHERE:
        brought = replace(brought, point=None)
    if not brought.address.strip() and brought.point is None:
        raise Invalid(field="address", why=_("say where, as well as you know"))
    said = {**brought.answers, "willing": brought.willing}
    for key, value in {**said, "wants_team": brought.wants_team}.items():
        if value not in VALUES:
            raise Invalid(field=key, why=_("yes, no, not_known or not_asked"))
    check_contact(brought.safe_contact)
    return brought


def decidable(answers: Mapping[str, str]) -> bool:
    """Danger now needs no further question; else every one of them was asked."""
    if any(answers.get(key) == "yes" for key in NOW):
        return True
    return all(answers.get(key, "not_asked") != "not_asked" for key in QUESTIONS)


def note(brought: Brought) -> str:
    """What has no question of ours, as codes: ``selectors.noted`` has the words."""
    return json.dumps(_choices("brought", brought))


def again(
    brought: Brought,
    told: Mapping[str, str],
    denied: Sequence[str],
    opened_by: Sequence[str],
) -> str:
    """The same of a call that is sent again, with what is told now.

    ``told`` is part of ``given``; ``denied`` are questions that have a yes here and a no
    there; ``opened_by`` those whose yes opened a call again that had ended.
    """
    lists = {"denied": list(denied), "opened_by": list(opened_by)}
    made = _choices("sent_again", brought) | {"told": dict(told)} | lists
    return json.dumps(made, ensure_ascii=False)


def _choices(code: str, brought: Brought) -> dict[str, object]:
    return {
        "code": code,
        "willing": brought.willing,
        "wants_team": brought.wants_team,
    }


def given(brought: Brought) -> dict[str, str]:
    """Code → what was said under it; what was left empty is not there."""
    point = brought.point
    said = {
        "place": brought.address,
        "point": f"{point[0]:.5f},{point[1]:.5f}" if point else "",
        "number": brought.phone,
        "person": brought.person_name,
        "counsellor": brought.name,
        "said": brought.said,
    }
    return {code: text.strip() for code, text in said.items() if text.strip()}
