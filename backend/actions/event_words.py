"""What each notification says on the dashboard and by mail, in the language of its reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backend.domain.instants import Instant, to_datetime
from backend.domain.notifications import Facts, Kind, Notification
from backend.domain.rewards import REWARDS, RewardKind
from backend.gateways.languages import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class EventWords:
    """A notification in words. `link` is a path of the service, `action` what it leads to."""

    title: str
    text: str
    action: str
    link: str


def tell_event(words: Words, notification: Notification) -> EventWords:
    """Return what a notification says."""
    return _TELLERS[notification.kind](words, notification.facts)


def _converted(words: Words, _facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("A referral converted"),
        text=words.phrase(
            "Somebody who came through you paid for the first time. "
            "Your commission becomes available when its hold is over."
        ),
        action=words.phrase("See your referrals"),
        link="/dashboard/referrals",
    )


def _available(words: Words, facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("%(amount)s is available", amount=_amount(words, facts)),
        text=words.phrase(
            "The hold of these commissions is over. They are part of your next payout."
        ),
        action=words.phrase("See your earnings"),
        link="/dashboard/earnings",
    )


def _sent(words: Words, facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("%(amount)s is on its way to you", amount=_amount(words, facts)),
        text=words.phrase(
            "Your payout goes to %(destination)s. It can take some days to arrive.",
            destination=facts["destination"],
        ),
        action=words.phrase("See your payouts"),
        link="/dashboard/earnings",
    )


def _failed(words: Words, facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("Your payout of %(amount)s failed", amount=_amount(words, facts)),
        text=words.phrase(
            "The money is yours and available again. The reason given: %(reason)s",
            reason=facts["reason"],
        ),
        action=words.phrase("Check where you are paid"),
        link="/account/payout-method",
    )


def _granted(words: Words, facts: Facts) -> EventWords:
    reward = REWARDS.get(str(facts["reward"]))
    if reward is not None and reward.kind is RewardKind.MILESTONE:
        title = words.phrase("Milestone reached: %(number)s", number=words.number(reward.goal))
        text = words.phrase("So many people who came through you have paid and stayed.")
    else:
        title = words.phrase(
            "Achievement: %(name)s", name=reward.name if reward else facts["reward"]
        )
        text = words.phrase("You have a new achievement. See what it gives you.")
    return EventWords(
        title=title, text=text, action=words.phrase("See your rewards"), link="/dashboard/rewards"
    )


def _featured(words: Words, facts: Facts) -> EventWords:
    until = words.day(to_datetime(Instant(int(facts["until"]))).date())
    return EventWords(
        title=words.phrase("%(site)s is featured", site=facts["title"]),
        text=words.phrase("Its shares have put it into the showcase until %(day)s.", day=until),
        action=words.phrase("See the showcase"),
        link="/showcase",
    )


def _not_built(words: Words, facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("The build of %(site)s failed", site=facts["title"]),
        text=words.phrase(
            "The site stays as it was. The reason given: %(reason)s", reason=facts["reason"]
        ),
        action=words.phrase("Read the log"),
        link=f"/dashboard/sites/{facts['site']}/builds/{facts['build']}",
    )


def _over_limit(words: Words, facts: Facts) -> EventWords:
    views, allowed = (words.number(int(facts[name])) for name in ("views", "allowed"))
    return EventWords(
        title=words.phrase("Your sites have more views than your plan holds"),
        text=words.phrase(
            "Page views this month: %(views)s of %(allowed)s. Your sites keep working; "
            "new ones can be added on a bigger plan or next month.",
            views=views,
            allowed=allowed,
        ),
        action=words.phrase("See the plans"),
        link="/account/billing",
    )


def _unpaid(words: Words, facts: Facts) -> EventWords:
    until = words.day(to_datetime(Instant(int(facts["until"]))).date())
    return EventWords(
        title=words.phrase("Your payment failed"),
        text=words.phrase(
            "Your plan stays until %(day)s. To keep it, renew how you pay before that day.",
            day=until,
        ),
        action=words.phrase("Renew how you pay"),
        link="/account/billing",
    )


def _asked(words: Words, facts: Facts) -> EventWords:
    until = words.day(to_datetime(Instant(int(facts["until"]))).date())
    return EventWords(
        title=words.phrase("There is a question about your dispute"),
        text=words.phrase("Answer it by %(day)s, so that it can be decided.", day=until),
        action=words.phrase("Read the question"),
        link=f"/dashboard/earnings/disputes/{facts['dispute']}",
    )


def _decided(words: Words, facts: Facts) -> EventWords:
    ends = {
        "upheld": words.phrase("It was decided in your favour."),
        "rejected": words.phrase("It was rejected. The decision says why."),
        "expired": words.phrase("It was closed, because no answer came in time."),
    }
    return EventWords(
        title=words.phrase("Your dispute was decided"),
        text=ends[str(facts["state"])],
        action=words.phrase("Read the decision"),
        link=f"/dashboard/earnings/disputes/{facts['dispute']}",
    )


def _week(words: Words, facts: Facts) -> EventWords:
    return EventWords(
        title=words.phrase("Your week in numbers"),
        text=words.phrase(
            "Page views: %(views)s. Shares that count: %(shares)s.",
            views=words.number(int(facts["views"])),
            shares=words.number(int(facts["shares"])),
        ),
        action=words.phrase("Open your dashboard"),
        link="/dashboard?period=7d",
    )


def _amount(words: Words, facts: Facts) -> str:
    return words.money(int(facts["amount"]), str(facts["currency"]))


_TELLERS: dict[Kind, Callable[[Words, Facts], EventWords]] = {
    Kind.REFERRAL_CONVERTED: _converted,
    Kind.COMMISSION_AVAILABLE: _available,
    Kind.PAYOUT_SENT: _sent,
    Kind.PAYOUT_FAILED: _failed,
    Kind.REWARD_GRANTED: _granted,
    Kind.SITE_FEATURED: _featured,
    Kind.BUILD_FAILED: _not_built,
    Kind.LIMIT_REACHED: _over_limit,
    Kind.PAYMENT_FAILED: _unpaid,
    Kind.DISPUTE_ANSWERED: _asked,
    Kind.DISPUTE_DECIDED: _decided,
    Kind.WEEKLY_DIGEST: _week,
}
