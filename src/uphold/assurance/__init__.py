# SPDX-License-Identifier: Apache-2.0
"""Whether what is promised is so: probes of the running site, their evidence, audits, statements that people sign."""
