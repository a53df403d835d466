"""One key, one effect: the first time acts, the second is answered with the same row."""

import hashlib
import json
from collections.abc import Callable, Mapping

from django.apps import apps
from django.db import IntegrityError, models

from dispatch import quick
from dispatch.errors import KeyReused
from dispatch.events import Actor
from dispatch.models import WriteKey

ONCE = "one_effect_per_key"  # the constraint


def claim(by: Actor, body: str) -> WriteKey:
    """The key's row, sent with the action's first statement.

    That statement waits for a twin in flight, and fails where the key is taken.
    """
    assert by.key is not None
    made = WriteKey(actor=str(by), key=by.key, body_hash=body)
    quick.add(made, filled=False)
    return made


def taken(error: IntegrityError) -> bool:
    """Whether it was the key that was there already, and nothing else."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == ONCE


def body_hash(function: Callable[..., object], kwargs: Mapping[str, object]) -> str:
    said = {name: value for name, value in kwargs.items() if name not in {"by", "seen"}}
    verb = [function.__module__, function.__qualname__]
    body = json.dumps([*verb, said], default=str, sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def named(result: models.Model | None) -> dict[str, str] | None:
    if result is None:
        return None
    return {"model": result._meta.label_lower, "pk": str(result.pk)}


def recall(by: Actor, body: str) -> models.Model | None:
    """The row that the first time answered with, as it is now."""
    written = quick.find(WriteKey, actor=str(by), key=by.key)
    assert written is not None
    if written.body_hash != body:
        raise KeyReused
    if written.result is None:
        return None
    model = apps.get_model(written.result["model"])
    return quick.find(model, **{_pk_of(model): written.result["pk"]})


def _pk_of(model: type[models.Model]) -> str:
    assert model._meta.pk is not None
    return model._meta.pk.name
