"""Static files: hashed names, encodings made ahead, conditional and partial answers."""

from __future__ import annotations

import gzip
import hashlib
from base64 import b64encode

import brotli
import pytest
from starlette.testclient import TestClient

from backend.actions.context import Context
from backend.app import create_app
from backend.web.assets import FileTable, asset_url, theme_files
from backend.web.widget import find_release
from generator.theme_files import read_widget

IMMUTABLE = "max-age=31536000, public, immutable"


@pytest.fixture
def sheet() -> str:
    return asset_url("site.css")


def test_a_hashed_file_may_be_kept_for_a_year(client: TestClient, sheet: str) -> None:
    for url, content in theme_files()[1].items():
        answer = client.get(url, headers={"accept-encoding": "identity"})
        assert answer.status_code == 200
        assert answer.content == content
        assert answer.headers["cache-control"] == IMMUTABLE
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("br", "br"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.0, gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_the_best_accepted_encoding_is_sent(
    client: TestClient, sheet: str, accepted: str, encoding: str | None
) -> None:
    with client.stream("GET", sheet, headers={"accept-encoding": accepted}) as answer:
        sent = b"".join(answer.iter_raw())
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert int(answer.headers["content-length"]) == len(sent)
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(sent) == theme_files()[1][sheet]


def test_a_font_has_no_twins_that_save_nothing(client: TestClient) -> None:
    font = next(url for url in theme_files()[1] if url.endswith(".woff2"))
    answer = client.get(font, headers={"accept-encoding": "br, gzip"})
    assert "content-encoding" not in answer.headers
    assert answer.headers["content-type"] == "font/woff2"


def test_what_the_reader_has_is_not_sent_again(client: TestClient, sheet: str) -> None:
    etag = client.get(sheet).headers["etag"]
    again = client.get(sheet, headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == etag
    assert again.headers["cache-control"] == IMMUTABLE
    assert client.get(sheet, headers={"if-none-match": 'W/"other"'}).status_code == 200


def test_head_and_range_are_answered_without_the_whole_body(client: TestClient, sheet: str) -> None:
    content = theme_files()[1][sheet]
    head = client.head(sheet, headers={"accept-encoding": "identity"})
    assert (head.content, int(head.headers["content-length"])) == (b"", len(content))
    part = client.get(sheet, headers={"range": "bytes=10-19", "accept-encoding": "identity"})
    assert (part.status_code, part.content) == (206, content[10:20])
    assert part.headers["content-range"] == f"bytes 10-19/{len(content)}"
    beyond = client.get(sheet, headers={"range": "bytes=99999999-"})
    assert beyond.status_code == 416


@pytest.mark.parametrize(
    "path",
    ["/assets/site.css", "/assets/%2e%2e/4site.db", "/assets/..%2f..%2f4site.db", "/assets/",
     "/assets/site.00000000.css", "/thumbnails/..%2f4site.db", "/thumbnails/4site.db",
     "/thumbnails/0123456789abcdef0123456789abcdef.webp"],
)  # fmt: skip
def test_nothing_but_published_files_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_other_methods_than_reading_are_refused(client: TestClient, sheet: str) -> None:
    assert client.post(sheet).status_code == 405


def test_a_former_release_is_still_served(context: Context) -> None:
    former = FileTable(context.settings.data_dir / "static")
    former.publish("/assets/old.0123abcd.css", b"body { color: teal }" * 100)
    with TestClient(create_app(context)) as client:
        answer = client.get("/assets/old.0123abcd.css", headers={"accept-encoding": "br"})
    assert answer.text == "body { color: teal }" * 100
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["cache-control"] == IMMUTABLE


def test_a_thumbnail_is_a_picture_and_nothing_else(client: TestClient, context: Context) -> None:
    folder = context.settings.data_dir / "thumbnails"
    folder.mkdir()
    name = f"{hashlib.blake2b(b'picture', digest_size=16).hexdigest()}.webp"
    (folder / name).write_bytes(b"picture")
    answer = client.get(f"/thumbnails/{name}")
    assert answer.content == b"picture"
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"] == IMMUTABLE
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    etag = answer.headers["etag"]
    assert client.get(f"/thumbnails/{name}", headers={"if-none-match": etag}).status_code == 304


def test_the_widget_may_be_loaded_from_anywhere(client: TestClient) -> None:
    answer = client.get("/widget.js")
    assert answer.content == read_widget()["widget.js"]
    assert answer.headers["cache-control"] == "max-age=300, public"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")


def test_integrity_names_the_bytes_that_its_url_serves(client: TestClient) -> None:
    stated = client.get("/widget/integrity.json").json()
    core = client.get(stated["url"])
    digest = b64encode(hashlib.sha384(core.content).digest()).decode()
    assert stated["integrity"] == f"sha384-{digest}"
    assert core.headers["cache-control"] == IMMUTABLE
    assert core.headers["access-control-allow-origin"] == "*"
    panel = client.get(stated["url"].replace("/widget/", "/widget/panel."))
    assert panel.content == read_widget()["panel.js"]
    assert panel.headers["cache-control"] == IMMUTABLE


def test_panel_and_words_lie_beside_both_addresses(client: TestClient) -> None:
    built = read_widget()
    assert client.get("/panel.js").content == built["panel.js"]
    words = next(name for name in built if name.startswith("words."))
    for folder in ("/", "/widget/"):
        answer = client.get(f"{folder}{words}")
        assert answer.content == built[words]
        assert answer.headers["cache-control"] == "max-age=300, public"


def test_another_byte_anywhere_is_another_release() -> None:
    first = find_release({"widget.js": b"a", "panel.js": b"b", "words.de.js": b"c"})
    second = find_release({"widget.js": b"a", "panel.js": b"b", "words.de.js": b"d"})
    assert first is not None
    assert second is not None
    assert first.core_url != second.core_url
    assert first.integrity == second.integrity
    assert find_release({"widget.js": b"a"}) is None
