"""Which rows a person reaches: those of their work, and none of another centre."""

import pytest
from uuid6 import uuid7

from dispatch import access
from dispatch.actions import plan, safety, unit
from dispatch.errors import NotFound
from dispatch.events import CLOCK
from dispatch.models import Offer, Role, Seat, User
from tests import makers
from tests.edges.centres import Centre, signed_in


@pytest.fixture
def here(db):
    return Centre("nearby")


@pytest.fixture
def there(db):
    return Centre("faraway")


def api(client, path, body="{}"):
    headers = {"Idempotency-Key": str(uuid7()), "If-Match": '"1"'}
    return client.post(
        f"/api/v1/{path}", body, content_type="application/json", headers=headers
    )


@pytest.mark.parametrize(
    ("verb", "key", "kind"),
    [("link", "duplicate_of", "call"), ("send", "unit", "unit")],
)
def test_a_foreign_row_named_in_a_body_is_not_there(here, there, verb, key, kind):
    client = signed_in(here.staff[Role.DISPATCHER])
    body = f'{{"{key}": "{there.rows[kind].pk}"}}'

    refused = api(client, f"calls/{here.rows['call'].pk}/{verb}/", body)

    assert refused.status_code == 404


def test_a_crew_sees_the_calls_of_its_unit_and_no_other(here):
    client = signed_in(here.staff[Role.RESPONDER])
    other = Seat.objects.get(pk=here.rows["session"].seat_id).call_id

    assert client.get(f"/api/v1/calls/{here.rows['call'].pk}/").status_code == 200
    assert client.get(f"/api/v1/calls/{other}/").status_code == 404


def test_a_crew_that_signed_off_sees_nothing_any_more(here):
    row = here.rows["unit"]
    safety.end_emergency(unit_id=row.pk, by=CLOCK)
    unit.clear(
        unit_id=row.pk, outcome="other", by=makers.by(here.staff[Role.RESPONDER])
    )
    unit.sign_off(unit_id=row.pk, by=makers.by(here.staff[Role.RESPONDER]))

    shown = signed_in(here.staff[Role.RESPONDER]).get(
        f"/api/v1/calls/{here.rows['call'].pk}/"
    )

    assert shown.status_code == 404


def test_a_crew_reports_for_its_own_unit_only(here):
    other = makers.a_unit(here.agency)

    refused = api(signed_in(here.staff[Role.RESPONDER]), f"units/{other.pk}/emergency/")

    assert refused.status_code == 404


def test_a_navigator_sees_the_calls_that_are_followed_up(here):
    client = signed_in(here.staff[Role.NAVIGATOR])
    other = Seat.objects.get(pk=here.rows["session"].seat_id).call_id

    assert client.get(f"/api/v1/calls/{here.rows['call'].pk}/").status_code == 200
    assert client.get(f"/api/v1/calls/{other}/").status_code == 404


@pytest.mark.parametrize("subject", ["person", "number"])
def test_a_plan_is_worked_on_beside_a_call_of_the_same_subject_alone(here, subject):
    author = here.staff[Role.CLINICIAN]
    ana = {"caller_kind": "person", "name": "Ana Diaz", "phone": "919-555-0191"}
    bo = {"caller_kind": "person", "name": "Bo Carr", "phone": "919-555-0192"}
    own, stranger = makers.a_call(here.agency, **ana), makers.a_call(here.agency, **bo)
    made = plan.write(
        call_id=own.pk, subject=subject, text="Speak slowly.", by=makers.by(author)
    )

    found = access.plan_for(author, made.pk, "plan.edit")
    assert access.plan_about(found, own) == made
    with pytest.raises(NotFound):
        access.plan_about(found, stranger)


def test_nobody_answers_an_offer_or_ends_a_session_for_somebody_else(here):
    colleague = signed_in(makers.a_clinician(here.agency))
    second = makers.decided(makers.a_call(here.agency))
    ring = Offer.objects.get(seat__call=second, state="pending")
    mine = signed_in(makers.a_clinician(here.agency))

    assert api(mine, f"offers/{ring.pk}/accept/").status_code == 404
    session = here.rows["session"].pk
    body = '{"outcomes": ["other"]}'
    assert api(colleague, f"sessions/{session}/end/", body).status_code == 404


def test_the_wall_shows_no_address_and_no_name_of_a_person_in_need(here):
    shown = signed_in(here.staff[Role.WALLBOARD]).get("/api/v1/board/").content.decode()

    assert "Lane" not in shown
    assert len(shown) > 100


def test_a_new_role_takes_effect_on_the_next_request(here):
    client = signed_in(here.staff[Role.SUPERVISOR])
    assert client.get("/api/v1/board/").status_code == 200

    User.objects.filter(pk=here.staff[Role.SUPERVISOR].pk).update(
        role=Role.NAVIGATOR.value
    )

    assert client.get("/api/v1/board/").status_code == 403
