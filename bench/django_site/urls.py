# SPDX-License-Identifier: Apache-2.0
"""The one address of the baseline."""

from django.urls import path

from bench.django_site.views import feedback

urlpatterns = [path("f/feedback", feedback)]
