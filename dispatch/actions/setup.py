"""Set a centre up: the agency with its feed and rules, its people, its units."""

from collections.abc import Mapping
from uuid import UUID
from zoneinfo import available_timezones

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.translation import gettext_noop as _

from dispatch import events, journal
from dispatch.actions.base import action
from dispatch.actions.protocol import publish_locked
from dispatch.errors import Invalid, NotFound
from dispatch.events import Actor
from dispatch.models import Agency, Feed, Partner, Presence, Role, Unit, User
from dispatch.models.unit import TEAMS

# The columns of Django's own user have names of their own.
GIVEN_AS = {"first_name": "name"}
# Names are looked for before they are taken, so whoever sets up takes turns.
TURN = 2_606_011


@action
def add_agency(
    *,
    code: str,
    name: str,
    time_zone: str,
    document: Mapping[str, object],
    by: Actor,
    fallback_phone: str = "",
) -> Agency:
    """An agency, its empty log and its first protocol: all of it or nothing.

    Said again it answers with the agency; its rules may have moved on and stay.
    ProtocolError names the place of a fault in the document.
    """
    take_turn()
    agency = Agency(
        code=code, name=name, time_zone=time_zone, fallback_phone=fallback_phone
    )
    _refuse_malformed(agency, "code", "name", "time_zone", "fallback_phone")
    if time_zone not in available_timezones():
        raise Invalid(field="time_zone", why=_("name one like America/New_York"))
    found = Agency.objects.filter(code=code).first()
    if found is not None:
        _refuse_other(found, agency, "code", "name", "time_zone", "fallback_phone")
        return found
    agency.save(force_insert=True)
    Feed.objects.create(agency=agency)
    journal.append(events.AgencyAdded(code=code), agency=agency, by=by)
    publish_locked(agency, document, by)
    return agency


@action
def add_user(
    *,
    agency_id: UUID,
    username: str,
    role: str,
    short_name: str,
    by: Actor,
    name: str = "",
    password: str | None = None,
    simulated: bool = False,
    employer: str | None = None,
) -> User:
    """Somebody who works here, off duty. Without a password nobody signs in as them.

    ``employer`` is the code of the partner who sends a counsellor: from the first
    moment they see what is theirs and no more. Said again it answers with the user,
    whose password stays.
    """
    take_turn()
    user = a_user(
        agency_id=agency_id,
        username=username,
        role=role,
        short_name=short_name,
        name=name,
        employer=employer,
    )
    user.simulated = simulated
    found = _namesake(user)
    if found is not None:
        return found
    if password is not None:
        refuse_weak(password, user)
    # None makes a password that no input matches.
    user.set_password(password)
    join(user, by)
    return user


def join(user: User, by: Actor) -> None:
    """Store a new user, off duty. Their password is set, and the turn is the caller's."""
    assert user.agency_id
    user.save(force_insert=True)
    Presence.objects.create(user=user, agency_id=user.agency_id)
    added = events.UserAdded(person=user.pk, role=user.role)
    journal.append(added, agency=user.agency_id, by=by)
    if user.employer is not None:
        sent = events.EmployerChanged(
            person=user.pk, before=None, after=user.employer.code
        )
        journal.append(sent, agency=user.agency_id, by=by)


def a_user(
    *,
    agency_id: UUID,
    username: str,
    role: str,
    short_name: str,
    name: str,
    employer: str | None = None,
) -> User:
    """The user as they would be stored; Invalid where that could not be.

    Stores nothing: whoever is asked for a password hears of a fault before.
    """
    if not Agency.objects.filter(pk=agency_id).exists():
        raise NotFound
    user = User(
        agency_id=agency_id,
        username=User.normalize_username(username),
        role=role,
        short_name=short_name,
        first_name=name,
        employer=the_partner(agency_id, employer),
    )
    refuse_unknown_role(role)
    _refuse_malformed(user, "username", "short_name", "first_name")
    _namesake(user)
    return user


def _namesake(user: User) -> User | None:
    """The same person, there already; Invalid if the name is somebody else's.

    Two names that differ by capitals alone would be one to whoever reads them aloud.
    """
    found = User.objects.filter(username__iexact=user.username).first()
    if found is not None:
        same = ["agency_id", "username", "role", "short_name", "first_name"]
        same += ["employer_id"] if user.employer_id else []
        _refuse_other(found, user, "username", *same)
    return found


def the_partner(agency_id: UUID, code: str | None) -> Partner | None:
    """The partner of this code; None for none. Invalid: it is none of this centre."""
    if not code:
        return None
    partner = Partner.objects.filter(agency=agency_id, code=code).first()
    if partner is None:
        raise Invalid(
            field="employer", why=_("there is no such partner of this centre")
        )
    return partner


def refuse_unknown_role(role: str) -> None:
    if role not in set(Role):
        raise Invalid(field="role", why=_("one of %s") % ", ".join(Role))


def refuse_weak(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(field="password", why=" ".join(error.messages)) from None


@action
def add_unit(
    *, agency_id: UUID, name: str, kind: str, by: Actor, simulated: bool = False
) -> Unit:
    """A unit, off duty. Said again it answers with the unit."""
    take_turn()
    if not Agency.objects.filter(pk=agency_id).exists():
        raise NotFound
    if kind not in TEAMS:
        raise Invalid(field="kind", why=_("crt or cor"))
    unit = Unit(agency_id=agency_id, name=name, kind=kind, simulated=simulated)
    _refuse_malformed(unit, "name")
    found = Unit.objects.filter(agency=agency_id, name__iexact=name).first()
    if found is not None:
        _refuse_other(found, unit, "name", "name", "kind")
        return found
    unit.save(force_insert=True)
    journal.append(events.UnitAdded(kind=kind), unit=unit, by=by)
    return unit


def _refuse_malformed(row: models.Model, *columns: str) -> None:
    """Invalid with the first fault of these columns, under the name it was given by."""
    others = {field.name for field in row._meta.fields} - set(columns)
    try:
        row.clean_fields(exclude=others)
    except ValidationError as error:
        column, faults = next(iter(error.message_dict.items()))
        field = GIVEN_AS.get(column, column)
        raise Invalid(field=field, why=" ".join(faults)) from None


def _refuse_other(
    found: models.Model, said: models.Model, field: str, *columns: str
) -> None:
    if any(getattr(found, one) != getattr(said, one) for one in columns):
        raise Invalid(field=field, why=_("it is taken"))


def take_turn() -> None:
    """Until commit nobody else sets up: of two who say the same, one finds it done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
