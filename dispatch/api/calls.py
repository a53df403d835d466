"""Calls as JSON: the board, one call, open, correct, note, own, end, reopen."""

from uuid import UUID

from dispatch import access
from dispatch.actions import disposition, intake
from dispatch.actions.intake import Details, Intake
from dispatch.api.base import Asked, Command, Look
from dispatch.api.intake import DetailsIn, OpenCallIn
from dispatch.api.serializers import (
    BoardOut,
    CallOut,
    CloseIn,
    DispositionOut,
    LinkIn,
    NoteIn,
    NoteOut,
    ReasonSeenIn,
    ResolveIn,
    WholeCallOut,
)
from dispatch.api.shapes import Seen
from dispatch.models import Call, CallNote, Disposition, User
from dispatch.selectors import board, plain

INSIDE = {True: "yes", False: "no", None: ""}


class SeeBoard(Look):
    """The open calls, most urgent first, and units and people beside them.

    Leaves an access record, as the page does.
    """

    verb = "board.see"
    gives = BoardOut

    def look(self, user: User, row: None) -> board.Snapshot:
        projection = access.require(user, self.verb)
        access.record(user, self.verb)
        return board.snapshot(user.agency_id, projection)


class SeeCall(Look):
    """One call with all that hangs on it; leaves an access record."""

    verb = "call.see"
    gives = WholeCallOut

    def reach(self, user: User, pk: UUID) -> Call:
        call, _projection = access.read_call(user, pk)
        return call

    def look(self, user: User, row: Call) -> plain.WholeCall:
        return plain.whole(row)


class OpenCall(Command):
    """A new call with its number; whoever opens it owns it."""

    verb = "call.open"
    takes = OpenCallIn
    gives = CallOut
    status = 201

    def act(self, asked: Asked) -> Call:
        known = dict(asked.said)
        if point := known.pop("point", None):
            known["point"] = (point["lat"], point["lon"])
        return intake.open_call(
            agency_id=asked.user.agency_id, intake=Intake(**known), by=asked.by
        )


class CallCommand(Command):
    """A write to one call."""

    gives = CallOut

    def reach(self, user: User, pk: UUID) -> Call:
        return access.call_for(user, pk, self.verb)


def details_of(said: dict[str, object]) -> Details:
    """Only what was said; ``inside`` null means that the boundary is in doubt."""
    known = dict(said)
    if "inside" in known:
        known["inside"] = INSIDE[known["inside"]]
    return Details(**known)


class CorrectCall(CallCommand):
    """Change what is known of the call."""

    verb = "call.edit"
    takes = DetailsIn

    def act(self, asked: Asked) -> Call:
        return intake.correct(
            call_id=asked.row.pk,
            details=details_of(asked.said),
            by=asked.by,
            seen=asked.seen,
        )


class AddNote(CallCommand):
    """Append a note or a line of radio traffic."""

    verb = "call.note"
    takes = NoteIn
    gives = NoteOut
    status = 201

    def act(self, asked: Asked) -> CallNote:
        return intake.add_note(call_id=asked.row.pk, by=asked.by, **asked.said)


class TakeCall(CallCommand):
    """Own the call from now on."""

    verb = "call.own"
    takes = Seen

    def act(self, asked: Asked) -> Call:
        return intake.take(call_id=asked.row.pk, by=asked.by, seen=asked.seen)


class LinkCall(CallCommand):
    """The call is the same event as another, which goes on alone."""

    verb = "call.edit"
    takes = LinkIn

    def act(self, asked: Asked) -> Call:
        other = access.call_for(asked.user, asked.said["duplicate_of"], self.verb)
        return intake.link_calls(
            call_id=asked.row.pk, duplicate_of=other.pk, by=asked.by, seen=asked.seen
        )


class CancelCall(CallCommand):
    """Decide that no help is wanted after all, and say why."""

    verb = "call.edit"
    takes = ReasonSeenIn

    def act(self, asked: Asked) -> Call:
        return intake.cancel(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class ReturnCall(CallCommand):
    """Hand the call back to the centre's ordinary dispatch."""

    verb = "call.edit"
    takes = ReasonSeenIn

    def act(self, asked: Asked) -> Call:
        return intake.return_to_911(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class ResolveCall(CallCommand):
    """Say how the call ended."""

    verb = "call.end"
    takes = ResolveIn
    gives = DispositionOut

    def act(self, asked: Asked) -> Disposition:
        return disposition.resolve(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class CloseCall(CallCommand):
    """Close the call; without an earlier disposition say how it ended."""

    verb = "call.end"
    takes = CloseIn

    def act(self, asked: Asked) -> Call:
        return disposition.close(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )


class ReopenCall(CallCommand):
    """The call is open again and wants another look."""

    verb = "call.end"
    takes = ReasonSeenIn

    def act(self, asked: Asked) -> Call:
        return disposition.reopen(
            call_id=asked.row.pk, by=asked.by, seen=asked.seen, **asked.said
        )
