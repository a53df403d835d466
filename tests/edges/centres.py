"""Whole centres to look into: somebody of each role, and a row of each kind they work on."""

from datetime import timedelta

from django.db.models.functions import Now
from django.test import Client

from dispatch import wrong
from dispatch.actions import (
    alarm,
    contact,
    flag,
    followup,
    integration,
    loan,
    plan,
    roster,
    safety,
    swap,
    unit,
)
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import Alarm, Contact, Role, SourceWording
from routing import store
from tests import makers
from tests.actions import partners


class Centre:
    """A centre whose every row and name carries one word, to be found again."""

    def __init__(self, word):
        self.agency = makers.an_agency(word)
        self.staff = {
            role: makers.a_user(self.agency, role.value, f"{word} {role}")
            for role in Role
            if role is not Role.CLINICIAN
        }
        self.staff[Role.CLINICIAN] = makers.a_clinician(
            self.agency, f"{word} clinician"
        )
        named = [("cad", f"{word} WORDING", "")]
        integration.load_wordings(agency_id=self.agency.pk, rows=named, by=CLOCK)
        self.own = {}
        self.rows = {"wording": SourceWording.objects.get(agency=self.agency)}
        self.team(word)
        self.session(word)
        self.alarms()
        self.shifts(word)
        self.partner(word)
        self.remembered(word)
        self.loans(word)

    def team(self, word):
        """A call with a crew on scene and a follow-up."""
        row = makers.a_unit(self.agency, name=f"{word} 1", crewed=False)
        unit.sign_on(unit_id=row.pk, by=makers.by(self.staff[Role.RESPONDER]))
        call = makers.a_call(
            self.agency,
            self.staff[Role.DISPATCHER],
            type="trespass",
            address=f"1 {word} Lane",
        )
        on_scene = makers.on_scene(makers.decided(call))
        due = followup.plan(
            call_id=call.pk,
            due_at=makers.fresh(call).opened_at,
            by=makers.by(self.staff[Role.SUPERVISOR]),
        )
        self.rows |= {
            "call": call,
            "seat": on_scene.seat,
            "unit": row,
            "followup": due,
            "contact": call.contacts.get(),
            "agency": self.agency,
            "team": on_scene.offer,
        }

    def session(self, word):
        """A second call, which the clinician has."""
        call = makers.a_call(
            self.agency, self.staff[Role.DISPATCHER], address=f"2 {word} Lane"
        )
        assignment = makers.with_clinician(makers.decided(call))
        self.rows |= {"offer": assignment.offer, "session": assignment}

    def alarms(self):
        """A crew's emergency is the floor's; a late call-back is the clinician's."""
        safety.emergency(unit_id=self.rows["unit"].pk, by=CLOCK)
        lost = Contact.objects.get(call=self.rows["session"].seat.call)
        contact.lost(contact_id=lost.pk, by=CLOCK)
        Contact.objects.filter(pk=lost.pk).update(due_at=Now() - timedelta(minutes=1))
        _row, protocol = store.published(self.agency.pk)
        for found in wrong.sweep(self.agency.pk, protocol):
            alarm.see_to(found, by=CLOCK)
        self.rows["alarm"] = Alarm.objects.get(agency=self.agency, about="emergency")
        self.rows["mine"] = Alarm.objects.get(agency=self.agency, about="callback")

    def shifts(self, word):
        """A shift and a swap of each role's own, and somebody who has skills."""
        self.rows["person"] = self.staff[Role.RESPONDER]
        now = database_now()
        for role, user in self.staff.items():
            if role is Role.WALLBOARD:
                continue
            self.own[role] = roster.plan(
                agency_id=self.agency.pk,
                role=role.value,
                user_id=user.pk,
                starts_at=now + timedelta(hours=2),
                ends_at=now + timedelta(hours=9),
                by=CLOCK,
            )
            swap.ask_swap(shift_id=self.own[role].pk, by=makers.by(user))

    def partner(self, word):
        """A neighbouring county to which a caller is being handed."""
        found = partners.a_partner(self.agency, "next", "centre", name=f"{word} County")
        dispatcher = self.staff[Role.DISPATCHER]
        asked = partners.asked(self.rows["call"], found, dispatcher)
        self.rows |= {"partner": found, "transfer": asked}

    def remembered(self, word):
        """A caution on a place, and a plan for whoever calls from that number."""
        call, by = self.rows["call"], makers.by(self.staff[Role.CLINICIAN])
        said = {"call_id": call.pk, "subject": "number", "text": word, "by": by}
        self.rows["flag"] = flag.raise_(code="unsafe_access", **said)
        self.rows["plan"] = plan.write(**said)

    def loans(self, word):
        """A neighbour asks us for a unit, and we ask it for one."""
        other = makers.an_agency(f"{word}-next")
        self.agency.neighbours.add(other)
        theirs = makers.a_call(other, address=f"3 {word} Lane")
        for kind, call, lender in (
            ("loan", theirs, self.agency),
            ("asked", self.rows["call"], other),
        ):
            self.rows[kind] = loan.ask(
                call_id=call.pk, lender_id=lender.pk, response="cor", by=CLOCK
            )

    def row(self, kind, role):
        """A row that this role works on, if it works on the kind at all."""
        if kind == "alarm" and role is Role.CLINICIAN:
            return self.rows["mine"]
        if kind in {"shift", "swap"}:
            own = self.own.get(role, self.own[Role.DISPATCHER])
            return own if kind == "shift" else own.swaps.get()
        if kind == "offer" and role is Role.RESPONDER:
            return self.rows["team"]
        return self.rows[kind]


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
