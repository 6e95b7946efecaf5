"""GitHub Pages by git push: one branch that holds the site, without history unless it is wanted.

The branch is read without its files' contents, the new tree is made beside the person's checkout,
and the push succeeds only if the branch is still what was planned against.
"""

from __future__ import annotations

import re
import time
import weakref
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import msgspec

from generator.errors import SourceError, TargetRefused, UsageError
from generator.publish.branch import Blob, Branch, title_of
from generator.publish.bundle import MANIFEST_NAME, Bundle, SiteFile, in_sending_order
from generator.publish.git import Git, retrying
from generator.publish.http import fetch_served
from generator.publish.remote import find_remote
from generator.publish.target import Destination, Plan, Published, Report, Served
from generator.source.reference import check_ref
from generator.write.manifest import Entry, Manifest, encode_manifest

BRANCH = "gh-pages"
MADE_AT = 946_684_800
"""The time of a commit when nothing says another: the same site makes the same commit."""
PATIENCE_SECONDS = 300.0
"""GitHub builds a pushed branch before it serves it; mostly within a minute or two."""
_HOST_FILES = frozenset({"CNAME", ".nojekyll"})
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_PAUSE_SECONDS = 5.0


def make_target(destination: Destination) -> GitHubPages:
    return GitHubPages(destination)


