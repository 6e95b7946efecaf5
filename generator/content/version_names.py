"""Version numbers as tags, releases and headings write them, and which of two is newer."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PRE = r"alpha|beta|preview|pre|rc|cr|canary|next|nightly|snapshot|dev|milestone|a|b|c|m"
_POST = r"post|patch|hotfix|sp|p|r"
NUMBER = (
    r"\d{1,8}(?:[._]\d{1,8}){0,4}"
    rf"(?:[-._]?(?:{_PRE}|{_POST})(?![a-z])[-._]?\d{{0,8}}(?:\.\d{{1,8}}){{0,3}})*"
    r"(?:-\d{1,4}(?!\d))?(?:-[0-9a-z]+(?:[.-][0-9a-z]+){0,5})?(?:\+[0-9a-z.-]{1,40})?"
)
_NAMED = re.compile(
    rf"(?P<package>@?[\w.+/ -]*?[\w+])??[-@/_ ]?(?:(?<![a-z0-9])v)?(?P<number>{NUMBER})",
    re.IGNORECASE,
)
_PARTS = re.compile(rf"(\d+)|({_PRE}|{_POST})(?![a-z])|[a-z]+", re.IGNORECASE)
_STAGES = {
    "dev": -5, "snapshot": -5, "nightly": -5, "canary": -5, "a": -4, "alpha": -4, "m": -4,
    "milestone": -4, "b": -3, "beta": -3, "pre": -2, "preview": -2, "c": -1, "cr": -1, "rc": -1,
    "next": -2,
}  # fmt: skip
# Words before a number that do not name a package.
_PLAIN = frozenset(
    ("", "v", "ver", "version", "versions", "release", "releases", "rel", "r", "tag")
)
_LENGTH_LIMIT = 120

Order = tuple[tuple[int, ...], tuple[tuple[int, int], ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionName:
    """`number` has no leading `v`; `package` is empty but in a repository of several."""

    number: str
    package: str = ""

    @property
    def text(self) -> str:
        return f"{self.package} {self.number}".strip()

    @property
    def key(self) -> tuple[str, Order]:
        """What two ways of writing one version have in common: `v1.0` and `1.0.0`."""
        return self.package.casefold(), self.order

    @property
    def order(self) -> Order:
        """Return a value that grows with the version: numbers, then how finished it is."""
        plain = self.number.partition("+")[0].replace("_", ".")
        match = re.match(r"\d+(?:\.\d+)*", plain)
        numbers = [int(part) for part in (match[0] if match else "0").split(".")]
        while numbers and numbers[-1] == 0:
            numbers.pop()
        return tuple(numbers), tuple(_stages(plain[match.end() if match else 0 :]))

    @property
    def is_prerelease(self) -> bool:
        return any(stage < 0 for stage, _ in self.order[1])


def read_version(text: str, *, project: str = "") -> VersionName | None:
    """Return the version that a tag or release name is, or None.

    `pkg-v1.2`, `pkg@1.2`, `pkg/v1.2`: a package in front is kept unless it is the project itself.
    """
    name = text.strip().removeprefix("refs/tags/")
    match = _NAMED.fullmatch(name) if len(name) <= _LENGTH_LIMIT else None
    if match is None:
        return None
    package = (match["package"] or "").strip(" -_/@.").lower()
    is_plain = package in _PLAIN or package == project.lower()
    # Underscores stand for dots where a tag may hold none: `REL_9_6_1`.
    number = match["number"].replace("_", ".")
    kept = "" if is_plain else (match["package"] or "").strip(" -_/.")
    return VersionName(number=number, package=kept.removesuffix("-v").removesuffix("/v"))


def _stages(rest: str) -> list[tuple[int, int]]:
    """Return what follows the numbers as pairs of stage and count, a final version being (0, 0)."""
    found: list[tuple[int, int]] = []
    for number, stage in ((match[1], match[2]) for match in _PARTS.finditer(rest)):
        if stage:
            found.append((_STAGES.get(stage.lower(), 1), 0))
        elif number and found and found[-1][1] == 0:
            found[-1] = (found[-1][0], int(number))
        elif number:
            found.append((1, int(number)))
    return found or [(0, 0)]
