"""What was granted, once each."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reward_grant",
        sa.Column("tenant", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("granted_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(400), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("cents", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("booked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("usable_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("booked >= 0 AND booked <= cents", name="ck_reward_grant_booked"),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_reward_grant_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "account", "key", name="pk_reward_grant"),
    )
    op.create_index("ix_reward_grant_granted", "reward_grant", ["tenant", "kind", "granted_at"])


def downgrade() -> None:
    op.drop_table("reward_grant")
