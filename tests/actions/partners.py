"""Partners of a centre, and a caller who is handed to one, as far as a test wants."""

import hashlib
from datetime import timedelta

from django.db.models.functions import Now

from dispatch import wrong
from dispatch.actions import handoff, handover, line, transfer
from dispatch.actions.base import action, lock_call
from dispatch.events import CLOCK
from dispatch.models import Contact, Partner, Transfer
from routing import store
from tests import makers

SECRET = "a-secret-that-only-a-test-knows-of"
STEPS = ("requested", "data_sent", "offered", "accepted", "conferenced", "released")


def a_partner(agency, code="lifeline", kind="988", **more):
    """A 988 centre with a fictitious number, open all day."""
    known = {"name": code.title(), "phone": "919-555-0188", "rank": 1} | more
    return Partner.objects.create(agency=agency, code=code, kind=kind, **known)


def a_counselling_call(agency, dispatcher):
    """Somebody who only wants to talk, agrees to 988, and is in no danger."""
    call = makers.a_call(agency, dispatcher, type="counselling", phone_verified=True)
    return makers.decided(call, agrees_988="yes")


def asked(call, partner, dispatcher, **more):
    known = {"agreed": "yes", "fields": ("place", "risk", "name", "number")} | more
    return handover.request(
        call_id=call.pk, partner_id=partner.pk, by=makers.by(dispatcher), **known
    )


def page_of(transfer, dispatcher, secret=SECRET):
    return handoff.share(
        transfer_id=transfer.pk, secret_hash=hash_of(secret), by=makers.by(dispatcher)
    )


def hash_of(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


def walked(call, partner, dispatcher, to, **more):
    """A transfer of this call, walked as far as ``to``."""
    transfer = asked(call, partner, dispatcher, **more)
    who = makers.by(dispatcher)
    walk = {
        "data_sent": lambda: page_of(transfer, dispatcher),
        "offered": lambda: handover.dial(transfer_id=transfer.pk, by=who),
        "accepted": lambda: handover.answered(transfer_id=transfer.pk, by=who),
        "conferenced": lambda: handover.conference(transfer_id=transfer.pk, by=who),
        "released": lambda: handover.confirm(transfer_id=transfer.pk, by=who),
    }
    for name in STEPS[1 : STEPS.index(to) + 1]:
        walk[name]()
    return Transfer.objects.get(pk=transfer.pk)


@action
def caller_is(*, call_id, what, by):
    """The line of the caller as the other actions of the line report it."""
    call = lock_call(call_id)
    leg = line.caller_leg(call)
    {
        "lost": lambda: transfer.caller_lost(call, leg, by),
        "back": lambda: transfer.caller_back(call, leg, leg, by),
        "gone": lambda: transfer.caller_gone(call, leg, by),
    }[what]()
    return call


def caller(call, what):
    caller_is(call_id=call.pk, what=what, by=CLOCK)


def ring_out(one):
    Transfer.objects.filter(pk=one.pk).update(due_at=Now() - timedelta(seconds=1))
    handover.expire(transfer_id=one.pk, by=CLOCK)


def declined(one, who):
    handover.declined(transfer_id=one.pk, reason="no_capacity", by=who)


def live_legs(call):
    rows = Contact.objects.filter(call=call).exclude(state="completed")
    return set(rows.values_list("purpose", flat=True))


def wrong_now(call):
    _row, protocol = store.published(call.agency_id)
    return {found.about for found in wrong.sweep(call.agency_id, protocol)}
