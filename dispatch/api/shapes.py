"""The plain parts of a body that comes in: strict about keys and types."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from rest_framework import serializers

CODE = r"^[a-z0-9_]{1,40}$"
LARGEST = 2**31 - 1


class Nothing(serializers.Serializer):
    """A body in which a key that nobody knows is an error, not a silence."""

    def to_internal_value(self, body: object) -> dict[str, object]:
        if isinstance(body, Mapping):
            unknown = [key for key in body if key not in self.fields]
            if unknown:
                named = {printable(key): _("no such key") for key in unknown}
                raise serializers.ValidationError(named)
        return super().to_internal_value(body)


def printable(key: str) -> str:
    """A key as it may be named to whoever sent it, however strange or long it is."""
    return key[:60].encode("ascii", "backslashreplace").decode()


class Text(serializers.CharField):
    """Text and nothing that only looks like it."""

    def to_internal_value(self, value: object) -> str:
        if not isinstance(value, str):
            self.fail("invalid")
        return super().to_internal_value(value)


class Flag(serializers.BooleanField):
    """true or false; "yes" and 1 are neither."""

    def to_internal_value(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise serializers.ValidationError(_("must be true or false"))
        return value


class Whole(serializers.IntegerField):
    """A whole number; "7" and true are none."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST, **options})

    def to_internal_value(self, value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            self.fail("invalid")
        return super().to_internal_value(value)


class Degrees(serializers.FloatField):
    def to_internal_value(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fail("invalid")
        return super().to_internal_value(value)


class Choice(serializers.ChoiceField):
    """One of the words; what came instead is not repeated."""

    def __init__(self, choices: Iterable[str], **options: object) -> None:
        words = [str(word) for word in choices]
        shown = ", ".join(word or '""' for word in words)
        options["error_messages"] = {"invalid_choice": _("one of ") + shown}
        options.setdefault("allow_blank", "" in words)
        super().__init__(choices=words, **options)

    def to_internal_value(self, value: object) -> str:
        if not isinstance(value, str):
            self.fail("invalid_choice", input="")
        return super().to_internal_value(value)


class Code(serializers.RegexField):
    """A word of a list that somebody keeps: events hold codes, never sentences."""

    def __init__(self, **options: object) -> None:
        super().__init__(CODE, **options)

    def to_internal_value(self, value: object) -> str:
        if not isinstance(value, str):
            self.fail("invalid")
        return super().to_internal_value(value)


class Seen(Nothing):
    """A body whose action must know which version the sender saw."""

    version = Whole(required=False, help_text="Or the header If-Match.")
