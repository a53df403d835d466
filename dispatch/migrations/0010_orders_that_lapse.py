"""How many orders in a row the crew of a unit let lapse."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0009_the_building_of_a_place"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="missed",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
    ]
