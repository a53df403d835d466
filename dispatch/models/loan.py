"""Loan: a neighbour's unit on our call, and what the neighbour sees of it meanwhile."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row, one_of
from dispatch.models.staff import Agency
from dispatch.models.unit import Unit
from dispatch.states import LoanState


class Loan(Row):
    """``call``'s agency asks ``lender``; lent until the unit is clear or it ends."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="loans")
    lender = models.ForeignKey(Agency, models.PROTECT, related_name="loans_out")
    response = models.CharField(max_length=10)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="loans")
    state = models.CharField(max_length=10, default=LoanState.ASKED.value)
    asked_by = models.CharField(max_length=60)
    asked_at = models.DateTimeField(db_default=Now())
    # Unanswered or lent, it ends by itself.
    ends_at = models.DateTimeField()
    answered_by = models.CharField(max_length=60, blank=True)
    answered_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            one_of("state", LoanState, "loan_state_known"),
            models.UniqueConstraint(
                fields=["call", "lender", "response"],
                condition=Q(state__in=["asked", "lent"]),
                name="one_open_loan_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(state="lent"),
                name="a_unit_is_lent_once",
            ),
            models.CheckConstraint(
                condition=~Q(state="lent") | Q(unit__isnull=False),
                name="lent_names_its_unit",
            ),
        ]
        indexes = [
            models.Index(
                fields=["lender"],
                condition=Q(state__in=["asked", "lent"]),
                name="loan_by_lender",
            )
        ]

    def __str__(self) -> str:
        return f"{self.response} {self.state}"
