# SPDX-License-Identifier: Apache-2.0
"""`startproject` settings with DEBUG off; only the database differs between the baselines.

The harness names the database in the environment: BENCH_STORE is one of `sqlite-default`,
`sqlite-tuned` (WAL, FULL, IMMEDIATE), `sqlite-kept` (the same with persistent connections, which
Django does not do unless told) and `postgresql` (persistent too); BENCH_DATABASE is the file, or
the port of a loopback server.
"""

import os
from typing import Any

SECRET_KEY = "bench-only-no-secret-of-anything"  # noqa: S105 - signs nothing in this baseline
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "bench.django_site",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "bench.django_site.urls"
WSGI_APPLICATION = "bench.django_site.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


def database(store: str, place: str) -> dict[str, Any]:
    """Return the connection settings of one baseline."""
    if store == "postgresql":
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "HOST": "127.0.0.1",
            "PORT": place,
            "CONN_MAX_AGE": None,
        }
    sqlite: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": place}
    if store != "sqlite-default":
        sqlite["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    if store == "sqlite-kept":
        sqlite["CONN_MAX_AGE"] = None
    return sqlite


DATABASES = {"default": database(os.environ["BENCH_STORE"], os.environ["BENCH_DATABASE"])}
