"""What an operator types to set a centre up: clear when refused, nothing half-made."""

import fcntl
import io
import json
import os
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dispatch import access
from dispatch.management import arguments
from dispatch.models import Agency, Event, Presence, Unit, User
from heart import settings as production
from routing import store
from tests import makers
from tests.actions import partners
from tests.databases import ROOT

PASSWORD = "seven green herons over a weir"
DEMO_PASSWORD = "bafuki-lomane-tizopu"
AGENCY = {"code": "durham", "name": "Durham", "time_zone": "America/New_York"}


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "password"
    path.write_text(PASSWORD + "\n")
    return path


def run(command, /, **said):
    out = io.StringIO()
    call_command(command, stdout=out, **said)
    return out.getvalue()


def refused(command, /, **said):
    """The one line that it ends with, and that it ends with 1."""
    with pytest.raises(CommandError) as error:
        run(command, **said)
    assert error.value.returncode == 1
    assert "\n" not in str(error.value)
    return str(error.value)


def user(secret, **other):
    return {
        "agency": "durham",
        "username": "jlee",
        "role": "dispatcher",
        "name": "Jordan Lee",
        "short_name": "D12 Lee",
        "password_file": secret,
    } | other


def counted():
    rows = (Agency, User, Presence, Unit, Event)
    return [row.objects.count() for row in rows]


def test_a_centre_is_set_up_by_three_commands_and_twice_is_once(db, client, secret):
    for _ in range(2):
        said = run("add_agency", **AGENCY)
        said += run("add_user", **user(secret))
        said += run("add_unit", agency="durham", name="CRT 1", kind="crt")
        there = counted()

    assert there == counted() == [1, 1, 1, 1, 4]
    assert "was there already" in said
    assert client.login(username="jlee", password=PASSWORD)
    assert client.get("/board/").status_code == 200


def test_a_centre_says_where_it_is_or_hears_what_nobody_can_notice_then(db):
    said = run("add_agency", **AGENCY)
    other = AGENCY | {"code": "elsewhere"}
    placed = run("add_agency", **other, at="47.6,-122.3")

    agencies = Agency.objects.in_bulk(field_name="code")
    (_row, durham), (_other, elsewhere) = (
        store.published(agencies[code].pk) for code in ("durham", "elsewhere")
    )
    assert durham.centre is None
    assert "latitude and longitude are exchanged" in said
    assert (elsewhere.centre.lat, elsewhere.centre.lon) == (47.6, -122.3)
    assert "exchanged" not in placed


@pytest.mark.parametrize("at", ["here", "47.6", "95,10", "nan,10", "47.6,-122.3,0"])
def test_a_centre_that_is_nowhere_is_refused(db, at):
    assert refused("add_agency", **AGENCY, at=at).startswith("--at: ")
    assert not Agency.objects.exists()


def test_the_shipped_hours_are_hours_of_the_agencys_own_zone(db):
    run("add_agency", **AGENCY | {"time_zone": "America/Denver"})

    protocol = store.published(Agency.objects.get().pk)[1]
    assert str(protocol.zone) == "America/Denver"


def test_another_protocol_can_be_the_first(db, tmp_path):
    path = tmp_path / "ours.json"
    path.write_text(json.dumps(makers.open_all_day() | {"name": "ours"}))

    said = run("add_agency", **AGENCY, protocol=path)

    assert "version 1 of ours decides" in said


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--time-zone", {"time_zone": "Durham"}),
        ("--code", {"code": "Durham, N.C."}),
        ("--protocol", {"protocol": "/nowhere.yaml"}),
    ],
)
def test_a_faulty_agency_names_the_argument_and_is_not_made(db, argument, said):
    assert refused("add_agency", **AGENCY | said).startswith(f"{argument}: ")

    assert counted() == [0] * 5


