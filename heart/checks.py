"""System checks: a bad set-up is a message at start, not an incident at night.

What must hold everywhere runs with every command. What only production must hold runs
with `check --deploy`, and what needs rows with `--database default` beside it.
"""

import base64
import binascii
import importlib.util
from collections.abc import Callable, Iterator, Sequence

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.db.models import Q

SECRET_LENGTH = 50
KEY_BYTES = 32
DEMO = "demo"  # the agency that `seed_demo` makes

Faults = Iterator[tuple[str, str]]  # what is wrong, and what to do


def _times() -> Faults:
    if settings.TIME_ZONE != "UTC" or not settings.USE_TZ:
        yield (
            "Times must rest in UTC.",
            "Set TIME_ZONE to UTC and USE_TZ to True; an agency has its own zone.",
        )


def _transactions() -> Faults:
    for alias, database in settings.DATABASES.items():
        if database.get("ATOMIC_REQUESTS"):
            yield (
                f"ATOMIC_REQUESTS is on for {alias}: no action could be durable.",
                "Take it out. Actions own their transactions.",
            )


def _driver() -> Faults:
    if importlib.util.find_spec("psycopg"):
        yield (
            "psycopg 3 is installed, and Django would take it instead of psycopg2.",
            "Uninstall psycopg; everything was measured and tested with psycopg2.",
        )
    for alias, database in settings.DATABASES.items():
        if database["ENGINE"] != "django.db.backends.postgresql":
            yield (
                f"The database {alias} is not PostgreSQL.",
                "Locks, constraints and triggers of PostgreSQL are part of the design.",
            )


def _channel_layer() -> Faults:
    if "InMemory" in settings.CHANNEL_LAYERS["default"]["BACKEND"]:
        yield (
            "The channel layer is in memory: no process hears another.",
            "Use channels_redis.pubsub.RedisPubSubChannelLayer.",
        )


def _secrets() -> Faults:
    key = settings.SECRET_KEY
    weak = len(key) < SECRET_LENGTH or len(set(key)) < 10
    if weak or key.startswith("django-insecure"):
        yield (
            "SECRET_KEY is weak.",
            f"Make one of {SECRET_LENGTH} random signs or more: openssl rand -hex 32.",
        )
    keys = {f"SEAL_KEYS[{name!r}]": key for name, key in settings.SEAL_KEYS.items()}
    for name, key in {**keys, "LOOKUP_KEY": settings.LOOKUP_KEY}.items():
        if not _is_key(key):
            yield (
                f"{name} is no key of {KEY_BYTES} bytes.",
                f"Make one: openssl rand -base64 {KEY_BYTES}.",
            )
    if not keys:
        yield "SEAL_KEYS is empty.", "Personal data could not be sealed: give one key."


def _is_key(text: str) -> bool:
    try:
        return len(base64.b64decode(text, validate=True)) == KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _hosts() -> Faults:
    if "*" in settings.ALLOWED_HOSTS:
        yield (
            "ALLOWED_HOSTS lets every name in, and with it every site's sockets.",
            "Name the console's own host names.",
        )


def _role() -> Faults:
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
            " AND pg_has_role(current_user, tableowner, 'USAGE')"
        )
        (owned,) = cursor.fetchone()
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (all_powerful,) = cursor.fetchone()
    if owned or all_powerful:
        yield (
            f"The runtime role could alter the log: it owns {owned} tables.",
            "Give DATABASE_URL the role heart_app; migrate as another, the owner.",
        )


def _protocols() -> Faults:
    agencies = apps.get_model("dispatch", "Agency").objects
    for agency in agencies.exclude(protocols__state="published").order_by("code"):
        yield (
            f"The agency {agency.code} has no published protocol.",
            f"manage.py publish_protocol --agency {agency.code} FILE.",
        )


def _demo_accounts() -> Faults:
    users = apps.get_model("dispatch", "User").objects.filter(is_active=True)
    demo = users.filter(Q(simulated=True) | Q(agency__code=DEMO)).count()
    if demo:
        yield (
            f"{demo} accounts of the demo centre can act here.",
            "Real callers need a database that seed_demo never touched.",
        )


def _check(
    name: str, faults: Callable[[], Faults], *, rows: bool
) -> Callable[..., list[CheckMessage]]:
    """As Django calls it; a check that needs rows looks at the runtime role's only."""

    def check(
        *, databases: Sequence[str] | None = None, **options: object
    ) -> list[CheckMessage]:
        if rows and "default" not in (databases or ()):
            return []
        return [Error(said, hint=hint, id=f"heart.{name}") for said, hint in faults()]

    return check


EVERYWHERE = (_times, _transactions, _driver)
PRODUCTION = (_channel_layer, _secrets, _hosts)
ROWS = (_role, _protocols, _demo_accounts)


def register_all() -> None:
    for faults in (*EVERYWHERE, *PRODUCTION, *ROWS):
        name, rows = faults.__name__.lstrip("_"), faults in ROWS
        register(
            _check(name, faults, rows=rows),
            Tags.database if rows else Tags.security,
            deploy=faults not in EVERYWHERE,
        )
