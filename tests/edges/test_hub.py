"""The hub's two small ideas: a lone change never waits, and sending needs no task."""

import asyncio

from dispatch.hub import REST, Pace, begin


def test_a_lone_change_goes_out_at_once_and_a_stream_is_paced():
    pace, now, rests = Pace(), 1000.0, []
    for _ in range(50):
        rests.append(pace.rest(now))
        now += rests[-1]

    assert rests[0] < REST / 2
    assert rests[-1] >= REST * 0.999


def test_changes_no_faster_than_the_pace_are_never_held_back():
    pace = Pace()

    rests = [pace.rest(1000.0 + number * REST) for number in range(200)]

    assert max(rests) < REST / 2


def test_what_need_not_wait_is_done_before_begin_returns():
    done = []

    async def work():
        done.append("sent")

    assert begin(work()) is None
    assert done == ["sent"]


def test_what_must_wait_is_carried_on_where_it_stopped():
    done = []

    async def work(gate):
        done.append("begun")
        await gate.wait()
        done.append("woken")
        await asyncio.sleep(0)
        done.append("ended")

    async def story():
        gate = asyncio.Event()
        rest = begin(work(gate))
        assert done == ["begun"]
        carried = asyncio.create_task(_awaited(rest))
        gate.set()
        await carried

    asyncio.run(story())

    assert done == ["begun", "woken", "ended"]


def test_what_is_not_waited_for_any_longer_is_ended_where_it_stopped():
    ended = []

    async def work():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("there")

    async def story():
        try:
            async with asyncio.timeout(0.001):
                await begin(work())
        except TimeoutError:
            return list(ended)

    assert asyncio.run(story()) == ["there"]


async def _awaited(rest):
    await rest
