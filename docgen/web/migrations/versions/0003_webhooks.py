"""Webhooks and what is to be delivered to them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.String(40)


def upgrade() -> None:
    op.create_table(
        "webhook", sa.Column("id", ID, primary_key=True), sa.Column("unit", ID, nullable=False),
        sa.Column("url", sa.Text, nullable=False), sa.Column("events", sa.Text, nullable=False),
        sa.Column("secret", sa.Text, nullable=False), sa.Column("bearer", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False), sa.Column("removed", sa.Float),
    )  # fmt: skip
    op.create_table(
        "delivery", sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("webhook", ID, nullable=False), sa.Column("event", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False), sa.Column("body", sa.Text, nullable=False),
        sa.Column("created", sa.Float, nullable=False), sa.Column("state", sa.String(12), nullable=False),
        sa.Column("tries", sa.Integer, nullable=False), sa.Column("due", sa.Float, nullable=False),
        sa.Column("told", sa.String(80), nullable=False), sa.Column("ended", sa.Float),
    )  # fmt: skip
    op.create_index("delivery_webhook", "delivery", ["webhook", "state", "number"])


def downgrade() -> None:
    for name in ("delivery", "webhook"):
        op.drop_table(name)
