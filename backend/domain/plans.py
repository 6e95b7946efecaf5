"""What referrers earn: the plans as data, each checked when it is loaded.

Source: the rules, "Commission plans". A plan that was used never changes: another version does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from backend.domain.instants import DAY, Instant
from backend.domain.money import BASIS_POINTS
from backend.errors import Forbidden, Invalid, NotFound

LEVELS = 7
"""How far up the chain a payment is ever shared."""
LARGEST_BONUS_BP = 10_500
"""The largest performance bonus, that of the achievement Money Maker."""
HOLD = 30 * DAY
"""How long a commission waits before it is available."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionStep:
    """A stretch of a referral's life and the direct referrer's rate in it. Months are whole ones
    since the referral converted; `until_month` belongs to the stretch, None has no end.
    """

    name: str
    from_month: int
    until_month: int | None
    rate_bp: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Rates in basis points: `steps` for the direct referrer, `deeper_bp` for levels 2 and on.

    `regions` multiplies by the payer's country (ISO 3166, 10 000 is once); `hold` is how long a
    commission waits, in microseconds.
    """

    name: str
    version: int
    steps: tuple[CommissionStep, ...]
    deeper_bp: tuple[int, ...] = ()
    regions: Mapping[str, int] = field(default_factory=dict)
    hold: int = HOLD

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether an administrator has to confirm it first: law on several levels differs."""
        return bool(self.deeper_bp)

    @property
    def largest_bp(self) -> int:
        """The most it can ever pay out of a payment, rounded up."""
        rates = max(step.rate_bp for step in self.steps) + sum(self.deeper_bp)
        region = max([BASIS_POINTS, *self.regions.values()])
        return -(-rates * region * LARGEST_BONUS_BP // BASIS_POINTS**2)

    def rates_at(self, months: int) -> tuple[int, ...]:
        """Return the rate of each level for a referral that is so many months old."""
        for step in self.steps:
            if step.until_month is None or months <= step.until_month:
                return (step.rate_bp, *self.deeper_bp)
        raise AssertionError("a checked plan's last step has no end")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPlan:
    """A plan of this service, and who acknowledged that it may pay several levels."""

    plan: Plan
    acknowledged_by: str | None
    acknowledged_at: Instant | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """That a plan holds for payments from `since` on, and who chose it."""

    since: Instant
    plan: str
    version: int
    chosen_by: str | None


LIFETIME: tuple[CommissionStep, ...] = (
    CommissionStep(name="new", from_month=0, until_month=12, rate_bp=2_000),
    CommissionStep(name="established", from_month=13, until_month=48, rate_bp=2_500),
    CommissionStep(name="legacy", from_month=49, until_month=None, rate_bp=4_000),
)
"""A rate that grows with the referral's age."""
_SEVEN = (1_500, 1_000, 800, 500, 300, 200)
_LEAN = (1_000, 500, 300, 200, 100, 50)
_FLAT = (CommissionStep(name="always", from_month=0, until_month=None, rate_bp=2_000),)

DEFAULT_PLAN = "lifetime"
BUILT_IN: tuple[Plan, ...] = (
    Plan(name="lifetime", version=1, steps=LIFETIME),
    Plan(name="seven-level", version=1, steps=_FLAT, deeper_bp=_SEVEN),
    Plan(name="seven-level-lean", version=1, steps=_FLAT, deeper_bp=_LEAN),
    Plan(name="lifetime-seven-level", version=1, steps=LIFETIME, deeper_bp=_SEVEN),
)


def check_plan(plan: Plan) -> Plan:
    """Return the plan. Raises Invalid when it has gaps, or may pay out more than came in."""
    expected = 0
    for step in plan.steps:
        is_last = step is plan.steps[-1]
        if step.from_month != expected or (step.until_month is None) != is_last:
            raise _refuse(plan, f"the step {step.name!r} does not follow the one before it")
        if step.until_month is not None and step.until_month < step.from_month:
            raise _refuse(plan, f"the step {step.name!r} ends before it begins")
        expected = (step.until_month or 0) + 1
    rates = [*(step.rate_bp for step in plan.steps), *plan.deeper_bp]
    if not plan.steps or any(not 0 < rate <= BASIS_POINTS for rate in rates):
        raise _refuse(plan, "each rate has to be above 0 and at most 10 000 basis points")
    if len(plan.deeper_bp) >= LEVELS:
        raise _refuse(plan, f"it has more than {LEVELS} levels")
    if any(not 0 <= region <= 10 * BASIS_POINTS for region in plan.regions.values()):
        raise _refuse(plan, "a region multiplies by 0 to 10")
    if plan.hold < 0:
        raise _refuse(plan, "commissions cannot be held for less than no time")
    if plan.largest_bp > BASIS_POINTS:
        raise _refuse(
            plan,
            f"with its largest multiplier and bonus it would pay {plan.largest_bp / 100:g} % "
            "of a payment",
        )
    return plan


def check_acknowledged(plan: Plan, *, is_acknowledged: bool) -> None:
    """Raise Forbidden unless the plan may be put to use."""
    if plan.needs_acknowledgement and not is_acknowledged:
        raise Forbidden(
            f"The plan {plan.name} pays {len(plan.deeper_bp) + 1} levels, which the law of some "
            "countries limits or forbids.",
            hint="An administrator has to acknowledge that before it is put to use.",
        )


def find_built_in(name: str) -> Plan:
    """Return the newest built-in plan of that name. Raises NotFound."""
    for plan in reversed(BUILT_IN):
        if plan.name == name:
            return plan
    raise NotFound(
        f"There is no plan {name[:40]!r}.",
        hint=f"Plans: {', '.join(dict.fromkeys(plan.name for plan in BUILT_IN))}.",
    )


def _refuse(plan: Plan, reason: str) -> Invalid:
    return Invalid(f"The plan {plan.name} cannot be used: {reason}.", field="plan")
