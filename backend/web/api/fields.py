"""Types that several resources share: texts with limits, times, pages."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from msgspec import Meta

from backend.domain.instants import Instant, to_text
from backend.web.api.operation import Input, Output

T = TypeVar("T")

RowCursor = Annotated[str, Meta(pattern="^[0-9]{1,16}\\.[0-9A-Za-z_-]{1,32}$")]
"""Where a list by time goes on."""
Limit = Annotated[int, Meta(ge=1, le=100)]
SEEN = r"[^\x00-\x20\x7f-\xa0\u061c\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]"
"""A pattern: one character that a reader sees."""
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class PageQuery(Input, frozen=True):
    """Where a page begins, and how long it is."""

    after: RowCursor | None = None
    limit: Limit = 20


class Page(Output, Generic[T], frozen=True):
    """A page of a list; `next` is the cursor of the following one, null on the last."""

    items: list[T]
    next: str | None


def time_of(at: Instant | None) -> str | None:
    """Return an instant as RFC 3339, or None."""
    return None if at is None else to_text(at)
