# SPDX-License-Identifier: Apache-2.0
"""A form comes in: decoded, checked against its declaration, sealed, and stored in one transaction."""
