"""What holds for every test: a home of its own, no tokens, no network, and the shared options."""

from __future__ import annotations

import gc
import os
import socket
import sys
import tempfile
from pathlib import Path

import certifi
import pytest

from tests.support import corpus as corpus_place

_LOCAL_HOSTS = frozenset({"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::"})  # noqa: S104
# Of the rest of the environment, what would colour outputs, and what would make each process that a
# test starts compile hundreds of files anew.
_PRIVATE_NAMES = frozenset({"NO_COLOR", "FORCE_COLOR", "PYTHONDONTWRITEBYTECODE"})
_PRIVATE_PREFIXES = ("FOURSITE_", "GITHUB_", "GH_", "GIT_", "XDG_")


def _isolate_home() -> tempfile.TemporaryDirectory[str]:
    """Give this process, and all it starts, an empty home and no settings of the machine."""
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    os.environ.setdefault("PLAYWRIGHT_BROWSERS_PATH", str(Path.home() / caches / "ms-playwright"))
    for name in set(os.environ) - {"FOURSITE_CORPUS"}:  # the workers of pytest-xdist read it too
        if name.startswith(_PRIVATE_PREFIXES) or name in _PRIVATE_NAMES:
            del os.environ[name]
    home = tempfile.TemporaryDirectory(prefix="foursite-home-", ignore_cleanup_errors=True)
    os.environ |= {
        "SSL_CERT_FILE": str(_write_authority(Path(home.name))),
        "HOME": home.name,
        "USERPROFILE": home.name,
        "XDG_CACHE_HOME": f"{home.name}/cache",
        "XDG_CONFIG_HOME": f"{home.name}/config",
        "XDG_DATA_HOME": f"{home.name}/data",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_AUTHOR_NAME": "Ada Example",
        "GIT_AUTHOR_EMAIL": "ada@example.org",
        "GIT_COMMITTER_NAME": "Ada Example",
        "GIT_COMMITTER_EMAIL": "ada@example.org",
    }
    return home


def _write_authority(folder: Path) -> Path:
    """Write the first of the usual certificates: each client of ours would read all of them, which
    takes 25 ms, and no test asks a server that has one.
    """
    end = "-----END CERTIFICATE-----\n"
    first = Path(certifi.where()).read_text(encoding="utf-8").partition(end)[0]
    file = folder / "authority.pem"
    file.write_text(first + end, encoding="utf-8")
    return file


_home = _isolate_home()


def _refuse_network(event: str, arguments: tuple[object, ...]) -> None:
    """Fail every name lookup and connection beyond this machine, as a dead network would."""
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else ""  # a Unix socket is a path
    elif event == "socket.getaddrinfo":
        host = arguments[0] or ""
    else:
        return
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name not in _LOCAL_HOSTS and not name.startswith("127."):
        raise socket.gaierror(socket.EAI_NONAME, f"the tests have no network: {name}")


sys.addaudithook(_refuse_network)

# As in a command (`run_verb`): looking for cycles as often as by default takes a tenth of the time.
gc.set_threshold(200_000, 20, 20)


def pytest_unconfigure() -> None:
    _home.cleanup()


def pytest_xdist_auto_num_workers() -> int:
    """Return three processes for two cores: about a third of the time tests wait for servers."""
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    return cores + cores // 2


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="rewrite tests/golden/ from what the examples build to now; read the diff",
    )


@pytest.fixture(scope="session")
def update_golden(request: pytest.FixtureRequest) -> bool:
    """Say whether golden files are to be rewritten instead of compared."""
    return bool(request.config.getoption("--update-golden"))


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Return the folder of real repositories' documents, or skip the test with the reason."""
    if not corpus_place.is_present():
        pytest.skip(corpus_place.ABSENT)
    return corpus_place.CORPUS
