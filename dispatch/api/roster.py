"""The roster as JSON: see it, plan and drop, take and swap; and what people can."""

from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.api.base import Asked, Command, Look
from dispatch.api.shapes import Code, Flag, Nothing, Text, Whole
from dispatch.models import PlannedShift, ShiftSwap, User
from dispatch.selectors import shifts


class EntryOut(serializers.Serializer):
    """A shift of the next two weeks; ``person`` null: open. ``swap``: it is offered."""

    id = serializers.UUIDField()
    role = serializers.CharField()
    person = serializers.UUIDField(allow_null=True)
    who = serializers.CharField()
    unit = serializers.CharField()
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    deputy = serializers.BooleanField()
    unplanned = serializers.BooleanField()
    swap = serializers.UUIDField(allow_null=True)


class ShiftOut(serializers.Serializer):
    id = serializers.UUIDField()
    role = serializers.CharField()
    user = serializers.UUIDField(source="user_id", allow_null=True)
    unit = serializers.UUIDField(source="unit_id", allow_null=True)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    deputy = serializers.BooleanField()
    dropped_at = serializers.DateTimeField(allow_null=True)


class SwapOut(serializers.Serializer):
    id = serializers.UUIDField()
    shift = serializers.UUIDField(source="shift_id")
    to = serializers.UUIDField(source="to_id", allow_null=True)
    instead = serializers.UUIDField(source="instead_id", allow_null=True)
    state = serializers.CharField()


class PersonOut(serializers.Serializer):
    id = serializers.UUIDField()


class PlanIn(Nothing):
    """``user`` left out: it stands open for whoever has the role."""

    role = Code()
    user = serializers.UUIDField(required=False)
    unit = serializers.UUIDField(required=False)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    deputy = Flag(default=False)


class DropIn(Nothing):
    why = Code()
    again = Flag(default=False)


class OfferIn(Nothing):
    """To all; to one; or to whoever has ``instead``, for that shift."""

    to = serializers.UUIDField(required=False)
    instead = serializers.UUIDField(required=False)


class AnswerIn(Nothing):
    take = Flag()


class StartIn(Nothing):
    until = serializers.DateTimeField()


class SkillIn(Nothing):
    """Level 1 some, 2 good, 3 expert; 0 takes the skill away."""

    skill = Text(max_length=40)
    level = Whole(max_value=3)


class SeeRoster(Look):
    """Who works when, from now to two weeks ahead, and what is open."""

    verb = "roster.see"
    gives = EntryOut
    many = True

    def look(self, user: User, row: None) -> list[shifts.Entry]:
        return list(shifts.page(user, now=database_now()).by_id.values())


class PlanShift(Command):
    verb = "roster.edit"
    takes = PlanIn
    gives = ShiftOut
    status = 201

    def act(self, asked: Asked) -> PlannedShift:
        said = dict(asked.said)
        person, unit = said.pop("user", None), said.pop("unit", None)
        return roster.plan(
            agency_id=asked.user.agency_id,
            user_id=person,
            unit_id=unit,
            by=asked.by,
            **said,
        )


class OfShift(Command):
    gives = ShiftOut

    def reach(self, user: User, pk: UUID) -> PlannedShift:
        return access.shift_for(user, pk, self.verb)


class DropShift(OfShift):
    """Nobody works it; with ``again`` what is left of it stands open."""

    verb = "roster.edit"
    takes = DropIn

    def act(self, asked: Asked) -> PlannedShift:
        return roster.drop(shift_id=asked.row.pk, by=asked.by, **asked.said)


class TakeShift(OfShift):
    """An open shift is mine."""

    verb = "shift.take"

    def act(self, asked: Asked) -> PlannedShift:
        return roster.take(shift_id=asked.row.pk, user_id=asked.user.pk, by=asked.by)


class OfferShift(OfShift):
    """I offer my shift."""

    verb = "shift.take"
    takes = OfferIn
    gives = SwapOut

    def act(self, asked: Asked) -> ShiftSwap:
        to, instead = asked.said.get("to"), asked.said.get("instead")
        if to:
            access.colleague(asked.user, to, self.verb)
        if instead:
            access.shift_for(asked.user, instead, self.verb)
        return swap.ask_swap(shift_id=asked.row.pk, to=to, instead=instead, by=asked.by)


class OfSwap(Command):
    verb = "shift.take"
    gives = SwapOut

    def reach(self, user: User, pk: UUID) -> ShiftSwap:
        return access.swap_for(user, pk)


class AnswerSwap(OfSwap):
    """I work what a colleague offers, or say no."""

    takes = AnswerIn

    def act(self, asked: Asked) -> ShiftSwap:
        return swap.answer_swap(swap_id=asked.row.pk, by=asked.by, **asked.said)


class WithdrawSwap(OfSwap):
    """I keep my shift after all."""

    def act(self, asked: Asked) -> ShiftSwap:
        return swap.withdraw_swap(swap_id=asked.row.pk, by=asked.by)


class StartShift(Command):
    """I work now, or longer, without a plan: at most 12 hours."""

    verb = "shift.take"
    takes = StartIn
    gives = ShiftOut

    def act(self, asked: Asked) -> PlannedShift:
        return roster.start_unplanned(by=asked.by, **asked.said)


class SetSkill(Command):
    """What a colleague can."""

    verb = "roster.edit"
    takes = SkillIn
    gives = PersonOut

    def reach(self, user: User, pk: UUID) -> User:
        return access.colleague(user, pk, self.verb)

    def act(self, asked: Asked) -> User:
        return roster.set_skill(user_id=asked.row.pk, by=asked.by, **asked.said)
