"""The building of each place, whatever the flat: where a danger next door is found."""

from django.db import migrations, models
from django.db.models import Q

# Of what is stored only the look-up is known: right for every place without a flat.
FILL = "UPDATE dispatch_caller SET building_lookup = place_lookup"


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
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="caller",
            index=models.Index(
                condition=~Q(building_lookup=""),
                fields=["building_lookup"],
                name="caller_by_building",
            ),
        ),
    ]
