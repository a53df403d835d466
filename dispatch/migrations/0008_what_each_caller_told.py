"""Where each further caller is, and how each of them may be reached."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0007_what_the_telephone_did"),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="point",
            field=models.BinaryField(blank=True, editable=True, null=True),
        ),
        migrations.AddField(
            model_name="contact",
            name="safe_contact",
            field=models.CharField(
                db_default="not_asked", default="not_asked", max_length=20
            ),
        ),
    ]
