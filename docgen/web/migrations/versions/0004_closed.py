"""When the grades of a dossier were closed; those that the log says are closed now are marked."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("dossier", sa.Column("closed", sa.Float))
    db = op.get_bind()
    lines = db.execute(sa.text("SELECT dossier, at, new FROM change WHERE pointer = '/grades_closed' ORDER BY number"))
    last = {row.dossier: row.at if json.loads(row.new).get("closed") else None for row in lines}
    for dossier, at in last.items():
        db.execute(sa.text("UPDATE dossier SET closed = :at WHERE id = :id"), {"at": at, "id": dossier})


def downgrade() -> None:
    op.drop_column("dossier", "closed")
