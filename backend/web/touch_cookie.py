"""The one cookie of a referral: which code somebody followed and when, signed, for 30 days."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from backend.domain.instants import SECOND, Instant
from backend.domain.referrals import TOUCH_WINDOW, Touch
from backend.web.cookies import drop_cookie, read_cookie, set_cookie

_NAME = "touch"


def set_touch(request: Request, response: Response, touch: Touch) -> None:
    """Let the browser remember a touch; a later one takes its place."""
    values: dict[str, object] = {"code": touch.code, "at": touch.at}
    set_cookie(request, response, _NAME, values, seconds=TOUCH_WINDOW // SECOND)


def read_touch(request: Request) -> Touch | None:
    """Return the touch that a browser carries, None when there is none that we signed.

    Whether it still counts is for `domain/referrals.py` to say.
    """
    kept = read_cookie(request, _NAME) or {}
    code, at = kept.get("code"), kept.get("at")
    if not isinstance(code, str) or not isinstance(at, int):
        return None
    return Touch(code=code, at=Instant(at))


def drop_touch(request: Request, response: Response) -> None:
    """Have the browser forget its touch: it has led to a sign-up."""
    drop_cookie(request, response, _NAME)
