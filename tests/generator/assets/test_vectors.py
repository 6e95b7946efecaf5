"""An SVG from a repository draws as before and can do nothing else."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import resvg_py
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from generator.assets.vectors import clean_css, clean_svg
from tests.support import corpus

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'


ATTACKS = (
    "<script>alert(1)</script>",
    '<script xlink:href="data:text/javascript,alert(1)"/>',
    '<s:script xmlns:s="http://www.w3.org/2000/svg">alert(1)</s:script>',
    '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    '<h:img xmlns:h="http://www.w3.org/1999/xhtml" src="x" onerror="alert(1)"/>',
    '<rect onclick="alert(1)" width="1"/>',
    '<rect ONLOAD="alert(1)"/>',
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml">alert(1)</body></foreignObject>',
    '<a xlink:href="javascript:alert(1)"><text>x</text></a>',
    '<a href=" java&#10;script:alert(1)"><text>x</text></a>',
    '<a href="data:text/html,alert(1)"><text>x</text></a>',
    '<a><set attributeName="href" to="javascript:alert(1)"/><text>x</text></a>',
    '<a><animate attributeName="xlink:href" values="javascript:alert(1)"/></a>',
    '<set attributeName="onmouseover" to="alert(1)"/>',
    '<use href="data:image/svg+xml,alert(1)#x"/>',
    "<handler>alert(1)</handler>",
    '<iframe src="javascript:alert(1)"/>',
    '<rect style="behavior:url(alert(1))"/>',
)


def clean(inside: str) -> str:
    return clean_svg(f"{HEAD}{inside}</svg>".encode()).decode()


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_that_acts_survives(attack: str) -> None:
    cleaned = clean(attack)
    assert "alert" not in cleaned
    ET.fromstring(cleaned)  # noqa: S314  our own output


@pytest.mark.browser
def test_nothing_runs_when_a_visitor_opens_the_drawing(browser: Browser, tmp_path: Path) -> None:
    """The attacks together, each also with what makes it start by itself."""
    page = browser.new_page()
    heard: list[str] = []
    page.on("dialog", lambda dialog: (heard.append(dialog.message), dialog.dismiss()))
    for name, wash in (("raw", lambda raw: raw), ("clean", clean_svg)):
        heard.clear()
        for number, attack in enumerate(ATTACKS):
            raw = f"{HEAD}{attack.replace('onclick', 'onload')}</svg>".encode()
            path = tmp_path / f"{name}{number}.svg"
            path.write_bytes(wash(raw))
            page.goto(path.as_uri())
        assert bool(heard) == (name == "raw")
    page.close()


@pytest.mark.skipif(not corpus.is_present(), reason=corpus.ABSENT)
def test_drawings_of_real_repositories_look_as_before() -> None:
    drawings = sorted(corpus.CORPUS.glob("**/*.svg"))
    assert len(drawings) >= 8
    for path in drawings:
        raw = path.read_bytes()
        before, after = (
            resvg_py.svg_to_bytes(svg_string=text.decode("utf-8"), skip_system_fonts=True)
            for text in (raw, clean_svg(raw))
        )
        assert bytes(before) == bytes(after), path.name


@pytest.mark.parametrize(
    "reference",
    [
        '<image href="https://evil.example/x.png"/>',
        '<image xlink:href="//evil.example/x.png"/>',
        '<use href="https://evil.example/x.svg#a"/>',
        "<style>@import 'https://evil.example/x.css';</style>",
        "<style>@\\69mport 'https://evil.example/x.css';</style>",
        "<style>@im@import 'a';port 'https://evil.example/x.css';</style>",
        "<style>rect{fill:url(https://evil.example/x)}</style>",
        "<style>rect{fill:u\\72l(https://evil.example/x)}</style>",
        "<style>rect{background:image-set('https://evil.example/x' 1x)}</style>",
        '<rect fill="url(https://evil.example/x)"/>',
        "<rect style=\"fill:url('https://evil.example/x')\"/>",
        '<rect xml:base="https://evil.example/"/>',
        '<feImage href="https://evil.example/x.png"/>',
    ],
)
def test_nothing_outside_the_file_is_asked_for(reference: str) -> None:
    cleaned = clean(reference)
    assert not re.search(
        r"""(?:href=|url\(|base=|image-set\(|@import)[\s"']*[^#\s"']*evil""", cleaned
    )


def test_document_type_and_style_sheet_instructions_are_left_out() -> None:
    raw = (
        b'<?xml version="1.0"?><?xml-stylesheet href="https://evil.example/x.css"?>'
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "https://evil.example/svg11.dtd">'
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"/></svg>'
    )
    assert clean_svg(raw) == (
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="1"></rect></svg>'
    )


def test_short_entities_as_drawing_programs_write_them_are_expanded() -> None:
    raw = (
        b'<!DOCTYPE svg [<!ENTITY ns_svg "http://www.w3.org/2000/svg">]>'
        b'<svg xmlns="&ns_svg;"><rect width="1"/></svg>'
    )
    assert b'xmlns="http://www.w3.org/2000/svg"' in clean_svg(raw)


def test_entities_that_grow_yield_an_empty_drawing() -> None:
    nested = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    raw = f'<!DOCTYPE svg [<!ENTITY e0 "ha">{nested}]><svg><text>&e9;</text></svg>'
    assert clean_svg(raw.encode()) == b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


def test_many_uses_of_one_entity_stay_within_the_bound() -> None:
    body = "&e;" * 200_000
    raw = f'<!DOCTYPE svg [<!ENTITY e "{"x" * 256}">]><svg><text>{body}</text></svg>'.encode()
    assert len(clean_svg(raw)) <= 4 * len(raw) + 128 * 1024


def test_files_on_disk_are_never_read_through_an_entity(tmp_path: object) -> None:
    secret = f"{tmp_path}/secret"
    raw = f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file://{secret}">]><svg><text>&x;</text></svg>'
    assert b"secret" not in clean_svg(raw.encode())


def test_what_draws_is_kept_as_written() -> None:
    drawing = (
        '<defs><linearGradient id="g"><stop offset="0"></stop></linearGradient></defs>'
        '<style>.a{fill:url(#g)}a &gt; b{}</style><path class="a" d="M0 0h1" fill="url(#g)"></path>'
        '<use xlink:href="#g"></use><image href="data:image/png;base64,AAAA"></image>'
        '<text xml:space="preserve"> a &amp; b </text>'
        '<a href="https://example.org/"><text>x</text></a>'
    )
    assert clean(drawing) == f"{HEAD}{drawing}</svg>"


def test_a_broken_file_keeps_what_came_before_the_fault() -> None:
    raw = b'<svg xmlns="http://www.w3.org/2000/svg"><g><rect width="1"/><oops'
    assert clean_svg(raw) == (
        b'<svg xmlns="http://www.w3.org/2000/svg"><g><rect width="1"></rect></g></svg>'
    )


def test_a_page_in_disguise_becomes_an_empty_drawing() -> None:
    assert clean_svg(b"<html><body>x</body></html>") == (
        b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'
    )


@given(st.binary(max_size=400) | st.text(alphabet='<>/&;"= svgarectonx#!-[]?', max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_input_gives_well_formed_xml_and_cleaning_twice_changes_nothing(
    text: bytes | str,
) -> None:
    raw = text if isinstance(text, bytes) else f"{HEAD}{text}</svg>".encode()
    once = clean_svg(raw)
    assert clean_svg(once) == once


@given(st.text(alphabet="url(imporset-ag@)\\75269 '\"/*;:#", max_size=60))
@settings(max_examples=300, deadline=None)
def test_cleaned_css_stays_clean(css: str) -> None:
    once = clean_css(css)
    assert not re.search(r"@import\b", once, re.IGNORECASE)
    assert not re.search(r"url\(\s*[\"']?[^#\"'\s)]", once.replace("url(data:", ""))
