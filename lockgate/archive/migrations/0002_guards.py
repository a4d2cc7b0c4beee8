"""The triggers of guards.py: append-only tables, and a queue that fills itself."""

from django.db import migrations

from lockgate.archive import guards


def raise_guards(apps, schema_editor):
    for statement in guards.GUARDS.raising(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


def lower_guards(apps, schema_editor):
    for statement in guards.GUARDS.lowering(schema_editor.connection.vendor):
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("archive", "0001_initial")]
    operations = [migrations.RunPython(raise_guards, lower_guards)]
