"""The processes of workers, so that their machine can be asked whether they have ended."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0004_attempts"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [
        migrations.CreateModel(
            name="LivingWorker",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("machine", models.CharField(max_length=120)),
                ("pid", models.IntegerField()),
                ("started", models.BigIntegerField()),
                ("times_held", models.PositiveIntegerField()),
            ],
        ),
        migrations.RunSQL(
            sql="""
            ALTER TABLE kernel_livingworker ADD CONSTRAINT living_worker_is_known
            FOREIGN KEY (number) REFERENCES procrastinate_workers (id) ON DELETE CASCADE
            """,
            reverse_sql="ALTER TABLE kernel_livingworker DROP CONSTRAINT living_worker_is_known",
        ),
    ]
