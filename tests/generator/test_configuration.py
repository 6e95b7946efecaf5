"""Settings: layers, their order, and errors that name the key and the line."""

from __future__ import annotations

import msgspec
import pytest

from generator.configuration import (
    Layer,
    json_schema,
    merge_layers,
    read_environment_layer,
    read_file_layer,
)
from generator.errors import ConfigurationError
from generator.settings import Settings


def _file(text: str, name: str = "4site.toml") -> Layer:
    layer = read_file_layer({name: text}.get)
    assert layer is not None
    return layer


def test_nothing_set_gives_the_defaults() -> None:
    assert merge_layers(None, Layer(name="flags", values={})) == Settings()


def test_flags_win_over_variables_over_the_file() -> None:
    file = _file('[theme]\nname = "press"\naccent = "#112233"\n[site]\nlanguage = "de"\n')
    variables = read_environment_layer(
        {"FOURSITE_THEME_NAME": "terminal", "FOURSITE_CARDS_ENABLED": "false", "HOME": "/x"}
    )
    flags = Layer(name="command line", values={"theme": {"name": "atlas"}})
    settings = merge_layers(file, variables, flags)
    assert settings.theme.name == "atlas"
    assert settings.theme.accent == "#112233"
    assert settings.site.language == "de"
    assert settings.cards.enabled is False


def test_unknown_key_names_the_nearest_and_the_line() -> None:
    with pytest.raises(ConfigurationError) as caught:
        merge_layers(_file('[site]\nlanguage = "en"\nlanguge = "de"\n'))
    assert caught.value.message == "4site.toml:3: unknown key `site.languge`."
    assert caught.value.hint == "Did you mean `language`?"
    assert caught.value.exit_code == 2


def test_unknown_table_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError) as caught:
        merge_layers(_file('[themes]\nname = "press"\n'))
    assert caught.value.message == "4site.toml:1: unknown key `themes`."
    assert caught.value.hint == "Did you mean `theme`?"


def test_wrong_type_names_key_and_line() -> None:
    with pytest.raises(ConfigurationError, match=r"^4site.toml:2: pages.docs: Expected bool"):
        merge_layers(_file('[pages]\ndocs = "yes"\n'))


def test_wrong_choice_is_refused_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match=r"^4site.toml:2: theme.mode"):
        merge_layers(_file('[theme]\nmode = "sepia"\n'))


def test_table_in_pyproject_counts_and_keeps_its_line_numbers() -> None:
    text = '[project]\nname = "x"\n\n[tool.4site.site]\nlang = "de"\n'
    with pytest.raises(ConfigurationError, match=r"^pyproject.toml:5: unknown key"):
        merge_layers(_file(text, "pyproject.toml"))


def test_own_file_wins_over_pyproject() -> None:
    files = {"4site.toml": "", "pyproject.toml": '[tool.4site.theme]\nname = "press"'}
    layer = read_file_layer(files.get)
    assert layer is not None
    assert layer.name == "4site.toml"


def test_broken_file_is_an_error_and_broken_pyproject_is_not() -> None:
    with pytest.raises(ConfigurationError, match="not valid TOML"):
        _file("[site\n")
    assert read_file_layer({"pyproject.toml": "[project\n"}.get) is None


def test_every_setting_can_be_given_as_a_variable() -> None:
    for table in msgspec.structs.fields(Settings):
        for key in msgspec.structs.fields(table.default_factory):  # type: ignore[arg-type]
            name = f"FOURSITE_{table.name}_{key.name}".upper()
            (values,) = read_environment_layer({name: "x"}).values.values()
            assert values in ({key.name: "x"}, {key.name: ("x",)}, {key.name: {"x": ""}})


def test_table_in_a_variable_is_a_list_of_pairs() -> None:
    layer = read_environment_layer({"FOURSITE_SOURCE_FORGES": "git.example.com=github, a.b=gitlab"})
    settings = merge_layers(layer)
    assert settings.source.forges == {"git.example.com": "github", "a.b": "gitlab"}


def test_schema_describes_every_table() -> None:
    schema = json_schema()
    tables = schema["$defs"]["Settings"]["properties"]
    assert set(tables) == {field.name for field in msgspec.structs.fields(Settings)}
