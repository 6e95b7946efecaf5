"""Every mail in every language: complete, with the same values, written as its readers write."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from functools import cache
from gettext import c2py
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from backend.actions import letters
from backend.actions.digests import WeekFacts, _in_words
from backend.domain.instants import Day, Instant, start_of
from backend.domain.letters import Letter
from backend.domain.notifications import EVENTS, Facts, Kind, Notification
from backend.domain.periods import Period
from backend.gateways.languages import CATALOGUES, LANGUAGES, Words, choose_language, words_of
from backend.gateways.mail import render

ROOT = Path(__file__).resolve().parents[3]
BASE = "https://share.example"
UNTIL = start_of(Day(20_700))
_VALUE = re.compile(r"%\((\w+)\)s")
OTHERS = sorted(set(LANGUAGES) - {"en"})
Message = str | tuple[str, ...]

FACTS: Mapping[Kind, Facts] = {
    Kind.REFERRAL_CONVERTED: {"code": "ANN"},
    Kind.COMMISSION_AVAILABLE: {"amount": 580, "currency": "USD"},
    Kind.PAYOUT_SENT: {"amount": 612_000, "currency": "EUR", "destination": "DE … 3000"},
    Kind.PAYOUT_FAILED: {"amount": 6_120, "currency": "JPY", "reason": "<b>closed</b>"},
    Kind.REWARD_GRANTED: {"reward": "milestone_10"},
    Kind.SITE_FEATURED: {"title": "Lantern & <i>Sons</i>", "until": UNTIL},
    Kind.BUILD_FAILED: {"title": "Lantern", "site": "s", "build": "b", "reason": "It took long."},
    Kind.LIMIT_REACHED: {"views": 10_001, "allowed": 10_000},
    Kind.PAYMENT_FAILED: {"tier": "pro", "until": UNTIL},
    Kind.DISPUTE_ANSWERED: {"dispute": "d", "until": UNTIL},
    Kind.DISPUTE_DECIDED: {"dispute": "d", "state": "upheld"},
}


def told(kind: Kind) -> Notification:
    return Notification(id="n", account="a", kind=kind, at=Instant(UNTIL), facts=FACTS[kind])


def every_letter(words: Words) -> Iterator[Letter]:
    """Yield every mail that there is."""
    destination = letters.Destination(method="sepa", currency="EUR", masked="DE … 3000")
    yield letters.write_sign_in(words, f"{BASE}/sign-in/secret")
    yield letters.write_payee_confirm(words, f"{BASE}/confirm", destination)
    yield letters.write_payee_changed(words, "FR … 0189", destination)
    yield letters.write_payouts_due(words, 12, 3)
    yield letters.write_payouts_due(words, 0, 0)
    for kind in EVENTS:
        yield letters.write_news(words, BASE, [told(kind)])
    yield letters.write_news(words, BASE, [told(kind) for kind in EVENTS])
    nothing = (0, 0)
    for views, has_site, is_payable in ((0, False, True), (9, True, False), (9, True, True)):
        facts = WeekFacts(
            period=Period(key="", first=Day(20_695), last=Day(20_701)),
            views=(views, 7),
            shares=nothing,
            clicks=nothing,
            sign_ups=nothing,
            conversions=nothing,
            earned=((580, "USD"),),
            happened=(told(Kind.SITE_FEATURED),),
            has_site=has_site,
            is_payable=is_payable,
        )
        yield letters.write_week(words, BASE, _in_words(words, facts))


def catalogue_of(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        return read_po(file)


@cache
def messages() -> Set[Message]:
    """Return every sentence of the code and of the layout, counted ones in two forms."""
    keywords = {"phrase": None, "counted": (1, 2)}
    found: set[Message] = set()
    for folder, method in (("backend/actions", "python"), ("templates/mail", "jinja2")):
        for _file, _line, message, _notes, _context in extract_from_dir(
            ROOT / folder, method_map=[("**", method)], keywords=keywords
        ):
            found.add(message)
    return found


def forms_of(said: str | Sequence[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ())


def test_mails_speak_every_language_of_the_widget() -> None:
    words = {path.stem for path in (ROOT / "widget" / "src" / "words").glob("*.json")}
    assert words == set(LANGUAGES)
    assert {path.stem for path in CATALOGUES.glob("*.po")} == set(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_and_keeps_its_values(language: str) -> None:
    catalogue = catalogue_of(language)
    said = {each.id: forms_of(each.string) for each in catalogue if each.id}
    assert set(said) == messages()
    for message, forms in said.items():
        is_counted = isinstance(message, tuple)
        assert len(forms) == (catalogue.num_plurals if is_counted else 1), message
        wanted = sorted(_VALUE.findall(forms_of(message)[0]))
        for form in forms:
            assert form.strip(), message
            # "One minute" and "two minutes" may be words of their own.
            allowed = ([], wanted) if is_counted and form != forms[-1] else (wanted,)
            assert sorted(_VALUE.findall(form)) in allowed, message
            assert not re.sub(_VALUE, "", form).count("%"), message


@pytest.mark.parametrize("language", OTHERS)
def test_each_number_of_things_has_the_form_that_its_language_knows(language: str) -> None:
    """The forms are those of CLDR, Unicode's collection of what languages do."""
    catalogue, category = catalogue_of(language), Locale.parse(language).plural_form
    form_of = c2py(catalogue.plural_expr)
    pairs = {(category(number), form_of(number)) for number in range(1_000)}
    # No category has two forms; Turkish says both of its own alike.
    assert len(pairs) == len({name for name, _form in pairs})
    assert {form for _name, form in pairs} == set(range(catalogue.num_plurals))


