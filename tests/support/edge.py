"""Visits as a worker at the edge passes them on, signed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence

from tests.support.pings import ORIGIN
from tests.support.service import BROWSER

EDGE_SECRET = "a secret of service and edge, of forty characters"  # noqa: S105  for tests
MILLISECOND = 1_000
"""In the service's microseconds."""


def a_visit(
    *pings: object, at: int, address: str = "198.51.100.7", **changed: object
) -> dict[str, object]:
    """Return a visit with these pings; `at` is the service's time."""
    return {
        "address": address,
        "user_agent": BROWSER,
        "origin": ORIGIN,
        "at": at // MILLISECOND,
        "pings": pings[0] if len(pings) == 1 else list(pings),
        **changed,
    }


def seal(visits: Sequence[object], *, at: int, secret: str = EDGE_SECRET) -> tuple[bytes, str]:
    """Return a body that was sent at the service's time `at`, and its signature."""
    body = json.dumps({"sent_at": at // MILLISECOND, "visits": list(visits)}).encode()
    return body, f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
