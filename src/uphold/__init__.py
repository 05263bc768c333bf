# SPDX-License-Identifier: Apache-2.0
"""Uphold runs a website operator's side of its privacy policy and proves, clause by clause, that it is kept."""

from uphold import later

__version__ = "0.1.0"

later.install()
