"""Sites for tests: the examples, and one project that has every kind of page; served, or as files.

The examples are built from a copy outside the checkout, so that its own history says nothing.
"""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import cli
from generator.assembly.gathering import gather
from generator.assembly.output import write_site
from generator.assembly.picturing import start_icon_files
from generator.configuration import Layer, merge_layers
from generator.insight.read import read_insight
from generator.model.release import Release, ReleaseFile
from generator.model.repository import Contributor, ForgeFacts, Repository
from generator.pages.plan import plan_site
from generator.settings import BuildOptions, Settings
from generator.source.open import open_repository
from generator.write.folder import open_folder

EXAMPLES_FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = ("field-notes", "lantern", "tidepool")
THEMES = ("atlas", "press", "terminal")

_BASE = "/base/path/"
_FILES = (
    ("lantern-{version}-x86_64-unknown-linux-gnu.tar.gz", 3_204_112),
    ("lantern-{version}-x86_64-unknown-linux-musl.tar.gz", 3_404_551),
    ("lantern-{version}-aarch64-apple-darwin.tar.gz", 2_904_998),
    ("lantern-{version}-x86_64-pc-windows-msvc.zip", 2_704_003),
    ("lantern_{version}_amd64.deb", 2_100_400),
    ("lantern-{version}-x86_64-unknown-linux-gnu.tar.gz.asc", 833),
    ("SHA256SUMS", 512),
)
_EXTRA_TEXTS = {
    "README.de.md": "# Lantern\n\nZeigt, was sich geändert hat.\n\n## Verwendung\n\nHinsehen.\n",
    "CODE_OF_CONDUCT.md": "# Code of conduct\n\nBe kind, and say so when somebody is not.\n",
    "SECURITY.md": "# Security\n\nWrite to [the keeper](mailto:keeper@example.org).\n",
    ".github/FUNDING.yml": "github: ada\nko_fi: lantern\n",
    "docs/pictures.md": """# Pictures

<picture>
  <source media="(prefers-color-scheme: dark)" srcset="dark.svg">
  <source media="(prefers-color-scheme: light)" srcset="light.svg">
  <img src="light.svg" alt="A lamp" width="90" height="30">
</picture>

![Only by day](light.svg#gh-light-mode-only) ![Only by night](dark.svg#gh-dark-mode-only)

```console
$ lantern list
docs
$ lantern seen docs
```

```mermaid
graph LR
  A[Look] --> B[Compare]
```

The sum $a^2 + b^2$ and a
word_that_is_very_long_because_somebody_joined_everything_with_underscores.

| Column | Another column | A third column | A fourth column | A fifth column with many words |
|---|---|---|---|---|
| `lantern --ignore PATTERN --content --json` | yes | no | yes | never-breaking-words-in-a-cell |

- [x] done
- [ ] to do

> [!NOTE]
> Noted.[^1]

[^1]: Below.
""",
    "docs/dark.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"/>',
    "docs/light.svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><path d="M0 0h9v9z"/></svg>'
    ),
}


def build_example(name: str, folder: Path, *flags: str, is_online: bool = True) -> Path:
    """Build an example below `folder` and return the site; `is_online` gives it its addresses."""
    source = folder / "sources" / name
    if not source.exists():
        shutil.copytree(EXAMPLES_FOLDER / name, source)
    site = folder / "-".join([name, *flags]).replace("--", "")
    addresses = ["--base-url", f"https://example.org/{name}/",
                 "--repo", f"https://github.com/example/{name}"] if is_online else []  # fmt: skip
    status = cli.main(["build", str(source), "-o", str(site), "-q", *addresses, *flags])
    assert status == 0
    return site


def build_everything(folder: Path, *, theme: str = "atlas", **site: Any) -> Path:
    """Build a project with every kind of page below `folder`, and return the site.

    It has what only a forge tells: releases with files, people, stars. `site` holds settings of
    the site, such as `url`.
    """
    source = folder / "sources" / "everything"
    if not source.exists():
        _write_everything(source)
    values = {
        "theme": {"name": theme},
        "site": site,
        "source": {"forge": "https://github.com/example/lantern"},
    }
    settings = merge_layers(None, Layer(name="test", values=values))
    return _build(_add_forge_facts(source, settings), settings, folder / f"everything-{theme}")


