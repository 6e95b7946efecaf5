"""What finance does on pages: approve batches, send them, reconcile; plans; disputes."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest

from backend.actions import disputes
from backend.actions.disputes import Opening
from backend.actions.earnings import list_commissions
from backend.actions.plans import list_plans
from backend.domain.actors import Role
from backend.domain.disputes import DisputeKind
from backend.domain.payouts import BatchState, PayoutState
from tests.support.earner import Desk, Seat, open_desk
from tests.support.payouts import add_earner, drafted, pass_days, payouts_of
from tests.support.signing_in import token_of

PAYOUTS = "/admin/payouts"
PLAN = """
name = "fair"
version = 1
deeper_bp = []
hold_days = 14
[[steps]]
name = "always"
from_month = 0
rate_bp = 3000
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return open_desk(tmp_path)


def words_of(page: str) -> str:
    main = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def title_of(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page)
    assert found
    return html.unescape(found[1]).replace("\N{NO-BREAK SPACE}", " ")


def press(seat: Seat, page: str, path: str, status: int = 303, **fields: str) -> str:
    """Send a form of a page; return where it leads, or what it answers with."""
    sent = {"csrf_token": token_of(seat.read(page)), **fields}
    answer = seat.client.post(path, data=sent)
    assert answer.status_code == status, (answer.status_code, words_of(answer.text)[:800])
    return answer.headers["location"] if status == 303 else answer.text


def upload(seat: Seat, page: str, path: str, content: bytes, status: int = 200) -> str:
    answer = seat.client.post(
        path,
        data={"csrf_token": token_of(seat.read(page))},
        files={"file": ("plan.toml", content, "application/octet-stream")},
    )
    assert answer.status_code == status, (answer.status_code, words_of(answer.text)[:800])
    return answer.text


def audited(seat: Seat) -> list[str]:
    return re.findall(r"<code>([a-z]+\.[a-z]+)</code>", seat.read("/admin/audit"))


def test_a_batch_goes_from_draft_to_settled_on_pages(desk: Desk) -> None:
    """Two who earned 60.00 each; one payout arrives, the other comes back."""
    first, second = add_earner(desk.context), add_earner(desk.context)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    assert title_of(fay.read(PAYOUTS)) == "No payout batch waits for you"
    assert "Nothing is due by PayPal in EUR." in press(
        fay, PAYOUTS, PAYOUTS, 400, method="paypal", currency="EUR"
    )
    press(fay, PAYOUTS, PAYOUTS, method="paypal", currency="USD")
    listed = fay.read(PAYOUTS)
    assert title_of(listed) == "1 payout batch waits for you"
    place = re.search(r'href="(/admin/payouts/[0-9a-z]{32})"', listed)
    assert place
    page = place[1]
    assert title_of(fay.read(page)) == "2 payouts of $120.00 wait for 1 approval"
    wrong = press(fay, page, f"{page}/approve", 409, total="12.00")
    assert "The batch comes to $120.00, not to that." in wrong
    press(fay, page, f"{page}/approve", total="120.00")
    press(fay, page, f"{page}/submit")
    sent = fay.read(page)
    file = fay.client.get(f"/api/v1/finance/payouts/{page.rpartition('/')[2]}/file")
    assert file.status_code == 200 and file.headers["content-disposition"].startswith("attachment")
    assert "Upload and reconcile" in sent
    paid, failed = payouts_of(desk.context, fay.actor, page.rpartition("/")[2])
    odd = upload(fay, page, f"{page}/returns", b"nothing of use", 400)
    assert "callout-caution" in odd
    press(fay, page, f"{page}/end", payout=paid.id, outcome="paid", reason="PP-1")
    press(fay, page, f"{page}/end", 400, payout=failed.id, outcome="failed", reason="")
    press(fay, page, f"{page}/end", payout=failed.id, outcome="failed", reason="It was closed.")
    done = fay.read(page)
    assert title_of(done).endswith("settled") and "It was closed." in done and "PP-1" in done
    ends = {one.account: one.state for one in payouts_of(desk.context, fay.actor, page[-32:])}
    assert set(ends.values()) == {PayoutState.PAID, PayoutState.FAILED}
    assert set(ends) == {first.account, second.account}
    admin = desk.enter("ada@people.example", Role.ADMIN)
    steps = audited(admin)
    assert {"batch.draft", "batch.approve", "batch.submit", "batch.file", "payout.end"} <= {*steps}


