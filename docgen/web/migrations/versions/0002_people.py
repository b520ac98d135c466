"""Accounts: people, their sessions, one-time links, sign-ins that failed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.String(40)


def upgrade() -> None:
    op.create_table(
        "person", sa.Column("id", ID, primary_key=True),
        sa.Column("login", sa.String(40), nullable=False, unique=True), sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.String(20), nullable=False), sa.Column("unit", ID, nullable=False),
        sa.Column("password", sa.Text, nullable=False), sa.Column("created", sa.Float, nullable=False),
        sa.Column("closed", sa.Float),
    )  # fmt: skip
    op.create_table(
        "session", sa.Column("digest", sa.String(64), primary_key=True), sa.Column("person", ID, nullable=False),
        sa.Column("token", sa.String(64), nullable=False), sa.Column("begun", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
    )  # fmt: skip
    op.create_index("session_person", "session", ["person"])
    op.create_table(
        "link", sa.Column("digest", sa.String(64), primary_key=True), sa.Column("person", ID, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )  # fmt: skip
    op.create_table(
        "login_try", sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("who", sa.String(64), nullable=False), sa.Column("at", sa.Float, nullable=False),
    )  # fmt: skip
    op.create_index("login_try_who", "login_try", ["who", "at"])


def downgrade() -> None:
    for name in ("login_try", "link", "session", "person"):
        op.drop_table(name)
