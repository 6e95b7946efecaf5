"""QR codes of our own encoder, read by another's reader: every length, every level, damaged too."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.share_page import serve_share_page

pytestmark = pytest.mark.browser

LONGEST = 858  # bytes of version 20 at level L, ISO/IEC 18004 table 7
LONGEST_M = 213  # bytes of version 10 at level M
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;=%"
QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)
ENCODE = """async (texts) => {
  const { encode } = await import('/src/panel/qr.js');
  return texts.map((text) => encode(text)?.map((row) => row.join('')) ?? null);
}"""


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:  # noqa: F811
    with serve_share_page() as shared:
        page = browser.new_page()
        page.goto(shared.address)
        yield page
        page.close()


def encode(page: Page, texts: list[str]) -> list[list[str]]:
    rows: list[list[str]] = page.evaluate(ENCODE, texts)
    return rows


def paint(rows: list[str]) -> Image.Image:
    """Return a picture with four pixels a module and the quiet zone of four modules."""
    side = len(rows) + 8
    picture = Image.new("L", (side, side), 255)
    for y, row in enumerate(rows):
        for x, module in enumerate(row):
            if module == "1":
                picture.putpixel((x + 4, y + 4), 0)
    return picture.resize((side * 4, side * 4), Image.Resampling.NEAREST)


def decode(rows: list[str]) -> zxingcpp.Barcode:
    (found,) = zxingcpp.read_barcodes(paint(rows), formats=QR_CODES)
    return found


def make_address(length: int, seed: int = 0) -> str:
    letters = random.Random(length * 31 + seed)  # noqa: S311 - a test's letters are no secret
    start = "https://example.org/"
    rest = "".join(letters.choices(ALPHABET, k=max(0, length - len(start))))
    return (start + rest)[:length]


def test_address_of_every_length_is_read_back(page: Page) -> None:
    texts = [make_address(length) for length in range(1, LONGEST + 1)]
    for text, rows in zip(texts, encode(page, texts), strict=True):
        assert len(rows) == len(rows[0])
        assert (len(rows) - 17) % 4 == 0
        assert decode(rows).text == text, f"{len(text)} bytes"


def test_addresses_of_any_content_are_read_back(page: Page) -> None:
    # Other contents choose other masks; a page's address has at most 250 bytes most of the time.
    texts = [make_address(length, seed) for length in range(18, 251, 8) for seed in range(1, 9)]
    for text, rows in zip(texts, encode(page, texts), strict=True):
        assert decode(rows).text == text


@pytest.mark.parametrize("text", ["https://bücher.example/ß?q=東京", "é" * 100, "🏮" * 60])
def test_letters_beyond_ascii_are_utf_8(page: Page, text: str) -> None:
    assert decode(encode(page, [text])[0]).text == text


def test_level_is_m_up_to_version_10_and_l_beyond(page: Page) -> None:
    texts = [make_address(length) for length in (20, LONGEST_M, LONGEST_M + 1, LONGEST)]
    codes = encode(page, texts)
    assert [decode(rows).ec_level for rows in codes] == ["M", "M", "L", "L"]
    # Version 1 is 21 modules wide, each further one 4 more. At L, 214 bytes fit into version 9.
    assert [len(rows) for rows in codes] == [25, 57, 53, 97]


def test_text_that_does_not_fit_has_no_code(page: Page) -> None:
    assert encode(page, ["a" * (LONGEST + 1), "a" * 5000]) == [None, None]


@pytest.mark.parametrize(
    ("length", "correctable"),
    # Half of a block's error correction codewords, table 9: what one block bears, all bear.
    [(14, 5), (26, 8), (42, 13), (62, 9), (122, 9), (180, 11), (213, 13), (271, 9), (858, 14)],
)
def test_as_much_damage_is_corrected_as_the_standard_promises(
    page: Page, length: int, correctable: int
) -> None:
    text = make_address(length)
    (rows,) = encode(page, [text])
    chance = random.Random(length)  # noqa: S311 - a test's damage is no secret
    for _ in range(20):
        assert decode(_damage(rows, correctable, chance)).text == text


def _damage(rows: list[str], count: int, chance: random.Random) -> list[str]:
    """Flip modules that hold codewords: below the finders and right of them, off the patterns."""
    size = len(rows)
    modules = [list(row) for row in rows]
    for _ in range(count):
        x, y = chance.randrange(9, size - 11), chance.randrange(9, size - 11)
        modules[y][x] = "1" if modules[y][x] == "0" else "0"
    return ["".join(row) for row in modules]
