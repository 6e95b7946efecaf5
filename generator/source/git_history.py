"""What git knows about the past of a checkout: authors, counts, tags, and when documents changed.

A shallow clone knows none of it for sure, so it says only when HEAD was made: silence is right
where a date would be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import PurePosixPath

from generator.model.report import BuildWarning
from generator.model.repository import History, Tag
from generator.source.git import Git, GitFailed
from generator.source.people import merge_people

_LIMIT_COMMITS = 2_000_000
_LIMIT_DATED_COMMITS = 200_000
_LIMIT_TAGS = 10_000
DOCUMENT_SUFFIXES = (
    ".md",
    ".markdown",
    ".mdown",
    ".mkd",
    ".mdx",
    ".rst",
    ".adoc",
    ".asciidoc",
    ".org",
    ".txt",
    ".ipynb",
)


@dataclass(slots=True)
class _Log:
    """The running totals of one walk over all commits."""

    authors: Counter[tuple[str, str]] = field(default_factory=Counter)
    count: int = 0
    first: int | None = None


def read_history(
    git: Git,
    *,
    paths: Collection[str],
    is_shallow: bool,
    warn: Callable[[BuildWarning], None],
) -> History | None:
    """Return the history of HEAD, None when there is no commit.

    `paths` are relative to git's folder; of them, the documents get their last change. A part
    that takes git too long is left out whole, never half, with a warning.
    """
    head = git.text("log", "-1", "--format=%ct", "HEAD")
    if not head:
        return None
    head_date = _moment(int(head))
    if is_shallow:
        return History(is_complete=False, head_date=head_date, tags=_read_tags(git))
    return _read_complete(git, head_date, paths, warn)


def _read_complete(
    git: Git, head_date: datetime, paths: Collection[str], warn: Callable[[BuildWarning], None]
) -> History:
    tags = _read_tags(git)
    try:
        log = _read_log(git)
    except GitFailed as error:
        warn(_cut_short("people and counts", error))
        return History(is_complete=False, head_date=head_date, tags=tags)
    history = History(
        is_complete=True,
        head_date=head_date,
        first_date=None if log.first is None else _moment(log.first),
        commit_count=log.count,
        contributors=merge_people(log.authors),
        tags=tags,
    )
    try:
        return replace(history, changed_at=_read_changes(git, paths))
    except GitFailed as error:
        warn(_cut_short("dates of documents", error))
        return history


def _cut_short(what: str, error: GitFailed) -> BuildWarning:
    return BuildWarning(
        code="history_unreadable",
        message=f"The site shows no {what} from git: {error.message}",
        hint="`git commit-graph write --reachable --changed-paths` makes git's log faster.",
    )


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _read_log(git: Git) -> _Log:
    """Walk all commits once. Author names and addresses are mapped by `.mailmap`."""
    log = _Log()
    args = ["log", "--use-mailmap", "-z", "--format=tformat:%ct%x09%aE%x09%aN", "HEAD"]
    with closing(git.records(args, limit_bytes=1 << 30)) as records:
        for record in records:
            if not record:
                continue
            if log.count >= _LIMIT_COMMITS:
                raise GitFailed("The history has more commits than 4site counts.")
            seconds, address, name = record.split("\t", 2)
            log.authors[name, address] += 1
            log.count += 1
            log.first = int(seconds) if log.first is None else min(log.first, int(seconds))
    return log


def _read_tags(git: Git) -> tuple[Tag, ...]:
    """Return the tags that lead to a commit, newest first."""
    fields = "%(refname:strip=2)%09%(objectname)%09%(*objectname)%09"
    dates = "%(committerdate:unix)%09%(*committerdate:unix)%09%(objecttype)%09%(*objecttype)%00"
    args = ["for-each-ref", "--sort=-creatordate", f"--format={fields}{dates}", "refs/tags"]
    tags = []
    try:
        with closing(git.records([*args, f"--count={_LIMIT_TAGS}"])) as records:
            for record in records:
                parts = record.strip("\n").split("\t")
                if len(parts) == 7:
                    tags.append(_tag(parts))
    except GitFailed:
        return ()
    oldest = datetime.fromtimestamp(0, UTC)
    named = sorted((tag for tag in tags if tag is not None), key=lambda tag: tag.name)
    return tuple(sorted(named, key=lambda tag: tag.date or oldest, reverse=True))


def _tag(parts: list[str]) -> Tag | None:
    name, own, peeled, own_date, peeled_date, own_type, peeled_type = parts
    if not name.isprintable():
        return None
    if own_type == "commit":
        return Tag(name=name, commit=own, date=_moment(int(own_date)) if own_date else None)
    if peeled_type == "commit":
        date = _moment(int(peeled_date)) if peeled_date else None
        return Tag(name=name, commit=peeled, date=date)
    return None


def _read_changes(git: Git, paths: Collection[str]) -> dict[str, datetime]:
    """Return when each document last changed, from one walk that ends once all were seen."""
    documents = {path for path in paths if _is_document(path)}
    # What HEAD does not hold (a new file) would never be found, and the walk would not end early.
    missing = documents.intersection(git.records(["ls-tree", "-r", "-z", "--name-only", "HEAD"]))
    changed: dict[str, datetime] = {}
    if not missing:
        return changed
    with closing(_changes(git)) as changes:
        for seconds, path in changes:
            if path in missing:
                missing.remove(path)
                changed[path] = _moment(seconds)
                if not missing:
                    break
    return changed


def _is_document(path: str) -> bool:
    name = PurePosixPath(path).name.casefold()
    return name.endswith(DOCUMENT_SUFFIXES) or ("." not in name and "/" not in path)


def _changes(git: Git) -> Generator[tuple[int, str], None, None]:
    """Yield (commit time, path) for every change of a document, newest commit first."""
    globs = [f":(glob,icase)**/*{suffix}" for suffix in DOCUMENT_SUFFIXES]
    args = ["log", f"--max-count={_LIMIT_DATED_COMMITS}", "--format=tformat:%x01%ct", "--name-only"]
    args += ["--no-renames", "--relative", "--no-ext-diff", "-z", "HEAD", "--", *globs, ":(glob)*"]
    seconds = 0
    with closing(git.records(args, limit_bytes=1 << 30)) as records:
        for record in records:
            text = record.lstrip("\n")
            if text.startswith("\x01"):
                seconds = int(text[1:])
            elif text:
                yield seconds, text
