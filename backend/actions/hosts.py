"""Looks up what a host name serves, remembering the answer for a second."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from backend.actions.context import Context
from backend.actions.hosting import check_is_on
from backend.domain.hosts import ServedSite
from backend.domain.releases import split_label
from backend.errors import NotFound, Unavailable
from backend.store.hosts import find_by_domain, find_by_name

REMEMBERED_SECONDS = 1.0
"""How long a release that was made live in another process may be unknown in this one."""
REMEMBERED_HOSTS = 20_000


class Hosts:
    """Sites by host name; unknown names are remembered, too. Safe for threads."""

    def __init__(self, context: Context, *, now: Callable[[], float] = time.monotonic) -> None:
        self._context = context
        self._now = now
        self._known: OrderedDict[str, tuple[float, ServedSite | None]] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, host: str) -> tuple[bool, ServedSite | None]:
        """Return whether the answer is remembered and still good, and the answer."""
        known = self._known.get(host)
        if known is None or self._now() > known[0]:
            return False, None
        return True, known[1]

    def look_up(self, host: str) -> ServedSite | None:
        """Ask the database; while it is away what was known of a host stays true.

        Raises Unavailable when nothing is known.
        """
        try:
            found = find_site(self._context, host)
        except Unavailable:
            with self._lock:
                known = self._known.get(host)
            if known is None or known[1] is None:
                raise
            found = known[1]
        with self._lock:
            self._known[host] = (self._now() + REMEMBERED_SECONDS, found)
            self._known.move_to_end(host)
            if len(self._known) > REMEMBERED_HOSTS:
                self._known.popitem(last=False)
        return found


def find_site(context: Context, host: str) -> ServedSite | None:
    """Return the site that is served at a host name in lower case."""
    label = host.removesuffix(f".{context.settings.sites_host}")
    with context.database.reading() as session:
        if label == host:
            return find_by_domain(session, host)
        return None if "." in label else find_by_name(session, *split_label(label))


def check_domain_known(context: Context, domain: str) -> None:
    """Raise NotFound unless some site is served at the domain: for proxies that get certificates.

    Raises HostingOff.
    """
    check_is_on(context)
    found = find_site(context, domain.strip().lower().removesuffix("."))
    if found is None or found.manifest is None:
        raise NotFound("No site is served at this domain.")
