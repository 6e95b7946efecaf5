"""`/unsubscribe/TOKEN`: stops mails without signing in.

Opening the page changes nothing: programs that look at mails follow links before people do. The
POST needs no token of a form beside the address's own, since mail programs send it (RFC 8058).
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.unsubscribing import read_link, stop_mails
from backend.domain.notifications import Kind
from backend.web.forms import read_form
from backend.web.limits import limited
from backend.web.pages.rendering import render_page

RATE = "60/hour"
_MAILS: dict[Kind | None, str] = {
    None: "mails about events",
    Kind.REFERRAL_CONVERTED: "mails about referrals that convert",
    Kind.COMMISSION_AVAILABLE: "mails about available commissions",
    Kind.PAYOUT_SENT: "mails about payouts on their way",
    Kind.PAYOUT_FAILED: "mails about payouts that failed",
    Kind.REWARD_GRANTED: "mails about achievements and milestones",
    Kind.SITE_FEATURED: "mails about featured sites",
    Kind.BUILD_FAILED: "mails about builds that failed",
    Kind.LIMIT_REACHED: "mails about limits",
    Kind.PAYMENT_FAILED: "mails about payments that failed",
    Kind.DISPUTE_ANSWERED: "mails about questions on disputes",
    Kind.DISPUTE_DECIDED: "mails about decisions on disputes",
    Kind.WEEKLY_DIGEST: "weekly digest mails",
}
EVERYTHING = "everything"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsubscribeView:
    """What the page is about, and whether it is done."""

    mails: str
    action: str
    is_done: bool


def routes(_context: Context) -> list[BaseRoute]:
    """Return the routes of the page."""
    limit = limited("unsubscribe", RATE)
    return [
        Route("/unsubscribe/{token}", limit(_show), methods=["GET"]),
        Route("/unsubscribe/{token}", limit(_stop), methods=["POST"]),
    ]


def _show(request: Request) -> Response:
    link = read_link(request.app.state.context, request.path_params["token"])
    mails = _MAILS[link.kind]
    return _page(request, mails, title=f"Stop {mails}?", is_done=False)


async def _stop(request: Request) -> Response:
    # Mail programs may send their one field as multipart, too; only our own page says more.
    is_form = request.headers.get("content-type", "").startswith("application/x-www-form-")
    is_everything = is_form and (await read_form(request)).get("scope", 20) == EVERYTHING
    return await run_in_threadpool(_stop_now, request, is_everything)


def _stop_now(request: Request, is_everything: bool) -> Response:
    token = request.path_params["token"]
    link = stop_mails(request.app.state.context, token, is_everything=is_everything)
    mails = "mails that are not necessary" if is_everything else _MAILS[link.kind]
    return _page(request, mails, title=f"You get no more {mails}", is_done=True)


def _page(request: Request, mails: str, *, title: str, is_done: bool) -> Response:
    view = UnsubscribeView(mails=mails, action=request.scope["path"], is_done=is_done)
    response = render_page(request, "unsubscribe.html", view, title=title)
    # The address of this page stops mails: it leaves with no request, not even to ourselves.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response
