# SPDX-License-Identifier: Apache-2.0
"""When data end. Whoever wants something destroyed asks here; nobody else destroys."""
