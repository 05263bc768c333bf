# SPDX-License-Identifier: Apache-2.0
"""The addresses of the baseline."""

from django.urls import path

from bench.django_site.desk import message, noted
from bench.django_site.views import feedback, visit

urlpatterns = [
    path("f/feedback", feedback),
    path("visit", visit),
    path("desk/<int:number>", message),
    path("desk/<int:number>/noted", noted),
]
