"""Corrections to what is known of a call, stored field by field where they differ."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.utils.translation import gettext_noop as _

from dispatch import events, journal, lookups
from dispatch.actions import caution
from dispatch.actions.base import action, lock_call
from dispatch.errors import Invalid
from dispatch.events import Actor
from dispatch.models import Call, Caller
from dispatch.states import SafeContact

CALLERS = ("", "person", "with_person", "third_party")
# Which language is spoken; empty where nobody asked. ase: American Sign Language.
LANGUAGES = ("", "en", "es", "ase", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """Corrections to a call: None leaves a value as it is."""

    type: str | None = None
    caller_kind: str | None = None
    urgent: bool | None = None
    hazard: bool | None = None
    offence: Mapping[str, object] | None = None
    location_verified: bool | None = None
    inside: str | None = None
    zone: str | None = None
    name: str | None = None
    phone: str | None = None
    phone_verified: bool | None = None
    address: str | None = None
    said: str | None = None
    person_name: str | None = None
    safe_contact: str | None = None
    language: str | None = None

    caller_fields = (
        "name",
        "phone",
        "phone_verified",
        "address",
        "said",
        "person_name",
        "safe_contact",
        "language",
    )


def correct_locked(call: Call, details: Details, by: Actor) -> frozenset[str]:
    """Store what differs; the names of what changed. The caller holds the call.

    A hazard that the call now hears of for the first time counts as changed.
    """
    caller = Caller.objects.get(call=call)
    told = _change_caller(call, caller, details)
    flags = caution.in_force(call.agency_id, caller)
    there = caution.dangers(call, caller)
    if there or any(flag.hazard for flag in flags):
        # Known of the place or the person: no form that was open longer takes it back.
        details = replace(details, hazard=True)
    changed = [*_change_call(call, details), *told]
    if changed:
        journal.append(events.DetailsCorrected(fields=tuple(changed)), call=call, by=by)
    if caution.say(call, flags, there, by):
        # Whoever was let in past another hazard has not heard of this one.
        changed.append("hazard")
    return frozenset(changed)


@action
def place(*, call_id: UUID, by: Actor) -> Call:
    """Look the address up anew, where a version wrote it that knew of no buildings.

    Nothing happened to the call: who is near hears of it after (`near.unheard`).
    """
    call = lock_call(call_id)
    caller = Caller.objects.get(call=call)
    caller.place_lookup = lookups.place(caller.address)
    caller.building_lookup = lookups.building(caller.address)
    caller.save(update_fields=["place_lookup", "building_lookup"])
    return call


INSIDE = {"yes": True, "no": False, "": None}


def _change_call(call: Call, details: Details) -> list[str]:
    said = {
        "type": details.type,
        "caller_kind": details.caller_kind,
        "urgent": details.urgent,
        "hazard": details.hazard,
        "location_verified": details.location_verified,
        "zone": details.zone,
        "offence": dict(details.offence) if details.offence else None,
    }
    new: dict[str, object] = {
        name: value for name, value in said.items() if value is not None
    }
    if details.inside is not None:
        if details.inside not in INSIDE:
            raise Invalid(field="inside", why=_("yes, no or empty"))
        new["inside"] = INSIDE[details.inside]
    if new.get("caller_kind", "") not in CALLERS:
        raise Invalid(field="caller", why=_("person, with_person or third_party"))
    return _apply(call, new)


def check_contact(preference: str) -> None:
    if preference not in set(SafeContact):
        raise Invalid(field="safe_contact", why=_("choose how they may be reached"))


def check_language(code: str) -> None:
    if code not in LANGUAGES:
        raise Invalid(field="language", why=_("choose one of the list"))


def _change_caller(call: Call, caller: Caller, details: Details) -> list[str]:
    new = {
        name: getattr(details, name)
        for name in Details.caller_fields
        if getattr(details, name) is not None
    }
    if "safe_contact" in new:
        check_contact(str(new["safe_contact"]))
    if "language" in new:
        check_language(str(new["language"]))
    if "phone" in new:
        new["phone_lookup"] = lookups.number(str(new["phone"]))
    if "address" in new:
        new["place_lookup"] = lookups.place(str(new["address"]))
        new["building_lookup"] = lookups.building(str(new["address"]))
    kind = details.caller_kind
    new["person_lookup"] = lookups.person_of(
        call.caller_kind if kind is None else kind,
        str(new.get("name", caller.name)),
        str(new.get("person_name", caller.person_name)),
    )
    if new.get("address", caller.address) != caller.address:
        new["point"] = ""  # where the old address was: nobody is sent there
    return [name for name in _apply(caller, new) if name in Details.caller_fields]


def _apply(row: Call | Caller, new: Mapping[str, object]) -> list[str]:
    """Save what differs; the names of what changed."""
    changed = [name for name, value in new.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, new[name])
    if changed:
        row.save(update_fields=changed)
    return changed