def test_a_faulty_protocol_names_the_place_and_no_agency_is_made(db, tmp_path):
    path = tmp_path / "ours.yaml"
    path.write_text("name: broken\n")

    assert refused("add_agency", **AGENCY, protocol=path).startswith("--protocol: ")

    assert counted() == [0] * 5


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--agency: there is no 'raleigh'. Known: durham.", {"agency": "raleigh"}),
        ("--role: one of dispatcher, ", {"role": "boss"}),
        ("--username: ", {"username": "j lee"}),
        ("--short-name: ", {"short_name": ""}),
        ("--password-file: ", {"password_file": Path("/nowhere")}),
    ],
)
def test_a_faulty_user_names_the_argument_and_is_not_made(db, secret, line, said):
    run("add_agency", **AGENCY)
    before = counted()

    assert refused("add_user", **user(secret, **said)).startswith(line)

    assert counted() == before


def test_a_taken_name_is_refused_before_a_password_is_asked_for(
    db, secret, monkeypatch
):
    run("add_agency", **AGENCY)
    run("add_user", **user(secret))
    monkeypatch.setattr(arguments.getpass, "getpass", lambda _: pytest.fail("asked"))

    other = user(None, short_name="D9 Jones")
    assert refused("add_user", **other) == "--username: it is taken"


def test_a_partner_s_counsellor_is_one_from_the_first_moment(db, secret):
    run("add_agency", **AGENCY)
    agency = Agency.objects.get()
    partner = partners.a_partner(agency, co_located=True)
    sent = user(secret, role="clinician", employer=partner.code)

    for _ in range(2):
        run("add_user", **sent)

    guest = User.objects.get()
    assert (guest.employer, access.require(guest, "board.see")) == (partner, "outline")
    kinds = Event.objects.order_by("number").values_list("kind", flat=True)
    assert list(kinds)[-2:] == ["UserAdded", "EmployerChanged"]


def test_an_employer_who_is_no_partner_or_another_than_before_is_refused(db, secret):
    run("add_agency", **AGENCY)
    faulty = user(secret, role="clinician", employer="nobody")
    assert refused("add_user", **faulty).startswith("--employer: ")
    assert not User.objects.exists()

    run("add_user", **faulty | {"employer": None})
    partners.a_partner(Agency.objects.get(), "nobody")

    assert refused("add_user", **faulty) == "--username: it is taken"


@pytest.mark.parametrize("weak", ["", "short", "aaaaaaaaaaaaaa\nsecond line"])
def test_a_weak_password_is_refused_and_says_why(db, secret, weak):
    run("add_agency", **AGENCY)
    secret.write_text(weak)

    said = refused("add_user", **user(secret))

    assert said.startswith("Password: ")
    assert "at least 15 characters" in said
    assert not User.objects.exists()


def test_a_password_of_a_demo_is_none_for_real_callers(db, secret, settings):
    run("add_agency", **AGENCY)
    secret.write_text(DEMO_PASSWORD)
    settings.PRODUCTION = True

    assert "demo" in refused("add_user", **user(secret))
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["seed_demo", "demo"])
def test_no_demo_runs_where_real_callers_are(db, settings, name):
    settings.PRODUCTION = True

    refused(name)

    assert counted() == [0] * 5


def test_no_real_centre_is_called_as_the_demo_is(db, settings):
    settings.PRODUCTION = True

    said = refused("add_agency", **AGENCY | {"code": "demo"})

    assert said == "--code: demo is kept for the demo centre."


def test_a_password_typed_otherwise_the_second_time_is_refused(db, monkeypatch):
    run("add_agency", **AGENCY)
    typed = iter([PASSWORD, PASSWORD.upper()])
    monkeypatch.setattr(arguments.getpass, "getpass", lambda _: next(typed))

    assert "not the same" in refused("add_user", **user(None))
    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--agency: ", {"agency": "raleigh"}),
        ("--kind: crt or cor", {"kind": "police"}),
        ("--name: ", {"name": ""}),
    ],
)
def test_a_faulty_unit_names_the_argument_and_is_not_made(db, line, said):
    run("add_agency", **AGENCY)
    car = {"agency": "durham", "name": "CRT 1", "kind": "crt"}

    assert refused("add_unit", **car | said).startswith(line)

    assert not Unit.objects.exists()


