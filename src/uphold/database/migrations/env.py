# SPDX-License-Identifier: Apache-2.0
"""What Alembic runs for each upgrade: the connection is handed over by `database.upgrade`."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
