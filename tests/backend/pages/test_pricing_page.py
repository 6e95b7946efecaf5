"""`/pricing`: the best case never stands without the real result beside it."""

from __future__ import annotations

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.actions.payments import apply_event
from backend.domain.instants import DAY
from tests.support.money import add_chain, paid
from tests.support.service import NOON


def figures(client: TestClient, query: str = "") -> dict[str, str]:
    page = HTMLParser(client.get(f"/pricing{query}").text)
    boxes = page.css(".figure-box")
    return {box.css_first("dt").text(): box.css_first(".figure-value").text() for box in boxes}


def test_ten_people_on_pro_are_58_dollars_a_month_at_best(client: TestClient) -> None:
    assert figures(client) == {
        "Best case in 12 months": "$696.00",
        "Median real result, same time": "not known yet",
    }


def test_the_rate_rises_with_the_years(client: TestClient) -> None:
    told = client.get("/pricing?people=1&months=60&format=json").json()
    months = told["best_case_by_month"]
    assert (months[6], months[24], months[59]) == (580, 725, 1_160)


def test_the_median_is_what_people_here_really_got(client: TestClient, context: Context) -> None:
    for number in range(5):
        _ann, bob = add_chain(context, 2)
        if number:
            apply_event(context, paid(bob, 1_000 * number, ref=f"in_{number}", at=NOON - DAY))
    # Two, four, six and eight dollars, and one who got nothing.
    assert figures(client)["Median real result, same time"] == "$4.00"


@pytest.mark.parametrize(
    "query",
    ["?people=-1", "?people=9999999", "?people=x", "?months=0", "?months=121", "?tier=free"],
)
def test_what_cannot_be_reckoned_with_is_said_and_an_example_shown(
    client: TestClient, query: str
) -> None:
    answer = client.get(f"/pricing{query}")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "$696.00" in answer.text
