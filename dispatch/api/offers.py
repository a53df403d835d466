"""Seats, offers and sessions as JSON: send, confirm, accept, decline, hand over, end."""

from uuid import UUID

from dispatch import access
from dispatch.actions import disposition, offer, seat, transfer
from dispatch.api.base import Asked, Command, Look
from dispatch.api.calls import CallCommand
from dispatch.api.serializers import (
    AssignmentOut,
    OfferOut,
    ReasonIn,
    SeatOut,
    SendIn,
    SessionEndIn,
    WithdrawIn,
)
from dispatch.api.shapes import Seen
from dispatch.models import Assignment, Offer, Seat, User
from dispatch.selectors import plain


class SendUnit(CallCommand):
    """Send this unit; what the safety rules exclude stays excluded."""

    verb = "unit.dispatch"
    takes = SendIn
    gives = OfferOut
    status = 201

    def act(self, asked: Asked) -> Offer:
        said = dict(asked.said)
        unit = access.unit_for(asked.user, said.pop("unit"), self.verb)
        return offer.send(
            call_id=asked.row.pk, unit_id=unit.pk, by=asked.by, seen=asked.seen, **said
        )


class SeatCommand(Command):
    """A write to one help that a call wants."""

    gives = SeatOut

    def reach(self, user: User, pk: UUID) -> Seat:
        return access.seat_for(user, pk, self.verb)


class ConfirmTold(SeatCommand):
    """An outside service (EMS, police, fire, 988) was told and said yes."""

    verb = "seat.confirm"

    def act(self, asked: Asked) -> Seat:
        return seat.confirm_told(seat_id=asked.row.pk, by=asked.by)


class ClearScene(SeatCommand):
    """The scene is safe: the staged team may enter."""

    verb = "scene.clear"
    takes = Seen

    def act(self, asked: Asked) -> Seat:
        return seat.clear_scene(seat_id=asked.row.pk, by=asked.by, seen=asked.seen)


class WithdrawSeat(SeatCommand):
    """This help is not wanted any more."""

    verb = "seat.withdraw"
    takes = WithdrawIn

    def act(self, asked: Asked) -> Seat:
        return seat.withdraw(seat_id=asked.row.pk, by=asked.by, **asked.said)


class MyOffers(Look):
    """What rings for me, or for the unit that I am on."""

    verb = "offer.answer"
    gives = OfferOut
    many = True

    def look(self, user: User, row: None) -> list[Offer]:
        return plain.ringing(access.offers_of(user))


class OfferCommand(Command):
    """An answer to an offer put to me or to my unit."""

    verb = "offer.answer"

    def reach(self, user: User, pk: UUID) -> Offer:
        return access.offer_for(user, pk)


class AcceptOffer(OfferCommand):
    """Take the call; too late is a lost race."""

    gives = AssignmentOut

    def act(self, asked: Asked) -> Assignment:
        return offer.accept(offer_id=asked.row.pk, by=asked.by)


class DeclineOffer(OfferCommand):
    """Not me, and why; the next one is asked at once."""

    takes = ReasonIn
    gives = OfferOut

    def act(self, asked: Asked) -> Offer:
        return offer.decline(offer_id=asked.row.pk, by=asked.by, **asked.said)


class SessionCommand(Command):
    """A write to my own session with a caller: the assignment I accepted."""

    verb = "session.end"
    gives = AssignmentOut

    def reach(self, user: User, pk: UUID) -> Assignment:
        return access.assignment_for(user, pk, self.verb)


class ConfirmSession(SessionCommand):
    """I have the caller: the call is mine, the sender is free."""

    def act(self, asked: Asked) -> Assignment:
        return transfer.confirm(assignment_id=asked.row.pk, by=asked.by)


class EndSession(SessionCommand):
    """Done with the caller; wrap-up begins, teams go on."""

    takes = SessionEndIn

    def act(self, asked: Asked) -> Assignment:
        return disposition.end_session(
            assignment_id=asked.row.pk, by=asked.by, **asked.said
        )
