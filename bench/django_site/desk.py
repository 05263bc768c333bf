# SPDX-License-Identifier: Apache-2.0
"""A signed-in clerk looks at one message: the row alone, and the row with a note of who looked."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404

from bench.django_site.models import Submission

MAY_LOOK = "django_site.view_submission"


@login_required
@permission_required(MAY_LOOK, raise_exception=True)
def message(_request: HttpRequest, number: int) -> JsonResponse:
    """Answer one row."""
    return _told(get_object_or_404(Submission, pk=number))


@login_required
@permission_required(MAY_LOOK, raise_exception=True)
def noted(request: HttpRequest, number: int) -> JsonResponse:
    """Note in a table who looks at which row, durably, then answer it."""
    found = get_object_or_404(Submission, pk=number)
    with transaction.atomic():
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(Submission),
            object_id=str(number),
            object_repr="message",
            action_flag=CHANGE,
            change_message="looked at",
        )
    return _told(found)


def _told(found: Submission) -> JsonResponse:
    return JsonResponse(
        {
            "id": found.pk,
            "name": found.name,
            "email": found.email,
            "phone": found.phone,
            "message": found.message,
            "at": found.created_at,
        }
    )