@pytest.fixture
def centre(db, secret):
    run("add_agency", **AGENCY)
    run("add_user", **user(secret))


def test_somebody_is_given_another_role(centre):
    said = run("change_user", username="jlee", role="supervisor")

    assert said == "jlee, supervisor, may sign in\n"
    assert Event.objects.filter(kind="AccessEnded").count() == 1


def test_a_door_is_closed_and_opened_again(centre, client):
    run("change_user", username="jlee", active=False)
    assert not client.login(username="jlee", password=PASSWORD)

    run("change_user", username="jlee", active=True)
    assert client.login(username="jlee", password=PASSWORD)


def test_a_counsellor_is_a_partner_s_from_now_on_and_our_own_again(db, secret):
    run("add_agency", **AGENCY)
    run("add_user", **user(secret, role="clinician"))
    partner = partners.a_partner(Agency.objects.get(), co_located=True)

    run("change_user", username="jlee", employer=partner.code)
    assert User.objects.get().employer == partner

    run("change_user", username="jlee", employer="")
    assert User.objects.get().employer is None


def test_a_lost_password_is_replaced_from_a_file(centre, client, secret):
    secret.write_text("quite another one, and longer")

    run("change_user", username="jlee", password_file=secret)

    assert client.login(username="jlee", password="quite another one, and longer")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("--username: there is no 'nobody'.", {"username": "nobody", "active": False}),
        ("--role: ", {"username": "jlee", "role": "boss"}),
        ("Say what to change: ", {"username": "jlee"}),
    ],
)
def test_a_faulty_change_names_the_argument(centre, line, said):
    assert refused("change_user", **said).startswith(line)


def test_whoever_still_has_a_caller_is_told_of(db):
    centre = makers.an_agency()
    makers.a_clinician(centre)
    session = makers.with_clinician(makers.decided(makers.a_call(centre)))

    said = run("change_user", username=session.person.username, active=False)

    assert "A caller is still with them; say this again" in said


def typed(place, *words, terminal=None):
    """manage.py as a process of its own, as the runtime role."""
    command = [sys.executable, "manage.py", *words]
    how = {"cwd": ROOT, "env": place.environment(), "start_new_session": True}
    if terminal is None:
        return subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, **how
        )
    return subprocess.Popen(
        command,
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        **how,
    )


def words(name="jlee"):
    said = user(None, username=name) | {"agency": makers.an_agency("durham").code}
    said.pop("password_file")
    flags = [(f"--{key.replace('_', '-')}", value) for key, value in said.items()]
    return ["add_user", *[part for pair in flags for part in pair]]


def read_until(end, wanted):
    seen = ""
    while wanted not in seen:
        seen += os.read(end, 1000).decode()
    return seen


def test_a_password_is_typed_twice_and_never_shown(own_database, client, settings):
    # The process hashes as production does, not as quickly as tests do.
    settings.PASSWORD_HASHERS = production.PASSWORD_HASHERS
    mine, theirs = os.openpty()
    process = typed(own_database, *words(), terminal=theirs)
    shown = read_until(mine, "Password: ")
    os.write(mine, f"{PASSWORD}\n".encode())
    shown += read_until(mine, "again: ")
    os.write(mine, f"{PASSWORD}\n".encode())
    shown += read_until(mine, "can sign in")

    assert process.wait(timeout=20) == 0
    os.close(mine)
    os.close(theirs)
    assert PASSWORD not in shown
    assert client.login(username="jlee", password=PASSWORD)


def test_without_a_terminal_it_asks_for_a_file_and_ends_with_one(own_database):
    process = typed(own_database, *words())

    _out, complaint = process.communicate(timeout=20)

    assert process.returncode == 1
    assert "name a file" in complaint
    assert "Traceback" not in complaint
    assert not User.objects.filter(username="jlee").exists()
