"""A changelog taken apart by version, and joined with what the forge and git know."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

from markupsafe import Markup

from generator.content.block_tree import HEADINGS, BlockTree, is_blank, links
from generator.content.html_tree import Element, parse_html, to_html
from generator.content.version_headings import (
    VersionHeading,
    read_date_heading,
    read_date_line,
    read_heading,
)
from generator.content.version_names import VersionName, read_version
from generator.content.version_order import newest_first, without_bare
from generator.model.changelog import Version
from generator.model.document import Document
from generator.model.forge import Forge
from generator.model.insight import Download, Origin
from generator.model.release import Release
from generator.model.repository import Tag

UNRELEASED = "Unreleased"
_TAGS_LIMIT = 1000
_TOP_LEVEL = 3
_REFERENCES = ("href", "aria-describedby", "aria-labelledby")


def split_changelog(document: Document) -> list[Version]:
    """Return the changelog's versions in the order of the text, whatever levels its headings have.

    A version's notes go up to the next version; their headings start at `h3`. Text before the
    first version is left out. A changelog kept by day has dates for names.
    """
    leaves = BlockTree(document.html).leaves()
    opened = _openings(leaves)
    places = [*sorted(opened), len(leaves)]
    return _joined(
        _section(opened[start], leaves[start], leaves[start + 1 : end], document)
        for start, end in pairwise(places)
    )


def _openings(leaves: Sequence[Element]) -> dict[int, VersionHeading]:
    """Return the headings that open a version, by place."""
    headings = [(place, leaf) for place, leaf in enumerate(leaves) if leaf.tag in HEADINGS]
    found = {
        place: read for place, leaf in headings if (read := read_heading(leaf.text)) is not None
    }
    if not any(read.name for read in found.values()):
        days = {place: read_date_heading(leaf.text) for place, leaf in headings}
        found |= {place: VersionHeading(name=None, date=day) for place, day in days.items() if day}
    return {place: found[place] for place in _outermost(found, leaves)}


def _outermost(found: Mapping[int, VersionHeading], leaves: Sequence[Element]) -> Iterator[int]:
    """Yield the headings that are no part of another version's notes.

    Some tools head a patch release one level below its minor one; but a deeper heading with a
    number that is not older is a number that the notes speak of.
    """
    around: tuple[str, VersionHeading] | None = None
    for place in sorted(found):
        read, level = found[place], leaves[place].tag
        if around is not None and level > around[0] and not _is_older(read, around[1]):
            continue
        if around is None or level <= around[0] or read.name is not None:
            yield place
        if around is None or level <= around[0]:
            around = level, read


def _is_older(read: VersionHeading, around: VersionHeading) -> bool:
    if around.name is None or read.name is None:
        return around.is_unreleased
    return read.name.order < around.name.order


def _section(
    read: VersionHeading, heading: Element, blocks: Sequence[Element], document: Document
) -> Version:
    dated, is_unreleased = read.date, read.is_unreleased
    line = read_date_line(blocks[0].text) if blocks and blocks[0].tag == "p" else None
    if line is not None:
        dated, is_unreleased = dated or line[0], is_unreleased or line[1]
        blocks = blocks[1:]
    name = read.name.text if read.name else dated.isoformat() if dated else UNRELEASED
    targets = [link.attributes["href"] for link in links(heading)]
    return Version(
        name=name,
        anchor=heading.attributes.get("id", ""),
        html=_notes(blocks),
        date=dated,
        url=next((url for url in targets if "/releases/" in url), None),
        compare_url=next((url for url in targets if "/compare/" in url), None),
        is_prerelease=bool(read.name and read.name.is_prerelease),
        is_unreleased=is_unreleased,
        origins=(Origin(path=document.path),),
    )


def _notes(blocks: Sequence[Element]) -> Markup:
    """Return blocks as HTML whose headings start at the level below a version's."""
    _lift_headings(blocks)
    return Markup("\n").join(block.html() for block in blocks if not is_blank(block))


def _lift_headings(blocks: Iterable[Element]) -> None:
    found = [inner for block in blocks for inner in block.walk() if inner.tag in HEADINGS]
    lift = _TOP_LEVEL - min((int(heading.tag[1]) for heading in found), default=_TOP_LEVEL)
    for heading in found:
        heading.tag = f"h{min(6, int(heading.tag[1]) + lift)}"


def _joined(versions: Iterable[Version]) -> list[Version]:
    """Join sections that bear the same name, as hand-kept changelogs sometimes have."""
    by_name: dict[str, Version] = {}
    for version in versions:
        first = by_name.get(version.name)
        if first is not None:
            html = Markup("\n").join(part for part in (first.html, version.html) if part)
            version = replace(first, html=html, date=first.date or version.date)  # noqa: PLW2901
        by_name[version.name] = version
    return list(by_name.values())


