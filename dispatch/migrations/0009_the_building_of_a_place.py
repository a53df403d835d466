"""The building of each place, whatever the flat: where a danger next door is found.

Empty for what is there already: what the flat is only our code knows, and a migration
imports none. The clock asks it of each open call, one at a time (`near.unplaced`).
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0008_what_each_caller_told"),
    ]

    operations = [
        migrations.AddField(
            model_name="caller",
            name="building_lookup",
            field=models.CharField(blank=True, db_default="", max_length=64),
        ),
    ]
