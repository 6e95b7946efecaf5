"""Cards of rewards that their owners made public."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.actions.context import Context
from backend.domain.actors import owner_of
from backend.domain.profiles import PublicName
from backend.domain.reward_cards import RewardCard, card_of, is_standing
from backend.domain.rewards import REWARDS
from backend.errors import NotFound
from backend.gateways.reward_cards import draw_card
from backend.store import accounts, boards, profiles, rewards
from backend.store.database import Session
from backend.store.tables.base import TENANT

_ACCOUNT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCard:
    """A card, and whose it is: None for somebody without a public profile. `path` is its page's."""

    card: RewardCard
    name: PublicName | None
    path: str


def get_card(context: Context, who: str, reward: str) -> ShownCard:
    """Return a granted reward of an account id or a handle. Raises NotFound.

    One answer for everything that nobody may see: a reward that was not given or was taken back,
    and an owner who does not show cards.
    """
    with context.database.reading() as session:
        account = _find_account(session, who)
        grant = None
        if account and reward in REWARDS and boards.shows_cards(session, TENANT, account):
            granted = rewards.list_own(session, owner_of(TENANT, account))
            grant = next((one for one in granted if one.key == reward), None)
        if not account or grant is None or not is_standing(grant):
            raise NotFound("There is no such card.", hint="Its owner may not show it any more.")
        name = profiles.find_public_names(session, TENANT, [account]).get(account)
    host = urlsplit(context.settings.base_url).netloc
    card = card_of(REWARDS[reward], grant, name=name.name if name else "", host=host)
    return ShownCard(
        card=card, name=name, path=f"/cards/{name.handle if name else account}/{reward}"
    )


def draw(shown: ShownCard) -> bytes:
    """Return the card as a PNG of 1200 × 630: the same bytes for the same card."""
    return draw_card(shown.card)


def _find_account(session: Session, who: str) -> str | None:
    """Return the open account with this id, or whose public profile has this handle."""
    if _ACCOUNT.fullmatch(who):
        account = accounts.find_account(session, TENANT, who)
        return account.id if account is not None and account.is_open else None
    profile = profiles.find_public(session, TENANT, who.lower())
    return None if profile is None else profile.account
