"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.String(40)


def upgrade() -> None:
    op.create_table(
        "unit", sa.Column("id", ID, primary_key=True), sa.Column("name", sa.Text, nullable=False),
        sa.Column("parent", ID, nullable=False),
    )  # fmt: skip
    op.create_table(
        "api_key", sa.Column("id", ID, primary_key=True), sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(20), nullable=False), sa.Column("unit", ID, nullable=False),
        sa.Column("created", sa.Float, nullable=False), sa.Column("revoked", sa.Float),
    )  # fmt: skip
    op.create_table(
        "dossier", sa.Column("id", ID, primary_key=True), sa.Column("unit", ID, nullable=False),
        sa.Column("regulation", sa.String(80), nullable=False), sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False), sa.Column("changed", sa.Float, nullable=False),
        sa.Column("deleted", sa.Float),
    )  # fmt: skip
    op.create_index("dossier_unit", "dossier", ["unit"])
    op.create_table(
        "record", sa.Column("dossier", ID, primary_key=True), sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("content", sa.Text, nullable=False),
    )  # fmt: skip
    op.create_table(
        "change", sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("dossier", ID, nullable=False), sa.Column("version", sa.Integer, nullable=False),
        sa.Column("at", sa.Float, nullable=False), sa.Column("who", sa.Text, nullable=False),
        sa.Column("pointer", sa.Text, nullable=False), sa.Column("old", sa.Text), sa.Column("new", sa.Text),
        sa.Column("chain", sa.String(64), nullable=False),
    )  # fmt: skip
    op.create_index("change_dossier", "change", ["dossier", "number"])
    op.create_table(
        "job", sa.Column("id", ID, primary_key=True), sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("dossier", ID, nullable=False), sa.Column("asked", sa.Text, nullable=False),
        sa.Column("state", sa.String(12), nullable=False), sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("claim", ID, nullable=False), sa.Column("heard", sa.Float, nullable=False),
        sa.Column("done", sa.Integer, nullable=False), sa.Column("total", sa.Integer, nullable=False),
        sa.Column("packet", ID, nullable=False), sa.Column("problem", sa.Text),
        sa.Column("created", sa.Float, nullable=False), sa.Column("ended", sa.Float),
    )  # fmt: skip
    op.create_index("job_state", "job", ["state", "created"])
    op.create_index("job_dossier", "job", ["dossier", "created"])
    op.create_table(
        "packet", sa.Column("id", ID, primary_key=True), sa.Column("dossier", ID, nullable=False),
        sa.Column("dossier_version", sa.Integer, nullable=False), sa.Column("draft", sa.Integer, nullable=False),
        sa.Column("created", sa.Float, nullable=False),
    )  # fmt: skip
    op.create_index("packet_dossier", "packet", ["dossier", "created"])
    op.create_table(
        "answered", sa.Column("owner", ID, primary_key=True), sa.Column("key", sa.String(128), primary_key=True),
        sa.Column("request", sa.String(64), nullable=False), sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False), sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("answered", "packet", "job", "change", "record", "dossier", "api_key", "unit"):
        op.drop_table(name)
