"""What can be pressed on one leg of the line, in the ways that its caller allows."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Call, Contact
from dispatch.models.contact import CALLERS
from dispatch.reach import Reach
from dispatch.states import ContactState

K = ContactState
CALLING_BACK = (K.CALLBACK_DUE, K.CALLBACK_ATTEMPTED)
# Nobody speaks on these: who is on them types.
TYPED = ("tty", "rtt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """One button: what it says, what it does, with which result."""

    label: str
    do: str
    result: str = ""
    channel: str = ""


def ring(
    row: Contact, call: Call, number: str, said: Reach, recorded: int
) -> Press | None:
    """Ring a lost caller back: the telephone does it, or one of ours says that they do."""
    if row.state not in CALLING_BACK or not number:
        return None
    if said.unsafe("voice", recorded):
        return None
    if settings.PHONE == "manual" or call.simulated or row.carrier == "by_hand":
        if row.person_id is not None:
            return None
        return Press(label=_("Ring back: I am dialling"), do="mine")
    if row.carrier in {"wanted", "dial", "rings", "in"}:
        return None
    return Press(label=_("Ring back"), do="ring")


def of_leg(
    row: Contact, said: Reach, recorded: int
) -> tuple[Press | None, tuple[Press, ...]]:
    """What is to be said next of this leg, and what else; ``recorded`` tries were made."""
    match row.state:
        case K.CALLBACK_DUE | K.CALLBACK_ATTEMPTED:
            return _callback(said, recorded)
        case K.OPEN_LINE:
            return _silent(row)
        case K.CONNECTED if row.due == "session_over":
            return Press(label=_("I hold the line"), do="mine"), ()
        case K.HOLDING if row.due == "session_over":
            back = Press(label=_("Back to them"), do="connect")
            return Press(label=_("I hold the line"), do="mine"), (back,)
        case K.HOLDING:
            return Press(label=_("Back to them"), do="connect"), ()
        case K.RINGING | K.ANSWERED:
            return Press(label=_("On the line now"), do="connect"), ()
        case K.CONNECTED if row.channel == "text":
            return Press(label=_("They wrote, or I did"), do="heard"), ()
    return None, ()


def _silent(row: Contact) -> tuple[Press | None, tuple[Press, ...]]:
    """What a silent line turned out to be. On a line for typing, that they type."""
    both = (
        Press(label=_("They speak"), do="tty", result="voice"),
        Press(label=_("Still silent"), do="tty", result="silent"),
    )
    if row.channel in TYPED:
        return Press(label=_("They type"), do="tty", result=row.channel), both
    rtt = Press(label=_("They type, real-time text"), do="tty", result="rtt")
    return Press(label=_("It is a TTY"), do="tty", result="tty"), (rtt, *both)


def _callback(said: Reach, recorded: int) -> tuple[Press | None, tuple[Press, ...]]:
    """What may come of a try, in the ways that the person allows, and in no other."""
    ways = [way for way in ("voice", "text") if not said.unsafe(way, recorded)]
    if not ways:
        return None, ()
    presses: list[Press] = []
    if "voice" in ways:
        presses += _results("voice", ("reached", "no_answer", "busy"))
        if not said.unsafe("voicemail", recorded):
            presses += _results("voice", ("voicemail_left",))
        presses += _results("voice", ("answered_unsafe",))
    if "text" in ways:
        presses += _results("text", ("reached", "no_answer"))
    return presses[0], tuple(presses[1:])


RESULTS: dict[tuple[str, str], object] = {
    ("voice", "reached"): gettext_lazy("Reached them"),
    ("voice", "no_answer"): gettext_lazy("No answer"),
    ("voice", "busy"): gettext_lazy("Busy"),
    ("voice", "voicemail_left"): gettext_lazy("Left a message"),
    ("voice", "answered_unsafe"): gettext_lazy("Somebody else answered, not safe"),
    ("text", "reached"): gettext_lazy("They answered a text"),
    ("text", "no_answer"): gettext_lazy("Sent a text, no answer yet"),
}


def _results(channel: str, results: Sequence[str]) -> list[Press]:
    return [
        Press(
            label=str(RESULTS[channel, result]),
            do="tried",
            result=result,
            channel=channel,
        )
        for result in results
    ]


def more(row: Contact) -> tuple[Press, ...]:
    """What is pressed less often; the page folds it away."""
    caller = row.purpose in CALLERS
    presses = []
    if row.state == K.CONNECTED:
        presses.append(Press(label=_("Hold"), do="hold"))
    # A text is quiet by itself, and has a clock for it.
    heard = row.state in (K.CONNECTED, K.ANSWERED, K.RINGING)
    if caller and heard and row.channel != "text":
        label = _("Nobody types") if row.channel in TYPED else _("Nobody speaks")
        presses.append(Press(label=label, do="silent"))
    if row.state in CALLING_BACK:
        presses.append(Press(label=_("They rang again"), do="connect"))
    elif caller:
        presses.append(Press(label=_("Line lost"), do="lost"))
    if caller and row.person_id and row.state == K.CONNECTED:
        presses.append(Press(label=_("I hold the line"), do="mine"))
    if row.purpose == "interpreter" and row.state != K.RINGING:
        presses.append(Press(label=_("Interpreter left"), do="left"))
        presses.append(Press(label=_("Left: bring another"), do="another"))
    elif not caller:
        presses.append(Press(label=_("Over"), do="hang_up"))
    return tuple(presses)
