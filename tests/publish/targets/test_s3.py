"""Publishing to a real S3 server: what is stored and how, what is sent again, what is deleted."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import brotli
import pytest

from tests.support.publishing import PAGES, Ran, change, make_site, run_publish
from tests.support.s3_server import RunningS3

RECORD = ".4site-manifest.json"


@pytest.fixture
def bucket(s3: RunningS3) -> Path:
    return s3.make_bucket()


def send(s3: RunningS3, site: Path, to: str, *words: str, **environ: str) -> Ran:
    return run_publish(site, "--to", f"s3://{to}", *words, environ=s3.environ(**environ))


def keys_in(bucket: Path) -> set[str]:
    return {file.relative_to(bucket).as_posix() for file in bucket.rglob("*") if file.is_file()}


def test_a_site_is_stored_with_types_and_cache_rules(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    ran = send(s3, make_site(tmp_path / "site"), f"{bucket.name}/tool")
    assert ran.status == 0, ran.stderr
    assert keys_in(bucket) == {f"tool/{path}" for path in (*PAGES, RECORD)}
    assert "files checked" in ran.stdout

    headers = {}
    for path in ("index.html", "assets/site.0a1b2c3d.css", "feed.xml", "assets/cards/home.png"):
        head = s3.client().head_object(Bucket=bucket.name, Key=f"tool/{path}")
        headers[path] = (head["ContentType"], head["CacheControl"])
    assert headers == {
        "index.html": ("text/html; charset=utf-8", "public, max-age=0, must-revalidate"),
        "assets/site.0a1b2c3d.css": (
            "text/css; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
        "feed.xml": ("application/xml; charset=utf-8", "public, max-age=0, must-revalidate"),
        "assets/cards/home.png": ("image/png", "public, max-age=3600"),
    }


def test_a_second_run_sends_nothing_and_a_third_what_changed(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    assert send(s3, site, bucket.name, "--json").json["send"][-1] == "index.html"
    assert send(s3, site, bucket.name, "--json").json["send"] == []

    change(site, "docs/start/index.html", b"<p>new</p>")
    third = send(s3, site, bucket.name, "--json")
    assert third.json["send"] == ["docs/start/index.html"]
    assert (bucket / "docs/start/index.html").read_bytes() == b"<p>new</p>"


def test_ten_changed_files_of_a_thousand_are_ten_sent(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    files = {f"p{number}/index.html": b"<p>%d</p>" % number for number in range(999)}
    site = make_site(tmp_path / "site", files | {"index.html": b"<p>home</p>"})
    send(s3, site, bucket.name, "--no-verify")
    new = {f"p{number}/index.html": b"<p>other</p>" for number in range(100, 110)}
    make_site(site, files | new | {"index.html": b"<p>home</p>"})

    sent = send(s3, site, bucket.name, "--json", "--no-verify").json
    assert (set(sent["send"]), sent["unchanged"]) == (set(new), 990)


def test_an_object_that_was_changed_or_removed_there_is_sent_again(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    send(s3, site, bucket.name)
    s3.delete(bucket, "404.html")
    s3.put(bucket, "feed.xml", b"by hand")

    assert set(send(s3, site, bucket.name, "--json").json["send"]) == {"404.html", "feed.xml"}
    assert (bucket / "feed.xml").read_bytes() == PAGES["feed.xml"]


def test_a_page_that_is_gone_is_deleted_and_a_strange_object_stays(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site", PAGES | {"old/index.html": b"old"})
    send(s3, site, bucket.name)
    s3.put(bucket, "mine.txt", b"mine")
    change(site, "old/index.html", None)

    assert send(s3, site, bucket.name, "--json").json["delete"] == ["old/index.html"]
    assert keys_in(bucket) == {*PAGES, RECORD, "mine.txt"}


def test_an_object_of_somebody_else_is_never_replaced(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    s3.put(bucket, "index.html", b"years of work")
    refused = send(s3, make_site(tmp_path / "site"), bucket.name)
    assert refused.status == 5
    assert "holds index.html, which 4site did not publish" in refused.stderr
    assert keys_in(bucket) == {"index.html"}


def test_a_lost_record_is_made_anew_without_sending_anything(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    send(s3, site, bucket.name)
    s3.delete(bucket, RECORD)
    assert send(s3, site, bucket.name, "--json").json["send"] == []
    assert set(json.loads(gzip.decompress((bucket / RECORD).read_bytes()))["objects"]) == set(PAGES)


def test_a_record_that_nobody_can_read_stops_everything(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    send(s3, site, bucket.name)
    s3.put(bucket, RECORD, b"of another program")
    change(site, "feed.xml", b"<feed>new</feed>")
    refused = send(s3, site, bucket.name)
    assert (refused.status, "is not a record that we can read" in refused.stderr) == (5, True)
    assert (bucket / "feed.xml").read_bytes() == PAGES["feed.xml"]


def test_more_deletions_than_allowed_change_nothing(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    many = {f"p{number}/index.html": b"x" for number in range(30)}
    site = make_site(tmp_path / "site", PAGES | many)
    send(s3, site, bucket.name)
    before = keys_in(bucket)
    make_site(site)

    refused = send(s3, site, bucket.name)
    assert (refused.status, keys_in(bucket)) == (5, before)
    assert send(s3, site, bucket.name, "--max-deletions", "30").status == 0
    assert keys_in(bucket) == {*PAGES, RECORD}


def test_a_dry_run_writes_nothing(s3: RunningS3, bucket: Path, tmp_path: Path) -> None:
    shown = send(s3, make_site(tmp_path / "site"), bucket.name, "--dry-run")
    assert (shown.status, keys_in(bucket)) == (0, set())
    assert "+ index.html" in shown.stdout


def test_a_preview_lies_apart_and_leaves_the_site_alone(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site")
    send(s3, site, f"{bucket.name}/tool")
    change(site, "feed.xml", b"<feed>new</feed>")
    assert send(s3, site, f"{bucket.name}/tool", "--preview", "pr-7").status == 0
    assert (bucket / "tool/feed.xml").read_bytes() == PAGES["feed.xml"]
    assert (bucket / "tool/preview/pr-7/feed.xml").read_bytes() == b"<feed>new</feed>"

    make_site(site)
    assert send(s3, site, f"{bucket.name}/tool", "--json").json["delete"] == []
    assert (bucket / "tool/preview/pr-7/index.html").exists()


STYLE = "assets/site.0a1b2c3d.css"
BIG = PAGES | {STYLE: b"body{color:#222}" * 400}


def test_texts_can_be_stored_as_gzip_and_small_ones_stay_plain(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site", BIG)
    ran = send(s3, site, f"{bucket.name}?encoding=gzip")
    assert ran.status == 0, ran.stderr  # the check reads what a browser would
    assert gzip.decompress((bucket / STYLE).read_bytes()) == BIG[STYLE]
    assert (bucket / "index.html").read_bytes() == PAGES["index.html"]
    head = s3.client().head_object(Bucket=bucket.name, Key=STYLE)
    assert (head["ContentEncoding"], head["ContentType"]) == ("gzip", "text/css; charset=utf-8")

    plain = send(s3, site, bucket.name, "--json")
    assert plain.json["send"] == [STYLE]
    assert (bucket / STYLE).read_bytes() == BIG[STYLE]


def test_coded_variants_can_lie_beside_the_plain_file(
    s3: RunningS3, bucket: Path, tmp_path: Path
) -> None:
    site = make_site(tmp_path / "site", BIG)
    to = f"{bucket.name}?encoding=beside"
    send(s3, site, to)
    assert (bucket / STYLE).read_bytes() == BIG[STYLE]
    assert gzip.decompress((bucket / f"{STYLE}.gz").read_bytes()) == BIG[STYLE]
    assert brotli.decompress((bucket / f"{STYLE}.br").read_bytes()) == BIG[STYLE]
    assert send(s3, site, to, "--json").json["send"] == []

    dropped = send(s3, site, bucket.name, "--json").json["delete"]
    assert dropped == [f"{STYLE}.br", f"{STYLE}.gz"]
    assert keys_in(bucket) == {*BIG, RECORD}
