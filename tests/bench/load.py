"""Work for the centre: in processes through the actions, in threads over the API."""

import multiprocessing
import secrets
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self
from uuid import UUID

import psycopg2
from django.db import connections

from dispatch.actions import (
    decision,
    disposition,
    intake,
    offer,
    staff,
    transfer,
    triage,
)
from dispatch.actions.intake import Intake
from dispatch.errors import DispatchError
from dispatch.events import ROUTER, Actor
from dispatch.models import Assignment, Call, Offer
from tests.bench.browser import Browser, Refused
from tests.bench.centre import Centre, Person
from tests.makers import SAFE

KNOWN = {
    "type": "mental_health_crisis",
    "caller_kind": "person",
    "location_verified": True,
    "inside": True,
    "zone": "District 2",
    "said": "My brother has not slept for days and talks to nobody.",
}
WANTS_TEAM = {"type": "welfare_check"}  # waits on the board: nobody is free for it
DONE = ["resolved_by_phone"]
_processes = multiprocessing.get_context("fork")
# Ours would raise SystemExit wherever a process just is; one once lived on for ever.
STOPS_AT_ONCE = (signal.SIGTERM, signal.SIG_DFL)


def heard() -> dict[str, object]:
    """What is known of one more call: its own number and, mostly, its own house."""
    return KNOWN | {
        "phone": f"919-{secrets.randbelow(10**7):07d}",
        "address": f"{secrets.randbelow(9000) + 100} W Main St",
    }


def actor(person: Person) -> Actor:
    """As a form does it: with a key, so that twice is once."""
    return Actor(kind="user", id=person.id, name=person.name, key=secrets.token_hex(12))


def a_call(centre: Centre, person: Person, **different: object) -> Call:
    known = Intake(**(heard() | different))
    return intake.open_call(agency_id=centre.agency.pk, intake=known, by=actor(person))


def in_processes(
    work: Callable[..., list], centre: Centre, count: int, *args: object
) -> list[list]:
    """The same work in so many processes at once; what each of them gave back."""
    connections.close_all()  # a connection must not be forked
    with _processes.Pool(count, signal.signal, STOPS_AT_ONCE) as pool:
        asked = [pool.apply_async(work, (centre, n, *args)) for n in range(count)]
        return [each.get(timeout=120) for each in asked]


def fill(centre: Centre, calls: int) -> None:
    """Open calls up to this number; one in six decided, and waiting or ringing."""
    there = Call.objects.filter(agency=centre.agency, state__in=_open()).count()
    share = (calls - there) // 2
    in_processes(_fill, centre, 2, share)


def _open() -> list[str]:
    return ["new", "triaging", "decided", "working", "resolved"]


