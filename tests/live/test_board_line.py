"""The live line: numbered, resumable, closed when it must be."""

import asyncio
import dataclasses
import json

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from dispatch import journal
from dispatch.actions import intake, staff
from heart.sessions import SessionStore
from tests import makers
from tests.stack import a_stack


def cookie(user):
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def line(stack, user, query="", origin=None):
    address = stack.url.replace("http", "ws") + "/ws/board/" + query
    return connect(
        address,
        origin=origin or stack.url,
        additional_headers={"Cookie": cookie(user)} if user else {},
    )


async def heard(ws, kind, limit=40):
    """The next message of this kind; what comes before it is passed over."""
    for _ in range(limit):
        message = json.loads(await asyncio.wait_for(ws.recv(), 20))
        if message["t"] == kind:
            return message
    raise AssertionError(f"no {kind}")


def run(story):
    return asyncio.run(asyncio.wait_for(story, 60))


def in_thread(function, *args, **kwargs):
    return asyncio.to_thread(function, *args, **kwargs)


def test_a_board_gets_a_snapshot_then_each_change_in_order(stack, centre, dispatcher):
    stack.start("web")
    call = makers.a_call(centre, dispatcher)

    async def story():
        async with await in_thread(line, stack, dispatcher) as ws:
            first = await heard(ws, "snapshot")
            await in_thread(
                intake.add_note,
                call_id=call.pk,
                text="at the door",
                by=makers.by(dispatcher),
            )
            change = await heard(ws, "cards")
            beat = await heard(ws, "beat")
        return first, change, beat

    first, change, beat = run(story())

    assert [card["number"] for card in first["cards"]] == [call.number]
    assert change["prev"] == first["number"]
    assert change["number"] == journal.head(centre.pk) == beat["number"]
    assert change["cards"][0]["id"] == str(call.pk)


def test_a_board_opens_and_hears_of_changes_while_redis_is_away(
    own_database, centre, dispatcher
):
    nowhere = dataclasses.replace(own_database, redis_url="redis://127.0.0.1:1/0")
    stack = a_stack(nowhere)

    async def story():
        async with await in_thread(line, stack, dispatcher) as ws:
            await heard(ws, "snapshot")
            call = await in_thread(makers.a_call, centre, dispatcher)
            return call, await heard(ws, "cards")

    try:
        stack.start("web")
        call, change = run(story())
    finally:
        stack.stop()

    assert [card["id"] for card in change["cards"]] == [str(call.pk)]


def test_a_board_that_was_away_resumes_and_hears_what_is_gone(
    stack, centre, dispatcher
):
    stack.start("web")
    call = makers.a_call(centre, dispatcher)
    seen = journal.head(centre.pk)
    intake.cancel(call_id=call.pk, reason="test", by=makers.by(dispatcher))

    async def story():
        async with await in_thread(line, stack, dispatcher, f"?since={seen}") as ws:
            return await heard(ws, "cards")

    message = run(story())

    assert message["prev"] == seen
    assert message["gone"] == [str(call.pk)]


def test_a_board_ahead_of_the_log_gets_a_snapshot(stack, centre, dispatcher):
    stack.start("web")

    async def story():
        async with await in_thread(line, stack, dispatcher, "?since=99999") as ws:
            return await heard(ws, "snapshot")

    assert run(story())["number"] == journal.head(centre.pk)


def test_the_wall_hears_no_names_and_no_places(stack, centre, dispatcher):
    stack.start("web")
    makers.a_clinician(centre, "D. Mercer")
    makers.decided(makers.a_call(centre, dispatcher, address="1012 W Main St"))
    wall = makers.a_user(centre, "wallboard")

    async def story():
        async with await in_thread(line, stack, wall) as ws:
            return await heard(ws, "snapshot")

    said = json.dumps(run(story()))

    assert "Ringing" in said
    assert "Mercer" not in said
    assert "Main St" not in said
    assert "Ortiz" not in said


def test_another_centre_hears_nothing_of_it(stack, centre, dispatcher):
    stack.start("web")
    makers.a_call(centre, dispatcher)
    stranger = makers.a_user(makers.an_agency(), "dispatcher")

    async def story():
        async with await in_thread(line, stack, stranger) as ws:
            return await heard(ws, "snapshot")

    assert run(story())["cards"] == []


def test_signing_out_closes_the_line(stack, centre, dispatcher):
    stack.start("web")

    async def story():
        async with await in_thread(line, stack, dispatcher) as ws:
            await heard(ws, "snapshot")
            await in_thread(
                staff.end_access,
                user_id=dispatcher.pk,
                why="signed_out",
                by=makers.by(dispatcher),
            )
            bye = await heard(ws, "bye")
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(ws.recv(), 10)
        return bye, closed.value.rcvd.code

    bye, code = run(story())

    assert bye["why"] == "signed_out"
    assert code == 4401


async def to_the_end(ws):
    while True:
        await asyncio.wait_for(ws.recv(), 10)


@pytest.mark.parametrize("said", ["hello", '{"since": "x"}', '{"since": -1}', "[]"])
def test_a_line_that_is_told_nonsense_ends(stack, centre, dispatcher, said):
    stack.start("web")

    async def story():
        async with await in_thread(line, stack, dispatcher) as ws:
            await heard(ws, "snapshot")
            await ws.send(said)
            with pytest.raises(ConnectionClosed) as closed:
                await to_the_end(ws)
        return closed.value.rcvd.code

    assert run(story()) == 1003


def test_nobody_anonymous_and_no_other_site_gets_a_line(stack, centre, dispatcher):
    stack.start("web")

    async def anonymous():
        async with line(stack, None) as ws:
            with pytest.raises(ConnectionClosed) as closed:
                await asyncio.wait_for(ws.recv(), 10)
        return closed.value.rcvd.code

    async def elsewhere():
        with pytest.raises(Exception, match="403"):
            async with await in_thread(
                line, stack, dispatcher, origin="http://elsewhere.example"
            ):
                pass

    assert run(anonymous()) == 4401
    run(elsewhere())


@pytest.mark.parametrize("said", ['"5"', "1.5", "true", "-1", "Infinity", "[1]"])
def test_an_ask_that_is_no_number_ends_that_line_and_no_other(stack, dispatcher, said):
    stack.start("web")

    async def story():
        async with await in_thread(line, stack, dispatcher) as other:
            await heard(other, "snapshot")
            async with await in_thread(line, stack, dispatcher) as ws:
                await heard(ws, "snapshot")
                await ws.send(f'{{"since": {said}}}')
                with pytest.raises(ConnectionClosed) as closed:
                    await heard(ws, "nothing")
            await heard(other, "beat")
            await heard(other, "beat")
        return closed.value.rcvd.code

    assert run(story()) == 1003
