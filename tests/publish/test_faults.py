"""Every target, with its server broken at every request in turn: the old site stays whole, and the
next run finishes the new one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from generator.publish import http, vendors
from generator.publish.targets import netlify
from tests.support.faulty_proxy import (
    ChooseFault,
    Fault,
    FaultyProxy,
    at,
    faulty_proxy,
    from_on,
    never,
)
from tests.support.faulty_targets import TARGETS, FaultyTarget, visible
from tests.support.publishing import Ran, make_site, run_publish

MOST_REQUESTS = 100
AT_ONCE = {"Retry-After": "0"}


def _site(mark: str) -> dict[str, bytes]:
    """Return one of two sites that share a page and an asset: all else is there, or differs."""
    style = f"assets/site.{mark * 8}.css"
    return {
        "index.html": f'<link href="/{style}"><p>{mark}</p>'.encode(),
        "same/index.html": b'<link href="/assets/same.01234567.css">',
        "assets/same.01234567.css": b"p{margin:0}",
        style: b"p{content:'%s'}" % mark.encode(),
        f"only-{mark}/index.html": f'<link href="/{style}"><p>only {mark}</p>'.encode(),
        "_headers": b"/*\n  X-Content-Type-Options: nosniff\n",
    }


SITES = {mark: _site(mark) for mark in "ab"}
PERSISTENT = {
    "the server is gone in the middle of an answer": Fault.CUT_AFTER,
    "the server is busy": Fault.status(503, AT_ONCE),
    "the token has expired": Fault.status(401),
}
PASSING = {
    "a connection that is cut": Fault.CUT,
    "an answer that is cut": Fault.CUT_AFTER,
    "too many requests": Fault.status(429, AT_ONCE),
}


@pytest.fixture(params=sorted(TARGETS))
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultyTarget]:
    with TARGETS[request.param](tmp_path / "server") as running:
        yield running


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "FIRST_WAIT_SECONDS", 0.001)
    monkeypatch.setattr(netlify, "_PAUSE_SECONDS", (0.001,))
    monkeypatch.setattr(vendors, "LONGEST_PAUSE_SECONDS", 0.001)


@pytest.mark.parametrize("fault", PERSISTENT.values(), ids=PERSISTENT)
def test_what_breaks_off_at_any_request_leaves_a_whole_site_and_is_finished_by_the_next_run(
    fault: Fault, target: FaultyTarget, tmp_path: Path
) -> None:
    def judge(ran: Ran, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        assert ran.status == 5, ran
        errors = [line for line in ran.stderr.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1, ran.stderr
        _judge_served(target, old, new)

    assert _break_everywhere(target, tmp_path, lambda number: from_on(number, fault), judge) > 4


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_a_fault_that_passes_at_any_request_is_not_noticed(
    fault: Fault, target: FaultyTarget, tmp_path: Path
) -> None:
    def judge(ran: Ran, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        assert ran.status == 0, ran.stderr
        assert visible(target.served()) == visible(new)

    if not target.is_patient:
        pytest.skip("its library repeats requests, with waits that are its own")
    assert _break_everywhere(target, tmp_path, lambda number: at(number, fault), judge) > 4


def test_a_file_that_is_changed_on_its_way_is_never_served(
    target: FaultyTarget, tmp_path: Path
) -> None:
    def judge(ran: Ran, old: dict[str, bytes], new: dict[str, bytes]) -> None:
        assert ran.status in {0, 5}, ran
        _judge_served(target, old, new)

    _break_everywhere(target, tmp_path, lambda number: at(number, Fault.SPOILT), judge)


def _break_everywhere(
    target: FaultyTarget,
    folder: Path,
    choose: Callable[[int], ChooseFault],
    judge: Callable[[Ran, dict[str, bytes], dict[str, bytes]], None],
) -> int:
    """Publish one site over the other with the first request broken, the second, and so on; return
    how many there were to break.
    """
    folders = {mark: make_site(folder / mark, files) for mark, files in SITES.items()}
    with faulty_proxy(target.server) as proxy:
        _finish(target, proxy, folders["a"], SITES["a"])
        for number in range(1, MOST_REQUESTS):
            old, new = ("a", "b") if number % 2 else ("b", "a")
            proxy.requests.clear()
            proxy.fault = choose(number)
            ran = _publish(target, proxy, folders[new], "--no-verify")
            if len(proxy.requests) < number:
                return number - 1
            judge(ran, SITES[old], SITES[new])
            _finish(target, proxy, folders[new], SITES[new])
    raise AssertionError("it does not end")


def _finish(
    target: FaultyTarget, proxy: FaultyProxy, folder: Path, files: dict[str, bytes]
) -> None:
    proxy.fault = never
    finished = _publish(target, proxy, folder, "--no-verify")
    assert finished.status == 0, finished.stderr
    assert visible(target.served()) == visible(files)


def _publish(target: FaultyTarget, proxy: FaultyProxy, folder: Path, *words: str) -> Ran:
    return run_publish(
        folder, "--to", target.to(proxy.url), *words, environ=target.environ(proxy.url)
    )


def _judge_served(target: FaultyTarget, old: dict[str, bytes], new: dict[str, bytes]) -> None:
    """Assert that visitors see one of the sites, or pages of both with all that they name."""
    served = visible(target.served())
    if target.is_atomic:
        assert served in (visible(old), visible(new))
        return
    for path, content in served.items():
        assert content in (old.get(path), new.get(path)), path
    assert {path for path in old if path in new} - {"_headers"} <= set(served)
    for path, content in served.items():
        named = re.findall(rb'href="/([^"]+)"', content) if path.endswith(".html") else []
        assert all(name.decode() in served for name in named), path
