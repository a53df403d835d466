"""One key, one effect: the first time acts, the second is answered with the same row."""

import hashlib
import json
from collections.abc import Callable, Mapping

from django.apps import apps
from django.db import connection, models

from dispatch import quick
from dispatch.errors import KeyReused
from dispatch.events import Actor
from dispatch.models import WriteKey


def claim(by: Actor, body: str) -> tuple[WriteKey, bool]:
    """The key's row, and whether this is the first time. Waits for a twin in flight."""
    assert by.key is not None
    made = WriteKey(actor=str(by), key=by.key, body_hash=body)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO dispatch_writekey (id, actor, key, body_hash)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT (actor, key) DO NOTHING"
            " RETURNING clock_timestamp()",
            [made.pk, made.actor, made.key, made.body_hash],
        )
        if said := cursor.fetchone():
            quick.heard(said[0])
            return made, True
    stored = quick.find(WriteKey, actor=str(by), key=by.key)
    assert stored is not None
    if stored.body_hash != body:
        raise KeyReused
    return stored, False


def body_hash(function: Callable[..., object], kwargs: Mapping[str, object]) -> str:
    said = {name: value for name, value in kwargs.items() if name not in {"by", "seen"}}
    verb = [function.__module__, function.__qualname__]
    body = json.dumps([*verb, said], default=str, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def named(result: models.Model | None) -> dict[str, str] | None:
    if result is None:
        return None
    return {"model": result._meta.label_lower, "pk": str(result.pk)}


def recall(written: WriteKey) -> models.Model | None:
    """The row that the first time answered with, as it is now."""
    if written.result is None:
        return None
    model = apps.get_model(written.result["model"])
    return quick.find(model, **{_pk_of(model): written.result["pk"]})


def _pk_of(model: type[models.Model]) -> str:
    assert model._meta.pk is not None
    return model._meta.pk.name