def _write_everything(source: Path) -> None:
    shutil.copytree(EXAMPLES_FOLDER / "lantern", source)
    for path, text in _EXTRA_TEXTS.items():
        (source / path).parent.mkdir(exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")


def _add_forge_facts(source: Path, settings: Settings) -> Repository:
    repository = open_repository(
        str(source), settings=settings.source, options=BuildOptions(), report=_ignore, warn=_ignore
    )
    people = tuple(
        Contributor(name=name, commits=commits, login=name.split()[0].lower(),
                    url=f"https://github.com/{name.split()[0].lower()}")
        for name, commits in (("Ada Example", 204), ("Grace Example", 61), ("Li Example", 1))
    )  # fmt: skip
    facts = ForgeFacts(
        description="Shows what changed in a folder since you last looked.",
        topics=("command-line", "files"),
        stars=12_345,
        forks=321,
        languages={"Rust": 90_000, "Shell": 2_000},
        contributors=people,
    )
    releases = (_release("1.4.0", 9), _release("1.3.0-rc.1", 7, is_prerelease=True))
    return replace(
        repository, name="lantern", default_branch="main", facts=facts, releases=releases
    )


def _release(version: str, month: int, *, is_prerelease: bool = False) -> Release:
    page = f"https://github.com/example/lantern/releases/tag/v{version}"
    files = tuple(
        ReleaseFile(
            name=name.format(version=version),
            url=f"{page.replace('/tag/', '/download/')}/{name.format(version=version)}",
            size_bytes=size,
            digest=f"sha256:{'0123456789abcdef' * 4}",
        )
        for name, size in _FILES
    )
    return Release(
        tag=f"v{version}",
        name=version,
        published_at=datetime(2026, month, 3, 9, 30, tzinfo=UTC),
        body="### Added\n\n- Colours, thanks to @ada (#12)\n",
        url=page,
        is_prerelease=is_prerelease,
        files=files,
    )


def _build(repository: Repository, settings: Settings, out: Path) -> Path:
    insight = read_insight(repository, settings, warn=_ignore)
    options = BuildOptions(out=out, use_cache=False, processes=1)
    material = gather(
        repository, insight, settings, plan_site(repository, insight, settings),
        cache=None, options=options, is_online=False, report=_ignore, warn=_ignore,
    )  # fmt: skip
    folder = open_folder(out, force=False)
    icons = start_icon_files(repository, insight, settings, cache=None)
    write_site(material, folder, icons, cache=None, options=options, report=_ignore, warn=_ignore)
    return out


def _ignore(_: object) -> None:
    """Take no notice of progress and warnings."""


def pages_by_kind(site: Path) -> dict[str, str]:
    """Return one page of each kind: the class of its body → its file relative to the site.

    A home page in another language is a kind of its own, `translation`.
    """
    found: dict[str, str] = {}
    for path in sorted(site.rglob("*.html")):
        file = path.relative_to(site).as_posix()
        kind = path.read_text(encoding="utf-8").partition('<body class="page-')[2].split('"')[0]
        found.setdefault("translation" if kind == "home" and "/" in file else kind, file)
    return found


@contextmanager
def serve(site: Path) -> Iterator[str]:
    """Serve the site on this machine under a base path, as a CDN would; yield its address."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.removeprefix(_BASE.rstrip("/")))

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing on the test's terminal."""

        def do_GET(self) -> None:
            found = Path(self.translate_path(self.path))
            if found.is_file() or (found / "index.html").is_file():
                super().do_GET()
                return
            content = (site / "404.html").read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

    handler = functools.partial(Handler, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{_BASE}"
        finally:
            server.shutdown()
            thread.join()
