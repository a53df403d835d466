"""Personal data at rest: AES-256-GCM per value, key ids, look-up HMAC.

A sealed value is ``key id (1 byte length + text) ‖ nonce (12) ‖ ciphertext ‖ tag``.
Table, column and primary key are bound in as associated data, so that a value
copied to another row does not open.
"""

import base64
import hashlib
import hmac
import os
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models


@cache
def _cipher(key_id: str) -> AESGCM:
    return AESGCM(base64.b64decode(settings.SEAL_KEYS[key_id]))


def seal(text: str, place: str) -> bytes:
    """Encrypt under the newest key. ``place`` is table/column/pk."""
    key_id = max(settings.SEAL_KEYS)
    nonce = os.urandom(12)
    name = key_id.encode()
    body = _cipher(key_id).encrypt(nonce, text.encode(), place.encode())
    return bytes([len(name)]) + name + nonce + body


def unseal(sealed: bytes, place: str) -> str:
    """Decrypt; InvalidTag if the value was altered or moved to another place."""
    end = 1 + sealed[0]
    key_id = sealed[1:end].decode()
    nonce, body = sealed[end : end + 12], sealed[end + 12 :]
    return _cipher(key_id).decrypt(nonce, body, place.encode()).decode()


def lookup(text: str) -> str:
    """A keyed fingerprint by which equal values find each other."""
    key = base64.b64decode(settings.LOOKUP_KEY)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


class _Sealed:
    """Opens the stored bytes only when somebody reads the attribute."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, row: models.Model | None, owner: type | None = None) -> object:
        if row is None:
            return self
        stored = row.__dict__.get(self.name)
        return "" if stored is None else unseal(bytes(stored), self._place(row))

    def __set__(
        self, row: models.Model, value: str | bytes | memoryview | None
    ) -> None:
        if isinstance(value, str):
            value = seal(value, self._place(row)) if value else None
        row.__dict__[self.name] = value

    def _place(self, row: models.Model) -> str:
        return f"{row._meta.db_table}/{self.name}/{row.pk}"


class SealedField(models.BinaryField):
    """Text that rests encrypted. Empty text is stored as NULL."""

    def __init__(self, **options: object) -> None:
        super().__init__(**{"null": True, "blank": True, "editable": True, **options})

    def contribute_to_class(self, cls: type, name: str, **options: object) -> None:
        super().contribute_to_class(cls, name, **options)
        setattr(cls, name, _Sealed(self.attname))

    # Django calls it by position.
    def pre_save(self, row: models.Model, add: bool) -> object:  # noqa: FBT001
        return row.__dict__.get(self.attname)

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        # Migrations see a plain binary column and import none of our code.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs
