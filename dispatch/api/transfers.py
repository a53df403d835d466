"""Transfers as JSON: hand a caller to a partner, press by press; take what 988 brings."""

from collections.abc import Callable
from uuid import UUID

from rest_framework import serializers

from dispatch import access
from dispatch.actions import handoff, handover, incoming
from dispatch.api.base import Asked, Command, Look
from dispatch.api.calls import CallCommand
from dispatch.api.serializers import CallOut
from dispatch.api.shapes import Choice, Nothing, Seen
from dispatch.models import Call, Transfer, User
from dispatch.models.partner import ROUTES
from dispatch.models.transfer import AGREED, MAY_TRAVEL
from dispatch.selectors import transfer as transfers


class TransferOut(serializers.Serializer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.CharField()
    partner = serializers.UUIDField(source="partner_id", allow_null=True)
    route = serializers.CharField()
    shared = serializers.ListField(source="fields", child=serializers.CharField())
    agreed = serializers.CharField()
    why = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)


class BeginIn(Seen):
    partner = serializers.UUIDField()
    route = Choice(ROUTES, required=False)
    agreed = Choice(AGREED)
    share = serializers.ListField(
        child=Choice(MAY_TRAVEL), required=False, max_length=len(MAY_TRAVEL)
    )


class DeclinedIn(Nothing):
    reason = Choice(handoff.DECLINE_WHY)


class SeeTransfers(Look):
    """The call's transfers to and from partners, the newest first."""

    verb = "transfer.work"
    gives = TransferOut
    many = True

    def reach(self, user: User, pk: UUID) -> Call:
        return access.call_for(user, pk, self.verb)

    def look(self, user: User, row: Call) -> list[Transfer]:
        return transfers.rows(row)


class BeginTransfer(CallCommand):
    """Begin to hand the caller to a partner. Only what may travel is kept of ``share``."""

    verb = "transfer.work"
    takes = BeginIn
    gives = TransferOut
    status = 201

    def act(self, asked: Asked) -> Transfer:
        said = dict(asked.said)
        partner = access.partner_for(asked.user, said.pop("partner"), "partner.see")
        return handover.request(
            call_id=asked.row.pk,
            partner_id=partner.pk,
            fields=said.pop("share", ()),
            by=asked.by,
            seen=asked.seen,
            **said,
        )


class MadeContact(CallCommand):
    """Our people are with the person; the partner who sent the call may know."""

    verb = "transfer.work"
    gives = CallOut

    def act(self, asked: Asked) -> Call:
        return incoming.contact_made(call_id=asked.row.pk, by=asked.by)


class TransferCommand(Command):
    """A step of one transfer."""

    verb = "transfer.work"
    gives = TransferOut
    step: Callable[..., Transfer]

    def reach(self, user: User, pk: UUID) -> Transfer:
        return access.transfer_for(user, pk, self.verb)

    def act(self, asked: Asked) -> Transfer:
        return type(self).step(transfer_id=asked.row.pk, by=asked.by, **asked.said)


class DialPartner(TransferCommand):
    """The partner's line rings."""

    step = handover.dial


class PartnerAnswered(TransferCommand):
    """Somebody there will take the caller."""

    step = handover.answered


class PartnerDeclined(TransferCommand):
    """They cannot, and why; the next line is named."""

    takes = DeclinedIn
    step = handover.declined


class ConferenceTransfer(TransferCommand):
    """Caller, sender and partner are on the line together."""

    step = handover.conference


class ConfirmTransfer(TransferCommand):
    """The partner has the caller; the sender is free."""

    step = handover.confirm


class PartnerLineLost(TransferCommand):
    """The partner's line broke off; the caller is still with the sender."""

    step = handover.lost


class KeepCaller(TransferCommand):
    """The sender keeps the caller after all."""

    step = handover.keep


class TakeTransfer(TransferCommand):
    """We have what the partner brought: this person owns the call."""

    step = incoming.take
