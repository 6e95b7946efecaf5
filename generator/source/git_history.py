"""What git knows about the past of a checkout: authors, counts and tags.

A shallow clone knows none of it for sure, so it says only when HEAD was made: silence is right
where a date would be wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from generator.model.report import BuildWarning
from generator.model.repository import History, Tag
from generator.source.git import Git, GitFailed
from generator.source.git_dates import read_changes
from generator.source.history_memory import HistoryMemory
from generator.source.people import merge_people

_LIMIT_COMMITS = 2_000_000
_LIMIT_TAGS = 10_000


@dataclass(slots=True)
class _Log:
    """The running totals of one walk over all commits."""

    authors: Counter[tuple[str, str]] = field(default_factory=Counter)
    count: int = 0
    first: int | None = None


def read_history(
    git: Git,
    *,
    documents: Collection[str],
    is_shallow: bool,
    memory: HistoryMemory,
    warn: Callable[[BuildWarning], None],
) -> History | None:
    """Return the history of HEAD, None when there is no commit.

    `documents` are paths relative to git's folder that get their last change. A part that takes
    git too long is left out whole, never half, with a warning. `memory` has all but the tags,
    which may change while HEAD stays.
    """
    head = git.text("log", "-1", "--format=%ct", "HEAD")
    if not head:
        return None
    head_date, tags = _moment(int(head)), _read_tags(git)
    if is_shallow:
        return History(is_complete=False, head_date=head_date, tags=tags)
    history = memory.recall()
    if history is None:
        history = _read_complete(git, head_date, documents, memory=memory, warn=warn)
    return replace(history, tags=tags)


def _read_complete(
    git: Git,
    head_date: datetime,
    documents: Collection[str],
    *,
    memory: HistoryMemory,
    warn: Callable[[BuildWarning], None],
) -> History:
    try:
        log = _read_log(git)
    except GitFailed as error:
        warn(_cut_short("people and counts", error))
        return History(is_complete=False, head_date=head_date)
    history = History(
        is_complete=True,
        head_date=head_date,
        first_date=None if log.first is None else _moment(log.first),
        commit_count=log.count,
        contributors=merge_people(log.authors),
    )
    try:
        history = replace(history, changed_at=read_changes(git, documents))
    except GitFailed as error:
        warn(_cut_short("dates of documents", error))
        return history
    memory.keep(history)
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
