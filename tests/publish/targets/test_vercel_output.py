"""The rules of a finished build for Vercel, beside those that its own library makes."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

import pytest

from generator.model.serving import FOR_AN_HOUR, IMMUTABLE, REVALIDATED, SECURITY_HEADERS
from generator.publish.targets.vercel_output import make_config, read_redirects
from tests.support.tools import NODE_FOLDER, find_node_packages

PATHS = {"index.html", "404.html", "docs/start/index.html", "v1.2/index.html", "feed.xml",
         "LICENSE", "data.bin", "assets/site.0a1b2c3d.css", "assets/cards/home.png"}  # fmt: skip


def _ask(config: dict[str, Any], path: str) -> tuple[int, dict[str, str]]:
    """Return what Vercel would answer: routes in their order, until one that does not continue."""
    headers: dict[str, str] = {}
    for route in config["routes"]:
        if route.get("handle"):
            break
        found = re.match(route["src"], path)
        if not found:
            continue
        headers |= {name: _fill(value, found) for name, value in route.get("headers", {}).items()}
        if not route.get("continue"):
            return route.get("status", 200), headers
    return 200, headers


def _fill(value: str, found: re.Match[str]) -> str:
    return re.sub(r"\$(\d)", lambda number: found[int(number[1])] or "", value)


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    made: dict[str, Any] = json.loads(make_config(PATHS, "").content)
    return made


@pytest.mark.parametrize(
    ("path", "cache"),
    [
        ("/", REVALIDATED),
        ("/docs/start/", REVALIDATED),
        ("/assets.html", REVALIDATED),
        ("/assets/site.0a1b2c3d.css", IMMUTABLE),
        ("/assets/cards/home.png", FOR_AN_HOUR),
    ],
)
def test_every_answer_has_the_headers_and_one_rule_for_keeping_it(
    config: dict[str, Any], path: str, cache: str
) -> None:
    assert _ask(config, path) == (200, SECURITY_HEADERS | {"Cache-Control": cache})
    keeping = [route for route in config["routes"] if "Cache-Control" in route.get("headers", {})]
    assert sum(bool(re.match(route["src"], path)) for route in keeping) == 1


@pytest.mark.parametrize(
    ("path", "status", "place"),
    [
        ("/docs/start", 308, "/docs/start/"),
        ("/v1.2", 308, "/v1.2/"),
        ("/docs/start/", 200, None),
        ("/v1.2/", 200, None),
        ("/LICENSE", 200, None),
        ("/feed.xml", 200, None),
    ],
)
def test_pages_are_served_at_their_folder(
    config: dict[str, Any], path: str, status: int, place: str | None
) -> None:
    found, headers = _ask(config, path)
    assert (found, headers.get("Location")) == (status, place)


def test_types_that_vercel_may_not_know_are_told(config: dict[str, Any]) -> None:
    assert config["overrides"] == {
        "LICENSE": {"contentType": "application/octet-stream"},
        "data.bin": {"contentType": "application/octet-stream"},
        "feed.xml": {"contentType": "application/xml; charset=utf-8"},
    }


def test_the_page_for_what_is_not_there_is_named_only_when_there_is_one(
    config: dict[str, Any],
) -> None:
    assert config["routes"][-1] == {"src": "^/.*$", "status": 404, "dest": "/404.html"}
    bare = json.loads(make_config(PATHS - {"404.html"}, "").content)
    assert bare["routes"][-1] == {"handle": "filesystem"}


@pytest.mark.parametrize(
    ("line", "path", "status", "place"),
    [
        ("/old /new", "/old", 301, "/new"),
        ("/old /new", "/old/", 301, "/new"),
        ("/old/* /docs/:splat 302", "/old/a/b", 302, "/docs/a/b"),
        ("/old/* /docs/:splat 302", "/old", 302, "/docs/"),
        ("/p/:year/:name /blog/:name-:year 308", "/p/2026/hi", 308, "/blog/hi-2026"),
        ("/away https://example.org/a#b 301!", "/away", 301, "https://example.org/a#b"),
        ("/a.b /c # why", "/a.b", 301, "/c"),
        ("/a.b /c", "/axb", 200, None),
        ("/old /new", "/older", 200, None),
    ],
)
def test_redirects_lead_where_they_say(
    line: str, path: str, status: int, place: str | None
) -> None:
    routes, notes = read_redirects(line)
    found, headers = _ask({"routes": routes}, path)
    assert (found, headers.get("Location"), notes) == (status, place, ())


def test_lines_that_mean_nothing_are_named_and_comments_are_not() -> None:
    text = "# moved\n\n/a\n/b /c 404\n/d e:f\n/g q=:q /h 301\nx /y\n/ok /fine\n/in /out 200\n"
    routes, notes = read_redirects(text)
    assert len(routes) == 2
    assert routes[-1] == {"src": "^/in/?$", "dest": "/out", "check": True}
    assert [note.split()[1] for note in notes] == ["3", "4", "5", "6", "7"]


@pytest.mark.node
def test_vercels_own_library_takes_the_routes_and_makes_the_same_of_slashes() -> None:
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")
    routes = json.loads(make_config(PATHS, "/a/* /b/:splat 301\n/in /out 200\n").content)["routes"]
    script = """
const {normalizeRoutes, getTransformedRoutes} = require('@vercel/routing-utils');
const routes = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const theirs = getTransformedRoutes({trailingSlash: true}).routes;
console.log(JSON.stringify({error: normalizeRoutes(routes).error, theirs}));
"""
    ran = subprocess.run(
        ["node", "-e", script], cwd=NODE_FOLDER, input=json.dumps(routes),
        capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    said = json.loads(ran.stdout)
    assert said["error"] is None
    slash = {"src": r"^/((?:[^/]+/)*[^/\.]+)$", "status": 308, "headers": {"Location": "/$1/"}}
    assert slash in said["theirs"]
    assert slash | {"src": r"^/((?:[^/]+/)*[^/.]+)$"} in routes