def test_ten_thousand_dollars_need_two_people_and_the_page_says_why(desk: Desk) -> None:
    add_earner(desk.context, 5_000_000)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    batch = drafted(desk.context, fay.actor)
    page = f"{PAYOUTS}/{batch.id}"
    text = words_of(fay.read(page))
    assert "It comes to $10,000.00, and from $10,000.00 on two different people" in text
    assert "2 of 2 approvals are missing" in text
    press(fay, page, f"{page}/approve", total="10,000.00")
    mine = words_of(fay.read(page))
    assert "you gave yours, so another administrator has to give the next" in mine
    assert "Approve the batch" not in mine
    press(fay, page, f"{page}/approve", 409, total="10000")
    ada = desk.enter("ada@people.example", Role.ADMIN)
    assert "1 of 2 approvals is missing" in words_of(ada.read(page))
    press(ada, page, f"{page}/approve", total="10000.00")
    assert "approved, not sent" in title_of(ada.read(page))
    press(ada, page, f"{page}/abort")
    assert title_of(ada.read(page)).endswith("aborted")


def test_a_payout_is_taken_out_with_a_reason_and_odd_ones_are_marked(desk: Desk) -> None:
    shared = {"email": "both@pay.example"}
    add_earner(desk.context, fields=shared)
    add_earner(desk.context, fields=shared)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    batch = drafted(desk.context, fay.actor)
    page = f"{PAYOUTS}/{batch.id}"
    text = words_of(fay.read(page))
    assert text.count("Another account is paid to the same destination.") == 2
    one = payouts_of(desk.context, fay.actor, batch.id)[0]
    press(fay, page, f"{page}/withdraw", 400, payout=one.id, reason=" ")
    press(fay, page, f"{page}/withdraw", payout=one.id, reason="Looked at first.")
    after = fay.read(page)
    assert title_of(after) == "1 payout of $60.00 waits for 1 approval"
    assert "Looked at first." in after


def test_a_return_file_reconciles_a_batch_and_again_changes_nothing(desk: Desk) -> None:
    add_earner(desk.context)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    batch = drafted(desk.context, fay.actor)
    page = f"{PAYOUTS}/{batch.id}"
    press(fay, page, f"{page}/approve", total="60.00")
    press(fay, page, f"{page}/submit")
    (payout,) = payouts_of(desk.context, fay.actor, batch.id)
    content = f"id,status,reason\n{payout.id},paid,\n".encode()
    answer = words_of(upload(fay, page, f"{page}/returns", content))
    assert "1 paid, 0 failed, 0 known before, 0 still on their way." in answer
    again = words_of(upload(fay, page, f"{page}/returns", content))
    assert "1 paid, 0 failed" in again and "settled" in again.lower()
    longer = content + b"".join(b"unknown%d,paid,\n" % number for number in range(8_000))
    assert "Not of this batch" in upload(fay, page, f"{page}/returns", longer)
    upload(fay, page, f"{page}/returns", b"x" * 9_100_000, 413)


def test_a_plan_is_loaded_from_a_file_acknowledged_and_put_to_use(desk: Desk) -> None:
    ada = desk.enter("ada@people.example", Role.ADMIN)
    page = "/admin/plans"
    assert title_of(ada.read(page)) == "New payments earn by lifetime, version 1"
    greedy = PLAN.replace("3000", "10000")
    assert "cannot be used" in upload(ada, page, page, greedy.encode(), 400)
    assert "rate_bp" in upload(ada, page, page, PLAN.replace("3000", '"x"').encode(), 400)
    upload(ada, page, page, PLAN.encode(), 303)
    text = words_of(ada.read(page))
    assert "fair , version 1" in text and "Pays at most 31.5 %" in text.replace("\xa0", " ")
    press(ada, page, f"{page}/use", name="fair", version="1", since="2026-12-01T00:00")
    assert list_plans(desk.context).current.name == "lifetime"
    pass_days(desk.context, 10)
    press(ada, page, f"{page}/use", name="fair", version="1")
    assert title_of(ada.read(page)) == "New payments earn by fair, version 1"
    press(ada, page, f"{page}/use", 403, name="seven-level", version="1")
    press(ada, page, f"{page}/acknowledge", 400, name="seven-level", version="1")
    press(ada, page, f"{page}/acknowledge", name="seven-level", version="1", word="yes")
    press(ada, page, f"{page}/use", name="seven-level", version="1")
    assert "acknowledged" in words_of(ada.read(page))
    assert {"plan.load", "plan.acknowledge", "plan.use"} <= {*audited(ada)}
    fay = desk.enter("fay@people.example", Role.FINANCE)
    assert "Only administrators load plans" in fay.read(page)
    press(fay, page, f"{page}/use", 404, name="seven-level", version="1")
    assert upload(fay, page, page, PLAN.encode(), 404)


