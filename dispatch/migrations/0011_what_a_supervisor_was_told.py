"""Since when a supervisor is to know something of a call: an alarm until it is taken."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0010_orders_that_lapse"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="supervisor_told_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="call",
            index=models.Index(
                condition=Q(("supervisor_told_at__isnull", False)),
                fields=["agency"],
                name="call_told",
            ),
        ),
    ]
