"""The libraries of payment formats are an extra: loaded late, and named when they are missing."""

from __future__ import annotations

import subprocess
import sys

WITHOUT = """
import sys
from backend.domain.destinations import Method
from backend.errors import Unavailable
from backend.gateways import destinations, payouts

libraries = {"achkit", "anyascii", "base58_bech32", "Crypto", "lxml", "schwifty"}
assert not libraries & set(sys.modules), "loaded before anything was asked for"
sys.modules |= dict.fromkeys(libraries)
doors = (
    lambda: destinations.read_destination(Method.PAYPAL, {"email": "ann@example.org"}),
    lambda: payouts.read_returns(Method.PAYPAL, b"id,status,reason"),
)
for door in doors:
    try:
        door()
    except Unavailable as error:
        print(error.hint)
"""


def test_a_service_without_the_extra_starts_and_says_what_is_missing() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False, timeout=60
    )
    assert ran.stdout == "Install 4site[server,payouts].\n" * 2, ran.stderr
