# SPDX-License-Identifier: Apache-2.0
"""Consent: given on one wording for one purpose, withdrawable, provable. Holds no personal data itself."""
