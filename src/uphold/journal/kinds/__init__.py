# SPDX-License-Identifier: Apache-2.0
"""The kinds of entry by topic; `journal.catalogue` joins them."""
