"""`/api/v1/sites/{site}/domains`: domains of owners' own; and what proxies ask about them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from backend.actions import domains
from backend.actions.hosts import check_domain_known
from backend.domain.actors import Scope
from backend.domain.hosts import MAX_DOMAIN, Domain
from backend.domain.instants import to_text
from backend.web.api.fields import Time
from backend.web.api.operation import Call, Input, Operation, Output
from backend.web.limits import VERIFY_RATE

Name = Annotated[
    str,
    Meta(
        max_length=MAX_DOMAIN, pattern="^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?[.]){1,8}[a-z]{2,63}$"
    ),
]


class NewDomain(Input, frozen=True):
    """A domain to serve the site at; an international one in its xn-- form."""

    domain: Name


class DomainQuery(Input, frozen=True):
    """The domain that somebody wants to connect to."""

    domain: Annotated[str, Meta(max_length=MAX_DOMAIN)]


class DomainAnswer(Output, frozen=True):
    """A domain, proved when it was added, and where the site is under it."""

    domain: str
    url: str
    made_at: Time


class DomainsAnswer(Output, frozen=True):
    """A site's domains by name."""

    items: list[DomainAnswer]


class KnownAnswer(Output, frozen=True):
    """That a site is served at a domain."""

    domain: str


def list_own(call: Call) -> DomainsAnswer:
    found = domains.list_domains(call.context, call.owner, call.path["site"])
    return DomainsAnswer(items=[_answer(call, one) for one in found])


def add(call: Call) -> DomainAnswer:
    made = domains.add_domain(call.context, call.owner, call.path["site"], call.body.domain)
    return _answer(call, made)


def remove(call: Call) -> None:
    domains.remove_domain(call.context, call.owner, call.path["site"], call.path["domain"])


def tell_known(call: Call) -> KnownAnswer:
    check_domain_known(call.context, call.query.domain)
    return KnownAnswer(domain=call.query.domain)


def _answer(call: Call, domain: Domain) -> DomainAnswer:
    url = call.context.settings.web_url_of(domain.name)
    return DomainAnswer(domain=domain.name, url=url, made_at=to_text(domain.made_at))


OPERATIONS = (
    Operation(
        method="GET",
        path="/sites/{site}/domains",
        name="list_domains",
        summary="The domains of your own that a site is served at",
        tag="hosting",
        run=list_own,
        scope=Scope.SITES_READ,
        result=DomainsAnswer,
    ),
    Operation(
        method="POST",
        path="/sites/{site}/domains",
        name="add_domain",
        summary="Serve a site at a domain that shows that it is yours",
        tag="hosting",
        run=add,
        scope=Scope.SITES_WRITE,
        body=NewDomain,
        result=DomainAnswer,
        status=201,
        rate=("verify", VERIFY_RATE),
    ),
    Operation(
        method="DELETE",
        path="/sites/{site}/domains/{domain}",
        name="remove_domain",
        summary="Stop serving a site at a domain",
        tag="hosting",
        run=remove,
        scope=Scope.SITES_WRITE,
        status=204,
    ),
    Operation(
        method="GET",
        path="/domain-known",
        name="read_domain_known",
        summary="Whether a site is served at a domain: for proxies that get certificates",
        tag="hosting",
        run=tell_known,
        scope=None,
        query=DomainQuery,
        result=KnownAnswer,
    ),
)
