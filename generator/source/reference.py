"""What a person typed as SOURCE, understood: a folder, a GitHub repository, or a git URL.

Nothing here asks the network. Which part of `…/tree/REF/DIR` is the ref cannot be told from the
text alone (branches may hold slashes), so a reference offers its readings, longest ref first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import SplitResult, unquote, urlsplit

from generator.errors import SourceMissing, SourceRefused

PUBLIC_HOST = "github.com"
_LIMIT_CHARACTERS = 2000

# GitHub's own rules; an underscore occurs in the names of enterprise-managed users.
_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})"
_NAME = r"[A-Za-z0-9._-]{1,100}"
_SHORT = re.compile(rf"(?P<owner>{_OWNER})/(?P<name>{_NAME})(?:@(?P<ref>.+))?")
_SCP = re.compile(r"(?P<login>[\w.-]+@)?(?P<host>[\w.-]{2,}):(?P<path>[^:].*)")
_REMOTE_HELPER = re.compile(r"[\w+.-]*::")
_GIT_SCHEMES = frozenset({"https", "http", "ssh", "git", "file"})
# https://git-scm.com/docs/git-check-ref-format; a space and these never occur in a ref.
_NOT_IN_REF = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderReference:
    """A folder on this machine, with or without git."""

    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHubReference:
    """A repository at github.com or an Enterprise host.

    `base` is scheme and host; `clone_url` what git is given when the API cannot be asked.
    `subfolder` is what follows the first segment of `ref` in a URL; with `names_file` it is the
    path of a file, which says nothing but which ref is meant.
    """

    base: str
    owner: str
    name: str
    clone_url: str
    ref: str | None = None
    subfolder: str = ""
    names_file: bool = False

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"

    @property
    def url(self) -> str:
        return f"{self.base}/{self.slug}"

    def readings(self) -> Iterator[tuple[str, str]]:
        """Yield the ways to split a URL's tail into ref and subfolder, the longest ref first."""
        if self.ref is None:
            return
        parts = [self.ref, *PurePosixPath(self.subfolder).parts]
        last = len(parts) - 1 if self.names_file else len(parts)
        for count in range(max(last, 1), 0, -1):
            rest = "" if self.names_file else "/".join(parts[count:])
            yield "/".join(parts[:count]), rest


@dataclass(frozen=True, slots=True, kw_only=True)
class GitReference:
    """Any URL that git can clone."""

    url: str
    ref: str | None = None


Reference = FolderReference | GitHubReference | GitReference


def parse_reference(
    text: str, *, forges: Mapping[str, str], default_host: str = PUBLIC_HOST
) -> Reference:
    """Tell what `text` names; an existing path wins over `owner/name` at `default_host`.

    `forges` maps further hosts to their family (`{"git.example.com": "github"}`).
    Raises SourceMissing for what looks like a path and is none, SourceRefused for what must not
    reach git: a leading dash, a remote helper (`ext::`), a password, an odd scheme.
    """
    text = text.strip()
    _refuse_dangerous(text)
    hosts = {
        PUBLIC_HOST,
        default_host,
        *(host for host, family in forges.items() if family == "github"),
    }
    folder = _find_folder(text)
    if folder is not None:
        return FolderReference(path=folder)
    if "://" in text:
        return _parse_url(text.removeprefix("git+"), hosts)
    host = text.partition("/")[0].lower().removeprefix("www.")
    if host in hosts and "/" in text:
        return _parse_url(f"https://{text}", hosts)
    scp = _SCP.fullmatch(text)
    if scp and "/" not in text.partition(":")[0]:
        return _parse_scp(text, scp, hosts)
    short = _SHORT.fullmatch(text)
    if short and short["name"] not in {".", ".."}:
        return _github(f"https://{default_host}", short["owner"], short["name"], ref=short["ref"])
    raise _missing(text)


def check_ref(ref: str) -> str:
    """Return `ref` when git would accept it as a name; else raise SourceRefused."""
    is_odd = ref.startswith(("-", "/", ".")) or ref.endswith(("/", ".")) or len(ref) > 255
    if not ref or is_odd or _NOT_IN_REF.search(ref):
        raise SourceRefused(
            f"{ref!r} cannot be the name of a branch, tag or commit.",
            hint="Write owner/name@ref with a name that `git branch -a` or `git tag` lists.",
        )
    return ref


def _refuse_dangerous(text: str) -> None:
    if not text or len(text) > _LIMIT_CHARACTERS or not text.isprintable():
        raise SourceRefused(
            "The source is empty, too long, or holds control characters.",
            hint="Give a folder, owner/name, or a repository's URL.",
        )
    if text.startswith("-") or _REMOTE_HELPER.match(text):
        raise SourceRefused(
            f"{text!r} is not a source that 4site hands to git.",
            hint="Give a folder (./-name for an odd one), owner/name, or an https or ssh URL.",
        )


def _find_folder(text: str) -> Path | None:
    path = Path(text)
    try:
        path = path.expanduser()
        if path.is_dir():
            return path
        is_file = path.exists()
    except (OSError, RuntimeError):
        return None
    if is_file:
        raise SourceMissing(
            f"{text} is a file, not a folder.",
            hint=f"Give the folder that holds it: {path.parent}. One file: `4site render {text}`.",
        )
    return None


