"""Who may do what, as a table: every URL, every role, own and foreign centre."""

import logging
from itertools import product

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from uuid6 import uuid7

from dispatch.actions import followup, integration, unit
from dispatch.events import CLOCK
from dispatch.models import Event, Offer, Role, Seat, SourceWording, User
from tests import makers

ALL = set(Role)
D, C, R = Role.DISPATCHER, Role.CLINICIAN, Role.RESPONDER
N, S, A, W = Role.NAVIGATOR, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.WALLBOARD
FLOOR = {D, S}
DESK = {D, C, S}
READERS = {D, C, R, N, S}
ANYBODY = "anybody, signed in or not"

# Which roles a page or a verb lets in. A URL without a line here fails the test.
OPENS = {
    # pages
    "home": ALL,
    "login": ANYBODY,
    "logout": ANYBODY,
    "health": ANYBODY,
    "board": {D, C, S, W},
    "intake": FLOOR,
    "preview": FLOOR,  # of a call that is not open yet
    "triage": DESK,
    "call": READERS,
    "call_acts": READERS,
    "call_live": READERS,
    "call_drawer": READERS,
    "call_decision": READERS,
    "call_note": {D, C, R, S},
    "call_take": DESK,
    "call_override": FLOOR,
    "call_ask": {D, C, R, S},
    "call_send": FLOOR,
    "call_link": FLOOR,
    "call_cancel": FLOOR,
    "call_return": FLOOR,
    "call_close": DESK,
    "call_reopen": DESK,
    "seat_told": FLOOR,
    "seat_clear": FLOOR,
    "seat_withdraw": FLOOR,
    "seat_calm": FLOOR,
    "crew": {R},
    "crew_ask": {R},
    "crew_back": {R},
    "crew_clear": {R},
    "crew_emergency": {R},
    "crew_live": {R},
    "crew_note": {R},
    "crew_accept": {R},
    "crew_decline": {R},
    "crew_out": {R},
    "crew_position": {R},
    "crew_safe": {R},
    "crew_sign_off": {R},
    "crew_sign_on": {R},
    "crew_status": {R},
    "desk": {C},
    "beat": {C, N},
    "desk_live": {C},
    "desk_session": {C},
    "desk_side": {C},
    "desk_ending": {C},
    "offer_accept": {C},
    "offer_decline": {C},
    "presence": {C, N},
    "session_ask": {C},
    "session_confirm": {C},
    "session_end": {C},
    "session_note": {C},
    "wrap_up": {C, N},
    "followups": {N, S},
    "followups_live": {N, S},
    "followup_attempt": {N},
    "followup_claim": {N},
    "followup_close": {N},
    "followup_postpone": {N},
    "report": {S, A},
    "report_csv": {S, A},
    "staff": {D, S, A},
    "staff_live": {D, S, A},
    "unit_in": FLOOR,
    "unit_out": FLOOR,
    "unit_over": FLOOR,
    "unit_radio": FLOOR,
    "wordings": {S, A},
    "wording_put": {S, A},
    # the API
    "api:schema": ALL,
    "api:board": {D, C, S, W},
    "api:open-call": FLOOR,
    "api:call": READERS,
    "api:correct-call": FLOOR,
    "api:add-note": {D, C, R, S},
    "api:take-call": DESK,
    "api:link-call": FLOOR,
    "api:cancel-call": FLOOR,
    "api:return-call": FLOOR,
    "api:resolve-call": DESK,
    "api:close-call": DESK,
    "api:reopen-call": DESK,
    "api:record-answers": DESK,
    "api:preview": DESK,
    "api:complete-triage": DESK,
    "api:decide-call": DESK,
    "api:override": FLOOR,
    "api:request-team": {D, C, R, S},
    "api:send-unit": FLOOR,
    "api:confirm-told": FLOOR,
    "api:clear-scene": FLOOR,
    "api:withdraw-seat": FLOOR,
    "api:offers": {C, R},
    "api:accept-offer": {C, R},
    "api:decline-offer": {C, R},
    "api:confirm-session": {C},
    "api:end-session": {C},
    "api:units": {D, C, R, S},
    "api:sign-on": {R},
    "api:sign-off": {R},
    "api:report-status": {D, R, S},
    "api:report-position": {D, R, S},
    "api:confirm-safe": {D, R, S},
    "api:emergency": {D, R, S},
    "api:end-emergency": FLOOR,
    "api:clear-unit": {D, R, S},
    "api:out-of-service": {D, R, S},
    "api:in-service": {D, R, S},
    "api:set-presence": {C, N},
    "api:beat": {C, N},
    "api:end-wrap-up": {C, N},
    "api:followups": {N, S},
    "api:claim": {N},
    "api:attempt": {N},
    "api:postpone": {N},
    "api:complete": {N},
    "api:report": {S, A},
    "api:events": DESK,
}
# The row that a URL's argument names; ``pk`` is named by the part before it.
ROWS = {
    "call_id": "call",
    "seat_id": "seat",
    "offer_id": "offer",
    "assignment_id": "session",
    "unit_id": "unit",
    "followup_id": "followup",
    "wording_id": "wording",
    "calls": "call",
    "seats": "seat",
    "offers": "offer",
    "sessions": "session",
    "units": "unit",
    "followups": "followup",
}
CLOSED = {401, 403, 404}
NOT_THIS_METHOD = 405


