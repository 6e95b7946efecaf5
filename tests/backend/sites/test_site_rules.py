"""What may be said of a site: addresses, origins, words, and what a tier allows."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.addresses import clean_origin, clean_repository, clean_url
from backend.domain.gates import origin_of
from backend.domain.showcase import ShowcaseWish, SiteStatus
from backend.domain.sites import (
    KINDS,
    Site,
    SiteDraft,
    SiteEdit,
    check_room,
    clean_draft,
    edit_site,
    shows_powered_by,
)
from backend.domain.tiers import TERMS, Tier
from backend.domain.verification import (
    find_site_keys,
    is_key_file,
    is_own_pages_site,
    is_same_site,
    meta_tag,
)
from backend.errors import Invalid, LimitReached
from generator.model.insight import ProjectKind
from generator.render.companions import make_site_proof
from tests.support.service import NOON

KEY = "aB3dE5gH7jK9"


def make_site(**values: object) -> Site:
    known: dict[str, object] = {
        "tenant": "default", "id": "a" * 32, "account": "b" * 32, "key": KEY,
        "url": "https://ann.github.io/lantern/", "origins": ("https://ann.github.io",),
        "title": "Lantern", "description": "", "repository": "https://github.com/ann/lantern",
        "kind": "project", "language": None, "topics": (), "status": SiteStatus.DRAFT,
        "wish": ShowcaseWish.UNSAID, "has_powered_by": True, "created_at": NOON,
    }  # fmt: skip
    return Site(**(known | values))  # type: ignore[arg-type]  # named above


def draft(**values: object) -> SiteDraft:
    return replace(SiteDraft(url="https://lantern.example", title="Lantern"), **values)  # type: ignore[arg-type]


# Addresses


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://lantern.example", "https://lantern.example/"),
        (" HTTPS://Lantern.Example:443/ ", "https://lantern.example/"),
        ("http://lantern.example:80/docs", "http://lantern.example/docs/"),
        ("http://lantern.example:8080//", "http://lantern.example:8080/"),
        ("https://lantern.example./index.html", "https://lantern.example/"),
        ("https://lantern.example/a%20b/é", "https://lantern.example/a%20b/%C3%A9/"),
        ("https://bücher.example", "https://xn--bcher-kva.example/"),
        ("http://[::1]:4000/", "http://[::1]:4000/"),
        ("http://127.0.0.1:4000", "http://127.0.0.1:4000/"),
        ("https://my_site.example/", "https://my_site.example/"),
    ],
)
def test_address_of_a_site_is_kept_as_browsers_write_it(text: str, expected: str) -> None:
    assert clean_url(text, field="url") == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "lantern.example", "//lantern.example", "ftp://lantern.example", "https://",
        "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https:///path",
        "https://ann:secret@lantern.example", "https://lantern.example/?q=1",
        "https://lantern.example/#top", "https://lantern.example:0/", "https://x:99999/",
        "https://lantern.example\\@evil.example", "https://lan tern.example", "https://a\nb.example",
        "https://-a.example/", "https://a..b/", "https://[::1/", "https://[zz]/", "https://<b>.example",
        "https://lantern.example/../x", "https://lantern.example/a//b", "https://straße.example",
        "https://a\u202eb.example/", "https://lantern.example/" + "x" * 500,
        f"https://{'x' * 64}.example",
        "https://lantern.example/" + "é" * 200,
    ],
)  # fmt: skip
def test_address_that_cannot_be_a_sites_is_refused(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        clean_url(text, field="url")
    assert refused.value.field == "url"


@given(st.text(max_size=80))
def test_cleaning_an_address_twice_is_cleaning_it_once(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://lantern.example/{text}"):
        try:
            cleaned = clean_url(candidate, field="url")
        except Invalid:
            continue
        assert clean_url(cleaned, field="url") == cleaned
        assert cleaned.isascii()
        assert cleaned.endswith("/")
        assert len(cleaned) <= 500
        assert cleaned.startswith(f"{origin_of(cleaned)}/")
        assert clean_origin(origin_of(cleaned), field="origins") == origin_of(cleaned)


def test_origin_is_scheme_host_and_port_alone() -> None:
    assert clean_origin("HTTPS://Docs.Example/", field="origins") == "https://docs.example"
    for text in ("https://docs.example/a", "https://docs.example?x", "null", "*", "docs.example"):
        with pytest.raises(Invalid):
            clean_origin(text, field="origins")


def test_repository_is_a_web_address_without_its_ending() -> None:
    expected = "https://github.com/ann/lantern"
    assert clean_repository("https://github.com/ann/lantern.git") == expected
    assert clean_repository("https://GitHub.com/ann/lantern/") == expected
    for text in ("git@github.com:ann/lantern", "ssh://github.com/x", "https://github.com/a?b"):
        with pytest.raises(Invalid):
            clean_repository(text)


# Drafts and edits


def test_draft_is_cleaned_as_a_whole() -> None:
    cleaned = clean_draft(
        draft(
            title="  Lantern\n\u202elight ",
            description="a\tb",
            topics=("CLI", "rust", "cli"),
            language=" Rust ",
            origins=("https://www.lantern.example", "https://lantern.example"),
        )
    )
    assert (cleaned.title, cleaned.description) == ("Lantern light", "a b")
    assert (cleaned.topics, cleaned.language) == (("cli", "rust"), "Rust")
    assert cleaned.origins == ("https://lantern.example", "https://www.lantern.example")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", " \n\u202e"), ("title", "x" * 121), ("description", "x" * 301),
        ("language", "x" * 41), ("kind", "tech"), ("kind", ""), ("topics", ("not a topic",)),
        ("topics", ("-x",)), ("topics", ("x" * 51,)), ("topics", tuple(f"t{n}" for n in range(21))),
        ("topics", tuple("x" * 40 + str(n) for n in range(10, 20))), ("topics", ("<b>",)),
        ("origins", tuple(f"https://o{n}.example" for n in range(11))), ("origins", ("null",)),
        ("url", "nonsense"), ("repository", "nonsense"), ("description", "x" * 100_000),
    ],
)  # fmt: skip
def test_draft_that_cannot_be_is_refused_by_field(field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        clean_draft(draft(**{field: value}))
    assert refused.value.field == field


def test_longest_words_fit() -> None:
    cleaned = clean_draft(draft(title="x" * 120, description="é" * 300, language="x" * 40))
    lengths = (len(cleaned.title), len(cleaned.description), len(cleaned.language or ""))
    assert lengths == (120, 300, 40)


def test_kinds_are_those_that_the_generator_finds() -> None:
    assert {kind.value for kind in ProjectKind} == KINDS


def test_edit_changes_what_it_names_and_nothing_else() -> None:
    site = make_site(language="Rust", topics=("cli",))
    assert edit_site(site, SiteEdit(), Tier.FREE) == site
    changed = edit_site(
        site,
        SiteEdit(title="New", language="", topics=(), wish=ShowcaseWish.OUT, origins=()),
        Tier.FREE,
    )
    assert (changed.title, changed.language, changed.topics) == ("New", None, ())
    assert (changed.wish, changed.origins) == (ShowcaseWish.OUT, ("https://ann.github.io",))
    assert changed.url == site.url


# Tiers


@pytest.mark.parametrize(("tier", "limit"), [(Tier.FREE, 3), (Tier.PRO, 25), (Tier.BUSINESS, 100)])
def test_tier_holds_so_many_sites(tier: Tier, limit: int) -> None:
    assert TERMS[tier].sites == limit
    check_room(tier, limit - 1)
    with pytest.raises(LimitReached, match=f"{tier} tier holds {limit} sites, and you have"):
        check_room(tier, limit)


def test_limit_says_what_would_lift_it() -> None:
    with pytest.raises(LimitReached) as refused:
        check_room(Tier.FREE, 3)
    assert refused.value.hint == "Remove a site, or change to pro, which holds 25."
    with pytest.raises(LimitReached) as refused:
        check_room(Tier.BUSINESS, 100)
    assert "enterprise, which holds any number" in refused.value.hint


def test_enterprise_has_no_limit_of_sites() -> None:
    check_room(Tier.ENTERPRISE, 1_000_000)


@pytest.mark.parametrize("tier", Tier)
def test_powered_by_line_is_removable_from_pro_on(tier: Tier) -> None:
    edit = SiteEdit(has_powered_by=False)
    if tier is Tier.FREE:
        with pytest.raises(LimitReached):
            edit_site(make_site(), edit, tier)
    else:
        site = edit_site(make_site(), edit, tier)
        assert not shows_powered_by(site, tier)
        # Whoever goes back to free shows it again, without having to change anything.
        assert shows_powered_by(site, Tier.FREE)
    assert shows_powered_by(make_site(), tier)


# Proofs


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head>{meta_tag(KEY)}</head>",
        f"<!doctype html><meta charset=utf-8><title>a < b</title>{meta_tag(KEY)}<p>",
        f"<META CONTENT='{KEY}' NAME='FourSite-Site' />",
        f"<meta name=foursite-site content={KEY}>",
        f"<script>if (a < b) document.write('<p>')</script><style>p>a{{}}</style>{meta_tag(KEY)}",
        f"<!-- <body> -->{meta_tag('other')}{meta_tag(KEY)}",
        f'<link rel="a>b" href=x>{meta_tag(KEY)}',
    ],
)
def test_key_is_found_in_the_head(page: str) -> None:
    assert KEY in find_site_keys(page)


@pytest.mark.parametrize(
    "page",
    [
        f"<head></head><body>{meta_tag(KEY)}",
        f"<p>a comment of a visitor</p>{meta_tag(KEY)}",
        f"<!-- {meta_tag(KEY)} -->",
        f"<script>'{meta_tag(KEY)}'</script>",
        f"<title>{meta_tag(KEY)}</title>",
        f"<meta name=description content='{meta_tag(KEY)}'>",
        f'<meta name="foursite-site" data-content="{KEY}">',
        f"<noscript>{meta_tag(KEY)}</noscript>",
        f'<meta name="foursite-site" content="{KEY}',
        "",
    ],
)
def test_key_elsewhere_proves_nothing(page: str) -> None:
    assert KEY not in find_site_keys(page)


@pytest.mark.parametrize(
    "piece",
    [
        "<!--", "<meta ", '<meta "', "<meta a", "a", "<", "<a", "<meta a=", "<script>", "< ", "='",
        "<meta name=foursite-site ", "<title", "\"'", "<link><!", "<meta>", "a ", "/",
    ],
)  # fmt: skip
def test_hostile_page_is_read_in_a_moment(piece: str) -> None:
    for start in ("", "<meta "):
        page = start + piece * (256 * 1024 // len(piece))
        started = time.process_time()
        find_site_keys(page)
        find_site_keys(page + ">")
        assert time.process_time() - started < 1.5


def test_file_holds_the_key_on_a_line_of_its_own() -> None:
    assert is_key_file(make_site_proof(KEY).content.decode(), KEY)
    assert is_key_file(f"\ufeffother\r\n {KEY} \r\n", KEY)
    assert not is_key_file(f"<html>{KEY}</html>", KEY)
    assert not is_key_file("", KEY)


def test_pages_of_the_owners_own_repository_need_no_file() -> None:
    assert is_own_pages_site(make_site(), "Ann")
    root = make_site(
        url="https://ann.github.io/", repository="https://github.com/Ann/ann.github.io"
    )
    assert is_own_pages_site(root, "ann")


@pytest.mark.parametrize(
    ("values", "login"),
    [
        ({}, None), ({}, ""), ({}, "eve"),
        ({"repository": None}, "ann"),
        # A repository may name any address as its home page, also somebody else's.
        ({"url": "https://victim.example/"}, "ann"),
        ({"url": "https://ann.github.io.evil.example/lantern/"}, "ann"),
        ({"url": "https://ann.github.io/other/"}, "ann"),
        ({"url": "https://ann.github.io/"}, "ann"),
        ({"url": "https://ann.github.io:8443/lantern/"}, "ann"),
        ({"url": "https://eve.github.io/lantern/"}, "ann"),
        ({"repository": "https://gitlab.com/ann/lantern"}, "ann"),
        ({"repository": "https://github.com/ann/lantern/tree"}, "ann"),
        ({"repository": "https://github.com/ann"}, "ann"),
    ],
)  # fmt: skip
def test_other_claims_on_github_prove_nothing(values: dict[str, object], login: str | None) -> None:
    assert not is_own_pages_site(make_site(**values), login)


def test_redirect_stays_with_one_host() -> None:
    assert is_same_site("http://lantern.example/", "https://www.lantern.example/en/")
    assert is_same_site("https://www.lantern.example/", "https://lantern.example/")
    assert not is_same_site("https://lantern.example/", "https://evil.example/lantern.example")
    assert not is_same_site("https://lantern.example/", "https://lantern.example.evil/")
