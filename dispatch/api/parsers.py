"""The body of a write: JSON in UTF-8 with one meaning, or refused."""

import codecs
import json
import math
from collections import Counter
from collections.abc import Mapping
from typing import IO

from django.utils.http import parse_header_parameters
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.parsers import JSONParser

from dispatch.api.shapes import printable


class StrictParser(JSONParser):
    """No key twice, no number that is none. The framework's own kind: its size limit holds."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, object] | None = None,
    ) -> object:
        _kind, said = parse_header_parameters(media_type or "")
        named = (parser_context or {}).get("encoding", "utf-8")
        return one_meaning(stream.read(), str(said.get("charset", named)))


def one_meaning(raw: bytes, charset: str = "utf-8") -> object:
    """The decoded JSON. ParseError; ValidationError names a key that is said twice."""
    if not _utf_8(charset):
        raise ParseError(_("Send the body in UTF-8."))
    try:
        return json.loads(
            raw.decode(),
            object_pairs_hook=_once,
            parse_constant=_finite,
            parse_float=_finite,
        )
    except UnicodeDecodeError as error:
        raise ParseError(_("Send the body in UTF-8.")) from error
    except (ValueError, RecursionError) as error:
        # What is wrong and at which place; the place's content is not repeated.
        why = _("The body cannot be read as JSON: %(why)s") % {"why": error}
        raise ParseError(why) from error


def _utf_8(charset: str) -> bool:
    try:
        return codecs.lookup(charset).name == "utf-8"
    except (LookupError, ValueError):
        return False


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object; refused where a key is said twice, for nobody knows which was meant."""
    said = dict(pairs)
    if len(said) < len(pairs):
        times = Counter(key for key, _value in pairs)
        twice = [printable(key) for key, count in times.items() if count > 1]
        raise ValidationError(dict.fromkeys(twice, _("said twice")))
    return said


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("infinity and NaN are no numbers")
    return value
