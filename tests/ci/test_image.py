"""The container image and the composition, without an engine: linted, and their commands run."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.dockerfile import Instruction, read_dockerfile
from tests.support.postgresql import PostgreSQL, start_postgresql
from tests.support.redis import RunningRedis, start_redis
from tests.support.running import run_server

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(sys.executable).parent
INSTRUCTIONS = read_dockerfile(ROOT / "Dockerfile")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
PASSWORD, SECRET = "compose", "s" * 64


def _last(name: str) -> Instruction:
    return [one for one in INSTRUCTIONS if one.name == name][-1]


def _copied() -> list[str]:
    """Return what the image takes from the checkout."""
    lists = [one.text.split()[:-1] for one in INSTRUCTIONS if one.name == "COPY"]
    return [path for paths in lists for path in paths if not paths[0].startswith("--from")]


def _check_health(url: str) -> int:
    [program, *words] = _last("HEALTHCHECK").words
    port = url.rpartition(":")[2]
    command = [PROGRAMS / program, *words]
    environ = {**os.environ, "FOURSITE_PORT": port}
    return subprocess.run(command, env=environ, capture_output=True, check=False).returncode


def _lint(program: str, *words: str) -> None:
    done = subprocess.run(
        [PROGRAMS / program, *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_dockerfile_and_composition_pass_their_linters() -> None:
    _lint("hadolint", "Dockerfile")
    _lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")


def test_the_image_runs_without_rights_from_one_base_of_one_version() -> None:
    bases = {one.text.split(" AS ")[0] for one in INSTRUCTIONS if one.name == "FROM"}
    assert len(bases) == 1
    assert re.fullmatch(r"python:3\.\d+\.\d+-slim-[a-z]+", bases.pop())
    assert _last("USER").text == "10001:10001"


def test_everything_copied_is_there_and_reaches_the_engine() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in lines
    allowed = [line[1:] for line in lines if line.startswith("!")]
    assert sorted(_copied()) == sorted(allowed)
    assert all((ROOT / path).exists() for path in _copied())


def test_the_build_stage_makes_the_wheel_from_what_is_copied(tmp_path: Path) -> None:
    """The same files and no others are enough for the build backend."""
    for path in _copied():
        target = tmp_path / "source" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(ROOT / path)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    words = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [*pip, *words, "--wheel-dir", str(tmp_path), str(tmp_path / "source")]
    subprocess.run(command, check=True, capture_output=True)
    assert len(list(tmp_path.glob("4site-*.whl"))) == 1


def test_the_lock_of_the_image_holds_all_that_service_and_targets_ask_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    # Pictures of sites need a browser, cards the letters of more scripts: an image of one's own.
    left_out = {"cards", "formats", "thumbnails"}
    asked = [*project["dependencies"], *(line for name in extras.keys() - left_out
                                         for line in extras[name])]  # fmt: skip
    lock = (ROOT / "requirements-server.lock").read_text(encoding="utf-8")
    locked = {
        canonicalize_name(name) for name in re.findall(r"^([\w.-]+)(?:\[.*\])?==", lock, re.M)
    }
    assert {canonicalize_name(Requirement(line).name) for line in asked} <= locked


def test_the_image_says_how_it_is_used_by_default(tmp_path: Path) -> None:
    [program, *words] = [*_last("ENTRYPOINT").words, *_last("CMD").words]
    done = subprocess.run(
        [PROGRAMS / program, *words], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "usage: 4site" in done.stdout


def test_the_health_check_tells_a_living_service_from_none(tmp_path: Path) -> None:
    with run_server(tmp_path) as server:
        assert _check_health(server.url) == 0
        url = server.url
        server.stop()
    assert _check_health(url) != 0


def _compose_environment(postgresql: PostgreSQL, redis: RunningRedis) -> dict[str, str]:
    """Return the service's variables as the engine would make them, with our hosts and ports."""
    given = {"POSTGRES_PASSWORD": PASSWORD, "FOURSITE_SECRET": SECRET}
    values: dict[str, Any] = COMPOSE["services"]["service"]["environment"]
    made = {name: _fill(text, given) for name, text in values.items()}
    assert made["FOURSITE_DATABASE_URL"] == (
        f"postgresql://foursite:{PASSWORD}@database:5432/foursite"
    )
    return {
        **made,
        "FOURSITE_DATABASE_URL": postgresql.new_empty_database(),
        "FOURSITE_REDIS_URL": made["FOURSITE_REDIS_URL"].replace("redis://redis:6379/0", redis.url),
    }


def _fill(text: str, given: dict[str, str]) -> str:
    """Replace `${NAME:-default}` and `${NAME:?message}`; Compose specification, "Interpolation"."""

    def value(found: re.Match[str]) -> str:
        if found[1] in given:
            return given[found[1]]
        assert found[2] == ":-", f"{found[1]} must be set: {found[3]}"
        return found[3]

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, text)


def test_the_composed_service_starts_on_postgresql_and_redis(tmp_path: Path) -> None:
    command = COMPOSE["services"]["service"]["command"]
    assert command[:2] == ["server", "run"]
    (tmp_path / "redis").mkdir()
    with start_postgresql() as postgresql, start_redis(tmp_path / "redis") as redis:
        environment = _compose_environment(postgresql, redis)
        with run_server(tmp_path, *command[2:], environment=environment) as server:
            assert _check_health(server.url) == 0


@pytest.mark.parametrize("missing", ["POSTGRES_PASSWORD", "FOURSITE_SECRET"])
def test_the_composition_does_not_start_without_its_secrets(missing: str) -> None:
    given = {"POSTGRES_PASSWORD": PASSWORD, "FOURSITE_SECRET": SECRET}
    del given[missing]
    with pytest.raises(AssertionError, match=f"{missing} must be set"):
        _fill((ROOT / "docker-compose.yml").read_text(encoding="utf-8"), given)


def test_the_composition_holds_no_secret_and_opens_nothing_to_the_network() -> None:
    services = COMPOSE["services"]
    ports = [port for service in services.values() for port in service.get("ports", [])]
    assert ports == ["127.0.0.1:8000:8000"]
    assert services["service"]["cap_drop"] == ["ALL"]
    assert all("healthcheck" in services[name] for name in ("database", "redis"))
