"""Cautions in words: those in force for a call, and all of a centre for its supervisor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch import near, quick
from dispatch.models import Call, Flag
from dispatch.near import Danger
from dispatch.selectors import sentences
from dispatch.selectors.decision import Words, word
from dispatch.selectors.fields import Typed
from dispatch.selectors.history import Keys

IN_FORCE = """
  WHERE agency_id = %(agency)s AND lookup IN (%(number)s, %(place)s, %(person)s)
    AND ended_at IS NULL AND expires_at > clock_timestamp()
  ORDER BY hazard DESC, id
"""
# What another open call at the same place says, as a hazard of this one.
NEAR: Words = {
    "weapon": gettext_lazy("A weapon is said to be at this place"),
    "violence": gettext_lazy("Violence is said to happen at this place"),
    "threat": gettext_lazy("Threats are said to be made at this place"),
    "crew_emergency": gettext_lazy("A crew at this place needs help now"),
    "crew_unsafe": gettext_lazy("A crew at this place says that it is not safe"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """``subject`` is what it is about in words; ``call`` is the call it came from.

    Of a danger that another open call names there is no author, and no end but its own.
    """

    id: UUID
    code: str
    hazard: bool
    subject: str
    text: str
    author: str
    made_at: datetime
    expires_at: datetime | None
    call: UUID | None
    number: str


def in_force(
    keys: Keys, agency_id: UUID, call: Call | None = None
) -> tuple[Caution, ...]:
    """What holds for these look-ups now, hazards first; nothing asked without keys.

    What other open calls at the place say comes before all. ``call`` is the one that
    asks, which does not warn itself.
    """
    there = near.dangers(
        agency_id,
        keys.building,
        but=call.pk if call else None,
        simulated=bool(call and call.simulated),
    )
    flags = (_caution(one) for one in rows(keys, agency_id))
    return (*(_danger(one) for one in there), *flags)


def rows(keys: Keys, agency_id: UUID) -> list[Flag]:
    """The same as rows, for programs."""
    if not keys.any:
        return []
    values = {
        "agency": agency_id,
        "number": keys.number,
        "place": keys.place,
        "person": keys.person,
    }
    return quick.picked(Flag, IN_FORCE, values)


def row(flag_id: UUID) -> Flag:
    """One as it now stands, with what the database has filled in."""
    return Flag.objects.get(pk=flag_id)


def weighed(typed: Typed, cautions: Sequence[Caution]) -> Typed:
    """The fields as they will be decided: a hazard in force holds, ticked or not."""
    if any(one.hazard for one in cautions):
        return {**typed, "hazard": "yes"}
    return typed


def every(agency_id: UUID, at: datetime) -> tuple[Caution, ...]:
    """All in force, the soonest to expire first."""
    return tuple(_caution(one) for one in every_row(agency_id, at))


def every_row(agency_id: UUID, at: datetime) -> list[Flag]:
    """The same as rows, for programs."""
    found = Flag.objects.filter(agency=agency_id, ended_at=None, expires_at__gt=at)
    named = found.select_related("author", "call")
    return list(named.order_by("expires_at", "pk"))


def said(caution: Caution) -> str:
    """One line of the hazards block."""
    text = f": {caution.text}" if caution.text else ""
    return f"{caution.code}, {caution.subject}{text}"


def _danger(one: Danger) -> Caution:
    return Caution(
        id=one.call,
        code=word(NEAR, one.question),
        hazard=True,
        subject=_("another open call"),
        text="",
        author="",
        made_at=one.at,
        expires_at=None,
        call=one.call,
        number=one.number,
    )


def _caution(row: Flag) -> Caution:
    return Caution(
        id=row.pk,
        code=word(sentences.FLAGS, row.code),
        hazard=row.hazard,
        subject=word(sentences.SUBJECTS, row.subject),
        text=row.text,
        author=row.author.short_name,
        made_at=row.made_at,
        expires_at=row.expires_at,
        call=row.call_id,
        number=row.call.number if row.call else "",
    )
