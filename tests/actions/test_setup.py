"""Setting up: said twice is said once, refused whole, and told without names."""

import pytest

from dispatch.actions import setup
from dispatch.errors import Invalid, NotFound
from dispatch.management.whom import OPERATOR
from dispatch.models import Agency, Event, Feed, Presence, Unit, User
from dispatch.selectors import chain, timeline
from routing import store
from routing.core.protocol import ProtocolError
from tests import makers

pytestmark = pytest.mark.django_db

PASSWORD = "seven green herons over a weir"


def durham(**other):
    said = {
        "code": "durham",
        "name": "Durham",
        "time_zone": "America/New_York",
        "document": makers.open_all_day(),
    }
    return setup.add_agency(**said | other, by=OPERATOR)


def lee(agency, **other):
    said = {
        "username": "jlee",
        "role": "dispatcher",
        "name": "Jordan Lee",
        "short_name": "D12 Lee",
        "password": PASSWORD,
    }
    return setup.add_user(agency_id=agency.pk, **said | other, by=OPERATOR)


def car(agency, **other):
    said = {"name": "CRT 1", "kind": "crt"}
    return setup.add_unit(agency_id=agency.pk, **said | other, by=OPERATOR)


def kinds(agency):
    events = Event.objects.filter(agency=agency).order_by("number")
    return list(events.values_list("kind", flat=True))


def test_an_agency_starts_with_its_log_and_its_rules():
    agency = durham()

    assert store.published(agency.pk)[0].number == 1
    assert kinds(agency) == ["AgencyAdded", "ProtocolPublished"]
    assert chain.verify(agency).faults == ()


def test_a_new_centre_takes_its_first_call_to_its_end():
    agency = durham()
    user = lee(agency)
    car(agency)

    call = makers.closed(makers.decided(makers.a_call(agency, user)))

    assert call.state == "closed"


def test_saying_it_twice_is_saying_it_once():
    first = durham(), lee(durham()), car(durham())
    before = kinds(first[0])

    again = durham(), lee(durham(), password="another one, quite long"), car(durham())

    assert again == first
    assert kinds(first[0]) == before
    assert User.objects.get(username="jlee").check_password(PASSWORD)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("time_zone", {"time_zone": "Durham"}),
        ("time_zone", {"time_zone": "America"}),
        ("time_zone", {"time_zone": "../../etc/passwd"}),
        ("code", {"code": "Durham, N.C."}),
        ("code", {"code": ""}),
        ("name", {"name": ""}),
        ("fallback_phone", {"fallback_phone": "9" * 41}),
    ],
)
def test_a_faulty_agency_is_refused_by_the_name_of_its_argument(field, said):
    with pytest.raises(Invalid) as refused:
        durham(**said)

    assert refused.value.params["field"] == field
    assert not Agency.objects.exists()


def test_an_agency_whose_rules_are_faulty_is_not_there_by_half():
    with pytest.raises(ProtocolError):
        durham(document={"name": "broken"})

    assert not Agency.objects.exists()
    assert not Feed.objects.exists()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("username", {"username": "j lee"}),
        ("username", {"username": ""}),
        ("role", {"role": "boss"}),
        ("role", {"role": "Dispatcher"}),
        ("short_name", {"short_name": ""}),
        ("short_name", {"short_name": "L" * 41}),
        ("name", {"name": "L" * 151}),
        ("password", {"password": "short"}),
        ("password", {"password": ""}),
    ],
)
def test_a_faulty_user_is_refused_by_the_name_of_its_argument(field, said):
    agency = durham()

    with pytest.raises(Invalid) as refused:
        lee(agency, **said)

    assert refused.value.params["field"] == field
    assert not User.objects.exists()
    assert not Presence.objects.exists()


@pytest.mark.parametrize(
    "other",
    [
        {"role": "supervisor"},
        {"short_name": "D9 Lee"},
        {"name": "Jamie Lee"},
        {"username": "JLee"},
    ],
)
def test_a_user_name_belongs_to_one_person(other):
    agency = durham()
    lee(agency)

    with pytest.raises(Invalid) as refused:
        lee(agency, **other)

    assert refused.value.params["field"] == "username"
    assert User.objects.count() == 1


def test_a_user_name_of_another_centre_is_taken():
    lee(durham())
    other = durham(code="raleigh", name="Raleigh")

    with pytest.raises(Invalid):
        lee(other)


def test_an_agency_with_another_name_is_not_the_same_agency():
    durham()

    with pytest.raises(Invalid):
        durham(name="Durham, England")


@pytest.mark.parametrize(
    ("field", "said"),
    [("kind", {"kind": "police"}), ("kind", {"kind": ""}), ("name", {"name": ""})],
)
def test_a_faulty_unit_is_refused_by_the_name_of_its_argument(field, said):
    agency = durham()

    with pytest.raises(Invalid) as refused:
        car(agency, **said)

    assert refused.value.params["field"] == field
    assert not Unit.objects.exists()


def test_two_units_of_one_centre_have_two_names():
    agency = durham()
    car(agency)

    with pytest.raises(Invalid):
        car(agency, kind="cor")
    with pytest.raises(Invalid):
        car(agency, name="crt 1")


def test_nobody_is_added_to_a_centre_that_is_not_there(db):
    nowhere = Agency(code="nowhere")

    with pytest.raises(NotFound):
        lee(nowhere)
    with pytest.raises(NotFound):
        car(nowhere)


def test_the_log_knows_ids_and_codes_and_nobodys_name():
    agency = durham()
    lee(agency)
    car(agency)

    events = Event.objects.filter(agency=agency).order_by("number")

    assert kinds(agency)[2:] == ["UserAdded", "UnitAdded"]
    for event in events:
        assert event.by == "operator"
        for word in ("Durham", "Lee", "jlee", "CRT 1"):
            assert word not in str(event.body)
        assert timeline.sentence(event, {})
