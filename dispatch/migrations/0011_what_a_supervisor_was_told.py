"""When a supervisor was last told something of a call: an alarm until it is taken."""

from django.db import migrations, models


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
    ]