class GitHubPages:
    """Keeps the manifest in the branch, by which it knows its own files; others there stay."""

    def __init__(self, destination: Destination, folder: Path | None = None) -> None:
        self._destination = destination
        self._remote = find_remote(destination.address, destination.environ, folder or Path.cwd())
        name = _checked_branch(destination.branch or BRANCH)
        self._prefix = _prefix_of(destination.preview)
        work = TemporaryDirectory(prefix="4site-", ignore_cleanup_errors=True)
        weakref.finalize(self, work.cleanup)
        git = Git(folder=Path(work.name), remote=self._remote, environ=destination.environ)
        self._branch = Branch(git, name)
        self._commit: str | None = None
        self._is_seen = False
        self._blobs: dict[str, Blob] = {}

    def plan(self, bundle: Bundle) -> Plan:
        branch = self._branch
        refs = branch.look()
        self._check_default(refs.default, refs.tip)
        branch.read(refs.tip)
        known = self._read_manifest()
        if known is None:
            self._check_ours()
        self._blobs = {
            path: Blob(mode="100644", sha=branch.name_of(file.read()))
            for path, file in bundle.files.items()
        }
        changed = [file for file in bundle.files.values() if not self._has(file)]
        old = {path for path in known or () if self._prefix + path in branch.files}
        return Plan(
            title=title_of(self._remote, branch.name),
            upload=tuple(in_sending_order(changed)),
            delete=tuple(sorted(old - set(bundle.files))),
            unchanged=len(bundle.files) - len(changed),
            present=len(old),
            url=self._url(),
            notes=self._notes(is_new=refs.tip is None),
        )

    def apply(self, bundle: Bundle, plan: Plan, report: Report) -> Published:
        branch = self._branch
        report(f"Making a commit of {len(bundle.files)} files")
        self._take_in(bundle, plan)
        commit = self._make_commit(bundle, plan)
        if branch.tip is None or branch.tree_of(commit) != branch.tree_of(branch.tip):
            report(f"Pushing to {plan.title}")
            retrying()(branch.push, commit)
            self._commit = commit
        else:
            self._commit = branch.tip
        return Published(
            url=plan.url,
            release=self._commit[:12],
            sent=len(plan.upload),
            deleted=len(plan.delete),
        )

    def fetch(self, published: Published, path: str) -> Served | None:
        """Return the file at the site's address if that was said, else what the branch holds."""
        del published
        if self._destination.url and (url := self._url()):
            return self._fetch_built(url, path)
        if not self._is_seen and self._branch.look().tip != self._commit:
            return None
        self._is_seen = True
        blob = self._blobs.get(path)
        return Served(content=self._branch.content_of(blob.sha)) if blob else None

    def _check_default(self, default: str | None, tip: str | None) -> None:
        name, title = self._branch.name, self._remote.title
        if default == name:
            raise TargetRefused(
                f"{name} is the default branch of {title}: it holds the source.",
                hint=f"Publish to another branch, such as --branch {BRANCH}.",
            )
        if default is None and tip is None:
            raise TargetRefused(
                f"{title} has no default branch yet; what is pushed first would become it.",
                hint="Push the source first.",
            )

    def _read_manifest(self) -> dict[str, Entry] | None:
        """Return what the branch's manifest names; None without a manifest of ours."""
        blob = self._branch.files.get(self._prefix + MANIFEST_NAME)
        if blob is None:
            return None
        try:
            manifest = msgspec.json.decode(self._branch.content_of(blob.sha), type=Manifest)
        except msgspec.MsgspecError:
            return None
        return manifest.files if manifest.version == 1 else None

    def _check_ours(self) -> None:
        """Refuse a place with files that no manifest names; a preview may be the first to come."""
        files = self._branch.files
        if MANIFEST_NAME in files and self._prefix:
            strange = [path for path in files if path.startswith(self._prefix)]
        else:
            previews = {
                path.removesuffix(MANIFEST_NAME)
                for path in files
                if path.startswith("preview/") and path.endswith(f"/{MANIFEST_NAME}")
            }
            strange = [
                path
                for path in files
                if path not in _HOST_FILES and not path.startswith(tuple(previews))
            ]
        if strange:
            raise TargetRefused(
                f"The branch {self._branch.name} of {self._remote.title} holds files that 4site"
                f" did not publish ({', '.join(strange[:3])}).",
                hint="Name another with --branch, or delete that branch first.",
            )

    def _has(self, file: SiteFile) -> bool:
        return self._branch.files.get(self._prefix + file.path) == self._blobs[file.path]

    def _take_in(self, bundle: Bundle, plan: Plan) -> None:
        paths = [file.path for file in plan.upload]
        names = self._branch.add_files(bundle.folder, paths)
        for path, name in zip(paths, names, strict=True):
            if self._blobs[path].sha != name:
                bundle.files[path].read()
                raise TargetRefused(
                    f"{path} changed while it was published.", hint="Publish again."
                )

    def _make_commit(self, bundle: Bundle, plan: Plan) -> str:
        branch, prefix = self._branch, self._prefix
        entries = {
            path: Entry(digest=file.digest, size=file.size) for path, file in bundle.files.items()
        }
        manifest = branch.add_content(encode_manifest(Manifest(files=entries)))
        gone = {prefix + path for path in plan.delete}
        files = {path: blob for path, blob in branch.files.items() if path not in gone}
        if prefix:
            files.setdefault(".nojekyll", branch.add_content(b""))
        elif host := self._custom_host():
            files["CNAME"] = branch.add_content(f"{host}\n".encode())
        files |= {prefix + path: blob for path, blob in self._blobs.items()}
        files[prefix + MANIFEST_NAME] = manifest
        what = f"preview {self._destination.preview}" if prefix else "site"
        message = f"Publish the {what}\n\nContent: {bundle.digest}\n"
        parent = branch.tip if self._destination.keep_history else None
        return branch.commit(files, message, made_at=self._made_at(), parent=parent)

    def _made_at(self) -> int:
        said = self._destination.environ.get("SOURCE_DATE_EPOCH", "")
        if said.isdecimal():
            return int(said)
        return int(time.time()) if self._destination.keep_history else MADE_AT

    def _fetch_built(self, url: str, path: str) -> Served | None:
        """Return what GitHub serves, at first once it has built what was pushed."""
        deadline = time.monotonic() + (0 if self._is_seen else PATIENCE_SECONDS)
        while True:
            served = fetch_served(url, path)
            self._is_seen = (
                served is not None
                and path in self._blobs
                and (self._branch.name_of(served.content) == self._blobs[path].sha)
            )
            if self._is_seen or time.monotonic() + _PAUSE_SECONDS > deadline:
                return served
            time.sleep(_PAUSE_SECONDS)

    def _custom_host(self) -> str | None:
        """Return the host of the site's own domain, when the whole domain is the site's."""
        split = urlsplit(self._destination.url or "")
        host = split.hostname or ""
        is_own = host and not host.endswith(".github.io") and split.path in {"", "/"}
        return host if is_own and self._remote.slug and split.port is None else None

    def _url(self) -> str | None:
        remote, url = self._remote, self._destination.url
        if url is None and remote.host == "github.com":
            owner, _, name = remote.slug.lower().partition("/")
            host = f"{owner}.github.io"
            url = f"https://{host}/" if name == host else f"https://{host}/{name}/"
        if url is None:
            return None
        return f"{url.rstrip('/')}/{self._prefix}"

    def _notes(self, *, is_new: bool) -> tuple[str, ...]:
        remote = self._remote
        if not is_new or not remote.slug:
            return ()
        settings = f"https://{remote.host}/{remote.slug}/settings/pages"
        return (f"The branch is new: choose {self._branch.name} at {settings} to have it served.",)


def _checked_branch(name: str) -> str:
    try:
        return check_ref(name)
    except SourceError as error:
        raise UsageError(f"{name!r} cannot be the name of a branch.") from error


def _prefix_of(preview: str | None) -> str:
    if preview is None:
        return ""
    if not _NAME.fullmatch(preview):
        raise UsageError(
            f"{preview!r} cannot name a preview.",
            hint="Use small letters, digits and hyphens, such as pr-12.",
        )
    return f"preview/{preview}/"
