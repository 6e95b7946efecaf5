"""`4site doctor`: what is missing on this machine, and what to do about it."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.commands import options
from generator.commands.console import environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One check: `state` is `ok`, `missing` or `warning`; `cure` says what to do, if anything."""

    name: str
    state: str
    detail: str
    cure: str = ""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    parser.add_argument("--offline", action="store_true", help="ask nothing of the network")
    parser.add_argument("--json", action="store_true", help="print a JSON list on stdout")


def run(arguments: argparse.Namespace) -> int:
    findings = list(_check(arguments))
    if arguments.json:
        import msgspec  # noqa: PLC0415

        print(msgspec.json.encode(findings).decode())
        return 0
    for finding in findings:
        print(f"{finding.state:<8}{finding.name}: {finding.detail}")
        if finding.cure:
            print(f"        {finding.cure}")
    return 0


def _check(arguments: argparse.Namespace) -> Iterator[Finding]:
    yield _check_git()
    folder = Path(arguments.source)
    if folder.is_dir():
        yield from _check_depth(folder)
    yield from _check_token(is_offline=arguments.offline)
    yield _check_cache(arguments)
    yield _check_fonts()


def _check_git() -> Finding:
    path = shutil.which("git")
    if path:
        return Finding(name="git", state="ok", detail=path)
    return Finding(
        name="git", state="missing", detail="not found",
        cure="Install git: without it there are no dates, people or tags.",
    )  # fmt: skip


def _check_depth(folder: Path) -> Iterator[Finding]:
    from generator.source.git import Git, has_git  # noqa: PLC0415

    if not has_git() or not (folder / ".git").exists():
        return
    is_shallow = Git(folder=folder).text("rev-parse", "--is-shallow-repository") == "true"
    if is_shallow:
        yield Finding(
            name="history", state="warning", detail="shallow clone",
            cure="Run git fetch --unshallow, or set fetch-depth: 0 in CI, for dates and people.",
        )  # fmt: skip
    else:
        yield Finding(name="history", state="ok", detail="complete")


def _check_token(*, is_offline: bool) -> Iterator[Finding]:
    from generator.source.tokens import default_host, find_token  # noqa: PLC0415

    host = default_host(environment())
    token = find_token(environment(), host=host)
    if token is None:
        yield Finding(
            name="token", state="missing", detail="no GITHUB_TOKEN, GH_TOKEN or gh login",
            cure="Without one GitHub answers 60 questions an hour. gh auth login is enough.",
        )  # fmt: skip
    else:
        yield Finding(name="token", state="ok", detail="found")
    if not is_offline:
        yield _check_quota(host, token)


def _check_quota(host: str, token: str | None) -> Finding:
    import httpx  # noqa: PLC0415  190 ms

    from generator.source.github_client import api_base  # noqa: PLC0415

    api = api_base(f"https://{host}")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(f"{api}/rate_limit", headers=headers, timeout=5)
        answer.raise_for_status()
        core = answer.json()["resources"]["core"]
    except (httpx.HTTPError, httpx.InvalidURL, KeyError, ValueError) as error:
        place = api.removeprefix("https://")
        return Finding(
            name="network", state="warning", detail=f"{place}: {type(error).__name__}",
            cure="Local checkouts still build; remote ones need the cache (--offline).",
        )  # fmt: skip
    left = f"{core['remaining']} of {core['limit']} questions left this hour"
    return Finding(name="network", state="ok" if core["remaining"] else "warning", detail=left)


def _check_cache(arguments: argparse.Namespace) -> Finding:
    arguments.enrich, arguments.no_cache = False, False
    folder = options.build_options(arguments, out=Path("site")).cache_dir
    assert folder is not None  # noqa: S101  build_options always names one
    held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Finding(name="cache", state="ok", detail=f"{folder} ({held / 1e6:.1f} MB)")


def _check_fonts() -> Finding:
    from generator.assets.typefaces import can_shape  # noqa: PLC0415

    if can_shape():
        return Finding(name="card letters", state="ok", detail="joined and reordered scripts too")
    return Finding(
        name="card letters", state="warning", detail="Pillow was built without Raqm",
        cure="Arabic, Hebrew and Indic texts are left out of social cards.",
    )  # fmt: skip
