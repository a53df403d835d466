"""Translations kept by language: a board asks for the same few words ten thousand times.

Measured: looking a word up anew, and asking which language it is, were half of the
time that a card took to make.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.utils.translation import get_language, gettext

_language: ContextVar[str | None] = ContextVar("language", default=None)


@contextmanager
def one_language() -> Iterator[str]:
    """All that is said inside is said in the language of now, which this gives."""
    language = get_language() or ""
    token = _language.set(language)
    try:
        yield language
    finally:
        _language.reset(token)


def said(text: str) -> str:
    """The text in the reader's language, as gettext gives it."""
    return _kept(_language.get() or get_language() or "", text)


@lru_cache(maxsize=4096)
def _kept(_language: str, text: str) -> str:
    return gettext(text)
