"""What the telephone service was last asked for each leg, and the two series it counts in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0006_queues_transfers_and_alarms"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="carrier",
            field=models.CharField(blank=True, max_length=10),
        ),
        migrations.AddField(
            model_name="contact",
            name="carrier_room_step",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(
                condition=models.Q(("carrier", ""), _negated=True),
                fields=["since"],
                name="contact_carried",
            ),
        ),
    ]
