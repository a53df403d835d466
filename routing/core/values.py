"""One value of a line of facts: of the right kind, or refused by the name of its key."""

from collections.abc import Callable, Mapping
from enum import StrEnum

Reader = Callable[[str, object], object]


class FactsError(ValueError):
    """A fact that cannot be read: the key, and a sentence about it."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key}: {sentence}")
        self.key = key
        self.sentence = sentence


def unknown(
    obj: Mapping[str, object], known: Mapping[str, object], prefix: str
) -> None:
    """Refuse a key that nobody defined: a misspelt answer must not pass for silence."""
    for key in obj:
        if key not in known:
            raise FactsError(f"{prefix}{key}", "is not a key of the facts")


def one_of(choices: type[StrEnum], *, nullable: bool = False) -> Reader:
    """A reader of one word out of a closed set."""
    words = {str(choice): choice for choice in choices}

    def reader(key: str, value: object) -> object:
        if value is None and nullable:
            return None
        if not isinstance(value, str) or value not in words:
            raise FactsError(key, f"must be one of {', '.join(words)}")
        return words[value]

    return reader


def read_flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise FactsError(key, "must be true or false")
    return value


def read_maybe_flag(key: str, value: object) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise FactsError(key, "must be true, false or null")
    return value


def read_maybe_text(key: str, value: object) -> str | None:
    if value is not None and (not isinstance(value, str) or not value):
        raise FactsError(key, "must be text or null")
    return value


def read_count(key: str, value: object) -> int:
    # True is an int in Python, and never a number of units.
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise FactsError(key, "must be a whole number, 0 or more")
    return value


def read_maybe_count(key: str, value: object) -> int | None:
    return None if value is None else read_count(key, value)


def read_object(key: str, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise FactsError(key, "must be an object")
    return value
