"""Every state table is walked whole: each pair is allowed, or it is an IllegalMove."""

import pytest

from dispatch import states
from dispatch.errors import IllegalMove
from dispatch.states import (
    AlarmState,
    CallState,
    ContactState,
    FollowUpState,
    LoanState,
    OfferState,
    PresenceState,
    SeatState,
    SwapState,
    TransferState,
    UnitState,
    check_move,
)

# state: where it may go from there, in the words of the domain
CALL = """
new: triaging resolved duplicate cancelled returned_to_911
triaging: decided resolved duplicate cancelled returned_to_911
decided: working resolved triaging duplicate cancelled returned_to_911
working: resolved triaging duplicate cancelled returned_to_911
resolved: closed triaging working duplicate cancelled returned_to_911
closed: triaging
duplicate: triaging
cancelled: triaging
returned_to_911: triaging
"""
CONTACT = """
ringing: answered connected open_line abandoned completed
answered: connected open_line disconnected completed
connected: holding wrapping open_line disconnected completed
holding: connected wrapping disconnected completed
wrapping: completed connected
open_line: connected disconnected
abandoned: callback_due completed
disconnected: callback_due completed
callback_due: callback_attempted connected completed
callback_attempted: callback_due connected completed
completed:
"""
SEAT = """
wanted: filled unfilled withdrawn
filled: done wanted withdrawn
unfilled: wanted withdrawn
done:
withdrawn:
"""
OFFER = """
pending: accepted declined expired cancelled withdrawn
accepted:
declined:
expired:
cancelled:
withdrawn:
"""
TRANSFER = """
requested: data_sent declined timed_out caller_dropped withdrawn
data_sent: offered declined timed_out caller_dropped withdrawn
offered: accepted declined timed_out caller_dropped withdrawn
accepted: conferenced declined timed_out caller_dropped withdrawn
conferenced: confirmed declined timed_out caller_dropped withdrawn
confirmed: released caller_dropped
released:
declined: offered fallback withdrawn
timed_out: offered fallback withdrawn
caller_dropped: callback withdrawn
callback: offered accepted fallback withdrawn
fallback:
withdrawn:
"""
PRESENCE = """
offline: available
available: reserved break offline engaged
reserved: available engaged break offline unavailable
engaged: wrap_up available offline
wrap_up: available break offline
break: available offline
unavailable: available break offline
"""
UNIT = """
off_duty: available out_of_service
available: dispatched out_of_service off_duty
dispatched: acknowledged available out_of_service
acknowledged: en_route staged on_scene available out_of_service
en_route: staged on_scene available out_of_service
staged: en_route on_scene available out_of_service
on_scene: staged transporting available out_of_service
transporting: at_destination available out_of_service
at_destination: available out_of_service
out_of_service: available off_duty
"""
FOLLOWUP = """
due: attempted reached closed
attempted: attempted reached closed
reached: due engaged closed
engaged: due closed
closed:
"""
ALARM = """
raised: taken ended
taken: raised ended
ended:
"""
LOAN = """
asked: lent declined ended
lent: ended
declined:
ended:
"""
SWAP = """
asked: taken refused withdrawn
taken:
refused:
withdrawn:
"""
TABLES = {
    "call": (CallState, states.CALL_MOVES, CALL),
    "contact": (ContactState, states.CONTACT_MOVES, CONTACT),
    "seat": (SeatState, states.SEAT_MOVES, SEAT),
    "offer": (OfferState, states.OFFER_MOVES, OFFER),
    "transfer": (TransferState, states.TRANSFER_MOVES, TRANSFER),
    "presence": (PresenceState, states.PRESENCE_MOVES, PRESENCE),
    "unit": (UnitState, states.UNIT_MOVES, UNIT),
    "followup": (FollowUpState, states.FOLLOWUP_MOVES, FOLLOWUP),
    "alarm": (AlarmState, states.ALARM_MOVES, ALARM),
    "loan": (LoanState, states.LOAN_MOVES, LOAN),
    "swap": (SwapState, states.SWAP_MOVES, SWAP),
}


def allowed(table):
    lines = (line.partition(":") for line in table.strip().splitlines())
    return {source: set(targets.split()) for source, _, targets in lines}


def lines():
    for name, (kind, moves, table) in TABLES.items():
        for source in kind:
            yield pytest.param(
                moves, source, allowed(table)[source], id=f"{name}-{source}"
            )


@pytest.mark.parametrize(("moves", "source", "targets"), list(lines()))
def test_a_state_moves_along_its_line_and_nowhere_else(moves, source, targets):
    for target in type(source):
        if target in targets:
            check_move(moves, source, target)
            continue
        with pytest.raises(IllegalMove) as refused:
            check_move(moves, source, target)
        assert refused.value.params == {"from_state": source, "to_state": target}


@pytest.mark.parametrize("name", TABLES)
def test_every_state_has_its_line_and_every_line_a_state(name):
    kind, moves, table = TABLES[name]

    assert set(moves) == set(kind) == set(allowed(table))


def test_no_table_was_forgotten():
    there = [name for name in vars(states) if name.endswith("_MOVES")]

    assert len(there) == len(TABLES)


def test_an_open_call_can_always_be_set_aside():
    for state in states.OPEN_CALL:
        assert states.CALL_MOVES[state] >= states.CALL_ASIDE


def test_every_set_aside_call_can_be_looked_at_again():
    for state in set(CallState) - states.OPEN_CALL:
        assert states.CALL_MOVES[state] == {CallState.TRIAGING}
