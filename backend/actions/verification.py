"""Finds out whether a site is its owner's: by its own pages, or by the account at GitHub."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urljoin

from backend.actions.context import Context
from backend.actions.referrals import activate
from backend.actions.sites import get_own
from backend.actions.standings import hold, refresh
from backend.domain.actors import Actor
from backend.domain.showcase import SiteStatus
from backend.domain.sites import Site
from backend.domain.verification import (
    FILE_BYTES,
    FILE_NAME,
    META_NAME,
    PAGE_BYTES,
    ProofKind,
    find_site_keys,
    is_key_file,
    is_own_pages_site,
    is_same_site,
    meta_tag,
)
from backend.errors import FetchFailed, Forbidden, NotFound, NotVerified
from backend.gateways.fetching import Fetched, fetch
from backend.gateways.public_addresses import Resolver, resolve_by_system
from backend.store import accounts, sites, thumbnails

TIMEOUT_SECONDS = 10.0
_SHOWN_KEY = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """The proof that was found, or what was found in its stead, a sentence a place."""

    proof: ProofKind | None
    findings: tuple[str, ...]


def verify_site(
    context: Context, actor: Actor, site: str, *, resolve: Resolver = resolve_by_system
) -> Site:
    """Make a draft active when its owner controls it; a verified site is returned as it is.

    Asks the site's server, outside of any transaction. Raises NotVerified saying what was looked
    at and found, NotFound, Forbidden for a suspended site.
    """
    with context.database.reading() as session:
        found = get_own(session, actor, site)
        person = accounts.get_own(session, actor).person
    if found.status is SiteStatus.SUSPENDED:
        raise Forbidden("The site is suspended.", hint="Write to the people of this service.")
    if found.status is SiteStatus.ACTIVE:
        return found
    search = _search(context, found, person.github_login if person else None, resolve)
    if search.proof is None:
        raise NotVerified(
            " ".join(search.findings),
            hint=f"Put {meta_tag(found.key)} into the head of the home page, or the key "
            f"{found.key} into {FILE_NAME} beside it, publish, and try again.",
        )
    return _publish(context, actor, found, search.proof)


def _publish(context: Context, actor: Actor, site: Site, proof: ProofKind) -> Site:
    now = context.clock.now()
    verified = replace(
        site,
        status=SiteStatus.ACTIVE,
        verified_at=now,
        verified_by=proof.value,
        published_at=site.published_at if site.published_at is not None else now,
    )
    with context.database.transaction() as session:
        hold(session, [(verified.tenant, verified.id)])
        if not sites.save_status(session, verified, before=site.status):
            raise NotFound("The site was changed or removed meanwhile.", hint="Look at it again.")
        thumbnails.note_try(session, verified.tenant, verified.id, 0, now)
        activate(session, actor.account, now)
        refresh(session, [(verified.tenant, verified.id)], now)
    context.tasks.add("take_thumbnail", {"site": verified.id})
    return verified


def _search(context: Context, site: Site, github_login: str | None, resolve: Resolver) -> _Search:
    if is_own_pages_site(site, github_login):
        return _Search(proof=ProofKind.GITHUB, findings=())
    findings = []
    for proof, look in ((ProofKind.META, _look_at_page), (ProofKind.FILE, _look_at_file)):
        finding = look(context, site, resolve)
        if finding is None:
            return _Search(proof=proof, findings=())
        findings.append(finding)
    return _Search(proof=None, findings=tuple(findings))


def _look_at_page(context: Context, site: Site, resolve: Resolver) -> str | None:
    """Return why the home page proves nothing, None when it does."""
    answer = _ask(context, site, site.url, PAGE_BYTES, resolve)
    if isinstance(answer, str):
        return answer
    keys = find_site_keys(answer.body.decode("utf-8", "replace"))
    if site.key in keys:
        return None
    if keys:
        return f"The head of {answer.url} names the key {_shown(keys[0])} instead of {site.key}."
    return (
        f'The head of {answer.url} has no <meta name="{META_NAME}"> '
        f"({len(answer.body)} bytes were read)."
    )


def _look_at_file(context: Context, site: Site, resolve: Resolver) -> str | None:
    """Return why the file beside the home page proves nothing, None when it does."""
    answer = _ask(context, site, urljoin(site.url, FILE_NAME), FILE_BYTES, resolve)
    if isinstance(answer, str):
        return answer
    if is_key_file(answer.body.decode("utf-8", "replace"), site.key):
        return None
    return f"{answer.url} does not hold the key {site.key} on a line of its own."


def _ask(
    context: Context, site: Site, url: str, max_bytes: int, resolve: Resolver
) -> Fetched | str:
    """Return a good answer of the site's own host, else a sentence on what came instead."""
    try:
        answer = fetch(
            url,
            context.settings,
            max_bytes=max_bytes,
            timeout_seconds=TIMEOUT_SECONDS,
            resolve=resolve,
        )
    except FetchFailed as error:
        return f"{url}: {error.message}"
    if not is_same_site(site.url, answer.url):
        return f"{url} redirects to {answer.url[:200]}, which is another host."
    if answer.status != 200:
        return f"{answer.url} answered {answer.status}."
    return answer


def _shown(key: str) -> str:
    return repr("".join(char for char in key if char.isprintable())[:_SHOWN_KEY])
