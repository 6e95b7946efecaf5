"""Settings come from the environment, all optional; a wrong one is named and no secret is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from backend.errors import Invalid
from backend.settings import Settings

ROOT = Path(__file__).resolve().parents[3]


def read(**variables: str) -> Settings:
    return Settings.from_env({f"FOURSITE_{name}": value for name, value in variables.items()})


def test_nothing_set_is_sqlite_in_the_data_folder() -> None:
    settings = read(DATA_DIR="/srv/4site")
    assert settings.database_url == "sqlite:////srv/4site/4site.db"
    assert settings.jobs_url == "sqlite:////srv/4site/4site-jobs.db"
    assert (settings.base_url, settings.workers, settings.is_secure) == (
        "http://127.0.0.1:8000",
        1,
        False,
    )


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_spoken_to_by_the_driver_that_is_there(scheme: str) -> None:
    settings = read(DATABASE_URL=f"{scheme}://ada:pw@db.example:5432/foursite")
    assert settings.database_url == "postgresql+psycopg://ada:pw@db.example:5432/foursite"
    assert settings.jobs_url == settings.database_url
    assert not settings.is_sqlite


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("PORT", "-1"),
        ("WORKERS", "2.5"),
        ("BASE_URL", "share.example"),
        ("DATABASE_URL", "mysql://db.example/foursite"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "postgresql://ada:hidden@db.example:port/foursite"),
        ("REDIS_URL", "http://:hidden@cache.example"),
        ("SMTP_URL", "ftp://ada:hidden@mail.example"),
        ("SMTP_URL", "smtp://ada:hidden@mail.example:port"),
        ("TRUSTED_PROXIES", "10.0.0.1/8 everywhere"),
        ("SYNCHRONOUS", "OFF"),
        ("LOG_FORMAT", "xml"),
        ("SECRET", "hidden but short"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(**{name: value})
    assert f"FOURSITE_{name}" in caught.value.message
    assert "hidden" not in caught.value.message + caught.value.hint


def test_no_secret_is_in_what_a_log_would_show() -> None:
    settings = read(
        DATABASE_URL="postgresql://ada:hidden@db.example/foursite",
        REDIS_URL="redis://:hidden@cache.example",
        SMTP_URL="smtps://ada:hidden@mail.example",
        SECRET="hidden" * 6,
        GITHUB_CLIENT_SECRET="hidden",  # noqa: S106  the text that is looked for
        METRICS_TOKEN="hidden",  # noqa: S106  the same
    )
    assert "hidden" not in repr(settings)


def test_every_variable_is_documented() -> None:
    source = (ROOT / "backend" / "settings.py").read_text()
    names = set(re.findall(r'read\.\w+\(\s*"([A-Z_]+)"', source))
    assert len(names) > 20
    page = (ROOT / "docs" / "service.md").read_text()
    assert not [name for name in names if f"| `FOURSITE_{name}` |" not in page]
