"""manage.py import_roster: each line whole or refused by its number; twice is once."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from dispatch.actions import roster, swap
from dispatch.actions.base import database_now
from dispatch.events import CLOCK
from dispatch.models import Event, PlannedShift, Skill, User
from tests import makers

pytestmark = pytest.mark.django_db
HEADER = "username,name,short_name,role,skills,unit,starts,ends,deputy"


@pytest.fixture
def centre():
    return makers.an_agency("durham")


@pytest.fixture
def day():
    """A day next week, well away from midnight, as a roster writes it."""
    return (database_now() + timedelta(days=7)).date().isoformat()


@pytest.fixture
def take(centre, tmp_path):
    """Import these lines: the counts, what was complained of, and the exit code."""

    def run(*lines, header=HEADER, end="\n", encoding="utf-8", **options):
        path = tmp_path / "roster.csv"
        path.write_bytes(end.join([header, *lines, ""]).encode(encoding))
        out, err = io.StringIO(), io.StringIO()
        code = 0
        try:
            call_command(
                "import_roster",
                path,
                agency="durham",
                stdout=out,
                stderr=err,
                **options,
            )
        except SystemExit as exit_:
            code = exit_.code
        counts = json.loads(out.getvalue())
        return counts, err.getvalue().splitlines(), code

    return run


def jo(day, starts="07:00", ends="19:00", at=None, **other):
    """A line of the file; ``at`` are its two times as they are written."""
    first, last = at or (f"{day} {starts}", f"{day} {ends}")
    said = {
        "username": "jlee",
        "name": '"Lee, Jo"',
        "short_name": "D12 Lee",
        "role": "clinician",
        "skills": "spanish:3;youth:1",
        "unit": "",
        "starts": first,
        "ends": last,
        "deputy": "",
    } | other
    return ",".join(said.values())


def counted(**some):
    none = dict.fromkeys(("added", "changed", "unchanged", "refused"), 0)
    return none | some | {"dry_run": some.get("dry_run", False)}


def test_people_skills_and_shifts_come_in_and_twice_changes_nothing(centre, day, take):
    first = take(jo(day), jo(day, role="clinician", starts="20:00", ends="22:00"))
    said = Event.objects.count()
    second = take(jo(day), jo(day, starts="20:00", ends="22:00"))

    assert first == (counted(added=2), [], 0)
    assert second == (counted(unchanged=2), [], 0)
    assert Event.objects.count() == said
    user = User.objects.get(username="jlee")
    assert (user.first_name, user.short_name) == ("Lee, Jo", "D12 Lee")
    assert not user.has_usable_password()
    levels = Skill.objects.filter(user=user).values_list("skill", "level")
    assert dict(levels) == {"spanish": 3, "youth": 1}
    shift = PlannedShift.objects.filter(user=user).earliest("starts_at")
    assert (
        shift.starts_at.astimezone(centre.zone).strftime("%F %H:%M") == f"{day} 07:00"
    )


def test_a_dry_run_takes_what_the_import_would_take(day, take):
    later = jo(day, name="", short_name="", starts="20:00", ends="22:00")

    told = take(jo(day), later, dry_run=True)

    assert told == (counted(added=2, dry_run=True), [], 0)
    assert not User.objects.filter(username="jlee").exists()
    assert take(jo(day), later) == (counted(added=2), [], 0)


def test_what_is_different_is_changed_and_what_is_left_out_stays(centre, day, take):
    car = makers.a_unit(centre, name="CRT 9", crewed=False)
    crew = {"role": "responder", "skills": "emt:1"}
    take(jo(day, **crew))

    told = take(jo(day, ends="18:00", **crew | {"unit": "CRT 9", "skills": ""}))

    assert told == (counted(changed=1), [], 0)
    shift = PlannedShift.objects.get()
    assert shift.unit == car
    assert shift.ends_at.astimezone(centre.zone).strftime("%H:%M") == "18:00"
    assert Skill.objects.get().skill == "emt"


def test_a_shift_becomes_a_deputys_by_a_later_line(centre, day, take):
    take(jo(day))

    assert take(jo(day, deputy="yes")) == (counted(changed=1), [], 0)
    assert PlannedShift.objects.get().deputy


@pytest.mark.parametrize(
    ("role", "other", "column"),
    [
        ("clinician", {"unit": "CRT 9"}, "unit"),
        ("responder", {"deputy": "yes"}, "deputy"),
    ],
    ids=["a clinician on a unit", "a crew as deputy, who gets no alarms"],
)
def test_a_shift_is_changed_to_nothing_that_could_not_be_planned(
    centre, day, take, role, other, column
):
    makers.a_unit(centre, name="CRT 9", crewed=False)
    line = {"role": role, "skills": ""}
    take(jo(day, **line))

    counts, refused, code = take(jo(day, **line | other))

    assert (counts, code) == (counted(refused=1), 1)
    assert column in refused[0]


@pytest.mark.parametrize(
    ("other", "column"),
    [
        ({"username": ""}, "username"),
        ({"username": "j lee!"}, "username"),
        ({"role": "driver"}, "role"),
        ({"short_name": ""}, "short_name"),
        ({"skills": "spanish"}, "skills"),
        ({"skills": "spanish:4"}, "skills"),
        ({"skills": "klingon:2"}, "skills"),
        ({"unit": "CRT 77"}, "unit"),
        ({"at": ("2027-03-01 07:00", "")}, "ends"),
        ({"at": ("tomorrow", "2027-03-01 07:00")}, "starts"),
        ({"at": ("2020-01-01 07:00", "2020-01-01 15:00")}, "ends"),
        ({"at": ("2027-03-14 02:30", "2027-03-14 08:00")}, "starts"),
        ({"at": ("2027-11-07 01:30", "2027-11-07 08:00")}, "starts"),
        ({"deputy": "maybe"}, "deputy"),
        ({"deputy": "no,one too many"}, ""),
    ],
)
def test_a_bad_line_is_named_and_leaves_nothing_while_the_rest_comes_in(
    centre, day, take, other, column
):
    good = jo(day, username="other", short_name="D13 Ray")

    counts, complaints, code = take(jo(day, **other), good)

    assert (counts, code) == (counted(added=1, refused=1), 1)
    assert [one.partition(column or "10 cells")[0] for one in complaints] == [
        "line 2: "
    ]
    assert set(User.objects.values_list("username", flat=True)) == {"other"}
    assert Skill.objects.filter(user__username="other").count() == 2
    assert PlannedShift.objects.get().user.username == "other"


def test_an_hour_that_comes_twice_is_taken_with_its_offset(centre, take):
    line = jo("2027-11-07", starts="01:30-05:00", ends="08:00")

    assert take(line)[0] == counted(added=1)

    assert (
        PlannedShift.objects.get().starts_at.isoformat() == "2027-11-07T06:30:00+00:00"
    )


def test_overlapping_lines_are_refused_by_the_number_of_the_other(day, take):
    lines = jo(day), jo(day, starts="08:00"), jo(day)

    for options in ({"dry_run": True}, {}):
        counts, complaints, code = take(*lines, **options)
        assert complaints == ["line 3: starts: overlaps the shift of line 2"]
        assert code == 1
        assert counts["added"] == counts["unchanged"] == 1


def test_a_dry_run_says_the_same_and_keeps_nothing(centre, day, take):
    before = Event.objects.count(), User.objects.count()

    told = take(jo(day), jo(day, username=""), dry_run=True)

    assert told[0] == counted(added=1, refused=1, dry_run=True)
    assert (Event.objects.count(), User.objects.count()) == before


def test_files_as_spreadsheets_write_them_are_read(day, take):
    quoted = ",".join(f'"{cell}"' for cell in jo(day, name="Zoë").split(","))

    told = take(quoted, "", ",,,,,,,,", end="\r\n", encoding="utf-8-sig")

    assert told == (counted(added=1), [], 0)
    assert User.objects.get().first_name == "Zoë"


@pytest.mark.parametrize(
    ("header", "encoding", "said"),
    [
        (HEADER + ",shoe size", "utf-8", "'shoe size'"),
        ("username,name", "utf-8", "'role'"),
        (HEADER + ",role", "utf-8", "twice"),
        (HEADER + "ä", "latin-1", "UTF-8"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_whole(day, take, header, encoding, said):
    with pytest.raises(CommandError, match=said) as error:
        take(jo(day), header=header, encoding=encoding)
    assert error.value.returncode == 2


def test_what_was_swapped_or_dropped_here_is_not_brought_back(centre, day, take):
    take(jo(day), jo(day, starts="20:00", ends="22:00"))
    first, second = PlannedShift.objects.order_by("starts_at")
    giver, taker = first.user, makers.a_user(centre, "clinician")
    asked = swap.ask_swap(shift_id=first.pk, by=makers.by(giver))
    swap.answer_swap(swap_id=asked.pk, take=True, by=makers.by(taker))
    roster.drop(shift_id=second.pk, why="sick", by=CLOCK)

    told = take(jo(day), jo(day, starts="20:00", ends="22:00"))

    assert told == (counted(unchanged=2), [], 0)
    assert not PlannedShift.objects.filter(user=giver, dropped_at=None).exists()


def test_somebody_who_is_known_keeps_their_role_and_their_password(centre, day, take):
    user = makers.a_user(centre, "navigator")

    counts, complaints, _code = take(jo(day, username=user.username))

    assert counts == counted(refused=1)
    assert complaints[0].startswith("line 2: role: ")
    assert makers.fresh(user).check_password("a-long-enough-password")
