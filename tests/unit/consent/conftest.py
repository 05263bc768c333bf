# SPDX-License-Identifier: Apache-2.0
"""A site on each engine."""

from tests.site import app

__all__ = ["app"]
