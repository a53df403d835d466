"""Domain errors: a code for programs, a sentence for people. No HTTP."""

from collections.abc import Mapping


def _(sentence: str) -> str:
    """Marks a sentence for translators; the edges translate it, with their framework."""
    return sentence


class DispatchError(Exception):
    """What an action refuses. Edges translate ``sentence`` and fill in ``params``."""

    code = "refused"
    sentence = _("That is not possible now.")

    def __init__(self, sentence: str | None = None, **params: object) -> None:
        self.sentence = sentence or self.sentence
        self.params: Mapping[str, object] = params
        super().__init__(self.sentence % params if params else self.sentence)


class NotFound(DispatchError):
    code = "not_found"
    sentence = _("There is nothing here that you may see.")


class Forbidden(DispatchError):
    code = "forbidden"
    sentence = _("Your role does not do this.")


class Invalid(DispatchError):
    """A value that cannot be taken; ``field`` names the place."""

    code = "invalid"
    sentence = _("%(field)s: %(why)s")


class IllegalMove(DispatchError):
    code = "illegal_move"
    sentence = _("This cannot go from %(from_state)s to %(to_state)s.")


class Stale(DispatchError):
    code = "stale"
    sentence = _("This call changed since you looked. Look again, then decide.")


class LostRace(DispatchError):
    code = "lost_race"
    sentence = _("Somebody else was first.")


class NotFree(DispatchError):
    code = "not_free"
    sentence = _("%(name)s is not free now.")


class FloorForbids(DispatchError):
    code = "floor_forbids"
    sentence = _("The safety rules forbid this: %(why)s")


class Ended(DispatchError):
    """News of a call that nobody works on any more: whoever has it is to say it aloud."""

    code = "ended"
    sentence = _(
        "This call has ended here, and this was not kept. Phone the centre now: "
        "%(phone)s. If somebody is in danger: 911."
    )


class KeyReused(DispatchError):
    code = "key_reused"
    sentence = _("This key was used for something else. Load the page again.")


class Busy(DispatchError):
    code = "busy"
    sentence = _("The console is busy. Nothing was changed; please send it again.")
