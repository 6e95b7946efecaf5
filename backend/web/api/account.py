"""`/api/v1/account`: the caller's own account and its tokens."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from backend.actions import accounts, tokens
from backend.domain.accounts import NAME_LENGTH, Account
from backend.domain.actors import Scope
from backend.domain.instants import to_text
from backend.domain.sign_in import TOKEN_DAYS, ApiToken
from backend.web.api.fields import SEEN, Time, time_of
from backend.web.api.operation import Call, Input, Operation, Output

Name = Annotated[str, Meta(max_length=NAME_LENGTH)]
ScopeName = Literal[
    "sites:read", "sites:write", "stats:read", "referrals:read", "account:read", "account:write"
]


class AccountChanges(Input, frozen=True):
    """What to change of an account."""

    name: Name


class AccountAnswer(Output, frozen=True):
    """An account as its owner sees it."""

    id: str
    email: str | None
    name: str
    tier: str
    referral_code: str
    created_at: Time


class NewToken(Input, frozen=True):
    """A token to make. It may do no more than its maker, and ends after `days`, or never."""

    name: Annotated[str, Meta(max_length=NAME_LENGTH, pattern=SEEN)]
    scopes: Annotated[list[ScopeName], Meta(min_length=1, max_length=6)]
    days: Annotated[int, Meta(ge=TOKEN_DAYS.start, lt=TOKEN_DAYS.stop)] | None = None


class TokenAnswer(Output, frozen=True):
    """A token without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: Time
    used_at: Time | None
    expires_at: Time | None


class TokensAnswer(Output, frozen=True):
    """All tokens of an account."""

    tokens: list[TokenAnswer]


class MadeToken(Output, frozen=True):
    """A token that was just made. Nobody sees `secret` again: it is null when the answer is given
    again to a repeated request.
    """

    token: TokenAnswer
    secret: str | None


def read(call: Call) -> AccountAnswer:
    return _answer(accounts.get_account(call.context, call.owner))


def change(call: Call) -> AccountAnswer:
    accounts.rename(call.context, call.owner, call.body.name)
    return read(call)


def list_tokens(call: Call) -> TokensAnswer:
    found = tokens.list_tokens(call.context, call.owner)
    return TokensAnswer(tokens=[_token_answer(token) for token in found])


def make_token(call: Call) -> MadeToken:
    made = tokens.make_token(
        call.context,
        call.owner,
        name=call.body.name,
        scopes=call.body.scopes,
        days=call.body.days,
    )
    return MadeToken(token=_token_answer(made.token), secret=made.secret)


def revoke_token(call: Call) -> None:
    tokens.revoke_token(call.context, call.owner, call.path["token"])


def _answer(account: Account) -> AccountAnswer:
    person = account.person
    return AccountAnswer(
        id=account.id,
        email=person.address.email if person else None,
        name=person.name if person else "",
        tier=account.tier,
        referral_code=account.code,
        created_at=to_text(account.created_at),
    )


def _token_answer(token: ApiToken) -> TokenAnswer:
    return TokenAnswer(
        id=token.id,
        name=token.name,
        scopes=sorted(token.scopes),
        created_at=to_text(token.created_at),
        used_at=time_of(token.used_at),
        expires_at=time_of(token.expires_at),
    )


OPERATIONS = (
    Operation(
        method="GET",
        path="/account",
        name="read_account",
        summary="Your account",
        tag="account",
        run=read,
        scope=Scope.ACCOUNT_READ,
        result=AccountAnswer,
    ),
    Operation(
        method="PATCH",
        path="/account",
        name="change_account",
        summary="Change your name",
        tag="account",
        run=change,
        scope=Scope.ACCOUNT_WRITE,
        body=AccountChanges,
        result=AccountAnswer,
    ),
    Operation(
        method="GET",
        path="/account/tokens",
        name="list_tokens",
        summary="Your API tokens",
        tag="account",
        run=list_tokens,
        scope=Scope.ACCOUNT_READ,
        result=TokensAnswer,
    ),
    Operation(
        method="POST",
        path="/account/tokens",
        name="make_token",
        summary="Make an API token; its secret is shown once",
        tag="account",
        run=make_token,
        scope=Scope.ACCOUNT_WRITE,
        body=NewToken,
        result=MadeToken,
        status=201,
        secrets=("secret",),
    ),
    Operation(
        method="DELETE",
        path="/account/tokens/{token}",
        name="revoke_token",
        summary="Revoke an API token",
        tag="account",
        run=revoke_token,
        scope=Scope.ACCOUNT_WRITE,
        status=204,
    ),
)
