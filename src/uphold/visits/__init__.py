# SPDX-License-Identifier: Apache-2.0
"""Visits: five technical data of each, sealed for a short term; what stays of them names nobody.

Not for figures (those are the room `statistics`, which reads the files this one writes and reaches no key).
"""
