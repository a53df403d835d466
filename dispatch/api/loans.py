"""Loans as JSON: ask a neighbour for a unit, see what neighbours ask, lend or decline."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import loan
from dispatch.actions.seat import UNITS
from dispatch.api.base import Asked, Command, Look
from dispatch.api.calls import CallCommand
from dispatch.api.shapes import Choice, Nothing, Seen
from dispatch.models import Loan, User
from dispatch.selectors import loan as loans

END_WHY = ("not_needed", "another_unit", "other")


class LoanOut(serializers.Serializer):
    id = serializers.UUIDField()
    state = serializers.CharField()
    response = serializers.CharField()
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    ends_at = serializers.DateTimeField()
    reason = serializers.CharField()


class LentOut(serializers.Serializer):
    """A neighbour's call as the lender sees it; its place only while a unit is lent."""

    id = serializers.UUIDField()
    state = serializers.CharField()
    response = serializers.CharField()
    number = serializers.CharField()
    priority = serializers.IntegerField()
    zone = serializers.CharField()
    place = serializers.CharField()
    unit = serializers.UUIDField(allow_null=True)
    ends_at = serializers.DateTimeField()


class AskIn(Seen):
    lender = serializers.UUIDField()
    response = Choice(sorted(UNITS))


class LendIn(Nothing):
    unit = serializers.UUIDField()


class DeclineIn(Nothing):
    reason = Choice(loan.DECLINE_WHY)


class LoanEndIn(Nothing):
    why = Choice(END_WHY)


class SeeLoans(Look):
    """What neighbours ask us for, or have of us; nothing of it after its end."""

    verb = "loan.work"
    gives = LentOut
    many = True

    def look(self, user: User, row: None) -> list[dict[str, object]]:
        return loans.plain(access.read_loans(user))


class AskNeighbour(CallCommand):
    """Ask a neighbour for a unit; asking again while it is open is asking once."""

    verb = "loan.work"
    takes = AskIn
    gives = LoanOut
    status = 201

    def act(self, asked: Asked) -> Loan:
        said = dict(asked.said)
        return loan.ask(
            call_id=asked.row.pk,
            lender_id=said["lender"],
            response=said["response"],
            by=asked.by,
            seen=asked.seen,
        )


class EndLoan(Command):
    """We do not need it any more."""

    verb = "loan.work"
    takes = LoanEndIn
    gives = LoanOut

    def reach(self, user: User, pk: UUID) -> Loan:
        return access.own_loan(user, pk)

    def act(self, asked: Asked) -> Loan:
        return loan.end(loan_id=asked.row.pk, by=asked.by, **asked.said)


class AnswerCommand(Command):
    """The lender's answer, while the request or the loan is open."""

    verb = "loan.work"
    gives = LoanOut

    def reach(self, user: User, pk: UUID) -> Loan:
        return access.loan_to(user, pk)


class LendUnit(AnswerCommand):
    """Send this unit of ours to the neighbour's call."""

    takes = LendIn

    def act(self, asked: Asked) -> Loan:
        own = access.unit_for(asked.user, asked.said["unit"], "unit.dispatch")
        return loan.lend(loan_id=asked.row.pk, unit_id=own.pk, by=asked.by)


class DeclineLoan(AnswerCommand):
    """Not from us, and why."""

    takes = DeclineIn

    def act(self, asked: Asked) -> Loan:
        return loan.decline(loan_id=asked.row.pk, by=asked.by, **asked.said)


class CallUnitBack(AnswerCommand):
    """We need our unit at home; refused while it is with the person."""

    def act(self, asked: Asked) -> Loan:
        return loan.call_back(loan_id=asked.row.pk, by=asked.by)
