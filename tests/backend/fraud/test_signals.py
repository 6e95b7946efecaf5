"""Each rule at its edge: one less is nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from backend.domain.fraud import Glances, ShareFacts, Trace, find_reasons, judge
from backend.domain.fraud_rules import DEFAULT, amend, numbers_of, read_changes, write_changes
from backend.domain.instants import DAY, HOUR, MINUTE, SECOND, Instant
from backend.errors import Invalid
from tests.support.service import NOON

PEOPLE = 20


def traces_of(
    times: Sequence[int], *, networks: int = 20, pages: int = 3, start: int = NOON
) -> list[Trace]:
    """Return a share at each of some times after a start, each of a visitor of its own."""
    return [
        Trace(
            at=Instant(start + time),
            visitor=f"v{number}",
            visitor_yesterday="",
            network=f"n{number % networks}",
            platform="x",
            page=f"/{number % pages}",
        )
        for number, time in enumerate(times)
    ]


def uneven(number: int, *, pace: int = MINUTE) -> list[int]:
    """Return times whose gaps differ as those of people do."""
    return [n * pace + (n * n * 7 % 5) * pace // 6 for n in range(number)]


def rules_of(
    traces: Sequence[Trace],
    *,
    owner_hour: int = 1,
    own: Sequence[int] = (NOON,),
    glances: Glances | None = None,
) -> frozenset[str]:
    """Return the rules that hold; without glances everybody looked long before, and stayed."""
    at = traces[-1].at if traces else Instant(NOON)
    everybody = {trace.visitor: [Instant(trace.at - MINUTE)] for trace in traces}
    calm = Glances(
        since=Instant(at - DAY), views=everybody, engaged=dict.fromkeys(everybody, Instant(0))
    )
    facts = ShareFacts(
        at=at,
        owner_hour=owner_hour,
        traces=traces,
        own=[Instant(one) for one in own],
        glances=glances or calm,
    )
    return judge(facts, DEFAULT, find_reasons(facts, DEFAULT)).rules


def test_more_than_50_shares_of_an_owner_in_an_hour_are_a_burst() -> None:
    assert rules_of([], owner_hour=51) == {"share_burst"}
    assert rules_of([], owner_hour=50) == set()


def test_ten_shares_from_fewer_than_three_networks() -> None:
    assert rules_of(traces_of(uneven(10), networks=2)) == {"few_networks"}
    assert rules_of(traces_of(uneven(9), networks=2)) == set()
    assert rules_of(traces_of(uneven(10), networks=3)) == set()


def test_networks_that_are_forgotten_say_nothing() -> None:
    assert rules_of([*traces_of(uneven(9), networks=1)]) == set()
    unknown = traces_of(uneven(30))
    for trace in unknown:
        trace.network = ""
    assert rules_of(unknown) == set()


def test_five_shares_of_one_visitor_within_five_seconds() -> None:
    quick = [NOON + n * SECOND for n in range(5)]
    assert rules_of([], own=quick) == {"inhuman_pace"}
    assert rules_of([], own=quick[:4]) == set()
    assert rules_of([], own=[NOON + n * 2 * SECOND for n in range(5)]) == set()


def test_ten_gaps_that_differ_by_less_than_15_percent() -> None:
    assert rules_of(traces_of([n * MINUTE for n in range(11)])) == {"regular_gaps"}
    assert rules_of(traces_of([n * MINUTE for n in range(10)])) == set()
    assert rules_of(traces_of(uneven(30))) == set()


def test_gaps_of_one_batch_are_no_clock() -> None:
    assert rules_of(traces_of(list(range(30)))) == set()


def test_one_page_on_one_platform() -> None:
    assert rules_of(traces_of(uneven(10), pages=1)) == {"uniform"}
    assert rules_of(traces_of(uneven(9), pages=1)) == set()


def glances_of(traces: Sequence[Trace], *, looked: int, before: int, engaged: int) -> Glances:
    """Return that so many looked so long before they shared, and so many engaged."""
    return Glances(
        since=Instant(traces[0].at - DAY),
        views={one.visitor: [Instant(one.at - before)] for one in traces[:looked]},
        engaged={one.visitor: one.at for one in traces[:engaged]},
    )


@pytest.mark.parametrize(
    ("looked", "before", "engaged", "found"),
    [
        (10, MINUTE, 20, set()),
        (9, MINUTE, 20, {"unseen"}),
        (20, 3 * SECOND, 20, {"hasty"}),
        (20, 4 * SECOND, 20, set()),
        (20, MINUTE, 1, {"unengaged"}),
        (20, MINUTE, 2, set()),
    ],
)
def test_what_sharers_did_before(looked: int, before: int, engaged: int, found: set[str]) -> None:
    traces = traces_of([*uneven(PEOPLE), 3 * HOUR], networks=1)[:PEOPLE]
    traces.append(traces_of([3 * HOUR], networks=1)[0])
    traces[-1].visitor = "v0"
    glances = glances_of(traces[:PEOPLE], looked=looked, before=before, engaged=engaged)
    assert rules_of(traces, glances=glances) == {"few_networks", *found}


def test_views_say_nothing_without_another_reason() -> None:
    traces = traces_of(uneven(30))
    unseen = glances_of(traces, looked=0, before=0, engaged=0)
    assert rules_of(traces, glances=unseen) == frozenset()


def test_a_crowd_on_one_network_that_shares_one_page_is_only_noted() -> None:
    weights = {rule.name: rule.weight for rule in DEFAULT.rules.values()}
    crowd = weights["share_burst"] + weights["few_networks"] + weights["uniform"]
    assert crowd < DEFAULT.high <= weights["few_networks"] + weights["unseen"]


def test_a_version_keeps_what_differs_and_reads_it_again() -> None:
    made = amend(DEFAULT, {"share_burst.more_than": 30, "high": 70}, 2)
    assert write_changes(made) == '{"high": 70, "share_burst.more_than": 30}'
    assert numbers_of(read_changes(write_changes(made), 2)) == numbers_of(made)
    assert read_changes('{"gone.weight": 1}', 3).high == DEFAULT.high


@pytest.mark.parametrize(
    "changes", [{"high": 0}, {"high": -1}, {"share_burst.weight": 100_001}, {"share_burst": 1},
                {"nothing.weight": 1}, {"share_burst.least": 1}],
)  # fmt: skip
def test_a_number_that_is_none_is_refused(changes: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        amend(DEFAULT, changes, 2)
