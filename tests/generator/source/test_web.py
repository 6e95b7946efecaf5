"""The cache on disk, the client above it, the token, and where a token is found."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from generator.errors import SourceRefused, SourceUnreachable
from generator.settings import BuildOptions
from generator.source.cache_place import cache_folder, keep_or_make, prune_folders
from generator.source.http_cache import Answer, HttpCache, Question
from generator.source.quota import QuotaSpent
from generator.source.tokens import default_host, find_token
from generator.source.web import Credentials, NotCached, Patience, ServerFailing, Web
from tests.support.picture_server import PictureServer, Prepared, serve_pictures
from tests.support.scripted_server import answer, serve_scripts

TOKEN = "secret-token"  # noqa: S105 - it opens nothing
QUICK = Patience(first_wait_seconds=0.01, longest_wait_seconds=0.05, timeout_seconds=2)


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with serve_pictures() as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path) -> HttpCache:
    return HttpCache(folder=tmp_path / "http")


@pytest.fixture
def web(server: PictureServer, cache: HttpCache) -> Iterator[Web]:
    asker = Web(credentials=Credentials(origin=server.base), cache=cache, patience=QUICK)
    yield asker
    asker.close()


def _answer(body: bytes = b"{}", **headers: str) -> Answer:
    return Answer(status=200, headers=headers, body=body)


def test_an_entry_comes_back_with_the_headers_that_matter(cache: HttpCache) -> None:
    question = Question(url="https://x.example/", accept="json", token=TOKEN)
    cache.save(question, _answer(b"a\nb", etag='"1"', **{"set-cookie": "no", "link": "<u>"}))
    found = cache.find(question)
    assert found is not None
    assert (found.status, found.body, found.is_cached) == (200, b"a\nb", True)
    assert dict(found.headers) == {"etag": '"1"', "link": "<u>"}


def test_entries_differ_by_address_form_body_and_identity(cache: HttpCache) -> None:
    question = Question(url="https://x.example/", accept="json", token=TOKEN)
    cache.save(question, _answer())
    for other in (
        Question(url="https://x.example/2", accept="json", token=TOKEN),
        Question(url="https://x.example/", accept="text", token=TOKEN),
        Question(url="https://x.example/", accept="json", token=TOKEN[1:]),
        Question(url="https://x.example/", accept="json"),
        Question(url="https://x.example/", accept="json", token=TOKEN, body=b"{}"),
    ):
        assert cache.find(other) is None
    assert cache.find_of_anyone(Question(url="https://x.example/", accept="json")) is not None


def test_no_token_is_in_the_cache_nor_in_a_representation(cache: HttpCache) -> None:
    question = Question(url="https://x.example/", token=TOKEN)
    cache.save(question, _answer())
    names_and_contents = [(str(path), path.read_bytes()) for path in cache.folder.rglob("*-*")]
    assert names_and_contents
    assert TOKEN not in repr(names_and_contents)
    assert TOKEN not in repr(question)
    assert TOKEN not in repr(Credentials(origin="https://x.example", token=TOKEN))
    assert TOKEN not in repr(BuildOptions(token=TOKEN))


@pytest.mark.parametrize("damage", [b"", b"{}\n", b"not json\nbody", b"[]\n", b"\xff\xfe\n"])
def test_a_damaged_entry_counts_as_none(cache: HttpCache, damage: bytes) -> None:
    question = Question(url="https://x.example/")
    cache.save(question, _answer(b"body"))
    (entry,) = (path for path in cache.folder.rglob("*") if path.is_file())
    entry.write_bytes(damage)
    assert cache.find(question) is None
    assert cache.find_of_anyone(question) is None


def test_the_cache_keeps_what_was_used_last_within_its_limits(tmp_path: Path) -> None:
    cache = HttpCache(folder=tmp_path, limit_entries=3)
    questions = [Question(url=f"https://x.example/{number}") for number in range(6)]
    for age, question in enumerate(questions):
        cache.save(question, _answer())
        for path in tmp_path.rglob(f"{question.subject}*"):
            os.utime(path, (1000 + age, 1000 + age))
    assert cache.find(questions[0]) is not None
    cache.prune()
    kept = [number for number, question in enumerate(questions) if cache.find(question)]
    assert kept == [0, 4, 5]


def _write_often(folder: Path, letter: str) -> None:
    cache = HttpCache(folder=folder)
    for _ in range(150):
        cache.save(Question(url="https://x.example/"), _answer(letter.encode() * 50_000))


def test_processes_that_share_the_cache_see_whole_entries(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write_often, args=(tmp_path, one)) for one in "ab"]
    for writer in writers:
        writer.start()
    cache = HttpCache(folder=tmp_path)
    while any(writer.is_alive() for writer in writers):
        found = cache.find(Question(url="https://x.example/"))
        assert found is None or found.body in {b"a" * 50_000, b"b" * 50_000}
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    assert not list(tmp_path.rglob(".new-*"))


def test_a_folder_is_made_once_and_a_failed_making_leaves_nothing(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(work: Path) -> None:
        made.append(work)
        (work / "file").write_text("x")

    def fail(work: Path) -> None:
        (work / "half").write_text("x")
        raise ValueError

    with pytest.raises(ValueError):
        keep_or_make(tmp_path / "place", fail)
    assert not list(tmp_path.iterdir())
    keep_or_make(tmp_path / "place", make)
    keep_or_make(tmp_path / "place", make)
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["place"]


def test_only_the_last_used_folders_are_kept(tmp_path: Path) -> None:
    for age in range(5):
        (tmp_path / str(age)).mkdir()
        os.utime(tmp_path / str(age), (age, age))
    prune_folders(tmp_path, keep=tmp_path / "0", count=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "3", "4"]


def test_a_cache_that_cannot_be_written_is_replaced_by_a_passing_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    folder = cache_folder(BuildOptions(cache_dir=tmp_path / "file" / "cache"))
    assert folder.is_dir()
    assert not folder.is_relative_to(tmp_path)


def test_an_unchanged_answer_is_not_sent_twice(server: PictureServer, web: Web) -> None:
    server.answers["/a"] = Prepared(body=b"hello", etag='"1"')
    assert web.ask(f"{server.base}/a").body == b"hello"
    again = web.ask(f"{server.base}/a")
    assert (again.body, again.is_cached) == (b"hello", True)
    assert server.asked == [("/a", 200), ("/a", 304)]


def test_a_failing_server_is_asked_three_times_then_the_cache_helps(
    server: PictureServer, web: Web
) -> None:
    server.answers["/a"] = Prepared(status=503)
    with pytest.raises(ServerFailing):
        web.ask(f"{server.base}/a")
    assert len(server.asked) == 3
    server.answers["/a"] = Prepared(body=b"hello")
    web.ask(f"{server.base}/a")
    server.answers["/a"] = Prepared(status=503)
    assert web.ask(f"{server.base}/a").body == b"hello"
    assert isinstance(web.stale_reason, ServerFailing)


def test_after_a_spent_quota_no_more_is_asked(server: PictureServer, web: Web) -> None:
    limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1900000000"}
    server.answers["/a"] = Prepared(status=403, headers=limit)
    for path in ("/a", "/b"):
        with pytest.raises(QuotaSpent) as caught:
            web.ask(f"{server.base}{path}")
        assert "2030-03-17 17:46 UTC" in caught.value.message
    assert server.asked == [("/a", 403)]


def test_redirects_stay_on_the_host_and_end(server: PictureServer, web: Web) -> None:
    server.answers["/a"] = Prepared(status=301, headers={"Location": "/b"})
    server.answers["/b"] = Prepared(body=b"there")
    server.answers["/circle"] = Prepared(status=302, headers={"Location": "/circle"})
    server.answers["/away"] = Prepared(status=302, headers={"Location": "http://127.0.0.1:1/"})
    assert web.ask(f"{server.base}/a").body == b"there"
    assert web.ask(f"{server.base}/away").status == 302
    with pytest.raises(SourceUnreachable, match="circles"):
        web.ask(f"{server.base}/circle")


def test_an_answer_too_large_is_refused(server: PictureServer, web: Web) -> None:
    server.answers["/a"] = Prepared(body=b"x" * 5000)
    with pytest.raises(SourceRefused):
        web.ask(f"{server.base}/a", limit_bytes=1000)


def test_a_download_goes_to_disk_and_is_bounded(
    server: PictureServer, web: Web, tmp_path: Path
) -> None:
    server.answers["/a"] = Prepared(status=302, headers={"Location": "/b"})
    server.answers["/b"] = Prepared(body=b"x" * 5000)
    with (tmp_path / "file").open("w+b") as file:
        web.download(f"{server.base}/a", file, accept="*/*", limit_bytes=10_000)
        assert file.tell() == 5000
        with pytest.raises(SourceRefused):
            web.download(f"{server.base}/a", file, accept="*/*", limit_bytes=100)
        with pytest.raises(SourceUnreachable, match="404"):
            web.download(f"{server.base}/none", file, accept="*/*", limit_bytes=100)


def test_a_download_that_breaks_is_begun_anew_and_one_that_is_not_there_is_not(
    tmp_path: Path,
) -> None:
    whole = answer(b"x" * 5000)

    def breaks(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nhalf of it")

    ways = iter([breaks, lambda _handler: None, answer(status=503), whole, answer(status=404)])
    asker = Web(
        credentials=Credentials(origin="http://127.0.0.1"),
        cache=None,
        patience=replace(QUICK, tries=4),
    )
    with serve_scripts() as server, (tmp_path / "file").open("w+b") as file, closing(asker):
        server.scripts["/a"] = lambda handler: next(ways)(handler)  # noqa: PLW0108  another each time
        file.write(b"before ")
        asker.download(server.url("/a"), file, accept="*/*", limit_bytes=10_000)
        assert len(server.asked) == 4
        file.seek(0)
        assert file.read() == b"before " + b"x" * 5000
        with pytest.raises(SourceUnreachable, match="404"):
            asker.download(server.url("/a"), file, accept="*/*", limit_bytes=10_000)
        assert len(server.asked) == 5


def test_offline_asks_nothing(server: PictureServer, cache: HttpCache) -> None:
    online = Web(credentials=Credentials(origin=server.base, token=TOKEN), cache=cache)
    server.answers["/a"] = Prepared(body=b"hello")
    online.ask(f"{server.base}/a")
    online.close()
    server.asked.clear()
    offline = Web(credentials=Credentials(origin=server.base), cache=cache, is_offline=True)
    assert offline.ask(f"{server.base}/a").body == b"hello"
    with pytest.raises(NotCached):
        offline.ask(f"{server.base}/b")
    assert not server.asked


@pytest.mark.parametrize(
    ("origin", "url", "is_sent"),
    [
        ("https://api.github.com", "https://api.github.com/repos/a/b", True),
        ("https://api.github.com", "https://codeload.github.com/a/b", False),
        ("https://api.github.com", "https://api.github.com.evil.example/", False),
        ("https://api.github.com", "https://api.github.com@evil.example/", False),
        ("https://api.github.com", "http://api.github.com/repos/a/b", False),
        ("http://git.example.com", "http://git.example.com/api/v3/", False),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/v3/", True),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8081/api/v3/", False),
    ],
)
def test_the_token_is_sent_to_its_origin_only_and_never_in_the_clear(
    origin: str, url: str, is_sent: bool
) -> None:
    header = Credentials(origin=origin, token=TOKEN).header_for(url)
    assert header == ({"Authorization": f"Bearer {TOKEN}"} if is_sent else {})


@pytest.mark.parametrize(
    ("environ", "host", "token"),
    [
        ({"GITHUB_TOKEN": " a\n", "GH_TOKEN": "b"}, "github.com", "a"),
        ({"GH_TOKEN": "b"}, "github.com", "b"),
        ({"GITHUB_TOKEN": ""}, "github.com", None),
        ({"GITHUB_TOKEN": "two words", "GH_TOKEN": "b"}, "github.com", "b"),
        ({"GH_ENTERPRISE_TOKEN": "e", "GITHUB_TOKEN": "a"}, "git.example.com", "e"),
        ({"GH_ENTERPRISE_TOKEN": "e"}, "github.com", None),
        ({"GH_TOKEN": "b", "GH_ENTERPRISE_TOKEN": "e"}, "team.ghe.com", "b"),
    ],
)
def test_the_token_is_found_where_people_keep_it(
    environ: dict[str, str], host: str, token: str | None
) -> None:
    assert find_token({"PATH": "/nonexistent", **environ}, host=host) == token


def test_the_login_of_gh_is_asked_last(tmp_path: Path) -> None:
    gh = tmp_path / "gh"
    gh.write_text('#!/bin/sh\n[ "$1 $2 $3" = "auth token --hostname" ] && echo "from-gh-$4"\n')
    gh.chmod(0o755)
    environ = {"PATH": str(tmp_path)}
    assert find_token(environ) == "from-gh-github.com"
    assert find_token({**environ, "GITHUB_TOKEN": "own"}) == "own"
    gh.write_text("#!/bin/sh\necho no login; exit 1\n")
    assert find_token(environ) is None


def test_the_preferred_host_is_that_of_gh() -> None:
    assert default_host({}) == "github.com"
    assert default_host({"GH_HOST": "Git.Example.com"}) == "git.example.com"
