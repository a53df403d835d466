"""Accounts: another role, a closed door, a new password, each ends what was open."""

import pytest

from dispatch import access
from dispatch.actions import account, unit
from dispatch.errors import Invalid, NotFound
from dispatch.management.whom import OPERATOR
from dispatch.models import Event, Offer, Partner, Shift
from dispatch.selectors import chain, due, timeline
from tests import makers

pytestmark = pytest.mark.django_db

PASSWORD = "seven green herons over a weir"


def change(user, **said):
    account.change(user_id=user.pk, **said, by=OPERATOR)
    return makers.fresh(user)


def told(centre):
    events = Event.objects.filter(agency=centre).order_by("number")
    return list(events.values_list("kind", flat=True))


def why_ended(centre):
    ended = Event.objects.filter(agency=centre, kind="AccessEnded").order_by("number")
    return [event.body["why"] for event in ended]


def test_another_role_closes_the_lines_of_the_old_one(centre):
    user = makers.a_user(centre, "dispatcher")

    user = change(user, role="supervisor")

    assert access.role_of(user) == "supervisor"
    assert told(centre) == ["RoleChanged", "AccessEnded"]
    assert why_ended(centre) == ["role_changed"]


def test_whoever_is_deactivated_may_do_nothing_and_is_signed_out(centre, client):
    user = makers.a_user(centre, "dispatcher")
    client.force_login(user)
    assert client.get("/board/").status_code == 200

    user = change(user, active=False)

    assert access.role_of(user) is None
    assert client.get("/board/").status_code == 302
    assert not client.login(username=user.username, password="a-long-enough-password")
    assert why_ended(centre) == ["deactivated"]


def test_whoever_is_activated_again_signs_in_as_before(centre, client):
    user = change(makers.a_user(centre, "dispatcher"), active=False)

    user = change(user, active=True)

    assert client.login(username=user.username, password="a-long-enough-password")
    assert told(centre) == ["RoleChanged", "AccessEnded", "RoleChanged"]


def test_a_new_password_ends_the_sessions_of_the_old_one(centre, client):
    user = makers.a_user(centre, "dispatcher")
    client.force_login(user)

    change(user, password=PASSWORD)

    assert client.get("/board/").status_code == 302
    assert client.login(username=user.username, password=PASSWORD)
    assert why_ended(centre) == ["password_changed"]


@pytest.mark.parametrize(
    "said",
    [
        {"role": "dispatcher"},
        {"active": True},
        {"password": "a-long-enough-password"},
        {},
    ],
)
def test_what_is_so_already_changes_nothing(centre, said):
    user = makers.a_user(centre, "dispatcher")

    change(user, **said)

    assert told(centre) == []


def test_deactivating_twice_is_told_once(centre):
    user = makers.a_user(centre, "clinician")

    change(change(user, active=False), active=False)

    assert told(centre) == ["RoleChanged", "AccessEnded"]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("role", {"role": "boss", "active": False}),
        ("password", {"password": "short", "role": "supervisor"}),
    ],
)
def test_a_faulty_change_changes_nothing_at_all(centre, field, said):
    user = makers.a_user(centre, "dispatcher")

    with pytest.raises(Invalid) as refused:
        change(user, **said)

    assert refused.value.params["field"] == field
    assert makers.fresh(user).role == "dispatcher"
    assert makers.fresh(user).is_active
    assert told(centre) == []


@pytest.mark.parametrize("said", [{"active": False}, {"role": "dispatcher"}])
def test_a_clinician_who_may_not_take_calls_any_more_is_asked_no_more(centre, said):
    clinician = makers.a_clinician(centre)

    change(clinician, **said)
    makers.decided(makers.a_call(centre))

    assert makers.presence(clinician) == "offline"
    assert not Offer.objects.exists()


def test_what_rings_for_whoever_is_deactivated_goes_to_the_next(centre):
    clinician = makers.a_clinician(centre)
    call = makers.decided(makers.a_call(centre))

    change(clinician, active=False)

    assert due.silent_offers() == [makers.ringing(call).pk]


def test_a_caller_on_the_line_is_not_dropped_and_the_rest_is_done_later(centre):
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre)))
    clinician = session.person

    change(clinician, active=False)
    assert makers.presence(clinician) == "engaged"

    makers.ended(session)
    change(clinician, active=False)
    assert makers.presence(clinician) == "offline"


def test_a_crew_that_is_deactivated_leaves_no_ghost_on_the_unit(centre):
    car = makers.a_unit(centre)
    crew = Shift.objects.get(unit=car).user

    change(crew, active=False)

    assert makers.fresh(car).state == "off_duty"
    assert not Shift.objects.filter(user=crew, ended_at=None).exists()


def test_a_unit_that_others_are_on_stays_on_duty(centre):
    car = makers.a_unit(centre)
    second = makers.a_user(centre, "responder")
    makers.signed_on(car, second)

    change(second, role="dispatcher")

    assert makers.fresh(car).state == "available"
    assert not Shift.objects.filter(user=second, ended_at=None).exists()


def test_a_unit_on_a_call_keeps_its_crew_until_it_is_clear(centre):
    car = makers.a_unit(centre)
    crew = Shift.objects.get(unit=car).user
    work = makers.on_scene(makers.decided(makers.a_call(centre, type="trespass")))

    change(crew, role="dispatcher")
    assert makers.fresh(car).state == "on_scene"

    makers.cleared(work)
    change(crew, role="dispatcher")
    assert makers.fresh(car).state == "off_duty"
    unit.sign_on(unit_id=car.pk, by=makers.by(makers.a_user(centre, "responder")))
    assert makers.fresh(car).state == "available"


def test_nobody_is_changed_who_is_not_there(centre):
    with pytest.raises(NotFound):
        account.change(user_id=centre.pk, active=False, by=OPERATOR)


def test_each_change_has_words_and_the_chain_holds(centre):
    user = makers.a_user(centre, "dispatcher")
    change(change(change(user, role="supervisor"), active=False), active=True)
    events = Event.objects.filter(agency=centre, kind="RoleChanged").order_by("number")

    said = [timeline.sentence(event, {str(user.pk): "D12 Lee"}) for event in events]

    assert said == [
        "Role of D12 Lee: supervisor",
        "Role of D12 Lee: none, may not sign in",
        "Role of D12 Lee: supervisor",
    ]
    assert chain.verify(centre).faults == ()


def test_a_partner_s_counsellor_is_kept_apart_and_signed_out(centre):
    user = makers.a_clinician(centre)
    partner = Partner.objects.create(
        agency=centre, code="988-nc", name="988 NC", kind="988", phone="919-555-0111"
    )

    user = change(user, employer="988-nc")

    assert (user.employer, access.require(user, "board.see")) == (partner, "outline")
    assert told(centre)[-2:] == ["EmployerChanged", "AccessEnded"]
    assert why_ended(centre) == ["employer_changed"]

    user = change(user, employer="988-nc")
    assert why_ended(centre) == ["employer_changed"]

    user = change(user, employer="")
    assert (user.employer, access.require(user, "board.see")) == (None, "clinical")


def test_nobody_is_employed_by_a_partner_of_another_centre(centre):
    other = makers.an_agency("other")
    Partner.objects.create(
        agency=other, code="theirs", name="Theirs", kind="988", phone="919-555-0111"
    )

    with pytest.raises(Invalid) as refused:
        change(makers.a_clinician(centre), employer="theirs")

    assert refused.value.params["field"] == "employer"
