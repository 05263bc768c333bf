# SPDX-License-Identifier: Apache-2.0
"""The faces of a site: public pages, console, API, and the guard around them."""
