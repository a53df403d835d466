"""A transfer of each kind, walked to each step; what goes wrong there; and a minute later."""

from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from dispatch.actions import contact, handover, incoming, offer, transfer
from dispatch.events import CLOCK
from dispatch.management.commands import clock
from dispatch.models import (
    Assignment,
    Call,
    Contact,
    Heartbeat,
    Offer,
    Seat,
    Transfer,
)
from tests import makers
from tests.actions import partners

# Every deadline and every beginning that the clock looks at.
TIMES = (
    (Call, ("opened_at", "owner_since", "decision_wanted_at")),
    (Transfer, ("due_at", "ended_at")),
    (Contact, ("since", "due_at")),
    (Offer, ("made_at", "expires_at")),
    (Seat, ("wanted_at", "give_up_at")),
    (Assignment, ("accepted_at", "confirmed_at")),
    (Heartbeat, ("at",)),
)
# What a 988 centre says: danger now (T2), or none of it, and a team is asked for (T2b).
SAID = {
    "T2": {"answers": {"imminent": "yes"}},
    "T2b": {"answers": dict.fromkeys(incoming.QUESTIONS, "no"), "wants_team": "yes"},
}


def later(seconds, *here):
    """So much later, one round of the clock; only who is named still sits there."""
    for model, names in TIMES:
        back = {name: F(name) - timedelta(seconds=seconds) for name in names}
        model.objects.update(**back)
    Heartbeat.objects.filter(user__in=here).update(at=Now())
    clock.round_(sealing=False)


class Walk:
    """One caller on the way from a sender to a receiver, as far as ``step``."""

    def __init__(self, kind, step):
        self.agency = makers.an_agency()
        self.sender = makers.a_user(self.agency, "dispatcher")
        self.supervisor = makers.a_user(self.agency, "supervisor")
        makers.here(self.sender)
        makers.here(self.supervisor)
        begin = {"ccd": self._to_clinician, "T2": self._brought, "T2b": self._brought}
        self.kind, self.receiver = kind, None
        self.one = begin.get(kind, self._to_partner)(step)
        self.call = makers.fresh(self.one.call)

    def _to_clinician(self, step):
        self.receiver = makers.a_clinician(self.agency)
        call = makers.decided(makers.a_call(self.agency, self.sender))
        if step != "offered":
            assignment = makers.accepted(call)
        if step == "released":
            who = makers.by(self.receiver)
            transfer.confirm(assignment_id=assignment.pk, by=who)
        return Transfer.objects.get(call=call)

    def _to_partner(self, step):
        partner = partners.a_partner(self.agency, "first", self.kind)
        call = makers.a_call(self.agency, self.sender, type="counselling")
        call = makers.decided(call, agrees_988="yes")
        return partners.walked(call, partner, self.sender, step)

    def _brought(self, step):
        partner = partners.a_partner(self.agency)
        known = {"reference": "L-1", "address": "12 Elm St", "phone": "919-555-0101"}
        brought = incoming.Brought(**known, **SAID[self.kind])
        one = incoming.bring(partner=partner, brought=brought, by=CLOCK)
        makers.decide(one.call)
        if step == "released":
            incoming.take(transfer_id=one.pk, by=makers.by(self.sender))
        return one

    def hang_up(self):
        """The caller hangs up."""
        leg = Contact.objects.filter(call=self.call, purpose="caller").earliest("pk")
        contact.lost(contact_id=leg.pk, by=makers.by(self.sender))

    def decline(self):
        """Whoever is asked says no."""
        if self.kind == "ccd":
            ring, who = makers.ringing(self.call), makers.by(self.receiver)
            offer.decline(offer_id=ring.pk, reason="needs_break", by=who)
            return
        who = makers.by(self.sender)
        handover.declined(transfer_id=self.one.pk, reason="no_capacity", by=who)

    def line_lost(self):
        """The line to whoever is asked breaks off."""
        who = makers.by(self.sender)
        if self.one.partner_leg_id is None:
            handover.lost(transfer_id=self.one.pk, by=who)
            return
        contact.lost(contact_id=self.one.partner_leg_id, by=who)

    def back(self):
        """The caller rings again."""
        leg = Contact.objects.filter(call=self.call, purpose="caller").earliest("pk")
        contact.connect(contact_id=leg.pk, by=makers.by(self.sender))
