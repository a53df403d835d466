"""A console that reads nothing: it is told to ask again, or let go; nobody waits for it."""

import json
import socket

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from dispatch import journal
from dispatch.actions import intake
from tests import makers
from tests.live.test_board_line import cookie, heard, in_thread, line, run

TOO_SLOW = 4008
CALLS = 200
# More than a machine keeps for somebody between sending and reading.
PILE = 8_000_000


@pytest.fixture
def calls(centre, dispatcher):
    return [makers.a_call(centre, dispatcher) for _ in range(CALLS)]


def sluggish(stack, user):
    """A line whose machine keeps little, and whose reader reads only when asked to."""
    end = socket.create_connection(("127.0.0.1", stack.port))
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 200_000)
    return connect(
        stack.url.replace("http", "ws") + "/ws/board/",
        sock=end,
        origin=stack.url,
        additional_headers={"Cookie": cookie(user)},
        max_queue=1,
        max_size=None,
        ping_interval=None,
    )


async def pile_up(slow, other):
    """Both ask for the whole board again and again; the other one has it each time."""
    board = len(json.dumps(await heard(slow, "snapshot")))
    for _ in range(PILE // board):
        await slow.send('{"since": null}')
        await other.send('{"since": null}')
        await heard(other, "snapshot")


def test_a_reader_that_falls_behind_is_told_to_ask_again_and_then_has_it_all(
    stack, limited, centre, dispatcher, calls
):
    limited(QUEUE=4, SLOW=60)
    note = {"call_id": calls[0].pk, "text": "still there", "by": makers.by(dispatcher)}

    async def story():
        async with (
            await in_thread(line, stack, dispatcher) as other,
            await in_thread(sluggish, stack, dispatcher) as slow,
        ):
            await heard(other, "snapshot")
            await pile_up(slow, other)
            await in_thread(intake.add_note, **note)
            await heard(other, "cards")
            await heard(slow, "resync", limit=1000)
            await slow.send('{"since": null}')
            head = await in_thread(journal.head, centre.pk)
            # What was on its way before comes first.
            board = await heard(slow, "snapshot")
            while board["number"] < head:
                board = await heard(slow, "snapshot")
            return board

    assert len(run(story())["cards"]) == CALLS


def test_a_reader_that_reads_nothing_is_let_go(stack, limited, dispatcher, calls):
    limited(SLOW=0.5)

    async def story():
        async with (
            await in_thread(line, stack, dispatcher) as other,
            await in_thread(sluggish, stack, dispatcher) as slow,
        ):
            await heard(other, "snapshot")
            await pile_up(slow, other)
            with pytest.raises(ConnectionClosed) as closed:
                await heard(slow, "nothing", limit=1000)
            await heard(other, "beat")
        return closed.value.rcvd.code

    assert run(story()) == TOO_SLOW
