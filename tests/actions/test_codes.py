"""What an event holds is a code: nobody's words come into the log by a reason."""

from functools import partial

import pytest

from dispatch.actions import decision, disposition, intake, offer, seat, unit
from dispatch.actions.details import Details
from dispatch.actions.intake import Intake
from dispatch.errors import Invalid
from dispatch.events import CLOCK
from dispatch.models import Event
from dispatch.selectors import fields
from dispatch.states import SafeContact
from tests import makers

pytestmark = pytest.mark.django_db


def verbs(centre):
    """Every verb that takes a reason, each ready to be said."""
    makers.a_clinician(centre)
    away = makers.a_unit(centre, "cor")
    call = makers.decided(makers.a_call(centre))
    ring = makers.ringing(call)
    over = makers.closed(makers.decided(makers.a_call(centre, type="trespass")))
    return {
        "cancel": partial(intake.cancel, call_id=call.pk),
        "return": partial(intake.return_to_911, call_id=call.pk),
        "reopen": partial(disposition.reopen, call_id=over.pk),
        "team": partial(decision.request_team, call_id=call.pk, response="ems"),
        "decline": partial(offer.decline, offer_id=ring.pk),
        "out": partial(unit.out_of_service, unit_id=away.pk),
        "withdraw": lambda reason, by: seat.withdraw(
            seat_id=ring.seat_id, why=reason, by=by
        ),
    }


@pytest.mark.parametrize(
    "reason",
    ["", "Jane Roe, 12 Oak St", "no_unit\n", "Não", "x" * 41],
    ids=["nothing", "a name", "a line break", "a letter", "too long"],
)
@pytest.mark.parametrize(
    "verb", ["cancel", "return", "reopen", "team", "decline", "out", "withdraw"]
)
def test_a_reason_is_a_code_whoever_calls(centre, verb, reason):
    said = verbs(centre)[verb]
    before = Event.objects.filter(agency=centre).count()

    with pytest.raises(Invalid):
        said(reason=reason, by=CLOCK)

    assert Event.objects.filter(agency=centre).count() == before


@pytest.mark.parametrize(
    "verb", ["cancel", "return", "reopen", "team", "decline", "out", "withdraw"]
)
def test_a_code_is_taken(centre, verb):
    said = verbs(centre)[verb]
    before = Event.objects.filter(agency=centre).count()

    said(reason="no_unit_2", by=CLOCK)

    assert Event.objects.filter(agency=centre).count() > before


def test_how_somebody_may_be_reached_is_one_of_the_known_words(centre):
    call = makers.a_call(centre, safe_contact="call_only")

    with pytest.raises(Invalid):
        intake.correct(
            call_id=call.pk, details=Details(safe_contact="if he is out"), by=CLOCK
        )
    sometimes = Intake(safe_contact="sometimes")
    with pytest.raises(Invalid):
        intake.open_call(agency_id=centre.pk, intake=sometimes, by=CLOCK)

    assert makers.fresh(call).caller.safe_contact == "call_only"


def test_the_page_has_a_word_for_every_way_to_be_reached():
    assert set(fields.SAFE_CONTACT) == set(SafeContact)