def test_languages_with_many_forms_tell_them_apart() -> None:
    counts = {language: catalogue_of(language).num_plurals for language in OTHERS}
    assert {each for each, number in counts.items() if number > 2} == {"ar", "he", "pl", "ru", "uk"}
    assert (counts["ar"], counts["ja"]) == (6, 1)
    one = "It works once, within %(number)s minute. If you have no account yet, it makes you one."
    several = one.replace("minute", "minutes")
    wanted = {
        "en": {1: "1 minute.", 2: "2 minutes.", 15: "15 minutes."},
        "pl": {1: "1 minutę.", 3: "3 minuty.", 12: "12 minut.", 22: "22 minuty.", 25: "25 minut."},
        "uk": {1: "1 хвилини.", 4: "4 хвилин.", 21: "21 хвилини."},
        "he": {1: "דקה אחת.", 2: "שתי דקות.", 15: "15 דקות."},
        "ar": {1: "دقيقة واحدة.", 2: "دقيقتين.", 3: "3 دقائق.", 15: "15 دقيقة."},
    }
    for language, sentences in wanted.items():
        for number, words in sentences.items():
            said = words_of(language).counted(one, several, number)
            assert words in re.sub("[\u2068\u2069]", "", said), (language, number)


@pytest.mark.parametrize("language", OTHERS)
def test_no_sentence_was_left_in_english(language: str) -> None:
    same = {
        str(each.id)
        for each in catalogue_of(language)
        if each.id and set(forms_of(each.id)) & set(forms_of(each.string)) and " " in str(each.id)
    }
    assert not same


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_is_the_same_in_both_parts(language: str) -> None:
    words = words_of(language)
    for letter in every_letter(words):
        mail = render(letter, words, service_name="4site", base_url=BASE)
        assert mail.subject == letter.subject
        assert f'lang="{language}"' in mail.html
        assert f'dir="{words.direction}"' in mail.html
        assert "<i>Sons" not in mail.html
        assert "<b>closed" not in mail.html
        links = {part.link for part in letter.parts if part.link}
        for link in links:
            assert link in mail.text
            assert f'href="{link}"' in mail.html
        assert "%(" not in mail.text


def test_dates_numbers_and_money_are_written_as_their_readers_do() -> None:
    date = datetime.date(2026, 11, 21)
    wanted = {
        "en": ("November 21, 2026", "12,340", "$1,234.50"),
        "de": ("21. November 2026", "12.340", "1.234,50\xa0$"),
        "fr": ("21 novembre 2026", "12\u202f340", "1\u202f234,50\xa0$US"),
        "ja": ("2026年11月21日", "12,340", "$1,234.50"),
        "ko": ("2026년 11월 21일", "12,340", "US$1,234.50"),
        "hi": ("21 नवंबर 2026", "12,340", "$1,234.50"),
        "pl": ("21 listopada 2026", "12\xa0340", "1\xa0234,50\xa0USD"),
        "tr": ("21 Kasım 2026", "12.340", "$1.234,50"),
        "uk": ("21 листопада 2026\u202fр.", "12\xa0340", "1\xa0234,50\xa0USD"),
    }
    for language, (day, number, money) in wanted.items():
        words = words_of(language)
        assert (words.day(date), words.number(12_340)) == (day, number)
        assert words.money(123_450, "USD") == money
    english = words_of("en")
    # Japan has no smaller unit, Kuwait a thousandth.
    assert (english.money(1_500, "JPY"), english.money(1_500, "KWD")) == ("¥1,500", "KWD\xa01.500")
    assert english.money(-580, "USD") == "-$5.80"
    # A sign that is read from the left stays whole among words that are read from the right.
    assert "\u2066US$\u2069" in words_of("ar").money(580, "USD")
    assert [words_of(each).direction for each in ("ar", "he", "de", "xx")] == [
        "rtl",
        "rtl",
        "ltr",
        "ltr",
    ]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,de;q=0.9,en;q=0.8", "de"),
        ("en;q=0.4, pt-BR;q=0.9", "pt"),
        ("zh-Hant-TW", "zh"),
        ("xx, fr;q=0", "en"),
        ("sw, tlh;q=0.9, ja;q=0.1", "ja"),
        ("*", "en"),
        ("../../etc/passwd", "en"),
        ("de;q=x" * 100, "en"),
    ],
)
def test_the_language_that_a_browser_asks_for_first(header: str, language: str) -> None:
    assert choose_language(header) == language


def test_a_catalogue_is_read_by_the_tool_that_translators_use() -> None:
    raw = (CATALOGUES / "de.po").read_bytes()
    assert len(read_po(io.BytesIO(raw), abort_invalid=True)) == len(messages())
