"""Units as JSON: sign on and off, status, position, safety, emergency, clear."""

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import access
from dispatch.actions import safety, unit
from dispatch.api.base import Asked, Command, Look
from dispatch.api.serializers import ClearIn, PointIn, ReasonIn, StatusIn, UnitOut
from dispatch.models import Role, Unit, User
from dispatch.selectors import plain


class SeeUnits(Look):
    """Every unit of the centre, by name."""

    verb = "unit.see"
    gives = UnitOut
    many = True

    def look(self, user: User, row: None) -> list[Unit]:
        return plain.units(user.agency_id)


class UnitCommand(Command):
    """What a crew reports of its unit, or the floor of any."""

    verb = "unit.report"
    gives = UnitOut

    def reach(self, user: User, pk: UUID) -> Unit:
        return access.unit_for(user, pk, self.verb)


class SignOn(UnitCommand):
    """I am on this unit now, and it may be sent."""

    verb = "crew.see"

    def reach(self, user: User, pk: UUID) -> Unit:
        return access.joinable_unit(user, pk)

    def act(self, asked: Asked) -> Unit:
        return unit.sign_on(unit_id=asked.row.pk, by=asked.by)


class SignOff(SignOn):
    """I leave; with the last of the crew the unit goes off duty."""

    def act(self, asked: Asked) -> Unit:
        return unit.sign_off(unit_id=asked.row.pk, by=asked.by)


class ReportStatus(UnitCommand):
    """One word per status; saying it twice is saying it once."""

    takes = StatusIn

    def act(self, asked: Asked) -> Unit:
        return unit.report(unit_id=asked.row.pk, by=asked.by, **asked.said)


class ReportPosition(UnitCommand):
    """Where the unit is: the last word holds, so no key is needed."""

    takes = PointIn
    gives = None
    status = 204
    keyed = False

    def post(self, request: Request, pk: UUID | None = None) -> Response:
        asked = self.ask(request, pk)
        unit.report_position(unit_id=asked.row.pk, **asked.said)
        return Response(status=self.status)


class ConfirmSafe(UnitCommand):
    """The crew is safe; from the floor it means that the crew said so by radio.

    The floor that a unit is lent to hears its radio too.
    """

    def reach(self, user: User, pk: UUID) -> Unit:
        return access.unit_watched(user, pk, self.verb)

    def act(self, asked: Asked) -> Unit:
        by_radio = access.role_of(asked.user) is not Role.RESPONDER
        return safety.confirm_safe(unit_id=asked.row.pk, by=asked.by, by_radio=by_radio)


class RaiseEmergency(UnitCommand):
    """The crew needs help now, also one that a neighbour has lent to our call."""

    def reach(self, user: User, pk: UUID) -> Unit:
        return access.unit_in_need(user, pk)

    def act(self, asked: Asked) -> Unit:
        return safety.emergency(unit_id=asked.row.pk, by=asked.by)


class EndEmergency(UnitCommand):
    """The floor ends it: a crew may be made to say that all is well.

    Of a unit that is lent, the floor of either centre.
    """

    verb = "unit.dispatch"

    def reach(self, user: User, pk: UUID) -> Unit:
        return access.unit_watched(user, pk, self.verb)

    def act(self, asked: Asked) -> Unit:
        return safety.end_emergency(unit_id=asked.row.pk, by=asked.by)


class ClearUnit(UnitCommand):
    """Done here, how it ended, and free again."""

    takes = ClearIn

    def act(self, asked: Asked) -> Unit:
        return unit.clear(unit_id=asked.row.pk, by=asked.by, **asked.said)


class OutOfService(UnitCommand):
    """Not to be sent for a while, and why."""

    takes = ReasonIn

    def act(self, asked: Asked) -> Unit:
        return unit.out_of_service(unit_id=asked.row.pk, by=asked.by, **asked.said)


class InService(UnitCommand):
    """To be sent again."""

    def act(self, asked: Asked) -> Unit:
        return unit.in_service(unit_id=asked.row.pk, by=asked.by)
