"""Which skills a call asks for, by the agency's own wishes."""

from collections.abc import Iterable
from dataclasses import replace

from routing.core import table
from routing.core.facts import CallFacts
from routing.core.protocol import Protocol
from routing.core.queue import Wanted, Wish, highest


def wanted(call: CallFacts, protocol: Protocol) -> Wanted:
    """All wishes that hold together, each skill at the highest level that one asks for."""
    spoken = replace(call, language=family(call.language))
    holding = [one for one in protocol.queue.wishes if table.holds(spoken, one.when)]
    return Wanted(
        required=levels(one for one in holding if one.required),
        preferred=levels(one for one in holding if not one.required),
    )


def levels(wishes: Iterable[Wish]) -> dict[str, int]:
    return highest(*({one.skill: one.level} for one in wishes))


def family(language: str | None) -> str | None:
    """What a language is a kind of: es for es-MX. None = nobody asked which."""
    if language is None:
        return None
    return language.replace("_", "-").partition("-")[0].lower()
