# SPDX-License-Identifier: Apache-2.0
"""Which entry of the journal says that a part was destroyed: in its order the file beside the keys follows."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"


def upgrade() -> None:
    """Add the column; of what was destroyed before, the file is compared with once more."""
    op.add_column("vault_destroyed", sa.Column("entry", sa.BigInteger(), nullable=True))
    op.create_index("ix_vault_destroyed_entry", "vault_destroyed", ["entry"], unique=False)
