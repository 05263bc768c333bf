# SPDX-License-Identifier: Apache-2.0
"""One address for each package."""

from django.urls import path

from bench.peers.views import fz, shield

urlpatterns = [path("fz", fz), path("shield", shield)]