def _fill(centre: Centre, lane: int, count: int) -> list:
    """One in six decided."""
    for _ in range(count - count // 6):
        a_call(centre, centre.dispatchers[lane])
    return decide_some(centre, lane, count // 6)


def decide_some(centre: Centre, lane: int, count: int) -> list:
    """Calls that a team is wanted for, and none is free."""
    person = centre.dispatchers[lane]
    for _ in range(count):
        call = a_call(centre, person, **WANTS_TEAM)
        triage.complete(call_id=call.pk, answers=SAFE, by=actor(person), nudged=False)
        decision.decide(call_id=call.pk, by=ROUTER)
    return []


def set_aside(centre: Centre) -> None:
    """Whoever still rings is let go, so that the next measure has the centre to itself."""
    at_work = Call.objects.filter(
        agency=centre.agency, state__in=["decided", "working"]
    )
    for pk in at_work.values_list("pk", flat=True):
        intake.cancel(call_id=pk, reason="over", by=ROUTER)


# Opening, in closed loops


def open_by_action(centre: Centre, lane: int, seconds: float) -> list[float]:
    person = centre.dispatchers[lane % len(centre.dispatchers)]
    return _timed(seconds, lambda: a_call(centre, person))


def raw_insert(_centre: Centre, lane: int, seconds: float, url: str) -> list[float]:
    """INSERT of a row of about the same size and COMMIT, with nothing around it."""
    line = psycopg2.connect(url)
    text = "x" * 600

    def insert() -> None:
        with line.cursor() as cursor:
            cursor.execute(
                "INSERT INTO bench_raw (lane, said) VALUES (%s, %s)", [lane, text]
            )
        line.commit()

    return _timed(seconds, insert)


def _timed(seconds: float, act: Callable[[], object]) -> list[float]:
    act()
    took, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        act()
        took.append((time.perf_counter() - began) * 1000)
    return took


def in_threads(act: Callable[[int], list], count: int) -> list:
    with ThreadPoolExecutor(count) as pool:
        return [each for part in pool.map(act, range(count)) for each in part]


def open_by_api(centre: Centre, port: int, seconds: float, threads: int) -> list[float]:
    def lane(number: int) -> list[float]:
        browser = Browser(port, centre.dispatchers[number])
        return _timed(seconds, lambda: browser.post("/api/v1/calls/", heard()))

    return in_threads(lane, threads)


def open_paced(
    centre: Centre, port: int, seconds: float, rate: float, threads: int
) -> list[float]:
    """At a rate that does not wait for slow answers: each is timed from when it was due."""
    began = time.perf_counter() + 0.2
    due = [began + number / rate for number in range(int(seconds * rate))]

    def lane(number: int) -> list[float]:
        browser = Browser(port, centre.dispatchers[number])
        took = []
        for at in due[number::threads]:
            time.sleep(max(0.0, at - time.perf_counter()))
            browser.post("/api/v1/calls/", heard())
            took.append((time.perf_counter() - at) * 1000)
        return took

    return in_threads(lane, threads)


# The whole path


def path_by_action(
    centre: Centre, lane: int, seconds: float
) -> list[tuple[str, float]]:
    """Open, triage, decide, offer, accept, confirm, resolve: (call, milliseconds)."""
    dispatcher = centre.dispatchers[lane % len(centre.dispatchers)]
    took, end = [], time.perf_counter() + seconds
    while (began := time.perf_counter()) < end:
        call = _one_by_action(centre, dispatcher)
        if call is not None:
            took.append((str(call), (time.perf_counter() - began) * 1000))
    return took


def _one_by_action(centre: Centre, dispatcher: Person) -> UUID | None:
    call = a_call(centre, dispatcher)
    triage.complete(call_id=call.pk, answers=SAFE, by=actor(dispatcher), nudged=False)
    decision.decide(call_id=call.pk, by=ROUTER)
    try:
        ring = Offer.objects.filter(seat__call=call, state="pending", unit=None).first()
        if ring is None:
            return None  # every clinician was busy; the call waits
        clinician = centre.by_id[str(ring.person_id)]
        session = offer.accept(offer_id=ring.pk, by=actor(clinician))
        transfer.confirm(assignment_id=session.pk, by=actor(clinician))
        disposition.end_session(
            assignment_id=session.pk, outcomes=DONE, by=actor(clinician)
        )
        staff.end_wrap_up(user_id=clinician.id, by=actor(clinician))
    except (DispatchError, Assignment.DoesNotExist):
        return None  # a colleague was quicker
    return call.pk


def path_by_api(
    centre: Centre, port: int, seconds: float, threads: int
) -> list[tuple[str, float]]:
    """The same over HTTP, as the pages' scripts would do it."""

    def lane(number: int) -> list[tuple[str, float]]:
        dispatcher = Browser(port, centre.dispatchers[number])
        clinicians = _Desks(centre, port)
        took, end = [], time.perf_counter() + seconds
        while (began := time.perf_counter()) < end:
            call = _one_by_api(dispatcher, clinicians, undecided)
            if call is not None:
                took.append((call, (time.perf_counter() - began) * 1000))
        return took

    with Undecided(centre) as undecided:
        return in_threads(lane, threads)


class Undecided:
    """Which calls still want a decision: what the live line would tell every page."""

    def __init__(self, centre: Centre) -> None:
        self._ids: set[str] = set()
        self._looks = threading.Condition()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, args=[centre.agency.pk])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _follow(self, agency: UUID) -> None:
        wanted = Call.objects.filter(agency=agency, decision_wanted_at__isnull=False)
        while not self._over.wait(0.05):
            found = {str(pk) for pk in wanted.values_list("pk", flat=True)}
            with self._looks:
                self._ids = found
                self._looks.notify_all()
        connections.close_all()

    def decided(self, call: str, patience: float) -> bool:
        """Wait for one more look, then until the call is decided or patience ends."""
        with self._looks:
            self._looks.wait()
            return self._looks.wait_for(lambda: call not in self._ids, patience)


class _Desks:
    """Clinicians' connections, opened when first needed."""

    def __init__(self, centre: Centre, port: int) -> None:
        self._centre, self._port = centre, port
        self._browsers: dict[str, Browser] = {}

    def of(self, person: str) -> Browser:
        if person not in self._browsers:
            self._browsers[person] = Browser(self._port, self._centre.by_id[person])
        return self._browsers[person]


def _one_by_api(
    dispatcher: Browser, clinicians: _Desks, undecided: Undecided
) -> str | None:
    call = dispatcher.post("/api/v1/calls/", heard())
    place = f"/api/v1/calls/{call['id']}/"
    said = {"answers": SAFE, "version": call["version"]}
    dispatcher.post(f"{place}complete/", said)
    whole = _decided(dispatcher, call["id"], place, undecided)
    rings = [each for each in whole["offers"] if each["state"] == "pending"]
    people = [each for each in rings if each["person"]]
    if not people:
        return None
    clinician = clinicians.of(people[0]["person"])
    try:
        session = clinician.post(f"/api/v1/offers/{people[0]['id']}/accept/")
        clinician.post(f"/api/v1/sessions/{session['id']}/confirm/")
        clinician.post(f"/api/v1/sessions/{session['id']}/end/", {"outcomes": DONE})
        clinician.post("/api/v1/presence/end-wrap-up/")
    except Refused as refused:
        if ": 409" not in str(refused):
            raise
        return None
    return call["id"]


def _decided(
    dispatcher: Browser, call: str, place: str, undecided: Undecided
) -> object:
    """A worker decides; after a second the page asks for it, and that request decides."""
    if not undecided.decided(call, 1.0):
        dispatcher.post(f"{place}decide/")
    return dispatcher.get(place)


# Changes at a steady rate


def paced(
    rate: float, seconds: float, change: Callable[[int], object]
) -> threading.Thread:
    """``change`` so many times a second in a thread of its own; started at once."""

    def run() -> None:
        began = time.perf_counter()
        for number in range(int(rate * seconds)):
            time.sleep(max(0.0, began + number / rate - time.perf_counter()))
            change(number)
        connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def notes(centre: Centre, calls: Sequence[UUID]) -> Callable[[int], object]:
    person = centre.dispatchers[0]
    return lambda number: intake.add_note(
        call_id=calls[number % len(calls)], text="seen at the door", by=actor(person)
    )


def to_triage(centre: Centre) -> Callable[[int], object]:
    """Open and complete; deciding is left to the worker."""
    person = centre.dispatchers[1]

    def one(number: int) -> None:
        call = a_call(centre, person, **(WANTS_TEAM if number % 2 else {}))
        triage.complete(call_id=call.pk, answers=SAFE, by=actor(person))

    return one
