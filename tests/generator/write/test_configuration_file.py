"""Settings written into a file that a person keeps: nothing of theirs is lost."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from generator.configuration import merge_layers, read_file_layer
from generator.errors import ConfigurationError, OutputRefused
from generator.write.configuration_file import format_table, plan_edit

VALUES = {"url": "https://share.example", "site_key": "Xk3vT9bQ2m", "referral": "ada"}


def _edit(folder: Path, name: str, before: str) -> str:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_bytes(before.encode())
    edit = plan_edit(folder, "service", VALUES)
    assert edit.name == name
    edit.save()
    after = (folder / name).read_bytes().decode()
    layer = read_file_layer({name: after}.get)
    service = merge_layers(layer).service
    assert (service.url, service.site_key, service.referral) == tuple(VALUES.values())
    return after


def test_without_a_file_a_new_one_is_made(tmp_path: Path) -> None:
    edit = plan_edit(tmp_path, "service", VALUES)
    assert not (tmp_path / "4site.toml").exists()
    edit.save()
    assert (tmp_path / "4site.toml").read_text() == (
        '[service]\nurl = "https://share.example"\nsite_key = "Xk3vT9bQ2m"\nreferral = "ada"\n'
    )


def test_comments_order_and_spacing_stay(tmp_path: Path) -> None:
    before = (
        "# ours\n[theme]   # look\nname='press'\n\n\n[service]\n# the one we host\n"
        'url = "https://old.example" # moved soon\n\n[site]\nlanguage = "de"\n'
    )
    after = _edit(tmp_path, "4site.toml", before)
    assert after.startswith(
        "# ours\n[theme]   # look\nname='press'\n\n\n[service]\n# the one we host"
    )
    assert 'url = "https://share.example" # moved soon\n' in after
    assert after.index("site_key") < after.index("[site]")
    assert after.endswith('[site]\nlanguage = "de"\n')


def test_file_in_the_forges_folder_is_the_one_that_counts(tmp_path: Path) -> None:
    after = _edit(tmp_path, ".github/4site.toml", '[theme]\nname = "press"\n')
    assert after.startswith('[theme]\nname = "press"\n\n[service]\n')


def test_pyproject_is_edited_when_the_configuration_lives_there(tmp_path: Path) -> None:
    before = (
        '[project]\nname = "lamp"  # a lamp\n\n[tool.4site.theme]\nname = "press"\n\n'
        "[tool.ruff]\nline-length = 100\n"
    )
    after = _edit(tmp_path, "pyproject.toml", before)
    assert 'name = "lamp"  # a lamp' in after
    assert tomllib.loads(after)["tool"]["ruff"] == {"line-length": 100}
    assert tomllib.loads(after)["tool"]["4site"]["theme"] == {"name": "press"}
    assert not (tmp_path / "4site.toml").exists()


def test_pyproject_without_our_table_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "lamp"\n')
    assert plan_edit(tmp_path, "service", VALUES).name == "4site.toml"


def test_line_ends_stay_as_they_were(tmp_path: Path) -> None:
    after = _edit(tmp_path, "4site.toml", '[theme]\r\nname = "press"\r\n')
    assert "\n" not in after.replace("\r\n", "")


def test_writing_the_same_again_changes_nothing(tmp_path: Path) -> None:
    once = _edit(tmp_path, "4site.toml", "")
    assert plan_edit(tmp_path, "service", VALUES).after == once
    assert plan_edit(tmp_path, "service", VALUES).added == ()


def test_file_that_holds_another_kind_of_value_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "4site.toml").write_text('service = "https://share.example"\n')
    with pytest.raises(ConfigurationError, match=r"4site.toml cannot be edited") as caught:
        plan_edit(tmp_path, "service", VALUES)
    assert 'site_key = "Xk3vT9bQ2m"' in caught.value.hint


def test_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "4site.toml").write_bytes(b'[project]\nname = "L\xe4mp"\n')
    with pytest.raises(ConfigurationError, match=r"4site.toml is not UTF-8"):
        plan_edit(tmp_path, "service", VALUES)


def test_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere.toml").write_text("")
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "4site.toml").symlink_to(tmp_path / "elsewhere.toml")
    with pytest.raises(ConfigurationError, match=r"leads out of the folder"):
        plan_edit(tmp_path / "repository", "service", VALUES)


def test_file_that_cannot_be_written_says_which_lines_to_add(tmp_path: Path) -> None:
    folder = tmp_path / "repository"
    folder.mkdir()
    edit = plan_edit(folder, "service", VALUES)
    folder.rmdir()
    with pytest.raises(OutputRefused, match=r"Cannot write 4site.toml") as caught:
        edit.save()
    assert 'site_key = "Xk3vT9bQ2m"' in caught.value.hint


def test_values_are_quoted_for_a_person_to_paste() -> None:
    assert format_table("service", {"url": 'a"b'}) == '[service]\nurl = "a\\"b"'
