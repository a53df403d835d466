"""Who may do what, as a table: every URL, every role, own and foreign centre."""

import logging
from itertools import product

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from uuid6 import uuid7

from dispatch.models import Event, Role
from tests import makers
from tests.edges.centres import Centre, signed_in

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
    "waits": DESK,
    "waits_brief": DESK,
    "waits_live": DESK,
    "alarms": DESK,
    "alarm_beat": DESK,
    "alarm_strip": DESK,
    "alarm_take": DESK,
    "alarms_live": DESK,
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
    "line_add": DESK,
    "call_flag": {D, C, R, S},
    "call_unlink": FLOOR,
    "contact_prefer": FLOOR,
    "contact_split": FLOOR,
    "flags": {S},
    "flag_end": {S},
    "flag_extend": {S},
    "plan": {C, N, S},
    "plan_approve": {S},
    "plan_end": {C, N, S},
    "line_step": DESK,
    "call_override": FLOOR,
    "call_ask": {D, C, R, S},
    "call_send": FLOOR,
    "call_move": FLOOR,
    "call_link": FLOOR,
    "call_cancel": FLOOR,
    "call_return": FLOOR,
    "call_close": DESK,
    "call_reopen": DESK,
    "seat_told": FLOOR,
    "seat_lead": FLOOR,
    "seat_release": FLOOR,
    "seat_replace": FLOOR,
    "seat_there": FLOOR,
    "seat_clear": FLOOR,
    "seat_over": FLOOR,
    "seat_withdraw": FLOOR,
    "seat_calm": FLOOR,
    "crew": {R},
    "crew_ask": {R},
    "crew_seen": {R},
    "crew_back": {R},
    "crew_clear": {R},
    "crew_contact": {R},
    "crew_release": {R},
    "crew_emergency": {R},
    "crew_live": {R},
    "crew_orders": {R},
    "crew_note": {R},
    "crew_accept": {R},
    "crew_decline": {R},
    "crew_out": {R},
    "crew_position": {R},
    "crew_safe": {R},
    "crew_sign_off": {R},
    "crew_sign_on": {R},
    "crew_status": {R},
    "crew_unsafe": {R},
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
    "roster": ALL - {W},
    "roster_live": ALL - {W},
    "roster_own": ALL - {W},
    "shift_plan": {S, A},
    "shift_start": {D, C, R, N, S},
    "shift_drop": {S, A},
    "shift_offer": {D, C, R, N, S},
    "shift_take": {D, C, R, N, S},
    "swap_answer": {D, C, R, N, S},
    "swap_withdraw": {D, C, R, N, S},
    "staff": {D, S, A},
    "skill_set": {S, A},
    "staff_live": {D, S, A},
    "unit_in": FLOOR,
    "unit_key": {S, A},
    "unit_out": FLOOR,
    "unit_over": FLOOR,
    "unit_radio": FLOOR,
    "wordings": {S, A},
    "wording_put": {S, A},
    # the API
    "api:schema": ALL,
    "api:waits": DESK,
    "api:alarms": DESK,
    "api:take-alarm": DESK,
    "api:board": {D, C, S, W},
    "api:open-call": FLOOR,
    "api:call": READERS,
    "api:correct-call": FLOOR,
    "api:add-note": {D, C, R, S},
    "api:take-call": DESK,
    "api:link-call": FLOOR,
    "api:unlink-call": FLOOR,
    "api:alike": DESK,
    "api:callers": READERS,
    "api:add-caller": FLOOR,
    "api:prefer-caller": FLOOR,
    "api:split-caller": FLOOR,
    "api:known": READERS,
    "api:write-plan": {C, N, S},
    "api:approve-plan": {S},
    "api:end-plan": {C, N, S},
    "api:call-cautions": READERS,
    "api:raise-caution": {D, C, R, S},
    "api:cautions": {S},
    "api:prolong-caution": {S},
    "api:end-caution": {S},
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
    "api:positions": set(),  # no role: a key of the unit's own
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
    "api:roster": ALL - {W},
    "api:plan-shift": {S, A},
    "api:start-shift": {D, C, R, N, S},
    "api:drop-shift": {S, A},
    "api:offer-shift": {D, C, R, N, S},
    "api:take-shift": {D, C, R, N, S},
    "api:answer-swap": {D, C, R, N, S},
    "api:withdraw-swap": {D, C, R, N, S},
    "api:set-skill": {S, A},
    "api:wordings": {S, A},
    "api:map-wording": {S, A},
    "api:report": {S, A},
    "api:events": DESK,
    "api:reach-out": DESK,
    "api:ask-interpreter": DESK,
    "api:step-contact": DESK,
    "api:change-channel": DESK,
    "api:queried-tty": DESK,
    "api:try-callback": DESK,
    "api:stop-callback": DESK,
    "api:hang-up": DESK,
    "api:interpreter-left": DESK,
    "partners": {D, C, S, A},
    "partner_add": {S, A},
    "partner_change": {S, A},
    "partner_close": {S, A},
    "partner_open": {S, A},
    "partner_key": {S, A},
    "partner_end_keys": {S, A},
    "contact_made": DESK,
    "transfer_begin": DESK,
    "transfer_share": DESK,
    "transfer_decline": DESK,
    "transfer_dial": DESK,
    "transfer_answered": DESK,
    "transfer_conference": DESK,
    "transfer_confirm": DESK,
    "transfer_lost": DESK,
    "transfer_keep": DESK,
    "transfer_revoke": DESK,
    "transfer_take": DESK,
    "api:transfers": DESK,
    "api:begin-transfer": DESK,
    "api:made-contact": DESK,
    "api:dial-partner": DESK,
    "api:partner-answered": DESK,
    "api:partner-declined": DESK,
    "api:conference": DESK,
    "api:confirm-transfer": DESK,
    "api:partner-line-lost": DESK,
    "api:keep-caller": DESK,
    "api:take-transfer": DESK,
    "loans": FLOOR,
    "loans_live": FLOOR,
    "loans_strip": FLOOR,
    "loans_count": FLOOR,
    "loan_ask": FLOOR,
    "loan_back": FLOOR,
    "loan_decline": FLOOR,
    "loan_end": FLOOR,
    "loan_lend": FLOOR,
    "api:loans": FLOOR,
    "api:ask-neighbour": FLOOR,
    "api:call-unit-back": FLOOR,
    "api:decline-loan": FLOOR,
    "api:end-loan": FLOOR,
    "api:lend-unit": FLOOR,
    # nobody signed in: the secret in the link or the partner's key lets in
    "handoff": set(),
    "handoff_acknowledge": set(),
    "handoff_decline": set(),
    "handoff_have": set(),
    "handoff_outcome": set(),
    "bring": set(),
    "brought": set(),
    "api:bring-call": set(),
    "api:brought-call": set(),
    "api:ring-back": DESK,
    "api:telephone": set(),  # nobody signed in: its signature lets it in
    "api:screen-pop": set(),  # nobody signed in: its signature lets it in
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
    "shift_id": "shift",
    "swap_id": "swap",
    "alarm_id": "alarm",
    "loan_id": "loan",
    "loans": "loan",
    "asked_id": "asked",
    "asked": "asked",
    "flag_id": "flag",
    "plan_id": "plan",
    "contact_id": "contact",
    "contacts": "contact",
    "telephone": "contact",
    "code": "agency",
    "secret": "agency",  # none that opens anything
    "reference": "agency",
    "transfer_id": "transfer",
    "transfers": "transfer",
    "partner_id": "partner",
    "calls": "call",
    "seats": "seat",
    "offers": "offer",
    "sessions": "session",
    "units": "unit",
    "followups": "followup",
    "wordings": "wording",
    "shifts": "shift",
    "swaps": "swap",
    "people": "person",
    "alarms": "alarm",
    "cautions": "flag",
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
