"""Set a centre up: the agency with its feed, its people with their presence, units."""

from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.utils.translation import gettext_noop as _

from dispatch import events, journal
from dispatch.actions.base import action
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import Agency, Feed, Presence, Role, Unit, User

UNIT_KINDS = ("crt", "cor", "cn")


@action
def create_agency(
    *, code: str, name: str, time_zone: str, by: Actor, fallback_phone: str = ""
) -> Agency:
    """An agency and its empty log. A code that is taken answers with its agency."""
    found = Agency.objects.filter(code=code).first()
    if found is not None:
        return found
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise Invalid(field="time_zone", why=_("name one like Europe/Paris")) from None
    agency = Agency.objects.create(
        code=code, name=name, time_zone=time_zone, fallback_phone=fallback_phone
    )
    Feed.objects.create(agency=agency)
    return agency


@action
def create_user(
    *,
    agency_id: UUID,
    username: str,
    role: Role,
    short_name: str,
    by: Actor,
    password: str | None = None,
    simulated: bool = False,
) -> User:
    """Somebody who works here, off duty. Without a password nobody signs in as them.

    A user name of this agency that is taken answers with its user, unchanged.
    """
    found = User.objects.filter(username=username).first()
    if found is not None and found.agency_id == agency_id:
        return found
    if found is not None:
        raise Invalid(field="username", why=_("it is taken"))
    user = User(
        agency_id=agency_id,
        username=username,
        role=role.value,
        short_name=short_name,
        simulated=simulated,
    )
    # None makes a password that no input matches.
    user.set_password(password)
    user.save(force_insert=True)
    Presence.objects.create(user=user, agency_id=agency_id)
    return user


@action
def set_password(*, user_id: UUID, password: str, by: Actor) -> User:
    """A new password: every session and every open line of the old one ends."""
    user = User.objects.select_for_update(no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    user.set_password(password)
    user.save(update_fields=["password"])
    if user.agency_id is not None:
        journal.append(
            events.AccessEnded(person=user.pk, why="password_changed"),
            agency=user.agency_id,
            by=by,
        )
    return user


@action
def create_unit(
    *, agency_id: UUID, name: str, kind: str, by: Actor, simulated: bool = False
) -> Unit:
    """A unit, off duty. A name that this agency already has answers with its unit."""
    found = Unit.objects.filter(agency=agency_id, name=name).first()
    if found is not None:
        return found
    if kind not in UNIT_KINDS:
        raise Invalid(field="kind", why=_("crt, cor or cn"))
    return Unit.objects.create(
        agency_id=agency_id, name=name, kind=kind, simulated=simulated
    )