def urls(patterns=None, route="", space="", names=()):
    """Name → the kinds of row that its path names, for every URL of the project."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = route + str(pattern.pattern)
        args = (*names, *pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else space
            found |= urls(pattern.url_patterns, path, inner, args)
        elif isinstance(pattern, URLPattern):
            found[f"{space}{pattern.name}"] = {
                arg: ROWS[path.split("/<uuid:pk>")[0].split("/")[-1]]
                if arg == "pk"
                else ROWS[arg]
                for arg in args
            }
    return found


class Centre:
    """A centre with somebody of each role, and a row of each kind that they work on."""

    def __init__(self, word):
        self.agency = makers.an_agency(word)
        self.staff = {
            role: makers.a_user(self.agency, role.value, f"{word} {role}")
            for role in Role
            if role is not Role.CLINICIAN
        }
        self.staff[C] = makers.a_clinician(self.agency, f"{word} clinician")
        named = [("cad", f"{word} WORDING", "")]
        integration.load_wordings(agency_id=self.agency.pk, rows=named, by=CLOCK)
        self.rows = {"wording": SourceWording.objects.get(agency=self.agency)}
        self.team(word)
        self.session(word)

    def team(self, word):
        """A call with a crew on scene and a follow-up."""
        row = makers.a_unit(self.agency, name=f"{word} 1", crewed=False)
        unit.sign_on(unit_id=row.pk, by=makers.by(self.staff[R]))
        call = makers.a_call(
            self.agency, self.staff[D], type="trespass", address=f"1 {word} Lane"
        )
        on_scene = makers.on_scene(makers.decided(call))
        due = followup.plan(
            call_id=call.pk,
            due_at=makers.fresh(call).opened_at,
            by=makers.by(self.staff[S]),
        )
        self.rows |= {
            "call": call,
            "seat": on_scene.seat,
            "unit": row,
            "followup": due,
            "team": on_scene.offer,
        }

    def session(self, word):
        """A second call, which the clinician has."""
        call = makers.a_call(self.agency, self.staff[D], address=f"2 {word} Lane")
        assignment = makers.with_clinician(makers.decided(call))
        self.rows |= {"offer": assignment.offer, "session": assignment}

    def row(self, kind, role):
        """A row that this role works on, if it works on the kind at all."""
        if kind == "offer" and role is Role.RESPONDER:
            return self.rows["team"]
        return self.rows[kind]


@pytest.fixture(autouse=True)
def quiet(caplog):
    """Hundreds of refusals are meant here; a failing test says which were not."""
    caplog.set_level(logging.CRITICAL, logger="django.request")


@pytest.fixture
def here(db):
    return Centre("nearby")


@pytest.fixture
def there(db):
    return Centre("faraway")


def signed_in(user):
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def ask(client, path):
    """GET and POST, each undone: an action may be durable, so no atomic block."""
    answers = {}
    headers = {"Idempotency-Key": str(uuid7()), "If-Match": '"1"'}
    for method in ("get", "post"):
        point = transaction.savepoint()
        if method == "get":
            answers[method] = client.get(path)
        elif path.startswith("/api/"):
            answers[method] = client.post(
                path, "{}", content_type="application/json", headers=headers
            )
        else:
            answers[method] = client.post(path, {})
        transaction.savepoint_rollback(point)
    return answers


def paths(name, args, choose):
    return reverse(name, kwargs={arg: choose(kind).pk for arg, kind in args.items()})


def test_every_url_has_a_line_in_the_table_and_every_line_a_url():
    assert set(urls()) == set(OPENS)


@pytest.mark.parametrize("role", Role)
def test_a_role_opens_what_the_table_says_and_sees_nothing_foreign(here, there, role):
    wrong = []
    for name, args in urls().items():
        client = signed_in(here.staff[role])
        path = paths(name, args, lambda kind: here.row(kind, role))
        answers = ask(client, path).values()
        codes = {answer.status_code for answer in answers}
        expected = OPENS.get(name, set())
        open_to = expected == ANYBODY or role in expected
        let_in = bool(codes - CLOSED - {NOT_THIS_METHOD})
        if let_in != open_to or max(codes) >= 500:
            wrong.append(f"{name}: {codes}")
        if any(b"faraway" in answer.getvalue().lower() for answer in answers):
            wrong.append(f"{name}: shows something foreign")

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", Role)
def test_nobody_reaches_a_row_of_a_foreign_centre(here, there, role):
    wrong = []
    before = Event.objects.filter(agency=there.agency).count()
    for name, args in urls().items():
        for mine in product([True, False], repeat=len(args)):
            if all(mine):
                continue
            centres = dict(zip(args, mine, strict=True))
            kwargs = {
                arg: (here if centres[arg] else there).row(kind, role).pk
                for arg, kind in args.items()
            }
            client = signed_in(here.staff[role])
            for method, answer in ask(client, reverse(name, kwargs=kwargs)).items():
                if answer.status_code not in CLOSED | {NOT_THIS_METHOD}:
                    wrong.append(f"{method} {name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)
    assert Event.objects.filter(agency=there.agency).count() == before


def strangers(here):
    alone = makers.a_user(here.agency, "supervisor")
    alone.agency = None
    alone.save(update_fields=["agency"])
    gone = makers.a_user(here.agency, "supervisor")
    client = signed_in(gone)
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    return {
        "nobody": Client(raise_request_exception=False),
        "somebody of no centre": signed_in(alone),
        "somebody who left": client,
    }


@pytest.mark.parametrize(
    "who", ["nobody", "somebody of no centre", "somebody who left"]
)
def test_who_is_not_of_the_centre_gets_the_door(here, who):
    client = strangers(here)[who]
    wrong = []
    for name, args in urls().items():
        if OPENS.get(name) in (ANYBODY, ALL) and who == "somebody of no centre":
            continue
        if OPENS.get(name) == ANYBODY:
            continue
        path = paths(name, args, lambda kind: here.row(kind, D))
        for method, answer in ask(client, path).items():
            door = answer.status_code == 302 and "login" in answer.url
            if not door and answer.status_code not in CLOSED | {NOT_THIS_METHOD}:
                wrong.append(f"{method} {name}: {answer.status_code}")

    assert not wrong, "\n".join(wrong)


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
    client = signed_in(here.staff[D])
    body = f'{{"{key}": "{there.rows[kind].pk}"}}'

    refused = api(client, f"calls/{here.rows['call'].pk}/{verb}/", body)

    assert refused.status_code == 404


def test_a_crew_sees_the_calls_of_its_unit_and_no_other(here):
    client = signed_in(here.staff[R])
    other = Seat.objects.get(pk=here.rows["session"].seat_id).call_id

    assert client.get(f"/api/v1/calls/{here.rows['call'].pk}/").status_code == 200
    assert client.get(f"/api/v1/calls/{other}/").status_code == 404


def test_a_crew_that_signed_off_sees_nothing_any_more(here):
    row = here.rows["unit"]
    unit.clear(unit_id=row.pk, outcome="other", by=makers.by(here.staff[R]))
    unit.sign_off(unit_id=row.pk, by=makers.by(here.staff[R]))

    shown = signed_in(here.staff[R]).get(f"/api/v1/calls/{here.rows['call'].pk}/")

    assert shown.status_code == 404


def test_a_crew_reports_for_its_own_unit_only(here):
    other = makers.a_unit(here.agency)

    refused = api(signed_in(here.staff[R]), f"units/{other.pk}/emergency/")

    assert refused.status_code == 404


def test_a_navigator_sees_the_calls_that_are_followed_up(here):
    client = signed_in(here.staff[N])
    other = Seat.objects.get(pk=here.rows["session"].seat_id).call_id

    assert client.get(f"/api/v1/calls/{here.rows['call'].pk}/").status_code == 200
    assert client.get(f"/api/v1/calls/{other}/").status_code == 404


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
    shown = signed_in(here.staff[W]).get("/api/v1/board/").content.decode()

    assert "Lane" not in shown
    assert len(shown) > 100


def test_a_new_role_takes_effect_on_the_next_request(here):
    client = signed_in(here.staff[S])
    assert client.get("/api/v1/board/").status_code == 200

    User.objects.filter(pk=here.staff[S].pk).update(role=Role.NAVIGATOR.value)

    assert client.get("/api/v1/board/").status_code == 403
