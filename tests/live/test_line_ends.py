"""Who may hear no more hears no more: at once where it is known, else at the next look."""

import asyncio
import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from websockets.exceptions import ConnectionClosed, InvalidStatus

from dispatch.actions import account
from dispatch.models import Session, User
from tests import makers
from tests.live.test_board_line import heard, in_thread, line, run, to_the_end

SIGNED_OUT, TOO_MANY = 4401, 4429


@pytest.fixture
def colleague(centre):
    return makers.a_user(centre, "dispatcher")


async def closed_with(ws):
    with pytest.raises(ConnectionClosed) as closed:
        await to_the_end(ws)
    return closed.value.rcvd.code


def sessions_of(user):
    return Session.objects.filter(user=user)


def expire(user):
    sessions_of(user).update(expire_date=Now() - timedelta(seconds=1))


def forget(user):
    sessions_of(user).delete()


def another_role(user):
    User.objects.filter(pk=user.pk).update(role="clinician")


def another_password(user):
    user.set_password("another-long-password")
    user.save(update_fields=["password"])


def deactivate(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def move_away(user):
    User.objects.filter(pk=user.pk).update(agency=makers.an_agency())


CHANGES = [expire, forget, another_role, another_password, deactivate, move_away]


def test_what_no_event_tells_is_seen_at_the_next_look(stack, limited, centre):
    limited(CHECK=0.2)
    several = [makers.a_user(centre, "dispatcher") for _ in CHANGES]
    untouched = makers.a_user(centre, "dispatcher")

    async def one(change, user):
        async with await in_thread(line, stack, user) as ws:
            await heard(ws, "snapshot")
            # Looked at several times, and let be.
            await heard(ws, "beat")
            await heard(ws, "beat")
            await in_thread(change, user)
            return change.__name__, await closed_with(ws)

    async def story():
        async with await in_thread(line, stack, untouched) as other:
            await heard(other, "snapshot")
            told = await asyncio.gather(*map(one, CHANGES, several))
            await heard(other, "beat")
            await heard(other, "beat")
        return dict(told)

    assert run(story()) == {change.__name__: SIGNED_OUT for change in CHANGES}


@pytest.mark.parametrize(
    ("changed", "why"),
    [({"role": "supervisor"}, "role_changed"), ({"active": False}, "deactivated")],
)
def test_another_role_or_a_closed_door_ends_every_line_at_once(
    stack, dispatcher, colleague, changed, why
):
    stack.start("web")
    by = makers.by(colleague)

    async def story():
        async with (
            await in_thread(line, stack, dispatcher) as one,
            await in_thread(line, stack, dispatcher) as two,
            await in_thread(line, stack, colleague) as other,
        ):
            for ws in (one, two, other):
                await heard(ws, "snapshot")
            await in_thread(account.change, user_id=dispatcher.pk, by=by, **changed)
            byes = [await heard(ws, "bye") for ws in (one, two)]
            codes = [await closed_with(ws) for ws in (one, two)]
            await heard(other, "cards")
            await heard(other, "beat")
        return byes, codes

    byes, codes = run(story())

    assert [bye["why"] for bye in byes] == [why, why]
    assert codes == [SIGNED_OUT, SIGNED_OUT]


def test_who_was_moved_to_another_centre_hears_nothing_of_the_first(
    stack, limited, centre, dispatcher, colleague
):
    limited(CHECK=0.2)
    call = makers.a_call(centre, colleague)

    async def story():
        async with await in_thread(line, stack, dispatcher) as ws:
            await heard(ws, "snapshot")
            await in_thread(move_away, dispatcher)
            await closed_with(ws)
        async with await in_thread(line, stack, dispatcher) as again:
            return await heard(again, "snapshot")

    assert str(call.pk) not in json.dumps(run(story()))


def test_one_person_has_only_so_many_lines_and_nobody_else_suffers(
    stack, limited, dispatcher, colleague
):
    limited(LINES=2)

    async def opened(user):
        ws = await (await in_thread(line, stack, user))
        try:
            await heard(ws, "snapshot")
        except ConnectionClosed as closed:
            return closed.rcvd.code
        return ws

    async def story():
        one, two = await opened(dispatcher), await opened(dispatcher)
        third = await opened(dispatcher)
        await heard(one, "beat")
        await heard(two, "beat")
        other = await opened(colleague)
        await two.close()
        # The console hears of the end a moment later than whoever ended it.
        for _ in range(100):
            again = await opened(dispatcher)
            if again != TOO_MANY:
                break
        for ws in (one, other, again):
            await ws.close()
        return third

    assert run(story()) == TOO_MANY


UNREADABLE = ["http://a:99999999", "http://a:x", "http://[", "http://[::1", "//"]


def test_an_origin_that_cannot_be_read_is_refused_as_any_foreign_one(
    stack, dispatcher, capfd
):
    stack.start("web")

    async def refused(origin):
        with pytest.raises(InvalidStatus) as told:
            async with await in_thread(line, stack, dispatcher, origin=origin):
                pass
        return told.value.response.status_code

    async def story():
        codes = [await refused(origin) for origin in (*UNREADABLE, "null")]
        async with await in_thread(line, stack, dispatcher) as ws:
            await heard(ws, "snapshot")
        return codes

    assert set(run(story())) == {403}
    assert "Traceback" not in capfd.readouterr().err
