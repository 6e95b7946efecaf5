"""Returns find their payouts by id, whole files speak for each line, and strangers are told."""

from __future__ import annotations

from backend.domain.destinations import Method
from backend.domain.payout_files import Matched, Outcome, Returned, id_in_file, match_returns
from tests.support.payout_lines import ORDER, line_id

OURS = [line_id(number) for number in (1, 2, 3)]


def about(line: str, outcome: Outcome = "paid", reason: str = "", batch: str = "") -> Returned:
    return Returned(line_id=line, outcome=outcome, reason=reason, batch=batch)


def test_ids_in_the_files_form_and_in_ours_both_find_their_payout() -> None:
    returns = [about(id_in_file(Method.ACH, OURS[1]), "failed"), about(OURS[0])]
    assert match_returns(Method.ACH, returns, OURS) == Matched(
        found=(about(OURS[0]), about(OURS[1], "failed")), unknown=()
    )


def test_returns_of_no_payout_here_are_told() -> None:
    strangers = [about("someone"), about("", "failed", batch="another"), about("", batch="")]
    matched = match_returns(Method.SEPA, [*strangers, about(OURS[2])], OURS, order_id=ORDER)
    assert matched == Matched(found=(about(OURS[2]),), unknown=tuple(strangers))
    assert match_returns(Method.SEPA, [about("", batch="")], OURS).found == ()


def test_a_report_of_a_whole_file_speaks_for_each_line_it_does_not_name() -> None:
    returns = [about("", "failed", "DU01", ORDER), about(OURS[1], "paid")]
    assert match_returns(Method.SEPA, returns, OURS, order_id=ORDER).found == (
        about(OURS[0], "failed", "DU01", ORDER),
        about(OURS[1], "paid"),
        about(OURS[2], "failed", "DU01", ORDER),
    )


def test_of_two_words_about_one_payout_failed_is_the_last_in_any_order() -> None:
    returns = [about(OURS[0]), about(OURS[0], "failed", "R03"), about(OURS[0])]
    wanted = (about(OURS[0], "failed", "R03"),)
    assert match_returns(Method.SEPA, returns, OURS).found == wanted
    assert match_returns(Method.SEPA, returns[::-1], OURS).found == wanted
    assert match_returns(Method.SEPA, returns * 2, OURS).found == wanted
