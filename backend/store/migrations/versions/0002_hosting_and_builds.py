"""Sites that are hosted and built: releases, domains, builds and their logs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(32), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    op.create_table(
        "build",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("cause", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("commit", sa.String(64), nullable=True),
        sa.Column("delivery", sa.String(64), nullable=True),
        _count("tries"),
        sa.Column("queued_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("worker", sa.String(64), nullable=True),
        sa.Column("is_cancelling", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("release", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_build_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_build"),
    )
    op.create_index("ix_build_account", "build", ["tenant", "account", "state"])
    op.create_index("ix_build_site", "build", ["tenant", "site", "id"])
    op.create_index("ix_build_state", "build", ["state", "seen_at"])
    op.create_index("uq_build_delivery", "build", ["tenant", "site", "delivery"], unique=True)
    op.create_table(
        "build_line",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("build", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(1000), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_build_line_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", "build", "number", name="pk_build_line"),
    )
    op.create_table(
        "hosting",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("live", sa.String(32), nullable=True),
        _count("stored_bytes"),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_hosting_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", name="pk_hosting"),
    )
    op.create_index("uq_hosting_name", "hosting", ["name"], unique=True)
    op.create_table(
        "domain",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["hosting.tenant", "hosting.site"], name="fk_domain_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", "name", name="pk_domain"),
    )
    op.create_index("uq_domain_name", "domain", ["name"], unique=True)
    op.create_table(
        "release",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("manifest", sa.String(64), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("preview", sa.String(20), nullable=True),
        sa.Column("files", sa.Integer(), nullable=False),
        _count("bytes"),
        _count("awaited_bytes"),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["hosting.tenant", "hosting.site"], name="fk_release_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_release"),
    )
    op.create_index("ix_release_site", "release", ["tenant", "site", "finished_at"])


def downgrade() -> None:
    for table in ("release", "domain", "hosting", "build_line", "build"):
        op.drop_table(table)
