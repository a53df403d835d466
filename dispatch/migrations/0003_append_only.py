"""PostgreSQL refuses to change or empty the log, whoever asks."""

from django.db import migrations

TABLES = ("dispatch_event", "dispatch_accessrecord", "dispatch_accessseal")

FUNCTION = """
CREATE FUNCTION dispatch_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""

TRIGGER = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION dispatch_refuse_change()
"""


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_calls_and_what_happens_to_them")]

    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION dispatch_refuse_change"),
        *(
            migrations.RunSQL(
                TRIGGER.format(table=table), f"DROP TRIGGER append_only ON {table}"
            )
            for table in TABLES
        ),
    ]