def _missing(text: str) -> SourceMissing:
    if re.fullmatch(_NAME, text) and not text.startswith("."):
        hint = f"Check the spelling; a GitHub repository is written owner/{text}."
    else:
        hint = "Check the spelling, or give owner/name or a repository's URL."
    return SourceMissing(f"There is no folder at {text}.", hint=hint)


def _parse_url(text: str, hosts: set[str]) -> Reference:
    split = _split_url(text)
    host = _host_of(split)
    if split.scheme == "file":
        if split.netloc not in {"", "localhost"}:
            raise SourceRefused(
                f"{text} names another machine.", hint="Write file:///path, or use ssh."
            )
        return _parse_git_url(text, split)
    if host == "gist.github.com":
        gist = split.path.strip("/").split("/")[-1].removesuffix(".git")
        return GitReference(url=f"https://{host}/{gist}.git")
    web_host = host.removeprefix("www.")
    if web_host not in hosts:
        return _parse_git_url(text, split)
    scheme = "http" if split.scheme == "http" else "https"
    clone_url = text if split.scheme in {"ssh", "git"} else ""
    return _parse_github_path(f"{scheme}://{web_host}", split.path, clone_url=clone_url)


def _split_url(text: str) -> SplitResult:
    try:
        split = urlsplit(text)
        is_valid = split.scheme in _GIT_SCHEMES and (split.hostname or split.scheme == "file")
        password = split.password
        _ = split.port
    except ValueError as error:
        raise SourceRefused(f"{text} is not a valid URL.", hint="Check the spelling.") from error
    if password is not None:
        raise SourceRefused(
            "The source URL holds a password or token.",
            hint="Leave it out; set GITHUB_TOKEN, or let git's credential helper answer.",
        )
    if not is_valid or (split.hostname or "").startswith("-") or split.path.startswith("/-/"):
        raise SourceRefused(
            f"{text} is not a URL that 4site reads.",
            hint="Use https, ssh, git or file, or give a folder or owner/name.",
        )
    return split


def _host_of(split: SplitResult) -> str:
    host = (split.hostname or "").lower()
    default = {"https": 443, "http": 80}.get(split.scheme)
    is_web = default is not None
    return f"{host}:{split.port}" if is_web and split.port not in {None, default} else host


def _parse_scp(text: str, scp: re.Match[str], hosts: set[str]) -> Reference:
    host, path = scp["host"].lower(), scp["path"]
    if host.startswith("-") or path.startswith("-"):
        raise SourceRefused(f"{text!r} is not a source that 4site hands to git.")
    if host in hosts:
        return _parse_github_path(f"https://{host}", path, clone_url=text)
    return GitReference(url=text)


def _parse_github_path(base: str, path: str, *, clone_url: str) -> GitHubReference:
    parts = [part for part in unquote(path).split("/") if part]
    if len(parts) < 2:
        raise SourceMissing(
            f"{base}{path} names no repository.", hint="Give the URL with owner and name."
        )
    owner, name, *rest = parts
    name = name.removesuffix(".git")
    if any(part in {".", ".."} for part in parts) or not name:
        raise SourceRefused(f"{base}{path} is not the address of a repository.")
    if not re.fullmatch(_OWNER, owner) or not re.fullmatch(_NAME, name):
        raise SourceMissing(
            f"{owner}/{name} cannot be a repository's name.", hint="Check the spelling."
        )
    match rest:
        case ["tree", ref, *folder]:
            return _github(base, owner, name, ref=ref, subfolder="/".join(folder))
        case ["blob" | "raw" | "edit" | "blame", ref, *file]:
            tail = "/".join(file)
            return _github(base, owner, name, ref=ref, subfolder=tail, names_file=True)
        case ["releases", "tag", *tag] if tag:
            return _github(base, owner, name, ref="/".join(tag))
        case ["commit", sha, *_]:
            return _github(base, owner, name, ref=sha)
        case _:
            return _github(base, owner, name, clone_url=clone_url)


def _github(  # noqa: PLR0913 - the fields of one value, spelled once
    base: str,
    owner: str,
    name: str,
    *,
    ref: str | None = None,
    subfolder: str = "",
    names_file: bool = False,
    clone_url: str = "",
) -> GitHubReference:
    return GitHubReference(
        base=base,
        owner=owner,
        name=name,
        clone_url=clone_url or f"{base}/{owner}/{name}.git",
        ref=None if ref is None else check_ref(ref),
        subfolder=subfolder,
        names_file=names_file,
    )


def _parse_git_url(text: str, split: SplitResult) -> GitReference:
    """Read `#ref`, and the two tails that GitLab's and Forgejo's pages put behind a repository."""
    url = text.partition("#")[0].partition("?")[0]
    ref = unquote(split.fragment) or None
    if "/-/" in url:
        url, _, tail = url.partition("/-/")
        verb, _, name = tail.partition("/")
        ref = unquote(name) if verb == "tree" and name and ref is None else ref
    return GitReference(url=url, ref=None if ref is None else check_ref(ref))
