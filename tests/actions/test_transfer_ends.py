"""Whom a caller is handed to, how far, and what goes wrong: each has one end, told here."""

from dataclasses import dataclass, replace

import pytest

from dispatch.errors import LostRace
from dispatch.models import Alarm, Contact
from tests import makers
from tests.actions import partners
from tests.actions.walked import Walk, later

pytestmark = pytest.mark.django_db
OUT = ("requested", "data_sent", "offered", "accepted", "conferenced")
RUNG = OUT[2:]
PARTNERS = ("988", "centre", "paramedics")
BROUGHT = ("T2", "T2b")
# A call that is not told to police, EMS or fire in time has an alarm of its own.
TRANSFERS = ("transfer", "callback", "forgotten", "unowned")
S, OWNER = "supervisor", "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """What stands a minute and a half later, after two rounds of the clock.

    ``now`` is the transfer's state at once and ``then`` it later, "" where it stays;
    ``caller`` their leg; ``owner`` sender, receiver or None; ``anew`` whether the call
    was decided again; ``told`` alarm → whose it is.
    """

    now: str
    then: str = ""
    caller: str = "connected"
    owner: str | None = "sender"
    anew: bool = False
    told: tuple[tuple[str, str], ...] = ()


def fallen(*told, then=""):
    """Nobody else can be asked: the sender keeps the caller, the call is decided anew."""
    return End(now=(then and "offered") or "fallback", then=then, anew=True, told=told)


CALLED_BACK = End(
    now="callback", caller="callback_attempted", told=(("callback", OWNER),)
)
# (whom, steps, what goes wrong) → its end; every one is walked.
TABLE = (
    # The caller hangs up: they are called back, the sender owns the call.
    # Nobody else could take them: the search ended meanwhile.
    (
        ("ccd",),
        ("offered",),
        "hang up",
        replace(CALLED_BACK, then="fallback", anew=True),
    ),
    (
        ("ccd",),
        ("accepted",),
        "hang up",
        End(
            now="callback",
            caller="callback_attempted",
            told=(("callback", OWNER), ("forgotten", OWNER)),
        ),
    ),
    (PARTNERS, OUT, "hang up", CALLED_BACK),
    (
        ("ccd",),
        ("released",),
        "hang up",
        End(
            now="released",
            caller="callback_attempted",
            owner="receiver",
            told=(("callback", OWNER),),
        ),
    ),
    (
        BROUGHT,
        ("offered",),
        "hang up",
        End(
            now="callback",
            caller="callback_attempted",
            owner=None,
            told=(("callback", S), ("unowned", S)),
        ),
    ),
    (
        BROUGHT,
        ("released",),
        "hang up",
        End(now="released", caller="callback_attempted", told=(("callback", OWNER),)),
    ),
    # Whoever is asked says no.
    (("ccd",), ("offered",), "decline", fallen()),
    (PARTNERS, OUT[1:], "decline", fallen()),
    # Nobody answers, or nobody goes on.
    (("ccd",), ("offered",), "time-out", fallen(then="fallback")),
    (
        ("ccd",),
        ("accepted",),
        "time-out",
        End(now="accepted", told=(("forgotten", OWNER),)),
    ),
    (PARTNERS, ("offered",), "time-out", fallen(then="fallback")),
    *(
        (PARTNERS, (step,), "time-out", End(now=step, told=(("transfer", S),)))
        for step in OUT
        if step != "offered"
    ),
    (
        BROUGHT,
        ("offered",),
        "time-out",
        End(now="offered", owner=None, told=(("transfer", S), ("unowned", S))),
    ),
    # The line breaks off; where none was begun nothing is lost.
    *(
        (PARTNERS, (step,), "line lost", End(now=step, told=(("transfer", S),)))
        for step in OUT[:2]
    ),
    (PARTNERS, RUNG, "line lost", fallen()),
    # The sender falls silent, or leaves: somebody else is told.
    *(
        (PARTNERS, (step,), "sender silent", End(now=step, told=(("transfer", S),)))
        for step in OUT
        if step != "offered"
    ),
    (
        ("ccd", *PARTNERS),
        ("offered",),
        "sender silent",
        fallen(("unowned", S), then="fallback"),
    ),
    (
        ("ccd",),
        ("accepted",),
        "sender silent",
        End(now="accepted", told=(("forgotten", S),)),
    ),
    # The receiver falls silent: before they have the caller, somebody else is asked.
    (
        ("ccd",),
        ("accepted",),
        "receiver silent",
        End(now="accepted", then="fallback", anew=True, told=(("forgotten", OWNER),)),
    ),
    (
        ("ccd",),
        ("released",),
        "receiver silent",
        End(now="released", owner="receiver", told=(("forgotten", S),)),
    ),
)
ROWS = [
    (kind, step, what, end)
    for kinds, steps, what, end in TABLE
    for kind in kinds
    for step in steps
]


def goes_wrong(walk, what):
    """Do it; who still sits at an open page afterwards."""
    act = {
        "hang up": walk.hang_up,
        "decline": walk.decline,
        "line lost": walk.line_lost,
    }
    if what in act:
        act[what]()
    away = {"sender silent": walk.sender, "receiver silent": walk.receiver}.get(what)
    everybody = (walk.sender, walk.supervisor, walk.receiver)
    return [one for one in everybody if one is not None and one != away]


def caller(walk):
    return Contact.objects.filter(call=walk.call, purpose="caller").earliest("pk").state


def told(walk):
    rows = Alarm.objects.filter(agency=walk.agency, about__in=TRANSFERS)
    return tuple(sorted(rows.values_list("about", "to")))


def decided_anew(walk):
    wanted = makers.fresh(walk.call).decision_wanted_at is not None
    return wanted or makers.kinds(walk.call).count("CallDecided") > 1


@pytest.mark.parametrize(
    ("kind", "step", "what", "end"),
    ROWS,
    ids=[f"{kind} {step}: {what}" for kind, step, what, _end in ROWS],
)
def test_each_way_to_go_wrong_has_one_end(kind, step, what, end):
    walk = Walk(kind, step)
    owner = {"sender": walk.sender, "receiver": walk.receiver, None: None}[end.owner]

    here = goes_wrong(walk, what)
    at_once = makers.fresh(walk.one).state
    owners = [makers.fresh(walk.call).owner]
    later(75, *here)
    later(15, *here)
    owners.append(makers.fresh(walk.call).owner)

    assert at_once == end.now
    assert makers.fresh(walk.one).state == (end.then or end.now)
    assert owners == [owner, owner]
    assert caller(walk) == end.caller
    assert told(walk) == end.told
    assert decided_anew(walk) == end.anew


@pytest.mark.parametrize("kind", PARTNERS)
@pytest.mark.parametrize("step", RUNG)
@pytest.mark.parametrize("what", ["decline", "line lost"])
def test_another_partner_of_the_kind_is_asked_next(kind, step, what):
    walk = Walk(kind, step)
    second = partners.a_partner(walk.agency, "second", kind, rank=2)

    goes_wrong(walk, what)

    one = makers.fresh(walk.one)
    assert (one.state, one.partner) == (
        "declined" if what == "decline" else "timed_out",
        second,
    )
    assert makers.fresh(walk.call).owner == walk.sender
    assert not decided_anew(walk)


@pytest.mark.parametrize(
    ("kind", "step"),
    [(kind, "requested") for kind in PARTNERS]
    + [(kind, "offered") for kind in BROUGHT],
)
def test_nobody_declines_who_was_not_asked(kind, step):
    walk = Walk(kind, step)

    with pytest.raises(LostRace):
        walk.decline()

    assert makers.fresh(walk.one).state == step


@pytest.mark.parametrize("kind", PARTNERS)
@pytest.mark.parametrize("step", ["accepted", "conferenced"])
@pytest.mark.parametrize("what", ["decline", "line lost"])
def test_a_partner_who_leaves_while_the_caller_is_called_back_is_dialled_anew(
    kind, step, what
):
    walk = Walk(kind, step)
    partners.a_partner(walk.agency, "second", kind, rank=2)
    walk.hang_up()

    goes_wrong(walk, what)
    assert makers.fresh(walk.one).state == "callback"
    walk.back()

    one = makers.fresh(walk.one)
    assert (one.state, one.partner_leg, one.accepted_at) == ("offered", None, None)
    assert one.partner.code == ("second" if what == "decline" else "first")
    assert makers.fresh(walk.call).owner == walk.sender


@pytest.mark.parametrize("kind", PARTNERS)
def test_the_last_partner_declines_while_the_caller_is_called_back(kind):
    walk = Walk(kind, "accepted")
    walk.hang_up()

    walk.decline()

    assert makers.fresh(walk.one).state == "fallback"
    assert caller(walk) == "callback_due"
    assert decided_anew(walk)


def test_a_sender_who_is_there_again_or_hands_the_caller_on_ends_the_alarm():
    walk = Walk("centre", "offered")
    later(75, walk.supervisor)
    later(15, walk.supervisor)
    assert told(walk) == (("unowned", S),)

    later(1, walk.supervisor, walk.sender)

    assert Alarm.objects.get(about="unowned").state == "ended"


@pytest.mark.parametrize("kind", ["988", "centre", "ccd"])
def test_a_sender_whose_account_is_closed_leaves_the_call_to_the_supervisor(kind):
    walk = Walk(kind, "accepted")
    walk.sender.is_active = False
    walk.sender.save()

    later(75, walk.supervisor, walk.receiver)

    assert ("unowned", S) in told(walk)
