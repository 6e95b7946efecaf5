"""Release file names of well-known projects say the right system, processor and form."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insight.platforms import label_of, read_file_name

TABLE = Path(__file__).with_name("release_names.txt")


def read_table() -> list[tuple[str, str, str, str]]:
    rows = []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, platform, architecture, form = (part.strip() for part in line.split(" | "))
            rows.append((name, platform, architecture, form))
    return rows


def test_the_table_is_large_and_has_no_name_twice() -> None:
    names = [row[0] for row in read_table()]
    assert len(names) >= 250
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("name", "platform", "architecture", "form"), read_table())
def test_a_release_file_name_says_system_processor_and_form(
    name: str, platform: str, architecture: str, form: str
) -> None:
    traits = read_file_name(name)
    found = (traits.platform.value if traits.platform else "-", traits.architecture or "-")
    assert (*found, traits.form) == (platform, architecture, form)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Zed-aarch64.dmg", "Disk image (.dmg)"),
        ("bat_0.24.0_amd64.deb", "Debian package (.deb)"),
        ("balenaEtcher-1.19.16.Setup.exe", "Installer (.exe)"),
        ("nvim.appimage", "AppImage"),
        ("hugo_0.126.1_openbsd-amd64.tar.gz", "Archive (.tar.gz)"),
        ("helix-24.03-source.tar.xz", "Source code (.tar.xz)"),
        ("jq-linux-amd64", "Program"),
    ],
)
def test_a_label_says_what_the_file_is(name: str, label: str) -> None:
    assert label_of(read_file_name(name)) == label


@given(st.text(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_without_an_error(name: str) -> None:
    assert label_of(read_file_name(name))
