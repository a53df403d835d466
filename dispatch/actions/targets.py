"""Whom a caller can be handed to: which partner and line, who is next, how long to wait."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.base import database_now
from dispatch.errors import Invalid, NotFound
from dispatch.models import Call, HandOff, Partner, Transfer
from dispatch.models.partner import ROUTES
from routing import store

# Partner's kind → what handing a caller to it is called. Others take no callers.
KIND = {"988": "911_988", "centre": "centre_centre", "paramedics": "centre_centre"}


def chosen(call: Call, partner_id: UUID, route: str) -> Partner:
    """A partner of this centre that takes callers on this line at this hour."""
    partner = Partner.objects.select_related("agency").filter(pk=partner_id).first()
    if partner is None or partner.agency_id != call.agency_id:
        raise NotFound
    if partner.kind not in KIND:
        raise Invalid(field="partner", why=_("it takes no callers"))
    if route not in ROUTES or not partner.line(route):
        raise Invalid(field="route", why=_("this partner has no such line"))
    if not partner.open_at(database_now()):
        raise Invalid(field="partner", why=_("it is closed at this hour"))
    return partner


def following(call: Call, one: Transfer) -> tuple[Partner, str] | None:
    """The partner's usual line, then the next partners that are open, by their rank."""
    now, kind = database_now(), partner_of(one).kind
    rows = Partner.objects.select_related("agency").filter(
        agency=call.agency_id, kind=kind, active=True
    )
    ranked = sorted(rows, key=lambda p: (p.pk != one.partner_id, p.rank, p.name, p.pk))
    for partner in ranked:
        for route in (one.route, "usual"):
            untried = f"{partner.code}:{route}" not in one.tried
            if untried and partner.line(route) and partner.open_at(now):
                return partner, route
    return None


def partner_of(one: Transfer) -> Partner:
    assert one.partner_id
    partner = quick.find(Partner, id=one.partner_id)
    assert partner is not None
    return partner


def patience_of(call: Call, one: Transfer) -> timedelta:
    """How long this partner has for the next step; longer with an open page to answer."""
    page = quick.find(HandOff, transfer=one.pk)
    open_ = page is not None and page.revoked_at is None
    return patience(call, partner_of(one), page=open_)


def patience(call: Call, partner: Partner, *, page: bool = False) -> timedelta:
    """``page``: they open a link, read it and write who they are."""
    clock = "answer_988" if partner.kind == "988" else "partner_answers"
    seconds = clocks(call)
    least = seconds["page_answers"] if page else 0
    return timedelta(seconds=max(seconds[clock], least))


def clocks(call: Call) -> dict[str, float]:
    return dict(store.published(call.agency_id)[1].clocks)
