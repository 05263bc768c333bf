# SPDX-License-Identifier: Apache-2.0
"""The only room that speaks to a database driver: engines, migrations, and the group-commit writer."""
