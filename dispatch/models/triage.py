"""Answer: what was asked, four-valued, the latest answer to each question."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from dispatch.models.call import Call
from dispatch.models.row import Row


class Answer(Row):
    call = models.ForeignKey(
        Call, models.CASCADE, related_name="answers", db_index=False
    )
    question = models.CharField(max_length=40)
    value = models.CharField(max_length=10)
    by = models.CharField(max_length=60)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["call", "question"], name="one_answer_a_question"
            ),
            models.CheckConstraint(
                condition=Q(value__in=["yes", "no", "not_known", "not_asked"]),
                name="answer_four_valued",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"
