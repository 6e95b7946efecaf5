"""What the interfaces of vendors have in common: credentials, answers, waiting."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TypeVar

import httpx
import msgspec

from generator.errors import CredentialsMissing, TargetRefused, TargetUnreachable

T = TypeVar("T")

PATIENCE_SECONDS = 300.0
"""How long a vendor may take to make a deployment out of what it was sent."""
LONGEST_PAUSE_SECONDS = 5.0


def credential(environ: Mapping[str, str], name: str, *, hint: str) -> str:
    """Return the variable. Raises CredentialsMissing when it is not set."""
    found = environ.get(name, "").strip()
    if not found:
        raise CredentialsMissing(f"{name} is not set.", hint=hint)
    return found


def read_answer(title: str, response: httpx.Response, form: type[T]) -> T:
    """Return an answer as a dataclass; what it does not name is left out.

    Raises TargetRefused when the answer has another form.
    """
    try:
        return msgspec.json.decode(response.content, type=form)
    except msgspec.DecodeError as error:
        raise TargetRefused(
            f"{title} gave an answer to {response.request.url.path} that 4site does not know.",
            hint="Its interface may have changed: look for a newer 4site.",
        ) from error


def wait_for(title: str, ask: Callable[[], T | None], *, pause: float) -> T:
    """Call `ask` until it returns something, pausing longer each time.

    Raises TargetUnreachable after PATIENCE_SECONDS.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := ask()) is None:
        if time.monotonic() > deadline:
            raise TargetUnreachable(
                f"{title} has not finished after {PATIENCE_SECONDS:.0f} seconds.",
                hint="Everything was sent. Look at the project, or publish again.",
            )
        time.sleep(min(pause, LONGEST_PAUSE_SECONDS))
        pause *= 1.5
    return found
