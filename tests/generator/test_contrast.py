"""Every text is readable on every ground it stands on, in both modes of each theme.

Colours are those that Chromium paints: tokens are set on elements of a real page and read back
through a canvas, so that relative colours, gamut limits and the cascade's layers all count.
The bars are those of WCAG 2.2, 1.4.3 and 1.4.6.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Browser

from generator.assets.styles import make_styles
from generator.places import THEMES
from generator.render.theme import find_theme, list_themes
from tests.support.browser import browser  # noqa: F401  a fixture

pytestmark = pytest.mark.browser

_NAMES = sorted(theme.name for theme in list_themes())
_AA, _AAA = 4.5, 7.0

_CALLOUTS = ("note", "tip", "important", "warning", "caution")
_CODE = (
    "text", "keyword", "string", "number", "comment", "function", "type", "variable", "directive",
)  # fmt: skip
_PAPERS = ("ground", "raised", "sunken")
_TEXTS = ("text", "heading", "muted", "faint", "link", "link-hover")

# Text token → the tokens it is painted on, as the style sheets do.
_PAIRS: tuple[tuple[str, tuple[str, ...]], ...] = (
    *((f"--color-{text}", tuple(f"--color-{paper}" for paper in _PAPERS)) for text in _TEXTS),
    *((f"--color-{name}", tuple(f"--color-{paper}" for paper in _PAPERS)) for name in _CALLOUTS),
    *((f"--color-{name}", (f"--color-{name}-tint",)) for name in _CALLOUTS),
    *(
        (f"--color-{text}", tuple(f"--color-{name}-tint" for name in _CALLOUTS))
        for text in ("text", "heading", "muted", "link", "link-hover")
    ),
    *((f"--color-{text}", ("--color-inline",)) for text in _TEXTS if text != "faint"),
    *((f"--color-{text}", ("--color-hover",)) for text in ("text", "heading", "muted")),
    ("--color-brand", ("--color-ground",)),
    ("--color-on-action", ("--color-action", "--color-action-hover")),
    ("--color-link", ("--color-tint",)),
    ("--color-heading", ("--color-tint", "--color-mark")),
    *(
        (
            f"--code-{name}",
            ("--color-ground", "--color-raised", "--color-sunken", "--code-mark", "--code-insert",
             "--code-delete"),
        )
        for name in _CODE
    ),
)  # fmt: skip

# Not text: lines, focus and shade.
_NOT_TEXT = {"--color-line", "--color-line-strong", "--color-focus", "--color-shade"}

# Brands that projects have: each corner of sRGB, both ends of grey, and pale and dull ones.
_BRANDS: tuple[str, ...] = (
    "#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#000000", "#ffffff",
    "#808080", "#ff8800", "#88ff00", "#00ff88", "#0088ff", "#8800ff", "#ff0088", "#f7df1e",
    "#dea584", "#2b2b4b", "#e8f4ea", "#7f5539",
)  # fmt: skip

_MEASURE = """
tokens => {
  const canvas = document.createElement("canvas");
  canvas.width = tokens.length;
  canvas.height = 1;
  const context = canvas.getContext("2d", {willReadFrequently: true});
  const probe = document.body.appendChild(document.createElement("p"));
  tokens.forEach((token, place) => {
    probe.style.color = "";
    probe.style.color = `var(${token})`;
    context.fillStyle = getComputedStyle(probe).color;
    context.fillRect(place, 0, 1, 1);
  });
  const painted = context.getImageData(0, 0, tokens.length, 1).data;
  const linear = value => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  };
  return tokens.map((token, place) => {
    const [red, green, blue, alpha] = painted.slice(4 * place, 4 * place + 4);
    if (alpha !== 255) throw new Error(`${token} is not opaque`);
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
  });
}
"""


def _flat() -> list[tuple[str, str]]:
    return [(text, paper) for text, papers in _PAIRS for paper in papers]


def _measure(
    browser: Browser,  # noqa: F811
    theme: str,
    scheme: str,
    brands: Sequence[str | None],
) -> dict[tuple[str | None, str, str], float]:
    """Return the contrast of each pair, by brand, text token and ground token."""
    context = browser.new_context(color_scheme="dark" if scheme == "dark" else "light")
    page = context.new_page()
    tokens = sorted({token for pair in _flat() for token in pair})
    found: dict[tuple[str | None, str, str], float] = {}
    for brand in brands:
        _, files = make_styles(find_theme(theme).folders, accent=brand)
        css = next(file.content.decode() for file in files if file.path.endswith(".css"))
        page.set_content(f"<!doctype html><style>{css}</style><body></body>")
        painted = dict(zip(tokens, page.evaluate(_MEASURE, tokens), strict=True))
        found |= {(brand, *pair): _ratio(*(painted[token] for token in pair)) for pair in _flat()}
    context.close()
    return found


def _ratio(one: float, two: float) -> float:
    """Return the contrast of two luminances."""
    return (max(one, two) + 0.05) / (min(one, two) + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", _NAMES)
def test_every_text_meets_aa_on_every_ground(
    browser: Browser,  # noqa: F811
    theme: str,
    scheme: str,
) -> None:
    found = _measure(browser, theme, scheme, [None])
    low = {pair[1:]: round(ratio, 2) for pair, ratio in found.items() if ratio < _AA}
    assert not low


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", _NAMES)
def test_any_brand_colour_stays_readable(
    browser: Browser,  # noqa: F811
    theme: str,
    scheme: str,
) -> None:
    found = _measure(browser, theme, scheme, _BRANDS)
    low = {key: round(ratio, 2) for key, ratio in found.items() if ratio < _AA}
    assert not low


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("theme", _NAMES)
def test_body_text_meets_aaa(
    browser: Browser,  # noqa: F811
    theme: str,
    scheme: str,
) -> None:
    found = _measure(browser, theme, scheme, [None])
    for paper in _PAPERS:
        assert found[None, "--color-text", f"--color-{paper}"] >= _AAA


def test_every_colour_token_is_measured_or_not_text() -> None:
    declared: set[str] = set()
    for sheet in THEMES.glob("*/tokens.css"):
        declared |= set(re.findall(r"(--(?:color|code)-[\w-]+)\s*:", sheet.read_text("utf-8")))
    measured = {token for pair in _flat() for token in pair}
    assert declared - measured - _NOT_TEXT == set()
