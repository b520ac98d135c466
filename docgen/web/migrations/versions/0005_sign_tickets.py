"""Files that are good for one signing."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.String(40)


def upgrade() -> None:
    op.create_table(
        "sign_ticket", sa.Column("digest", sa.String(64), primary_key=True), sa.Column("packet", ID, nullable=False),
        sa.Column("role", sa.Text, nullable=False), sa.Column("name", sa.Text, nullable=False),
        sa.Column("papers", sa.Text, nullable=False),
        sa.Column("person", ID, nullable=False), sa.Column("until", sa.Float, nullable=False),
        sa.Column("used", sa.Float),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("sign_ticket")
