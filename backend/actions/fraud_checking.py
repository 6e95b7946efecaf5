"""Compares cases with the shares and referrals that wait with them."""

from __future__ import annotations

from collections.abc import Iterator

from backend.actions.context import Context
from backend.domain.checking import Difference, unless_equal
from backend.domain.fraud_cases import Case, CaseKind, CaseState
from backend.store import fraud, fraud_shares
from backend.store.database import Session

CASES_AT_ONCE = 100


def compare_cases(context: Context) -> Iterator[Difference]:
    """Compare how much waits with each case, and what names a case that there is not.

    After a decision raw shares may be gone, and with a site all of its shares are.
    """
    after = ("", "")
    while True:
        with context.database.reading() as session:
            page = fraud.list_after(session, after, limit=CASES_AT_ONCE)
            found = [one for case in page for one in _compare(session, case)]
        yield from found
        if len(page) < CASES_AT_ONCE:
            break
        after = (page[-1].tenant, page[-1].id)
    with context.database.reading() as session:
        strays = fraud_shares.find_strays(session)
    for site, share in strays:
        where = f"share {share} of site {site}"
        yield Difference(what="share.fraud_case", where=where, stored="a case", computed="none")


def _compare(session: Session, case: Case) -> Iterator[Difference]:
    if case.kind is CaseKind.REFERRALS:
        held = len(fraud.list_referrals(session, case.tenant, case.id))
    elif case.state is CaseState.OPEN and fraud_shares.has_site(session, case):
        held = fraud_shares.count_held(session, case.tenant, case.id)
    else:
        return
    yield from unless_equal("fraud_case.held", f"case {case.id}", case.held, held)
