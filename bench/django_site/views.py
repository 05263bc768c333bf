# SPDX-License-Identifier: Apache-2.0
"""The two views of the baseline."""

import json

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from bench.django_site.forms import FeedbackForm
from bench.django_site.models import Consent, Submission, Visit

WORDING = "f" * 64


@csrf_exempt
def feedback(request: HttpRequest) -> JsonResponse:
    """Validate, store two rows in one transaction, answer 201."""
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=422)
    values = form.cleaned_data
    with transaction.atomic():
        stored = Submission.objects.create(
            name=values["name"],
            email=values["email"],
            phone=values["phone"],
            message=values["message"],
        )
        Consent.objects.create(submission=stored, purpose="answer", wording=WORDING)
    return JsonResponse({"id": stored.pk}, status=201)


@csrf_exempt
def visit(request: HttpRequest) -> HttpResponse:
    """Store one row, answer 202."""
    told = json.loads(request.body)
    Visit.objects.create(
        address=request.META["REMOTE_ADDR"],
        browser=request.headers.get("User-Agent", "")[:512],
        page=str(told["page"])[:200],
    )
    return HttpResponse(status=202)
