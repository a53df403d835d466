"""Whether a person agreed to follow-up: the last yes or no, and nothing else, is an answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from dispatch.models import Disposition, FollowUp

ANSWERED = ("yes", "no")


def refused(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    """Those whose person said no. Not asked and not known are no answer."""
    answers = Disposition.objects.filter(call=OuterRef("call")).order_by("-at", "-pk")
    last = answers.filter(followup_consent__in=ANSWERED).values("followup_consent")[:1]
    return rows.annotate(last=Subquery(last)).filter(last="no")


def not_refused(rows: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return rows.exclude(pk__in=refused(rows).values("pk"))


def of_calls(calls: Iterable[UUID]) -> dict[UUID, str]:
    """What was said in each call that has a disposition."""
    rows = Disposition.objects.filter(call__in=list(calls)).order_by("at", "pk")
    said: defaultdict[UUID, list[str]] = defaultdict(list)
    for call, answer in rows.values_list("call", "followup_consent"):
        said[call].append(answer)
    return {call: standing(answers) for call, answers in said.items()}


def standing(answers: Sequence[str]) -> str:
    """The last yes or no of these, for who asks nothing later takes no answer back."""
    given = [answer for answer in answers if answer in ANSWERED]
    return (given or answers)[-1]
