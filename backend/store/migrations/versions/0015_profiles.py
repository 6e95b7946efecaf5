"""Profiles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _text(name: str, length: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=False)


def upgrade() -> None:
    op.create_table(
        "profile",
        _text("tenant", 32),
        _text("account", 32),
        _text("handle", 30),
        _text("name", 60),
        _text("text", 300),
        _text("links", 1010),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("shows_achievements", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_profile_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "account", name="pk_profile"),
    )
    op.create_index("uq_profile_handle", "profile", ["tenant", "handle"], unique=True)
    op.create_table(
        "hidden_site",
        _text("tenant", 32),
        _text("site", 32),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_hidden_site_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", name="pk_hidden_site"),
    )


def downgrade() -> None:
    op.drop_table("hidden_site")
    op.drop_table("profile")
