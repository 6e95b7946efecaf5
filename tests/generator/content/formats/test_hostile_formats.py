"""Every format: no markup of the author's survives unsanitised, and no text takes for ever."""

from __future__ import annotations

import time
from importlib import import_module

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from generator.content.document import read_document
from generator.content.pieces import Pieces
from tests.support.links import OpenLinks

SUFFIXES = {
    "rst": "rst",
    "asciidoc": "adoc",
    "org": "org",
    "rdoc": "rdoc",
    "mediawiki": "mediawiki",
    "textile": "textile",
    "plain": "txt",
}

PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "javascript:alert(1)[x]",
    "link:javascript:alert(1)[x]",
    "image:x[x,link=javascript:alert(1)]",
    "+++<script>alert(1)</script>+++",
    "[[javascript:alert(1)][x]]",
    "@@html:<script>alert(1)</script>@@",
    "#+html: <script>alert(1)</script>",
    "{x}[javascript:alert(1)]",
    "[[javascript:alert(1)|x]]",
    "[javascript:alert(1) x]",
    '"x":javascript:alert(1)',
    "`x <javascript:alert(1)>`__",
    ".. raw:: html\n\n   <script>alert(1)</script>",
    ".. image:: x\n   :target: javascript:alert(1)",
    "!javascript:alert(1)!",
    'https://x.example/"onmouseover=alert(1)',
    'image::x"onerror="alert(1)[y]',
    "\x01" + "0\x02<script>alert(1)</script>",
]

FLOODS = [
    "= a\n\n", "* a\n", "- a\n", "*a ", "_a ", "`a ", "=a ", "~a ", "/a ", "''a ", "[", "[[",
    "[a](",
    "{", "{|\n", "| a\n", "|===\n", "<", "<<", "<!--", "<nowiki>", "<pre>", "<ref>", "{{",
    "link:a[",
    "footnote:[", "[fn:", "$a ", "\\(", "#+begin_src\n", ":a:\n", "----\n", "====\n", "a::\n",
    ".. a::\n\n",
    "::\n\n", "a\n=\n", "* a\n+\n", " a\n", "http://", "a_ ", "|a ", "!a", "@a",
    '"a":', "h1. a\n\n",
    "\\", "+",
]  # fmt: skip


@pytest.mark.parametrize("name", SUFFIXES)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_does_not_survive(name: str, payload: str) -> None:
    html = read_document(f"README.{SUFFIXES[name]}", f"a\n\n{payload}\n", links=OpenLinks()).html
    for element in LexborHTMLParser(html).css("*"):
        assert element.tag != "script"
        for attribute, value in element.attributes.items():
            assert not attribute.startswith("on")
            assert not (value or "").strip().lower().startswith("javascript:")


@pytest.mark.parametrize("name", SUFFIXES)
def test_two_megabytes_of_anything_end(name: str) -> None:
    module = import_module(f"generator.content.formats.{name}")
    start = time.process_time()
    for flood in ("a b\n", "*", "x" * 2_000 + "\n", "| a | b |\n"):
        text = (flood * (2_000_000 // len(flood)))[:2_000_000]
        assert module.to_html(text, "a", Pieces(text))
    assert time.process_time() - start < 60


@pytest.mark.parametrize("name", SUFFIXES)
def test_hostile_text_takes_bounded_time(name: str) -> None:
    module = import_module(f"generator.content.formats.{name}")
    for flood in FLOODS:
        text = (flood * (8_000 // len(flood)))[:8_000]
        start = time.process_time()
        module.to_html(text, "a", Pieces(text))
        assert time.process_time() - start < 6, flood


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="ab =*-_`~/|[]{}<>:.#+!\\'\"\n\x01\x02(x1)$^@&", max_size=150),
    st.sampled_from(sorted(SUFFIXES)),
)
def test_any_text_is_rendered(text: str, name: str) -> None:
    assert isinstance(
        import_module(f"generator.content.formats.{name}").to_html(text, "a", Pieces(text)), str
    )
