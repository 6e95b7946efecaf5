"""Grants compared with the rules, with their evidence and with the ledger: a part of `check`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from backend.domain.checking import Difference
from backend.domain.rewards import REWARDS, Grant, Measure, Reward


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantRecord:
    """A grant with what the ledger says of it: how many entries, and the cents they add up to.

    `standing` is what its commission has booked, None without one.
    """

    grant: Grant
    entries: int
    posted: int
    standing: int | None = None


def compare_grant(record: GrantRecord) -> Iterator[Difference]:
    """Compare a grant with its reward, its evidence and its entries."""
    grant = record.grant
    where = f"{grant.key} of account {grant.account}"
    reward = REWARDS.get(grant.key)
    if reward is None:
        yield Difference(
            what="reward_grant.key", where=where, stored=grant.key, computed="a reward of the rules"
        )
        return
    if not _has_evidence(reward, grant):
        yield Difference(
            what="reward_grant.evidence",
            where=where,
            stored=str(dict(grant.evidence)),
            computed=f"at least {reward.goal} {reward.measure}",
        )
    promised = {
        reward.cents or reward.credits,
        reward.cents or reward.credits or reward.credits_instead,
    }
    stands = grant.booked if grant.is_paid_out and grant.revision else None
    for name, is_right, stored, computed in (
        ("cents", grant.cents in promised, grant.cents, sorted(promised)),
        ("booked", grant.booked == record.posted, grant.booked, record.posted),
        ("revision", grant.revision == record.entries, grant.revision, record.entries),
        ("commission", record.standing == stands, record.standing, stands),
        ("kind", grant.kind is reward.kind, grant.kind, reward.kind),
    ):
        if not is_right:
            yield Difference(
                what=f"reward_grant.{name}",
                where=where,
                stored=str(stored),
                computed=str(computed),
            )


def _has_evidence(reward: Reward, grant: Grant) -> bool:
    value = grant.evidence.get(reward.measure.value, 0)
    if not isinstance(value, int) or value < reward.goal:
        return False
    depth = grant.evidence.get("depth", 0)
    return reward.measure is not Measure.NETWORK or (
        isinstance(depth, int) and depth >= reward.depth
    )
