"""The team that waits to be relieved, by the seat of its relief: whoever gets that seat.

Filled from what was asked by name, for the calls that are worked on.
"""

from django.db import migrations, models

FILL = """
  UPDATE dispatch_seat s SET relieves = (o.because->>1)::uuid
  FROM dispatch_offer o
  WHERE o.seat_id = s.id AND o.because->>0 = 'replaces'
    AND s.state IN ('wanted', 'filled')
"""


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0013_find_a_building"),
    ]

    operations = [
        migrations.AddField(
            model_name="seat",
            name="relieves",
            field=models.UUIDField(null=True),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
