"""Pictures from other hosts: fetched, bounded, cached, and never from this machine's network."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from generator.model.report import BuildWarning
from generator.settings import BuildOptions
from generator.source.pictures import find_suffix
from generator.source.public_hosts import is_public
from generator.source.remote_files import PictureRules, fetch_images
from tests.support.picture_server import PictureServer, Prepared, serve_pictures

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 32
SVG = b'<?xml version="1.0"?>\n<!-- a badge --><svg xmlns="http://www.w3.org/2000/svg"/>'


@pytest.fixture
def server() -> Iterator[PictureServer]:
    with serve_pictures() as running:
        yield running


@dataclass(slots=True)
class Fetcher:
    """Fetches with one cache, and keeps the warnings of the last call."""

    options: BuildOptions
    rules: PictureRules
    warnings: list[BuildWarning] = field(default_factory=list)

    def fetch(self, urls: Iterable[str], **options: bool) -> dict[str, Path]:
        self.warnings.clear()
        return fetch_images(
            urls,
            options=replace(self.options, **options),
            report=lambda _: None,
            warn=self.warnings.append,
            rules=self.rules,
        )

    @property
    def complaint(self) -> str:
        assert [warning.code for warning in self.warnings] == ["pictures_missing"]
        return self.warnings[0].message


@pytest.fixture
def fetcher(server: PictureServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fetcher:
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return Fetcher(
        options=BuildOptions(cache_dir=tmp_path / "cache"),
        rules=PictureRules(allowed_hosts=frozenset({server.host}), timeout_seconds=2),
    )


def _forget_freshness(cache: Path) -> None:
    """Make every cache entry old, as a day without a build would."""
    for path in (cache / "http").rglob("*"):
        if path.is_file():
            first, _, body = path.read_bytes().partition(b"\n")
            about = {**json.loads(first), "saved_at": 0}
            path.write_bytes(json.dumps(about).encode() + b"\n" + body)


def test_pictures_come_as_files_named_for_their_content(
    server: PictureServer, fetcher: Fetcher
) -> None:
    server.answers = {
        "/a.php?id=1": Prepared(body=PNG),
        "/badge": Prepared(body=SVG, kind="image/svg+xml;charset=utf-8"),
    }
    urls = [f"{server.base}/badge", f"{server.base}/a.php?id=1", f"{server.base}/badge"]
    found = fetcher.fetch(urls)
    assert list(found) == urls[:2]
    assert [path.suffix for path in found.values()] == [".svg", ".png"]
    assert found[urls[0]].read_bytes() == SVG
    assert not fetcher.warnings
    assert len(server.asked) == 2


def test_a_rebuild_soon_after_asks_nothing(server: PictureServer, fetcher: Fetcher) -> None:
    server.answers["/a.png"] = Prepared(body=PNG)
    urls = [f"{server.base}/a.png", f"{server.base}/gone.png"]
    first = fetcher.fetch(urls)
    server.asked.clear()
    assert fetcher.fetch(urls) == first
    assert fetcher.complaint
    assert not server.asked


def test_a_later_build_asks_only_whether_it_changed(
    server: PictureServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.answers["/a.png"] = Prepared(body=PNG, etag='"one"')
    first = fetcher.fetch([f"{server.base}/a.png"])
    for status in (200, 304, 304):
        assert server.asked.pop()[1] == status
        _forget_freshness(tmp_path / "cache")
        assert fetcher.fetch([f"{server.base}/a.png"]) == first


def test_an_old_picture_is_better_than_a_dead_server(
    server: PictureServer, fetcher: Fetcher, tmp_path: Path
) -> None:
    server.answers["/a.png"] = Prepared(body=PNG)
    first = fetcher.fetch([f"{server.base}/a.png"])
    _forget_freshness(tmp_path / "cache")
    server.answers["/a.png"] = Prepared(status=500)
    assert fetcher.fetch([f"{server.base}/a.png"]) == first


def test_offline_gives_what_was_fetched_and_asks_nothing(
    server: PictureServer, fetcher: Fetcher
) -> None:
    server.answers["/a.png"] = Prepared(body=PNG)
    found = fetcher.fetch([f"{server.base}/a.png"])
    server.asked.clear()
    urls = [f"{server.base}/a.png", f"{server.base}/b.png"]
    assert fetcher.fetch(urls, offline=True) == found
    assert "offline" in fetcher.complaint
    assert not server.asked


@pytest.mark.parametrize(
    ("prepared", "reason"),
    [
        (Prepared(body=b"<html>hello</html>", kind="text/html"), "not a picture"),
        (Prepared(body=b"<html>hello</html>", kind="image/png"), "not a picture"),
        (Prepared(body=PNG, kind="text/html"), "not a picture"),
        (Prepared(body=PNG + b"\0" * 2048), "larger than"),
        (Prepared(status=404), "404"),
        (Prepared(status=302, headers={"Location": "/loop"}), "redirected too often"),
        (Prepared(status=302, headers={"Location": "http://127.0.0.1:1/a"}), "not public"),
        (Prepared(status=302, headers={"Location": "https://localhost/a"}), "not public"),
        (Prepared(status=302, headers={"Location": "file:///etc/passwd"}), "not asked"),
    ],
)
def test_what_is_no_fit_picture_is_left_out_with_its_reason(
    server: PictureServer, fetcher: Fetcher, prepared: Prepared, reason: str
) -> None:
    server.answers["/loop"] = prepared
    fetcher.rules = replace(fetcher.rules, limit_bytes=1024)
    assert fetcher.fetch([f"{server.base}/loop"]) == {}
    assert reason in fetcher.complaint


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/a.png",
        "https://localhost/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:169.254.169.254]/latest/meta-data/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/a.png",
        "https://192.168.1.1/a.png",
        "https://0.0.0.0/a.png",
        "https://0x7f000001/a.png",
        "https://2130706433/a.png",
        "http://127.0.0.1/a.png",
        "https://user:password@127.0.0.1/a.png",
    ],
)
def test_no_address_of_this_machine_or_its_network_is_asked(fetcher: Fetcher, url: str) -> None:
    assert fetcher.fetch([url]) == {}
    assert fetcher.complaint


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "0.1.2.3", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1",
        "::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "ff02::1", "nonsense",
    ],
)  # fmt: skip
def test_private_addresses_are_told_from_public_ones(address: str) -> None:
    assert not is_public(address)


def test_public_addresses_are_public() -> None:
    assert is_public("140.82.121.4")
    assert is_public("2606:50c0:8000::153")


def test_number_and_total_size_are_bounded(server: PictureServer, fetcher: Fetcher) -> None:
    server.answers = {f"/{number}": Prepared(body=PNG) for number in range(9)}
    fetcher.rules = replace(fetcher.rules, limit_count=5, threads=1, limit_total_bytes=100)
    assert len(fetcher.fetch([f"{server.base}/{number}" for number in range(9)])) == 2
    assert "too many" not in fetcher.complaint
    assert "and 4 more" in fetcher.complaint


def test_a_slow_server_does_not_hold_the_build(server: PictureServer, fetcher: Fetcher) -> None:
    server.answers["/slow"] = Prepared(body=PNG, delay_seconds=1)
    fetcher.rules = replace(fetcher.rules, timeout_seconds=0.1)
    assert fetcher.fetch([f"{server.base}/slow"]) == {}
    assert fetcher.complaint


def test_nothing_to_fetch_touches_no_disk(fetcher: Fetcher, tmp_path: Path) -> None:
    assert fetcher.fetch(["data:image/png;base64,AA", "ftp://x/y", "//x/y", "a.png"]) == {}
    assert not list(tmp_path.iterdir())
    assert not fetcher.warnings


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (PNG, ".png"),
        (b"\xff\xd8\xff\xe0", ".jpg"),
        (b"GIF89a", ".gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", ".webp"),
        (b"\0\0\0\x20ftypavif", ".avif"),
        (SVG, ".svg"),
        (b'\xef\xbb\xbf<!DOCTYPE svg PUBLIC "-//W3C" "x" [<!ENTITY a "b">]> <svg>', ".svg"),
        (b"<html><svg></svg></html>", None),
        (b"<svgx>", None),
        (b"RIFF\0\0\0\0WAVE", None),
        (b"", None),
        (b"<!--" * 5000, None),
        (b"%PDF-1.7", None),
    ],
)
def test_a_picture_is_told_from_its_first_bytes(content: bytes, suffix: str | None) -> None:
    assert find_suffix(content) == suffix
