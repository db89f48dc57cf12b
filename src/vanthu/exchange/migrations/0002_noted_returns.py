import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0001_initial"),
        ("exchange", "0001_initial"),
        ("kernel", "0003_blob_damage"),
        ("organizations", "0002_never_deleted"),
        ("outgoing", "0004_one_code_a_year"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="noted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="delivery",
            name="noted_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="noted_word",
            field=models.CharField(blank=True, max_length=2000),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("noted_at__isnull", True), ("state__in", ["02", "refused"])),
                fields=["document"],
                name="delivery_come_back",
            ),
        ),
    ]
