"""The index by which a building is found, made beside the work: nobody waits for it.

It waits for what began before it, as long as that takes. Cut off, it leaves an index that
is of no use; the next time begins with its removal.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

PATIENT = ["SET lock_timeout = 0", "SET statement_timeout = 0"]
AS_BEFORE = ["RESET lock_timeout", "RESET statement_timeout"]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("dispatch", "0012_what_others_call_a_leg"),
    ]

    operations = [
        migrations.RunSQL(PATIENT, AS_BEFORE),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS caller_by_building",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="caller",
            index=models.Index(
                condition=~Q(building_lookup=""),
                fields=["building_lookup"],
                name="caller_by_building",
            ),
        ),
        migrations.RunSQL(AS_BEFORE, PATIENT),
    ]
