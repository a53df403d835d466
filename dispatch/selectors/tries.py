"""How often a lost caller was tried, in words: made, or passed with nobody recording one."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch import quick, unheard
from dispatch.models import Alarm, Contact


def said(recorded: int, passed: int) -> str:
    """How often a lost caller was tried: what was made, and what nobody recorded.

    A try whose time has passed counts, so that a check goes in the end; it was not made.
    """
    parts = []
    if recorded:
        made = ngettext("%(n)d try recorded", "%(n)d tries recorded", recorded)
        parts.append(made % {"n": recorded})
    if passed:
        text = ngettext(
            "%(n)d try passed with nobody recording one",
            "%(n)d tries passed with nobody recording one",
            passed,
        )
        parts.append(text % {"n": passed})
    return _("; ").join(parts)


def of_legs(legs: Sequence[Contact]) -> dict[UUID, str]:
    """By each leg's id. One statement, and none where nothing was tried."""
    found = unheard.tried(legs)
    return {pk: said(one.recorded, one.passed) for pk, one in found.items()}


def of_alarms(alarms: Sequence[Alarm]) -> dict[UUID, str]:
    """By what they are about. Two statements, and none where no caller is lost."""
    lost = [alarm.subject for alarm in alarms if alarm.about == "callback"]
    return of_legs(quick.rows(Contact, id=lost)) if lost else {}
