# SPDX-License-Identifier: Apache-2.0
"""The plain site with both packages for consents: the same form, and what was consented to kept by one of them."""

from bench.django_site.settings import *  # noqa: F403 - settings are a list of names
from bench.django_site.settings import INSTALLED_APPS as PLAIN, MIDDLEWARE as PLAIN_MIDDLEWARE

INSTALLED_APPS = [*PLAIN, "django_consent_152fz", "compliance_shield"]
MIDDLEWARE = [*PLAIN_MIDDLEWARE, "compliance_shield.middleware.ComplianceMiddleware"]
ROOT_URLCONF = "bench.peers.urls"

DJANGO_CONSENT_152FZ = {
    "purposes": {
        "answer": {
            "label": "Ответ на обращение",
            "description": "Ответить на то, что написано в форме.",
            "fields": ["full_name", "email", "phone", "request_text"],
        }
    }
}
_KEY = "YmVuY2gtb25seS1uby1zZWNyZXQtb2YtYW55dGhpbmc="
COMPLIANCE_SHIELD = {
    "ENCRYPTION_KEY_OTHER": _KEY,
    "BLIND_INDEX_SECRET_OTHER": _KEY,
    "DEFAULT_JURISDICTION": "OTHER",
    # Those who send a form have no account, so nothing is asked of them before they may.
    "REQUIRED_CONSENTS": [],
}
