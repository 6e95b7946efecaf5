"""Domains of owners' own: proved, listed, removed.

Two things prove a domain, because each shows the owner's hand in a way that nobody else can copy:
the site's key in a file that the domain serves, as for any site; or, for a domain that serves
nothing yet, an alias (CNAME) to the site's own name here. That the domain leads to this service
proves nothing: it would be whoever asks first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.actions.context import Context
from backend.actions.hosting import allow_origin, check_is_on, check_open, get_open
from backend.actions.sites import get_own
from backend.domain.actors import Actor
from backend.domain.hosts import Domain, check_domains, clean_domain
from backend.domain.verification import FILE_BYTES, FILE_NAME, is_key_file
from backend.errors import Conflict, FetchFailed, NotFound, NotVerified
from backend.gateways.fetching import fetch
from backend.gateways.public_addresses import Resolver, find_alias, resolve_by_system
from backend.store import accounts, hosts, releases, sites
from backend.store.referrals import lock_account

TIMEOUT_SECONDS = 10.0
PLACES = ("https://{}/", "http://{}/")
"""Where the file is looked for; a domain that does not lead here yet may have no certificate."""


def add_domain(  # noqa: PLR0913  how the world is asked is given by tests
    context: Context,
    actor: Actor,
    site: str,
    domain: str,
    *,
    resolve: Resolver = resolve_by_system,
    alias_of: Callable[[str], str | None] = find_alias,
    places: Sequence[str] = PLACES,
) -> Domain:
    """Serve a site at a domain that shows that it is the owner's; again is the same domain.

    Raises HostingOff, NotFound, Forbidden, Invalid, LimitReached, NotVerified with what was looked
    at, Conflict when another site has it.
    """
    check_is_on(context)
    settings = context.settings
    name = clean_domain(domain, sites_host=settings.sites_host or "", own_host=settings.base_host)
    with context.database.reading() as session:
        found = get_open(session, actor, site)
        hosting = releases.find_hosting(session, actor.tenant, site)
        known = hosts.list_domains(session, actor, site)
        if hosting is None:
            raise Conflict("Nothing was published to the site yet.", hint="Publish it first.")
        check_domains(accounts.get_own(session, actor).tier, hosts.count_domains(session, actor))
    if again := next((one for one in known if one.name == name), None):
        return again
    alias = f"{hosting.name}.{settings.sites_host}"
    world = _World(resolve=resolve, alias_of=alias_of, places=places)
    _prove(context, name, found.key, alias=alias, world=world)
    return _add(context, actor, Domain(site=site, name=name, made_at=context.clock.now()))


def list_domains(context: Context, actor: Actor, site: str) -> tuple[Domain, ...]:
    """Return the domains of a site. Raises HostingOff, NotFound."""
    check_is_on(context)
    with context.database.reading() as session:
        get_own(session, actor, site)
        return tuple(hosts.list_domains(session, actor, site))


def check_domain(  # noqa: PLR0913  how the world is asked is given by tests
    context: Context,
    actor: Actor,
    site: str,
    domain: str,
    *,
    resolve: Resolver = resolve_by_system,
    alias_of: Callable[[str], str | None] = find_alias,
    places: Sequence[str] = PLACES,
) -> str:
    """Return by what a domain of a site shows today that it is the owner's, as a sentence.

    Raises HostingOff, NotFound, NotVerified with what was looked at; the domain stays either way.
    """
    check_is_on(context)
    with context.database.reading() as session:
        found = get_open(session, actor, site)
        hosting = releases.find_hosting(session, actor.tenant, site)
        known = hosts.list_domains(session, actor, site)
    if hosting is None or domain not in {one.name for one in known}:
        raise NotFound("The site has no such domain.")
    alias = f"{hosting.name}.{context.settings.sites_host}"
    world = _World(resolve=resolve, alias_of=alias_of, places=places)
    return _prove(context, domain, found.key, alias=alias, world=world)


def remove_domain(context: Context, actor: Actor, site: str, domain: str) -> None:
    """Stop serving a site at a domain. Raises HostingOff, NotFound."""
    check_is_on(context)
    with context.database.transaction() as session:
        get_own(session, actor, site)
        if not hosts.remove_domain(session, actor, site, domain):
            raise NotFound("The site has no such domain.")


def _add(context: Context, actor: Actor, domain: Domain) -> Domain:
    with context.database.transaction() as session:
        lock_account(session, actor)  # two at once would both find room for one
        site = check_open(sites.find_own(session, actor, domain.site))
        check_domains(accounts.get_own(session, actor).tier, hosts.count_domains(session, actor))
        if not hosts.add_domain(session, actor.tenant, domain):
            raise Conflict(
                f"{domain.name} belongs to another site here.",
                hint="Remove it there first; if that is not yours, write to this service.",
            )
        allow_origin(session, site, context.settings.web_url_of(domain.name).rstrip("/"))
    return domain


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """How names and addresses of the world are asked for."""

    resolve: Resolver
    alias_of: Callable[[str], str | None]
    places: Sequence[str]


def _prove(context: Context, domain: str, key: str, *, alias: str, world: _World) -> str:
    """Return what shows that a domain is the owner's, as a sentence. Raises NotVerified."""
    if world.alias_of(domain) == alias:
        return f"{domain} is an alias of {alias}."
    findings = []
    for place in world.places:
        url = place.format(domain) + FILE_NAME
        try:
            answer = fetch(
                url,
                context.settings,
                max_bytes=FILE_BYTES,
                timeout_seconds=TIMEOUT_SECONDS,
                resolve=world.resolve,
            )
        except FetchFailed as error:
            findings.append(f"{url}: {error.message}")
            continue
        is_there = answer.url.split("/")[2] == url.split("/")[2] and answer.status == 200
        if is_there and is_key_file(answer.body.decode("utf-8", "replace"), key):
            return f"{domain} serves {FILE_NAME} with the key of the site."
        findings.append(f"{url} does not hold the key {key} on a line of its own.")
    raise NotVerified(
        f"{domain} is no alias of {alias}. {' '.join(findings)}",
        hint=f"Make {domain} a CNAME of {alias}, or put the key {key} into {FILE_NAME} there.",
    )
