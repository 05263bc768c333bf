# SPDX-License-Identifier: Apache-2.0
"""A site's people at work, on both engines and in files."""

from tests.office import office, quick_hashing, sqlite_office

__all__ = ["office", "quick_hashing", "sqlite_office"]
