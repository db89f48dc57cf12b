from django.conf import settings
from django.db import migrations, models

#: What was numbered before keeps its code. Where two came to the same one, the earlier keeps it, so that no
#: installation stands still; both stay in their registers as they are.
_KEEP = """
UPDATE outgoing_outgoingdocument AS kept SET given_code = numbered.code
FROM (
    SELECT o.document_id, d.number || '/' || d.notation AS code,
           row_number() OVER (
               PARTITION BY o.agency_id, o.number_year, d.number || '/' || d.notation
               ORDER BY o.numbered_at, o.document_id
           ) AS place
    FROM outgoing_outgoingdocument AS o JOIN documents_document AS d ON d.id = o.document_id
    WHERE o.number IS NOT NULL
) AS numbered
WHERE numbered.document_id = kept.document_id AND numbered.place = 1
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("organizations", "0002_never_deleted"),
        ("outgoing", "0003_written_heading"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="outgoingdocument",
            name="given_code",
            field=models.CharField(max_length=120, null=True),
        ),
        migrations.RunSQL(_KEEP, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="outgoingdocument",
            constraint=models.UniqueConstraint(
                fields=("agency", "number_year", "given_code"), name="outgoing_code_once_a_year"
            ),
        ),
    ]
