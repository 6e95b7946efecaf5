"""Words, numbers, dates and money in the language of whoever reads them.

Words come from the catalogues in `templates/languages/LANGUAGE.po`; English is in the code itself.
"""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from typing import Literal

from babel import Locale
from babel.core import negotiate_locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_symbol

from backend.domain.money import CURRENCIES, format_amount
from generator.places import TEMPLATES

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {
    "en": "English",
    "ar": "العربية",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "he": "עברית",
    "hi": "हिन्दी",
    "it": "Italiano",
    "ja": "日本語",
    "ko": "한국어",
    "nl": "Nederlands",
    "pl": "Polski",
    "pt": "Português",
    "ru": "Русский",
    "tr": "Türkçe",
    "uk": "Українська",
    "zh": "中文",
}
"""Each language by its own name."""
CATALOGUES = TEMPLATES / "languages"
_ASKED = re.compile(
    r"\s*([a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q\s*=\s*([01](?:\.\d{1,3})?))?\s*"
)
_HEADER_CHARACTERS = 200
# Where a currency without a sign of its own would touch its amount.
_CODE_AND_DIGIT = re.compile(r"(?<=[A-Z])(?=\d)|(?<=\d)(?=[A-Z])")
_LOCALES = {"zh": "zh_Hans"}


class Words:
    """One language."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else ENGLISH
        self._locale = Locale.parse(_LOCALES.get(self.language, self.language))
        self._catalogue = _catalogue(self.language)

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        return "rtl" if self._locale.text_direction == "rtl" else "ltr"

    def phrase(self, message: str, **values: object) -> str:
        """Return an English sentence in this language, with values at its `%(name)s`."""
        said = self._catalogue.gettext(message) if self._catalogue else message
        return self._fill(said, values)

    def counted(self, one: str, several: str, count: int) -> str:
        """Return a sentence in the form that its number of things asks for.

        `one` and `several` are its English forms, with the number at `%(number)s`; a catalogue has
        as many as its language.
        """
        if self._catalogue:
            said = self._catalogue.ngettext(one, several, count)
        else:
            said = one if count == 1 else several
        return self._fill(said, {"number": self.number(count)})

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self._locale)

    def percent(self, value: int) -> str:
        """Return whole percent with its sign: `+12 %`."""
        sign = "+" if value > 0 else ""
        return sign + format_percent(value / 100, locale=self._locale)

    def money(self, minor: int, currency: str) -> str:
        """Return an amount of minor units with its currency."""
        decimals = "." + "0" * CURRENCIES[currency] if CURRENCIES[currency] else ""
        pattern = self._locale.currency_formats["standard"].pattern.replace(".00", decimals)
        said = format_currency(
            format_amount(minor, currency),
            currency,
            pattern,
            locale=self._locale,
            currency_digits=False,
        )
        said = _CODE_AND_DIGIT.sub("\N{NO-BREAK SPACE}", said)
        if self.direction == "rtl":
            # Else `US$` would be shown as `$US`.
            sign = get_currency_symbol(currency, locale=self._locale)
            said = said.replace(sign, f"\u2066{sign}\u2069")
        return said

    def day(self, date: datetime.date) -> str:
        return format_date(date, "long", locale=self._locale)

    def short_day(self, date: datetime.date) -> str:
        return format_date(date, "medium", locale=self._locale)

    def moment(self, at: datetime.datetime) -> str:
        """Return a time in UTC, which it says."""
        return f"{format_datetime(at, 'medium', tzinfo=datetime.UTC, locale=self._locale)} UTC"

    def _fill(self, said: str, values: Mapping[str, object]) -> str:
        if self.direction == "rtl":
            # Isolated, so that a Latin name does not turn the sentence around it.
            values = {name: f"\u2068{value}\u2069" for name, value in values.items()}
        return said % values if values else said


@cache
def words_of(language: str) -> Words:
    """Return the words of a language, English for one that is not known."""
    return Words(language)


def choose_language(header: str) -> str:
    """Return the language that an `Accept-Language` header asks for first, else English."""
    asked: list[tuple[float, str]] = []
    for part in header.lower()[:_HEADER_CHARACTERS].split(","):
        found = _ASKED.fullmatch(part)
        weight = float(found[2] or 1) if found else 0
        if found and weight:
            asked.append((-weight, found[1]))
    preferred = [language for _weight, language in sorted(asked, key=lambda each: each[0])]
    return negotiate_locale(preferred, list(LANGUAGES)) or ENGLISH


@cache
def _catalogue(language: str) -> GNUTranslations | None:
    if language == ENGLISH:
        return None
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=_LOCALES.get(language, language))
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
