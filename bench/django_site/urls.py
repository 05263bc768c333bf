# SPDX-License-Identifier: Apache-2.0
"""The two addresses of the baseline."""

from django.urls import path

from bench.django_site.views import feedback, visit

urlpatterns = [path("f/feedback", feedback), path("visit", visit)]