def merge_versions(
    sections: Sequence[Version],
    releases: Sequence[tuple[Release, Markup | None, tuple[Download, ...]]],
    tags: Sequence[Tag],
    *,
    forge: Forge | None,
) -> tuple[Version, ...]:
    """Return every version once, newest first, changes without a number before all others.

    The changelog's words win over the release's; its date over the release's, and that over the
    tag's. Nothing is invented: what no source says is absent.
    """
    project = _project_of(sections, releases, tags, forge)
    merged: dict[object, Version] = {}
    for section in sections:
        name = read_version(section.name, project=project)
        merged.setdefault(
            name.key if name else section.name,
            replace(section, name=name.text) if name else section,
        )
    for release, html, downloads in releases:
        name = _name_of(release, project)
        key = name.key if name else release.tag
        text = name.text if name else release.name or release.tag
        merged[key] = _with_release(merged.get(key), text, release, html, downloads)
    for tag in tags[:_TAGS_LIMIT]:
        name = read_version(tag.name, project=project)
        if name is not None:
            merged[name.key] = _with_tag(merged.get(name.key), name, tag, forge)
    shown = [version for version in merged.values() if _says_something(version)]
    return _finish(newest_first(without_bare(shown, project), project), forge)


def _name_of(release: Release, project: str) -> VersionName | None:
    return read_version(release.tag, project=project) or read_version(release.name, project=project)


def _project_of(
    sections: Sequence[Version],
    releases: Sequence[tuple[Release, Markup | None, tuple[Download, ...]]],
    tags: Sequence[Tag],
    forge: Forge | None,
) -> str:
    """Return the word in front of every version that names no package, as in `jq-1.7`."""
    names = [tag.name for tag in tags] or [release.tag for release, _, _ in releases]
    names = names or [section.name for section in sections]
    packages = Counter(read.package.lower() for name in names if (read := read_version(name)))
    usual = packages.most_common(1)
    if usual and usual[0][0] and usual[0][1] * 10 >= packages.total() * 8:
        return usual[0][0]
    return forge.name.lower() if forge else ""


def _with_release(
    known: Version | None,
    name: str,
    release: Release,
    html: Markup | None,
    downloads: tuple[Download, ...],
) -> Version:
    version = known or Version(name=name, anchor="", html=Markup())
    body = version.html
    if not body and html:
        body = _unique_ids(html, prefix=_slug(name))
    published = release.published_at
    return replace(
        version,
        html=body,
        date=version.date or _day_of(published),
        tag=release.tag,
        url=release.url or version.url,
        is_prerelease=release.is_prerelease or version.is_prerelease,
        is_unreleased=False,
        downloads=downloads or version.downloads,
        origins=(*version.origins, Origin(path="forge")),
    )


def _with_tag(known: Version | None, name: VersionName, tag: Tag, forge: Forge | None) -> Version:
    version = known or Version(
        name=name.text, anchor="", html=Markup(), is_prerelease=name.is_prerelease
    )
    is_own = version.tag in {None, tag.name}
    return replace(
        version,
        date=version.date or _day_of(tag.date),
        tag=version.tag or tag.name,
        url=version.url or (forge.release_url(tag.name) if forge and is_own else None),
        is_unreleased=False,
        origins=(*version.origins, Origin(path="git")),
    )


def _day_of(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _says_something(version: Version) -> bool:
    """Whether a version is more than a plan without a line of text."""
    return not version.is_unreleased or any(
        block.text for block in parse_html(version.html).elements if block.tag not in HEADINGS
    )


def _finish(versions: Sequence[Version], forge: Forge | None) -> tuple[Version, ...]:
    """Give every version its anchor, and a comparison with the one before where both have tags."""
    taken: set[str] = set()
    finished = []
    for place, version in enumerate(versions):
        older = next((each for each in versions[place + 1 :] if each.tag), None)
        compare = version.compare_url
        if compare is None and forge and older and older.tag and version.tag:
            compare = forge.compare_url(older.tag, version.tag)
        anchor = _free(_slug(version.name), taken)
        html = version.html
        if version.anchor and version.anchor != anchor and html:
            # Links into the changelog know the anchor its heading has there.
            html = Markup('<a id="{}"></a>').format(version.anchor) + html
        finished.append(replace(version, anchor=anchor, compare_url=compare, html=html))
    return tuple(finished)


def _slug(name: str) -> str:
    """Return an anchor that stays the same wherever the notes come from: `v1.2.0`."""
    words = re.sub(r"[^\w.+-]+", "-", name.lower()).strip("-.")
    return f"v{words}" if words[:1].isdigit() else words or "version"


def _free(anchor: str, taken: set[str]) -> str:
    free, number = anchor, 2
    while free in taken:
        free, number = f"{anchor}-{number}", number + 1
    taken.add(free)
    return free


def _unique_ids(html: Markup, *, prefix: str) -> Markup:
    """Return a release's notes with ids that no other release's notes on the page can have, and
    headings that start at the level below a version's.
    """
    body = parse_html(html)
    ids = {element.attributes["id"] for element in body.walk() if element.attributes.get("id")}
    for element in body.walk():
        if element.attributes.get("id"):
            element.attributes["id"] = f"{prefix}-{element.attributes['id']}"
        for name in _REFERENCES:
            target = element.attributes.get(name, "")
            bare = target.removeprefix("#")
            if bare in ids:
                mark = "#" if target.startswith("#") else ""
                element.attributes[name] = f"{mark}{prefix}-{bare}"
    _lift_headings(body.elements)
    return to_html(body.children)
