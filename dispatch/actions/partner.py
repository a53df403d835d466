"""Partners: add, change, close and open again; the keys they bring calls in with."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_noop as _

from dispatch import quick
from dispatch.actions.base import action, database_now
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import Agency, Partner, PartnerKey
from dispatch.models.partner import KINDS, ROUTES

HOURS = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
PHONE = re.compile(r"\+?[0-9][0-9 ().-]{1,38}")
CODE = re.compile(r"[a-z0-9-]{1,40}")
KEY_LASTS = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a partner; the shapes are those of the row."""

    name: str
    kind: str
    phone: str
    routes: Mapping[str, str] = field(default_factory=dict)
    hours: str = ""
    rank: int = 1
    takes_text: bool = False
    co_located: bool = False


@action
def add(*, agency_id: UUID, code: str, known: Known, by: Actor) -> Partner:
    """A partner more. Its code names it for good."""
    _check(known)
    if not CODE.fullmatch(code):
        raise Invalid(field="code", why=_("small letters, digits and hyphens"))
    # Two people who add the same take turns.
    quick.locked(Agency, agency_id)
    if quick.find(Partner, agency=agency_id, code=code) is not None:
        raise Invalid(field="code", why=_("this one is taken"))
    made = Partner(agency_id=agency_id, code=code, **_values(known))
    quick.add(made)
    return made


@action
def change(*, partner_id: UUID, known: Known, by: Actor) -> Partner:
    """Other words, lines or hours from now on."""
    _check(known)
    found = _lock(partner_id)
    quick.write(found, _values(known))
    return found


@action
def set_active(*, partner_id: UUID, active: bool, by: Actor) -> Partner:
    """Closed, nobody is handed to it and its keys open nothing."""
    found = _lock(partner_id)
    quick.write(found, {"active": active})
    return found


@action
def make_key(*, partner_id: UUID, secret_hash: str, by: Actor) -> PartnerKey:
    """A key for a year. The keys made before go on until they are ended."""
    found = _lock(partner_id)
    ends = database_now() + KEY_LASTS
    made = PartnerKey(partner=found, hash=secret_hash, expires_at=ends)
    quick.add(made)
    return made


@action
def end_keys(*, partner_id: UUID, by: Actor) -> Partner:
    """No key that was given out opens anything from now on."""
    found = _lock(partner_id)
    for key in quick.rows(PartnerKey, partner=found.pk, revoked_at=None):
        quick.write(key, {"revoked_at": Now()})
    return found


def _lock(partner_id: UUID) -> Partner:
    found = quick.locked(Partner, partner_id)
    if found is None:
        raise NotFound
    return found


def _values(known: Known) -> dict[str, object]:
    return {**asdict(known), "name": known.name.strip()}


def _check(known: Known) -> None:
    if not 0 < len(known.name.strip()) <= 80:
        raise Invalid(field="name", why=_("write a few words, at most 80 characters"))
    if known.kind not in KINDS:
        raise Invalid(field="kind", why=_("choose one of the list"))
    if known.hours and not HOURS.fullmatch(known.hours):
        raise Invalid(field="hours", why=_("as in 08:00-20:00, or empty for all day"))
    if known.rank not in range(1, 100):
        raise Invalid(field="rank", why=_("1 to 99"))
    for route, phone in {"usual": known.phone, **known.routes}.items():
        if route not in ROUTES or not PHONE.fullmatch(phone):
            raise Invalid(field=route, why=_("a telephone number"))
