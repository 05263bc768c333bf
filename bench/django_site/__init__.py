# SPDX-License-Identifier: Apache-2.0
"""The plain thing a site would otherwise write: a Django form view with two inserts."""
