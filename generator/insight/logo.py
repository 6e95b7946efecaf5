"""The picture that stands for the project: a file in a well-known place, squarish and not huge."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePosixPath

from generator.insight.manifests.read import plain_name
from generator.insight.outline import Outline
from generator.insight.papers import missing_path
from generator.insight.rasters import read_size
from generator.insight.texts import read_source
from generator.model.files import FileTree
from generator.model.insight import Fact, Origin
from generator.model.report import BuildWarning
from generator.model.repository import Repository

SIZE_LIMIT_BYTES = 1024 * 1024
ASPECT_LIMIT = 3.0
CANDIDATES_LIMIT = 24

_FOLDERS = (
    *(
        "",
        ".github",
        "assets",
        "asset",
        "images",
        "image",
        "imgs",
        "img",
        "media",
        "art",
        "artwork",
    ),
    *("logo", "logos", "brand", "branding", "resources", "res", "static", "public", "icons"),
    *(".github/assets", ".github/images", ".github/img", ".github/media", "assets/logo"),
    *("assets/images", "assets/img", "assets/brand", "static/img", "static/images"),
    *("docs", "doc", "docs/images", "docs/img", "docs/assets", "docs/_static", "docs/static"),
    *("docs/public", "docs/media", "docs/source/_static", "docs/.vuepress/public", "docs/logo"),
    *("docs/assets/images", "docs/assets/img", "docs/static/img", "docs/static/images"),
    *("docs/static/logos", "docs/src/assets", "docs/_static/images", "doc/images", "doc/img"),
    *("src/assets", "src/images", "website/static/img", "website/static", "website/public"),
    *("site/static", "flutter/assets", "apps/web/public", "apps/webapp/public", "src-tauri/icons"),
)
_SUFFIX_RANK = {".svg": 0, ".png": 1, ".webp": 2, ".jpg": 3, ".jpeg": 3}
_UNFIT = re.compile(
    r"banner|header|wordmark|horizontal|wide|white|dark|mono|old|alt|text|full|cover"
)
_IMAGE = re.compile(
    r"<img[^>]{0,300}?src=[\"']([^\"'\s]{1,300})[\"']|!\[[^\]]{0,200}\]\(([^()\s]{1,300})"
)


def find_logo(
    repository: Repository,
    *,
    outline: Outline | None,
    chosen: str | None,
    warn: Callable[[BuildWarning], None],
) -> Fact[str] | None:
    """Return the first candidate that is no banner: the settings', the README's, a known place's.

    A picture of the README counts when its file is called logo, icon or like the project.
    """
    files = repository.files
    if chosen:
        if path := files.find(chosen.removeprefix("./")):
            return Fact(value=path, origin=Origin(path="settings"))
        warn(missing_path(chosen, "project.logo"))
    names = {plain_name(repository.name)}
    shown = _shown_in_readme(files, names, outline)
    ranked = sorted(_in_known_places(files, names), key=lambda path: _rank(path, names))
    for path in [*shown, *ranked][:CANDIDATES_LIMIT]:
        if path not in repository.lfs_pointers and _is_fit(files, path):
            return Fact(value=path, origin=Origin(path=path))
    return None


def _shown_in_readme(files: FileTree, names: set[str], outline: Outline | None) -> list[str]:
    if outline is None:
        return []
    head = "\n".join(outline.source.text.split("\n")[:60])
    base = PurePosixPath(outline.source.path).parent
    found = []
    for match in _IMAGE.finditer(head):
        target = (match[1] or match[2]).split("#")[0].split("?")[0]
        path = files.find(str(base / target.removeprefix("./"))) if "://" not in target else None
        if path and _is_logo_name(path, names) and not _UNFIT.search(_stem(path)):
            found.append(path)
    return found


def _in_known_places(files: FileTree, names: set[str]) -> list[str]:
    return [
        path
        for path in files.sizes
        if path.rpartition("/")[0].casefold() in _FOLDERS
        and PurePosixPath(path).suffix.casefold() in _SUFFIX_RANK
        and _is_logo_name(path, names)
    ]


def _is_logo_name(path: str, names: set[str]) -> bool:
    """`logo`, `icon`, the project's name, or two of them; nobody else's logo."""
    words = [word for word in re.split(r"[-_. ]", _stem(path)) if word]
    kinds = {"logo", "logos", "icon", "logomark", "mark", "symbol", "favicon", "brand"}
    plain = plain_name("".join(word for word in words if word not in kinds))
    has_kind = any(word in kinds for word in words)
    own = plain == "" or any(plain.startswith(name) or name.startswith(plain) for name in names)
    rest = re.sub("|".join(map(re.escape, sorted(names))), "", plain) if names else plain
    is_variant = re.fullmatch(
        r"(?:light|dark|color|colour|main|square|small|large|\d{2,4}(?:x\d{2,4})?|black|white"
        r"|med|medium|horizontal|vertical|alt|wide|transparent|default)*",
        rest,
    )
    is_named_alone = plain in names and path.casefold().endswith((".svg", ".png", ".webp"))
    return (has_kind and (own or is_variant is not None)) or is_named_alone


def _rank(path: str, names: set[str]) -> tuple[object, ...]:
    stem = _stem(path)
    words = re.split(r"[-_. ]", stem)
    role = 0 if "logo" in words else 1 if "icon" in words else 3 if "favicon" in words else 2
    suffix = _SUFFIX_RANK[PurePosixPath(path).suffix.casefold()]
    extra = len([word for word in words if plain_name(word) not in {"logo", "icon", *names}])
    place = _FOLDERS.index(path.rpartition("/")[0].casefold())
    is_unfit = _UNFIT.search(stem) is not None
    return (role == 3, is_unfit, extra > 1, suffix > 1, role, suffix, extra, place, path)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem.casefold()


def _is_fit(files: FileTree, path: str) -> bool:
    if not 0 < files.sizes[path] <= SIZE_LIMIT_BYTES:
        return False
    size = measure(files, path)
    if size is None:
        return False
    width, height = size
    return min(width, height) > 0 and max(width, height) / min(width, height) <= ASPECT_LIMIT


def measure(files: FileTree, path: str) -> tuple[float, float] | None:
    """Return width and height from the header; None for a broken or sizeless picture."""
    if path.casefold().endswith(".svg"):
        source = read_source(files, path, limit_bytes=16 * 1024)
        return _measure_svg(source.text) if source else None
    return read_size(files, path)


def _measure_svg(text: str) -> tuple[float, float] | None:
    tag = re.search(r"<svg\b[^>]{0,4000}", text)
    if tag is None:
        return None
    box = re.search(r"viewBox=[\"']\s*([-\d.eE,\s]{1,100})[\"']", tag[0])
    numbers = re.findall(r"-?\d+\.?\d*(?:[eE]-?\d+)?", box[1]) if box else []
    if len(numbers) == 4:
        return float(numbers[2]), float(numbers[3])
    sides = [
        re.search(rf"\b{side}=[\"']\s*(\d+\.?\d*)(?:px)?[\"']", tag[0])
        for side in ("width", "height")
    ]
    if sides[0] and sides[1]:
        return float(sides[0][1]), float(sides[1][1])
    return None
