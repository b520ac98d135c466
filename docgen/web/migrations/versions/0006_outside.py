"""Accounts of people who sign in elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("origin", sa.String(10)))
    op.add_column("person", sa.Column("subject", sa.Text))
    op.create_index("person_subject", "person", ["subject"], unique=True)


def downgrade() -> None:
    op.drop_index("person_subject", "person")
    op.drop_column("person", "subject")
    op.drop_column("person", "origin")
