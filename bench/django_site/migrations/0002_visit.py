# SPDX-License-Identifier: Apache-2.0
"""The table of visits, as `makemigrations` wrote it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Create Visit."""

    dependencies = (("django_site", "0001_initial"),)
    operations = (
        migrations.CreateModel(
            name="Visit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False)),
                ("address", models.GenericIPAddressField()),
                ("cookie", models.CharField(blank=True, max_length=100)),
                ("browser", models.CharField(max_length=512)),
                ("page", models.CharField(max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
    )
