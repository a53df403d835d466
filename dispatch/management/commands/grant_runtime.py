"""Give the runtime role what it needs and no more; run by the owner after migrating."""

import argparse

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connections
from django.db.backends.utils import CursorWrapper

APPEND_ONLY = ("dispatch_event", "dispatch_accessrecord", "dispatch_accessseal")
OWNERS_ALONE = ("django_migrations",)
# Nothing that happened is ever deleted; a session ends by being deleted, and so does
# a skill that somebody has no more, or an agreement of two centres: the log tells
# who had it when.
DELETABLE = ("dispatch_session", "dispatch_skill", "dispatch_agency_neighbours")


class Command(BaseCommand):
    help = "Grant the runtime role its rights. Saying it twice changes nothing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--database", default="owner")

    def handle(self, *, database: str, **options: object) -> None:
        role = settings.RUNTIME_ROLE
        with connections[database].cursor() as cursor:
            name = connections[database].ops.quote_name(role)
            _ensure_role(cursor, role, name)
            cursor.execute(f"GRANT USAGE ON SCHEMA public TO {name}")
            everything = "ON ALL TABLES IN SCHEMA public"
            cursor.execute(f"GRANT SELECT, INSERT, UPDATE {everything} TO {name}")
            cursor.execute(f"REVOKE DELETE, TRUNCATE {everything} FROM {name}")
            cursor.execute(
                f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {name}"
            )
            for table in DELETABLE:
                cursor.execute(f"GRANT DELETE ON {table} TO {name}")
            for table in APPEND_ONLY:
                cursor.execute(f"REVOKE UPDATE ON {table} FROM {name}")
            for table in OWNERS_ALONE:
                cursor.execute(f"REVOKE INSERT, UPDATE ON {table} FROM {name}")


def _ensure_role(cursor: CursorWrapper, role: str, name: str) -> None:
    """Create the role where the owner came alone, and let the owner act as it."""
    cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(f"CREATE ROLE {name} NOLOGIN")
        cursor.execute(f"GRANT {name} TO CURRENT_USER")
