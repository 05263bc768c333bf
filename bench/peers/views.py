# SPDX-License-Identifier: Apache-2.0
"""The form of the plain site; its consent is kept by a package, in the transaction that stores the message."""

import uuid
from typing import Any

from compliance_shield.models import ConsentRecord
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django_consent_152fz import service_api

from bench.django_site.forms import FeedbackForm
from bench.django_site.models import Submission
from bench.peers.prepare import DOCUMENT, PURPOSE, TEXT


@csrf_exempt
def fz(request: HttpRequest) -> JsonResponse:
    """Keep the consent with django-consent-152fz, under a token of the person's own."""
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    with transaction.atomic():
        stored = _store(form)
        service_api.accept_consent(
            purpose_code=PURPOSE,
            document_code=DOCUMENT,
            anonymous_token=str(uuid.uuid4()),
            source="form",
            ip_address=request.META["REMOTE_ADDR"],
            user_agent=request.headers.get("User-Agent", ""),
        )
    return JsonResponse({"id": stored.pk}, status=201)


@csrf_exempt
def shield(request: HttpRequest) -> JsonResponse:
    """Keep the consent with django-compliance-shield, which knows consents of accounts only: one is made."""
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    with transaction.atomic():
        stored = _store(form)
        account = User.objects.create(username=str(uuid.uuid4()))
        ConsentRecord.record_consent(account, "data_collection", "OTHER", TEXT, request)
    return JsonResponse({"id": stored.pk}, status=201)


def _store(form: FeedbackForm) -> Any:
    values = form.cleaned_data
    return Submission.objects.create(
        name=values["name"],
        email=values["email"],
        phone=values["phone"],
        message=values["message"],
    )
