"""What opens the entry of a data key in the log: whose the key is.

Rows that are there have neither salt nor entry: the first start gives them both (`api.store.key_entries`).
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

HELD = {"data keys that the log tells of": "SELECT count(*) FROM log_events WHERE kind = 'data_key'"}
"""What the tables of before cannot hold, and how to count it.

A version before would make keys without telling the log, which nobody could tell from keys that somebody else made.
"""


def upgrade() -> None:
    """Makes the column."""
    op.add_column("data_keys", sa.Column("salt", sa.LargeBinary))


def downgrade() -> None:
    """Drops the column."""
    op.drop_column("data_keys", "salt")
