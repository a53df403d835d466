"""What another system calls a leg, apart from the carrier's name; how often it rang."""

from django.db import migrations, models
from django.db.models import Q

# A carrier's own names begin so. An announcement's is a fingerprint already; that of a
# caller whom a program added stood as it came. Both stay where they were too: processes
# of the version before look for them there. Of what is over nobody speaks again.
FILL = r"""
  UPDATE dispatch_contact t SET source_ref = CASE
    WHEN t.carrier_ref ~ '^[0-9a-f]{64}$' THEN t.carrier_ref
    ELSE encode(sha256(convert_to(
      'caller:' || c.agency_id || ':' || t.carrier_ref, 'UTF8')), 'hex') END
  FROM dispatch_call c
  WHERE c.id = t.call_id AND t.carrier_ref <> ''
    AND t.carrier_ref !~ '^CA[0-9a-f]{32}$'
    AND c.state IN ('new', 'triaging', 'decided', 'working', 'resolved', 'duplicate')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0011_what_a_supervisor_was_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="rings",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="contact",
            name="source_ref",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=~Q(source_ref=""),
                fields=["source_ref"],
                name="contact_by_source",
            ),
        ),
    ]
