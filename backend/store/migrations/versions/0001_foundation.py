"""The foundation: accounts, sites, events, shares, referrals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(32), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default="0", nullable=False)


def upgrade() -> None:
    op.create_table(
        "account",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("suspended_at", sa.BigInteger(), nullable=True),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_account"),
    )
    op.create_table(
        "day_salt",
        _tenant(),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "day", name="pk_day_salt"),
    )
    op.create_table(
        "event",
        _tenant(),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("id", sa.String(48), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("visitor", sa.String(16), nullable=False),
        sa.Column("page", sa.String(2000), nullable=False),
        sa.Column("referrer_host", sa.String(255), nullable=True),
        sa.Column("via", sa.String(16), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=True),
        sa.Column("depth", sa.Integer(), nullable=True),
        sa.Column("country", sa.String(2), nullable=True),
        sa.Column("device", sa.String(8), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "day", "at", "site", "id", name="pk_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "event_id",
        _tenant(),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "day", "digest", name="pk_event_id"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idempotency",
        _tenant(),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("route", sa.String(100), nullable=False),
        sa.Column("input_digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "account", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_created_at", "idempotency", ["tenant", "created_at"])

    op.create_table(
        "share",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("id", sa.String(16), nullable=False),
        sa.Column("platform", sa.String(16), nullable=False),
        sa.Column("page", sa.String(2000), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("visitor", sa.String(16), nullable=False),
        sa.Column("visitor_yesterday", sa.String(16), nullable=False),
        sa.Column("network", sa.String(16), nullable=False),
        sa.Column("is_counted", sa.Boolean(), nullable=False),
        _count("points"),
        _count("clicks"),
        sa.Column("proved_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "site", "id", name="pk_share"),
    )
    op.create_index("ix_share_at", "share", ["tenant", "at"])
    op.create_index("ix_share_id", "share", ["id"])
    op.create_index(
        "ix_share_network",
        "share",
        ["tenant", "at"],
        sqlite_where=sa.text("network <> ''"),
        postgresql_where=sa.text("network <> ''"),
    )
    op.create_index("ix_share_site_at", "share", ["tenant", "site", "at"])
    op.create_index("ix_share_visitor", "share", ["tenant", "visitor", "at"])

    op.create_table(
        "sign_in",
        _tenant(),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("code", sa.String(32), nullable=True),
        sa.Column("is_typed", sa.Boolean(), nullable=False),
        sa.Column("touch_code", sa.String(32), nullable=True),
        sa.Column("touched_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_email_key", "sign_in", ["tenant", "email_key"])
    op.create_index("ix_sign_in_expires_at", "sign_in", ["tenant", "expires_at"])

    op.create_table(
        "site_day",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        _count("views"),
        _count("engagements"),
        _count("engaged_seconds"),
        _count("shares"),
        _count("counted_shares"),
        _count("share_points"),
        _count("referral_clicks"),
        _count("likes"),
        _count("comments"),
        _count("conversions"),
        _count("copies"),
        _count("powered_clicks"),
        sa.Column("visitors", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "site", "day", name="pk_site_day"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_site_day_open",
        "site_day",
        ["tenant", "day", "site"],
        sqlite_where=sa.text("visitors IS NULL"),
        postgresql_where=sa.text("visitors IS NULL"),
    )
    op.create_table(
        "touch",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_touch"),
    )
    op.create_index("ix_touch_account", "touch", ["tenant", "account", "at"])

    op.create_table(
        "api_token",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_api_token_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_api_token"),
    )
    op.create_index("ix_api_token_account", "api_token", ["tenant", "account"])
    op.create_index("uq_api_token_digest", "api_token", ["digest"], unique=True)

    op.create_table(
        "person",
        _tenant(),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("github_id", sa.BigInteger(), nullable=True),
        sa.Column("github_login", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_person_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "account", name="pk_person"),
    )
    op.create_index("uq_person_email_key", "person", ["tenant", "email_key"], unique=True)
    op.create_index("uq_person_github_id", "person", ["tenant", "github_id"], unique=True)

    op.create_table(
        "referral",
        _tenant(),
        sa.Column("referred", sa.String(32), nullable=False),
        sa.Column("referrer", sa.String(32), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("basis", sa.String(8), nullable=False),
        sa.Column("touched_at", sa.BigInteger(), nullable=True),
        sa.Column("signed_up_at", sa.BigInteger(), nullable=False),
        sa.Column("activated_at", sa.BigInteger(), nullable=True),
        sa.Column("converted_at", sa.BigInteger(), nullable=True),
        sa.Column("churned_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "referred"],
            ["account.tenant", "account.id"],
            name="fk_referral_tenant_referred",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "referrer"],
            ["account.tenant", "account.id"],
            name="fk_referral_tenant_referrer",
        ),
        sa.PrimaryKeyConstraint("tenant", "referred", name="pk_referral"),
    )
    op.create_index("ix_referral_referrer", "referral", ["tenant", "referrer", "signed_up_at"])

    op.create_table(
        "referral_code",
        _tenant(),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("is_custom", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_referral_code_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "code", name="pk_referral_code"),
    )
    op.create_index("ix_referral_code_account", "referral_code", ["tenant", "account"])

    op.create_table(
        "session",
        _tenant(),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(100), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_session_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_session"),
    )
    op.create_index("ix_session_account", "session", ["tenant", "account"])
    op.create_index("ix_session_expires_at", "session", ["tenant", "expires_at"])

    op.create_table(
        "site",
        _tenant(),
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("origins", sa.String(1000), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("repository", sa.String(300), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("language", sa.String(40), nullable=True),
        sa.Column("topics", sa.String(400), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("wish", sa.String(16), nullable=False),
        sa.Column("has_powered_by", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("verified_at", sa.BigInteger(), nullable=True),
        sa.Column("verified_by", sa.String(16), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("thumbnail", sa.String(100), nullable=True),
        sa.Column("thumbnail_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "account"],
            ["account.tenant", "account.id"],
            name="fk_site_tenant_account",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name="pk_site"),
    )
    op.create_index("uq_site_account_url", "site", ["tenant", "account", "url"], unique=True)
    op.create_index("uq_site_key", "site", ["key"], unique=True)

    op.create_table(
        "featuring",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("threshold", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_featuring_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", "threshold", name="pk_featuring"),
    )
    op.create_table(
        "score",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        _count("views"),
        _count("likes"),
        _count("comments"),
        _count("shares"),
        _count("share_points"),
        _count("engagement_points"),
        sa.Column("window_day", sa.Integer(), nullable=False),
        _count("score"),
        sa.Column("as_of", sa.BigInteger(), nullable=False),
        sa.Column("featured_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_score_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", name="pk_score"),
    )

    op.create_table(
        "showcase",
        _tenant(),
        sa.Column("site", sa.String(32), nullable=False),
        _count("rank_score"),
        _count("rank_shares"),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("featured_until", sa.BigInteger(), nullable=True),
        sa.Column("listed_at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("title", sa.String(120), nullable=False),
        sa.Column("description", sa.String(300), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("repository", sa.String(300), nullable=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("language", sa.String(40), nullable=True),
        sa.Column("topics", sa.String(400), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("thumbnail", sa.String(100), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "site"], ["site.tenant", "site.id"], name="fk_showcase_tenant_site"
        ),
        sa.PrimaryKeyConstraint("tenant", "site", name="pk_showcase"),
    )
    op.create_index(
        "ix_showcase_order",
        "showcase",
        ["tenant", "rank_score", "rank_shares", "published_at", "site"],
        unique=False,
    )
    op.create_index("ix_showcase_until", "showcase", ["tenant", "until"])


def downgrade() -> None:
    for table in (
        "showcase",
        "score",
        "featuring",
        "site",
        "session",
        "referral_code",
        "referral",
        "person",
        "api_token",
        "touch",
        "site_day",
        "sign_in",
        "share",
        "idempotency",
        "event_id",
        "event",
        "day_salt",
        "account",
    ):
        op.drop_table(table)
