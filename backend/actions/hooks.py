"""GitHub's webhooks: what they prove, and the builds they ask for.

Source: GitHub's documentation, "Webhook events and payloads" and "Validating webhook deliveries".
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from backend.actions.builds import add_build, check_buildable, tell_build
from backend.actions.context import Context
from backend.domain.actors import owner_of
from backend.domain.builds import Build, BuildCause, BuildState, same_repository
from backend.domain.sites import Site
from backend.errors import Forbidden, NotFound
from backend.store import builds, sites
from backend.store.database import Session
from backend.store.referrals import lock_account

_NOWHERE = "0" * 40
"""The commit after a push that deleted a branch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """What a push says: a full ref (`refs/heads/main`), the commit that it leads to now, the
    repository as `owner/name` and its default branch.
    """

    ref: str
    after: str
    repository: str
    default_branch: str
    is_deletion: bool


def secret_of(context: Context, site: str) -> str:
    """Return the secret of a site's webhook: 64 digits, derived, so that it is nowhere kept."""
    return hmac.new(context.secret, b"github webhook\0" + site.encode(), hashlib.sha256).hexdigest()


def find_hooked(context: Context, key: str, body: bytes, signature: str) -> Site:
    """Return the site with this key, if the body was signed with its secret.

    `signature` is that of the header, `sha256=` and 64 digits. Raises NotFound, and Forbidden for
    any other signature.
    """
    with context.database.reading() as session:
        gate = sites.find_gate(session, key)
        site = sites.find_site(session, gate.tenant, gate.site) if gate else None
    if site is None:
        raise NotFound("No site has this key.", hint="Copy the address from the site's page.")
    secret = secret_of(context, site.id).encode()
    made = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(made.encode(), signature.encode("utf-8", "replace")):
        raise Forbidden(
            "The signature does not fit.", hint="Set the webhook's secret from the site's page."
        )
    return site


def take_push(
    context: Context, site: Site, push: Push, *, delivery: str
) -> tuple[Build | None, str]:
    """Queue the build that a push asks for, in place of one of the site that still waits.

    Returns the build, or None and why there is none. The same delivery again is the same build.
    Raises what `start_build` raises, and Forbidden for another repository than the site's.
    """
    check_buildable(context, site)
    if not same_repository(site.repository, context.settings.github_url, push.repository):
        raise Forbidden(
            f"The site is not built from {push.repository[:140]}.",
            hint="Put the webhook into the repository that the site names.",
        )
    if push.is_deletion or push.after == _NOWHERE:
        return None, "the branch was deleted"
    if push.ref != f"refs/heads/{push.default_branch}":
        return None, f"only pushes to {push.default_branch} are built"
    with context.database.transaction() as session:
        build, replaced = _queue(context, session, site, push, delivery)
    if replaced is not None:
        tell_build(context, replaced)
    return build, ""


def _queue(
    context: Context, session: Session, site: Site, push: Push, delivery: str
) -> tuple[Build, Build | None]:
    actor = owner_of(site.tenant, site.account)
    lock_account(session, actor)
    known = builds.find_delivery(session, site.tenant, site.id, delivery)
    if known is not None:
        return known, None
    waiting = builds.find_waiting(session, site.tenant, site.id)
    if waiting is not None:
        now, reason = context.clock.now(), "A newer push took its place."
        builds.end(session, waiting, BuildState.CANCELLED, now=now, reason=reason)
    build = add_build(
        context,
        session,
        actor,
        site,
        cause=BuildCause.PUSH,
        commit=push.after,
        delivery=delivery,
    )
    return build, waiting