def test_a_dispute_is_asked_about_and_decided_with_an_amount(desk: Desk) -> None:
    owner = add_earner(desk.context)
    (earned,) = list_commissions(desk.context, owner, after=None, limit=5).commissions
    opening = Opening(kind=DisputeKind.COMMISSION, payment=earned.payment, text="<i>Too little</i>")
    opened = disputes.open_dispute(desk.context, owner, opening)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    assert title_of(fay.read("/admin/disputes")) == "1 dispute waits for a decision"
    assert opened.id in fay.read("/admin/disputes?state=open")
    assert opened.id not in fay.read("/admin/disputes?state=upheld")
    page = f"/admin/disputes/{opened.id}"
    assert "&lt;i&gt;Too little&lt;/i&gt;" in fay.read(page)
    assert "Commission, level 1: $60.00, under review" in words_of(fay.read(page))
    press(fay, page, f"{page}/ask", text="Which invoice?")
    press(fay, page, f"{page}/decide", 400, outcome="upheld", reason="So it is.", amount="1.234")
    press(fay, page, f"{page}/decide", 400, outcome="maybe", reason="Hm.")
    press(fay, page, f"{page}/decide", 400, outcome="upheld", reason="", amount="5")
    press(fay, page, f"{page}/decide", outcome="upheld", reason="So it is.", amount="5.00")
    done = words_of(fay.read(page))
    assert "Given $5.00" in done and "So it is." in done and "Decide it" not in done
    press(fay, page, f"{page}/decide", 409, outcome="rejected", reason="Again.")
    found, _said = disputes.get(desk.context, fay.actor, opened.id)
    assert (found.amount, found.decided_by) == (500, fay.actor.account)


def test_nobody_decides_their_own_dispute(desk: Desk) -> None:
    fay = desk.enter("fay@people.example", Role.FINANCE)
    opening = Opening(kind=DisputeKind.ATTRIBUTION, text="Bob came by me.")
    opened = disputes.open_dispute(desk.context, fay.actor, opening)
    page = f"/admin/disputes/{opened.id}"
    assert "This dispute is your own" in words_of(fay.read(page))
    press(fay, page, f"{page}/decide", 409, outcome="rejected", reason="No.")


def test_whoever_is_no_operator_finds_nothing_here(desk: Desk) -> None:
    """Also not by a long upload: it is refused after as much as any form may have."""
    add_earner(desk.context)
    fay = desk.enter("fay@people.example", Role.FINANCE)
    batch = drafted(desk.context, fay.actor)
    bob = desk.enter("bob@people.example")
    rex = desk.enter("rex@people.example", Role.REVIEWER)
    for seat in (bob, rex):
        for path in (PAYOUTS, f"{PAYOUTS}/{batch.id}", "/admin/plans", "/admin/disputes"):
            seat.read(path, 404)
        token = token_of(seat.read("/dashboard"))
        where = f"{PAYOUTS}/{batch.id}/returns"
        for size, status in ((10, 404), (100_000, 400)):
            answer = seat.client.post(
                where, data={"csrf_token": token}, files={"file": ("x", b"x" * size)}
            )
            assert answer.status_code == status
    report = json.dumps([one.state for one in payouts_of(desk.context, fay.actor, batch.id)])
    assert report == f'["{PayoutState.QUEUED}"]' and batch.state is BatchState.DRAFT
