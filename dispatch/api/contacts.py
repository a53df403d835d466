"""Legs of the line as JSON: ring others, connect, hold, lose, call back, hang up."""

from collections.abc import Callable, Mapping
from uuid import UUID

from dispatch import access
from dispatch.actions import callback, contact
from dispatch.api.base import Asked, Command
from dispatch.api.calls import CallCommand
from dispatch.api.serializers import ContactOut
from dispatch.api.shapes import Choice, Code, Flag, Nothing, Seen, Text, Whole
from dispatch.models import Contact, User
from dispatch.models.contact import OTHERS

# What somebody asked for on another call, and is rung against.
CONFIRMED = ("none", "text_first")
STEPS: Mapping[str, Callable[..., Contact]] = {
    "connected": contact.connect,
    "holding": contact.hold,
    "lost": contact.lost,
    "silent": contact.silent,
    "heard": contact.heard,
    "mine": contact.mine,
}


class ReachIn(Nothing):
    purpose = Choice(OTHERS)
    name = Text(required=False, allow_blank=True, max_length=80)
    number = Text(max_length=40)
    confirmed = Choice(
        CONFIRMED,
        required=False,
        help_text="The wish of another call, as it was shown.",
    )
    reason = Choice(callback.RING_WHY, required=False)


class InterpreterIn(Nothing):
    """Who interprets is checked by the action, which says why a child may not."""

    language = Code()
    interpreter = Text(max_length=20)


class StepIn(Nothing):
    to = Choice(STEPS)


class ChannelIn(Nothing):
    channel = Choice(contact.WRITTEN)
    relay = Choice(contact.RELAYS, required=False)
    theirs = Flag(required=False, help_text="A text: they write to us, and began.")


class TtyIn(Nothing):
    result = Choice(contact.TTY)


class TriedIn(Nothing):
    result = Choice(callback.RESULTS)
    channel = Choice(callback.CHANNELS, required=False)
    number = Whole(required=False, help_text="Which try it was, as it was shown.")


class StopIn(Seen):
    reason = Choice(callback.STOP_WHY)


class HangUpIn(Seen):
    decided = Flag(required=False)
    reason = Choice(contact.HANG_UP_WHY, required=False)


class ReachOut(CallCommand):
    """Ring the clinician on call, or somebody who knows the person."""

    verb = "contact.work"
    takes = ReachIn
    gives = ContactOut
    status = 201

    def act(self, asked: Asked) -> Contact:
        return contact.reach_out(call_id=asked.row.pk, by=asked.by, **asked.said)


class AskInterpreter(ReachOut):
    """Ask for an interpreter; never a child, a relative or the other side."""

    takes = InterpreterIn

    def act(self, asked: Asked) -> Contact:
        return contact.ask_interpreter(call_id=asked.row.pk, by=asked.by, **asked.said)


class LeftIn(Nothing):
    another = Flag(required=False, help_text="Ring for another one at once.")


class ContactCommand(Command):
    """What became of one leg."""

    verb = "contact.work"
    gives = ContactOut

    def reach(self, user: User, pk: UUID) -> Contact:
        return access.contact_for(user, pk, self.verb)


class StepContact(ContactCommand):
    """Connected, on hold, lost, silent, or heard by text."""

    takes = StepIn

    def act(self, asked: Asked) -> Contact:
        return STEPS[str(asked.said["to"])](contact_id=asked.row.pk, by=asked.by)


class InterpreterLeft(ContactCommand):
    """The interpreter has left; answers with the leg of ``another``, if one is rung."""

    takes = LeftIn

    def act(self, asked: Asked) -> Contact:
        return contact.interpreter_left(
            contact_id=asked.row.pk, by=asked.by, **asked.said
        )


class ChangeChannel(ContactCommand):
    """Voice, text, TTY, real-time text, or a relay of this kind."""

    takes = ChannelIn

    def act(self, asked: Asked) -> Contact:
        return contact.change_channel(
            contact_id=asked.row.pk, by=asked.by, **asked.said
        )


class QueriedTty(ContactCommand):
    """The silent line was asked as TTY."""

    takes = TtyIn

    def act(self, asked: Asked) -> Contact:
        return contact.queried_tty(contact_id=asked.row.pk, by=asked.by, **asked.said)


class TryCallback(ContactCommand):
    """A lost caller was called or texted, in a way that they allow."""

    takes = TriedIn

    def act(self, asked: Asked) -> Contact:
        return callback.tried(contact_id=asked.row.pk, by=asked.by, **asked.said)


class StopCallback(ContactCommand):
    """You decide that nobody calls back, and why."""

    takes = StopIn

    def act(self, asked: Asked) -> Contact:
        return callback.stop(
            contact_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class HangUp(ContactCommand):
    """End a leg; a caller at risk only ``decided``, with a reason."""

    takes = HangUpIn

    def act(self, asked: Asked) -> Contact:
        return contact.hang_up(
            contact_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )
