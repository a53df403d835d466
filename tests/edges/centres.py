"""Whole centres to look into: somebody of each role, and a row of each kind they work on."""

from django.test import Client

from dispatch.actions import followup, integration, unit
from dispatch.events import CLOCK
from dispatch.models import Role, SourceWording
from tests import makers


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
        self.rows = {"wording": SourceWording.objects.get(agency=self.agency)}
        self.team(word)
        self.session(word)

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
            "team": on_scene.offer,
        }

    def session(self, word):
        """A second call, which the clinician has."""
        call = makers.a_call(
            self.agency, self.staff[Role.DISPATCHER], address=f"2 {word} Lane"
        )
        assignment = makers.with_clinician(makers.decided(call))
        self.rows |= {"offer": assignment.offer, "session": assignment}

    def row(self, kind, role):
        """A row that this role works on, if it works on the kind at all."""
        if kind == "offer" and role is Role.RESPONDER:
            return self.rows["team"]
        return self.rows[kind]


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client
