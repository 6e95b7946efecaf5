"""The check after publishing: what it looks at, how long it waits, what it says."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from generator.errors import NotAsPublished, TargetUnreachable
from generator.model.serving import cache_control, content_type
from generator.publish.bundle import Bundle, in_sending_order, open_bundle
from generator.publish.target import Plan, Published, Report, Served
from generator.publish.verify import SAMPLE, Verified, choose_sample, verify
from tests.support.publishing import PAGES, make_site

Fetch = Callable[[str], Served | None]


class _Shown:
    """A target that shows what a function says."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    def plan(self, bundle: Bundle) -> Plan:
        return _plan(bundle)

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        report(f"{plan.title} {len(bundle.files)}")
        return Published()

    def fetch(self, published: Published, path: str) -> Served | None:
        del published
        return self._fetch(path)


def _plan(bundle: Bundle, *sent: str) -> Plan:
    files = [file for path, file in bundle.files.items() if path in sent or not sent]
    return Plan(title="x", upload=tuple(in_sending_order(files)))


def _as_served(path: str, content: bytes | None = None, **headers: str) -> Served:
    said = {"content-type": content_type(path), "cache-control": cache_control(path)}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Served(content=PAGES[path] if content is None else content, headers=said | named)


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return open_bundle(make_site(tmp_path / "site"))


def _verify(
    bundle: Bundle, fetch: Fetch, *, url: str | None = "https://x", patience: float = 0.1
) -> Verified:
    return verify(
        bundle, _plan(bundle), _Shown(fetch), Published(url=url), report=_ignore, patience=patience
    )


def _ignore(line: str) -> None:
    del line


def test_the_sample_is_the_home_page_eight_that_were_sent_and_three_others_all_over_the_site(
    tmp_path: Path,
) -> None:
    assert SAMPLE == 12
    fresh = {f"new/{number:03}.html": b"%d" % number for number in range(15)}
    old = {f"old/{number:03}.html": b"%d" % number for number in range(100)}
    bundle = open_bundle(make_site(tmp_path, PAGES | fresh | old))
    chosen = [file.path for file in choose_sample(bundle, _plan(bundle, *fresh))]
    assert chosen[0] == "index.html"
    assert chosen[1:9] == [f"new/{number:03}.html" for number in (0, 1, 3, 5, 7, 9, 11, 13)]
    assert len(chosen) == SAMPLE
    assert not {"_headers", ".nojekyll", "404.html"} & set(chosen)
    few = [file.path for file in choose_sample(bundle, _plan(bundle, "feed.xml"))]
    assert few[:2] == ["index.html", "feed.xml"]
    assert len(few) == 5


def test_what_is_served_as_it_was_sent_is_counted(bundle: Bundle) -> None:
    assert _verify(bundle, _as_served) == Verified(checked=len(PAGES) - 3)


def test_a_target_that_shows_nothing_is_not_checked(bundle: Bundle) -> None:
    assert _verify(bundle, {}.get, url=None) == Verified(checked=0)


def test_a_file_that_is_missing_beside_others_is_an_error_wherever_it_is(bundle: Bundle) -> None:
    def fetch(path: str) -> Served | None:
        return None if path == "feed.xml" else _as_served(path)

    for url in ("https://x", None):
        with pytest.raises(NotAsPublished, match=r"feed\.xml is not there"):
            _verify(bundle, fetch, url=url)


def test_other_content_is_an_error_that_names_the_file(bundle: Bundle) -> None:
    with pytest.raises(
        NotAsPublished, match=r"index\.html has other content .* https://x"
    ) as found:
        _verify(bundle, lambda path: _as_served(path, b"old"))
    assert found.value.exit_code == 5


def test_a_host_may_take_its_time_to_show_and_to_answer(bundle: Bundle) -> None:
    slow = [b"old", TargetUnreachable("not yet"), None]

    def fetch(path: str) -> Served | None:
        if not slow:
            return _as_served(path)
        match slow.pop(0):
            case TargetUnreachable() as error:
                raise error
            case bytes() as content:
                return _as_served(path, content)
        return None

    begun = time.monotonic()
    assert _verify(bundle, fetch, patience=60).checked == len(PAGES) - 3
    assert 1.0 < time.monotonic() - begun < 40.0


def test_a_host_that_never_answers_is_said_to_be_unreachable(bundle: Bundle) -> None:
    def fetch(path: str) -> Served | None:
        raise TargetUnreachable(f"{path} does not answer")

    begun = time.monotonic()
    with pytest.raises(TargetUnreachable, match=r"index\.html does not answer"):
        _verify(bundle, fetch, patience=0.5)
    assert time.monotonic() - begun < 20.0


@pytest.mark.parametrize(
    ("headers", "notes"),
    [
        ({"content_type": "application/octet-stream"}, 5),
        ({"content_type": ""}, 5),
        ({"cache_control": "no-cache"}, 1),  # one for all of assets/ that never change
        ({"cache_control": "max-age=60"}, 0),
    ],
)
def test_headers_that_differ_are_notes_and_no_errors(
    headers: Mapping[str, str], notes: int, bundle: Bundle
) -> None:
    checked = _verify(bundle, lambda path: _as_served(path, **headers))
    assert (checked.checked, len(checked.notes)) == (5, notes), checked.notes


def test_a_type_is_the_same_whatever_its_case_and_charset(bundle: Bundle) -> None:
    def fetch(path: str) -> Served:
        kind = content_type(path).partition(";")[0].upper()
        return _as_served(path, content_type=f"{kind} ; charset=UTF-8")

    assert _verify(bundle, fetch).notes == ()
    bare = _verify(bundle, lambda path: Served(content=PAGES[path]))
    assert bare.notes == ()
