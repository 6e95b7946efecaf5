"""Settings: layers, their order, and errors that name the key and the line."""

from __future__ import annotations

import msgspec
import pytest

from generator.configuration import (
    Layer,
    check_settings,
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


def test_service_can_be_named_in_every_layer() -> None:
    file = _file(
        '[service]\nurl = "https://one.example"\nsite_key = "aaaaaaaa"\nreferral = "ada"\n'
    )
    variables = read_environment_layer(
        {"FOURSITE_SERVICE_URL": "https://two.example", "FOURSITE_SITE_KEY": "bbbbbbbb"}
    )
    flags = Layer(name="command line", values={"service": {"site_key": "cccccccc"}})
    service = merge_layers(file, variables, flags).service
    assert (service.url, service.site_key, service.referral) == (
        "https://two.example", "cccccccc", "ada",
    )  # fmt: skip


def test_long_name_of_a_variable_wins_over_the_short_one() -> None:
    layer = read_environment_layer(
        {"FOURSITE_SERVICE_SITE_KEY": "longlong", "FOURSITE_SITE_KEY": "shortkey"}
    )
    assert layer.values == {"service": {"site_key": "longlong"}}


def test_empty_variable_is_one_that_nobody_set_but_a_list_can_be_empty() -> None:
    layer = read_environment_layer(
        {"FOURSITE_SITE_KEY": "", "FOURSITE_SERVICE_URL": "", "FOURSITE_CARDS_ENABLED": "",
         "FOURSITE_SHARE_PLATFORMS": ""}
    )  # fmt: skip
    assert layer.values == {"share": {"platforms": ()}}


@pytest.mark.parametrize(
    "url",
    [
        "ftp://service.example",
        "https://service.example/?x=1",
        "https://ada@service.example",
        "https://service.example; script-src *",
        "https://service.example;script-src",
        "https://service.example'",
        "https://sérvice.example",
        "https://",
    ],
)
def test_service_url_that_could_reach_into_the_policy_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^4site.toml:2: service.url"):
        merge_layers(_file(f'[service]\nurl = "{url}"\n'))


@pytest.mark.parametrize(
    "url", ["https://service.example/", "http://127.0.0.1:8000", "http://[::1]:8000/a/b"]
)
def test_service_url_may_have_a_port_and_a_path(url: str) -> None:
    assert merge_layers(_file(f'[service]\nurl = "{url}"\n')).service.url == url


@pytest.mark.parametrize("key", ["short", "has-hyphen-in-it", "a" * 33, '\\" onload='])
def test_site_key_is_eight_to_thirty_two_letters_and_digits(key: str) -> None:
    with pytest.raises(ConfigurationError, match=r"service.site_key"):
        merge_layers(_file(f'[service]\nsite_key = "{key}"\n'))


def test_key_without_its_service_is_refused() -> None:
    layer = Layer(name="flags", values={"service": {"site_key": "abcd1234"}})
    with pytest.raises(ConfigurationError, match=r"service.site_key is set, but service.url is"):
        check_settings(merge_layers(layer))


def test_every_platform_of_the_rules_can_be_chosen() -> None:
    # The rules of sharing name fourteen, and an alias of the first.
    platforms = (
        "x,linkedin,facebook,reddit,hackernews,email,copy_link,discord,slack,mastodon,bluesky,"
        "whatsapp,telegram,native,twitter"
    )
    layer = read_environment_layer({"FOURSITE_SHARE_PLATFORMS": platforms})
    assert ",".join(merge_layers(layer).share.platforms) == platforms
    with pytest.raises(ConfigurationError, match=r"share.platforms"):
        merge_layers(read_environment_layer({"FOURSITE_SHARE_PLATFORMS": "myspace"}))
