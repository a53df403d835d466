"""What every event is made of, who acts, and which events leave the call as it was."""

from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar, dataclass_transform
from uuid import UUID

Body = TypeVar("Body", bound="EventBody")
Value = str | int | bool | None | UUID | tuple[str, ...] | dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts: user, operator, clock, router, simulator. ``key`` makes it act once."""

    kind: str
    id: UUID | None = None
    name: str = ""
    key: str | None = None

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}" if self.id else self.kind


CLOCK = Actor(kind="clock")
ROUTER = Actor(kind="router")
TELEPHONE = Actor(kind="phone")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBody:
    changes_call: ClassVar[bool] = True

    def as_json(self) -> dict[str, object]:
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def beside(body: type[Body]) -> type[Body]:
    """An event beside the call, or of no call: an older look at the call still holds."""
    body.changes_call = False
    return dataclass(frozen=True, slots=True, kw_only=True)(body)


def _plain(value: Value) -> object:
    if isinstance(value, UUID):
        return str(value)
    return list(value) if isinstance(value, tuple) else value
