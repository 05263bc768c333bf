# SPDX-License-Identifier: Apache-2.0
"""Whether what is promised is so: audits of the store (probes, threats and detection have their place here)."""
