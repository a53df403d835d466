"""Whether each centre's protocol says where it is: a system check, with the rows.

It informs and refuses nothing: a centre that starts at night without it still works.
"""

from collections.abc import Sequence

from django.apps import apps
from django.core.checks import CheckMessage, Info, Tags, register


def check(
    *, databases: Sequence[str] | None = None, **options: object
) -> list[CheckMessage]:
    if "default" not in (databases or ()):
        return []
    versions = apps.get_model("routing", "ProtocolVersion").objects
    rows = versions.filter(state="published").exclude(document__has_key="centre")
    codes = rows.order_by("agency__code").values_list("agency__code", flat=True)
    return [
        Info(
            f"The protocol of the agency {code} does not say where it is (centre).",
            hint="Add centre and publish it: a place with latitude and longitude"
            " exchanged is noticed then.",
            id="heart.placed",
        )
        for code in codes
    ]


def register_check() -> None:
    register(check, Tags.database, deploy=True)
