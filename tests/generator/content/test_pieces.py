"""Generated HTML passes the sanitiser unseen, and no text can pretend to be such HTML."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.document import read_document
from generator.content.pieces import Pieces
from generator.content.trusted import trust
from generator.model.document import Feature
from tests.support.links import OpenLinks


def show(html: str, pieces: Pieces) -> str:
    return str(trust(html, links=OpenLinks(), pieces=pieces))


def test_a_piece_takes_its_tokens_place() -> None:
    pieces = Pieces("text")
    token = pieces.add("<math><mi>x</mi></math>", feature=Feature.MATH)
    assert show(f"<p>a {token} b</p>", pieces) == "<p>a <math><mi>x</mi></math> b</p>"
    assert pieces.features == {Feature.MATH}


def test_a_block_piece_replaces_the_element_around_it() -> None:
    pieces = Pieces("text")
    token = pieces.add('<figure class="code"></figure>')
    for around in (f"<pre>{token}</pre>", f"<p>{token}</p>", token):
        assert show(around, pieces) == '<figure class="code"></figure>'


def test_a_token_inside_an_attribute_is_dropped_with_it() -> None:
    pieces = Pieces("text")
    token = pieces.add('"><script>hit()</script>')
    html = f'<a href="{token}" title="{token}" id="{token}" class="{token}">x</a>'
    assert show(html, pieces) == "x"
    assert show(f'<img src="x" alt="{token}">', pieces).count("script") == 0


def test_attributes_become_those_of_the_element_that_carries_their_token() -> None:
    pieces = Pieces("text")
    token = pieces.add_attributes(class_="callout", role="note", aria_label='"quoted"')
    html = f'<div class="{token}">x</div>{token}<p title="{token}">y</p>'
    assert show(html, pieces) == (
        '<div class="callout" role="note" aria-label="&quot;quoted&quot;">x</div><p>y</p>'
    )


def test_a_token_of_another_text_means_nothing() -> None:
    foreign = Pieces("other text")
    token = foreign.add("<script>hit()</script>")
    attributes = foreign.add_attributes(class_="callout")
    text = f"{token} <b class='{attributes}' title='{token}'>x</b>"
    pieces = Pieces(text)
    pieces.add("<i>mine</i>")
    html = show(text, pieces)
    assert "script" not in html
    assert "callout" not in html
    assert "mine" not in html


def test_a_number_without_a_piece_means_nothing() -> None:
    pieces = Pieces("text")
    for number in ("7", "", "-1", "１", "9" * 30, "x"):
        html = show(f"<p>{pieces.mark}{number}\uf8ff</p>", pieces)
        assert html.startswith("<p>")


def test_equal_texts_give_equal_tokens_and_others_do_not() -> None:
    assert Pieces("a").add("x") == Pieces("a").add("y")
    assert Pieces("a").mark != Pieces("b").mark
    assert Pieces("a\ud800").mark


def test_private_use_characters_of_the_author_stay() -> None:
    """Icon fonts live there; only a whole digest of the text would mean something."""
    html = read_document("a.md", "\ue0a0 `\ue0b0` \uf8ff", links=OpenLinks()).html
    assert html == "<p>\ue0a0 <code>\ue0b0</code> \uf8ff</p>\n"


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("\ue000\ue001\uf8ff0123<>\"'= ab`$*\n#:"), max_size=60))
def test_no_text_can_leave_a_token_or_be_one(text: str) -> None:
    pieces = Pieces(text)
    assert pieces.mark not in text
    assert pieces.mark not in read_document("a.md", text, links=OpenLinks()).html
