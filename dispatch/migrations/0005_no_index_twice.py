"""Indexes that are the beginning of another go; every call wrote them ten times."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0004_sessions_with_their_user"),
    ]

    operations = [
        migrations.AlterField(
            model_name="accessrecord",
            name="call",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="dispatch.call",
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="call",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answers",
                to="dispatch.call",
            ),
        ),
        migrations.AlterField(
            model_name="call",
            name="agency",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="dispatch.agency",
            ),
        ),
        migrations.AlterField(
            model_name="caller",
            name="phone_lookup",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AlterField(
            model_name="decision",
            name="call",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="decisions",
                to="dispatch.call",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="agency",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                to="dispatch.agency",
            ),
        ),
        migrations.AlterField(
            model_name="presence",
            name="agency",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="dispatch.agency",
            ),
        ),
        migrations.AddIndex(
            model_name="caller",
            index=models.Index(fields=["phone_lookup"], name="caller_by_phone"),
        ),
    ]
