"""Who works in the demo centre: a few accounts to sign in with, and their colleagues."""

from dataclasses import dataclass

from dispatch.actions.partner import Known
from dispatch.models import Role

CODE = "demo"
NAME = "Demo centre, Durham"
# Another centre next door, with one unit: loans are tried between the two.
NEXT_CODE = "demo-next-door"
NEXT_NAME = "Demo centre, Orange County"
TIME_ZONE = "America/New_York"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    username: str
    role: Role
    short_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(Person):
    """Somebody to sign in as; ``can`` says in a few words what for, ``centre`` where."""

    can: str
    centre: str = CODE


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """A unit; with ``crew`` it is driven by the demo, without it waits for you."""

    name: str
    kind: str
    crew: Person | None = None


ACCOUNTS = (
    Account(
        username="dispatcher",
        role=Role.DISPATCHER,
        short_name="D12 Lee",
        can="take calls, triage, send help",
    ),
    Account(
        username="clinician",
        role=Role.CLINICIAN,
        short_name="D. Mercer",
        can="accept transferred callers",
    ),
    Account(
        username="responder",
        role=Role.RESPONDER,
        short_name="J. Ortiz",
        can="work calls on a unit",
    ),
    Account(
        username="navigator",
        role=Role.NAVIGATOR,
        short_name="P. Nguyen",
        can="follow up by phone",
    ),
    Account(
        username="supervisor",
        role=Role.SUPERVISOR,
        short_name="S2 Grant",
        can="watch the floor, read reports",
    ),
    Account(
        username="administrator",
        role=Role.ADMINISTRATOR,
        short_name="A. Stone",
        can="see staff and reports",
    ),
    Account(
        username="neighbour",
        role=Role.DISPATCHER,
        short_name="D3 Shaw",
        can="lend the unit of the centre next door",
        centre=NEXT_CODE,
    ),
    Account(
        username="neighbour-crew",
        role=Role.RESPONDER,
        short_name="R. Pell",
        can="work calls on the unit that is lent",
        centre=NEXT_CODE,
    ),
)


def _simulated(username: str, role: Role, short_name: str) -> Person:
    return Person(username=f"sim-{username}", role=role, short_name=short_name)


DISPATCHER = _simulated("dispatcher", Role.DISPATCHER, "D9 Bell")
NAVIGATOR = _simulated("navigator", Role.NAVIGATOR, "K. Amos")
CLINICIANS = (
    _simulated("clinician-1", Role.CLINICIAN, "R. Okafor"),
    _simulated("clinician-2", Role.CLINICIAN, "M. Reyes"),
    _simulated("clinician-3", Role.CLINICIAN, "S. Lind"),
    _simulated("clinician-4", Role.CLINICIAN, "V. Abara"),
)
CREWS = (
    ("CRT 1", "crt", "T. Banks"),
    ("CRT 2", "crt", "L. Ferreira"),
    ("CRT 3", "crt", "A. Dunn"),
    ("CRT 4", "crt", "O. Hale"),
    ("CRT 5", "crt", "N. Sato"),
    ("CoR 1", "cor", "B. Quinn"),
    ("CoR 2", "cor", "E. Marsh"),
)
TEAMS = (
    *(
        Team(
            name=name,
            kind=kind,
            crew=_simulated(name.lower().replace(" ", "-"), Role.RESPONDER, short_name),
        )
        for name, kind, short_name in CREWS
    ),
    Team(name="CRT 6", kind="crt"),
    Team(name="CoR 3", kind="cor"),
)
# The unit next door, on duty from the start with this crew.
NEXT_TEAM = Team(name="CRT 11", kind="crt")
NEXT_CREW = "neighbour-crew"
# Who else helps: fictitious lines, one partner of each kind that takes callers.
PARTNERS = (
    (
        "lifeline",
        Known(
            name="988 Lifeline, Triangle",
            kind="988",
            phone="919-555-0188",
            routes={
                "veteran": "919-555-0181",
                "spanish": "919-555-0182",
                "asl": "919-555-0183",
                "text": "919-555-0184",
            },
            takes_text=True,
        ),
    ),
    (
        "orange-county",
        Known(name="Orange County 911", kind="centre", phone="919-555-0170"),
    ),
    (
        "community-paramedics",
        Known(
            name="Community paramedics",
            kind="paramedics",
            phone="919-555-0160",
            hours="08:00-20:00",
        ),
    ),
)
# User name → what they can, and how well: 1 some, 2 good, 3 expert.
SKILLS = {
    "clinician": {"spanish": 2, "substance_use": 3},
    "sim-clinician-1": {"youth": 3},
    "sim-clinician-2": {"spanish": 3, "deaf": 1},
    "sim-clinician-3": {"veterans": 2, "asl": 1},
    "sim-clinician-4": {"peer": 2, "substance_use": 2},
}
# Who works by day (07 to 19) and by night; "" stands open, for a clinician to take.
BY_DAY = ("clinician", "sim-clinician-1", "navigator", "supervisor", "")
BY_NIGHT = ("sim-clinician-2", "sim-clinician-3")
DAYS = 7
COLLEAGUES = (
    DISPATCHER,
    NAVIGATOR,
    *CLINICIANS,
    *(team.crew for team in TEAMS if team.crew is not None),
)
