"""Operations: what operators did, flags, checks, and how jobs went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def _text(name: str, length: int, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=nullable)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        _text("tenant", 32),
        _text("id", 32),
        _big("at"),
        _text("actor", 32),
        _text("role", 12),
        _text("action", 60),
        _text("kind", 20),
        _text("subject", 100),
        _long("facts"),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_audit_entry"),
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["tenant", "at", "id"])
    for column in ("actor", "action", "subject"):
        op.create_index(f"ix_audit_entry_{column}", "audit_entry", ["tenant", column, "at"])
    _forbid_changes()
    _create_flags_and_checks()
    _create_jobs()


def _create_flags_and_checks() -> None:
    op.create_table(
        "feature_flag",
        _text("tenant", 32),
        _text("name", 40),
        _text("description", 300),
        sa.Column("is_on", sa.Boolean(), nullable=False),
        _number("percent"),
        _long("accounts"),
        _text("tiers", 60),
        _big("changed_at"),
        _text("changed_by", 32),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_feature_flag"),
    )
    op.create_table(
        "check_run",
        _text("tenant", 32),
        _text("id", 32),
        _text("by", 32),
        _big("started_at"),
        _big("ended_at"),
        _number("differences"),
        _long("found"),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_check_run"),
    )


def _create_jobs() -> None:
    op.create_table(
        "job",
        _text("tenant", 32),
        _text("name", 60),
        _text("schedule", 40, nullable=True),
        _big("started_at", nullable=True),
        _big("ended_at", nullable=True),
        _text("outcome", 12),
        _text("reason", 300),
        _number("number"),
        sa.PrimaryKeyConstraint("tenant", "name", name="pk_job"),
    )
    op.create_table(
        "job_failure",
        _text("tenant", 32),
        _text("id", 100),
        _text("name", 60),
        _big("at"),
        _text("reason", 300),
        _big("retried_at", nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_job_failure"),
    )
    op.create_index("ix_job_failure_at", "job_failure", ["tenant", "at"])


def _forbid_changes() -> None:
    """Let the database itself refuse to change or forget what operators did."""
    if op.get_bind().dialect.name == "sqlite":
        for change in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_entry_{change.lower()} BEFORE {change} ON audit_entry "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the audit log is append only' USING ERRCODE = '23001'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_entry_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()"
    )


def downgrade() -> None:
    for table in ("job_failure", "job", "check_run", "feature_flag", "audit_entry"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_audit_change()")
