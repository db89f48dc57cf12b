"""Files of a form that was refused are held until it is sent again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("outgoing", "0008_letter"),
    ]

    operations = [
        migrations.AlterField(
            model_name="draftupload",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Chờ chuyển sang PDF"),
                    ("converting", "Đang chuyển sang PDF"),
                    ("choosing", "Chờ bạn chọn cách xử lý thay đổi"),
                    ("saved", "Đã lưu dự thảo"),
                    ("refused", "Tệp không dùng được"),
                    ("cancelled", "Đã hủy chuyển"),
                    ("held", "Tệp giữ lại, chưa lưu"),
                    ("used", "Tệp giữ lại đã dùng"),
                ],
                default="waiting",
                max_length=12,
            ),
        ),
    ]
