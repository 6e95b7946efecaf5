"""The house rules that a reader relies on: where things are, how long, and what never appears."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from cli import VERBS, make_parser
from generator import errors
from generator.configuration import json_schema

ROOT = Path(__file__).resolve().parents[1]

TOP_LEVEL = {
    # fixed by the owner
    "generator", "templates", "widget", "backend", "themes", "cli.py", "examples", "tests",
    "pyproject.toml", "README.md",
    # beside them
    "docs", "bench", ".ci", ".github", "Makefile", "CHANGELOG.md", "LICENSE", "action.yml",
    "Dockerfile", ".gitignore", ".gitattributes", ".dockerignore", "4site.toml",
    "requirements.lock", "requirements-dev.lock", "requirements-tools.lock",
}  # fmt: skip
PYTHON_FOLDERS = {"generator", "backend", "bench", "tests", "cli.py"}
DATA_FOLDERS = ("templates", "themes", "widget", "docs")
OUR_FOLDERS = (*PYTHON_FOLDERS, *DATA_FOLDERS)
LONGEST_FILE_LINES = 400
NAMELESS = {"utils", "util", "helpers", "helper", "common", "misc"}

# The two ways a text becomes trusted HTML outside the sanitiser's folder, each with its reason.
MARKUP_MAKERS = ("generator/content/", "generator/render/")

# What tells where a file was written or fetched: folders of a machine, hosts of registries.
PRIVATE = re.compile(
    r"""(?<![\w.~-])/(?:root|home/[a-z]\w*|Users/[A-Za-z]\w*|work|tmp/[a-z]\w*)/
      | files\.pythonhosted\.org | registry\.npmjs\.org | (?:^|[\W_])pypi\.org/(?:simple|packages)
      | deb\.debian\.org | crates\.io/api
    """,
    re.VERBOSE,
)
PRIVATE_ON_PURPOSE = ("tests/generator/audit/", "generator/audit/", "tests/test_layout.py")


@cache
def tracked() -> tuple[str, ...]:
    """Return the project's files as git lists them, new ones included and deleted ones not."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    return tuple(
        path for path in sorted(set(listed.split("\0"))) if path and (ROOT / path).exists()
    )


def ours(*suffixes: str, under: tuple[str, ...] = OUR_FOLDERS) -> list[str]:
    """Return the tracked files with one of the suffixes in the folders that hold our own work."""
    return [
        path
        for path in tracked()
        if path.endswith(suffixes)
        and path.split("/", 1)[0] in under
        and not path.startswith(("tests/golden/", "tests/cases/"))
    ]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_top_level_holds_only_what_the_owner_fixed() -> None:
    assert {path.split("/", 1)[0] for path in tracked()} <= TOP_LEVEL


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    lengths = {path: read(path).count("\n") for path in ours(".py", ".css", ".js", ".html")}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE_LINES}


def test_python_lives_only_where_python_lives() -> None:
    strays = {
        path
        for path in tracked()
        if path.endswith(".py") and path.split("/", 1)[0] not in {*PYTHON_FOLDERS, "examples"}
    }
    assert not strays


def test_a_module_is_named_after_its_concept() -> None:
    parts = {
        path: {part.lower() for part in PurePosixPath(path).with_suffix("").parts}
        for path in ours(".py", ".css", ".js")
    }
    assert not {path for path, names in parts.items() if names & NAMELESS}


def test_an_init_file_says_what_its_folder_is_for_and_nothing_else() -> None:
    for path in ours("__init__.py"):
        body = ast.parse(read(path)).body
        is_docstring = len(body) == 1 and ast.get_docstring(ast.parse(read(path)))
        assert is_docstring, f"{path} holds more than a docstring"


def test_every_package_of_the_generator_has_an_init_file() -> None:
    folders = {str(PurePosixPath(path).parent) for path in ours(".py", under=("generator",))}
    assert not {folder for folder in folders if not (ROOT / folder / "__init__.py").exists()}


def test_no_template_trusts_a_text_by_itself() -> None:
    for path in ours(".html", ".xml", ".txt", ".j2", under=("templates", "themes")):
        assert not re.search(r"\|\s*safe\b|autoescape\s+false", read(path)), path


def test_trusted_html_is_made_in_one_place() -> None:
    makers = {path for path in ours(".py", under=("generator", "cli.py")) if _calls_markup(path)}
    assert not {path for path in makers if not path.startswith(MARKUP_MAKERS)}


def _calls_markup(path: str) -> bool:
    """Say whether a file turns text into `Markup`; an empty or constant text is harmless."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "Markup"
        and bool(node.args)
        and not isinstance(node.args[0], ast.Constant)
        for node in ast.walk(ast.parse(read(path)))
    )


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [
        f"{path}:{number}: {line.strip()[:100]}"
        for path in tracked()
        if not path.startswith(PRIVATE_ON_PURPOSE) and _is_text(path)
        for number, line in enumerate(read(path).splitlines(), start=1)
        if PRIVATE.search(line)
    ]
    assert not found, "\n".join(found)


def _is_text(path: str) -> bool:
    try:
        read(path)
    except UnicodeDecodeError:
        return False
    return True


def _branches(error: type[errors.FourSiteError]) -> list[type[errors.FourSiteError]]:
    return [error, *(leaf for branch in error.__subclasses__() for leaf in _branches(branch))]


@pytest.mark.parametrize("error", _branches(errors.FourSiteError), ids=lambda error: error.code)
def test_every_error_is_documented(error: type[errors.FourSiteError]) -> None:
    assert f"### `{error.code}`" in read("docs/errors.md")


def test_every_warning_is_documented() -> None:
    known = read("docs/errors.md")
    sources = ours(".py", under=("generator",))
    codes = {code for path in sources for code in _warning_codes(ast.parse(read(path)))}
    assert codes
    assert not {code for code in codes if f"`{code}`" not in known}


def _warning_codes(tree: ast.AST) -> set[str]:
    """Return the codes that calls of `BuildWarning` name, in either arm of an `if … else` too."""
    return {
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BuildWarning"
        for keyword in node.keywords
        if keyword.arg == "code"
        for text in _constants(keyword.value)
    }


def _constants(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return _constants(value.body) | _constants(value.orelse)
    return {str(value.value)} if isinstance(value, ast.Constant) else set()


def test_every_setting_is_documented() -> None:
    page = read("docs/configuration.md")
    schema = json_schema()["$defs"]
    for table, group in schema["Settings"]["properties"].items():
        section = page.partition(f"\n## `{table}`\n")[2].partition("\n## ")[0]
        keys = schema[group["$ref"].rpartition("/")[2]]["properties"]
        missing = [key for key in keys if f"| `{key}` |" not in section]
        assert section, f"docs/configuration.md has no section for {table}"
        assert not missing, f"docs/configuration.md does not describe {missing} of {table}"


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_and_flag_is_documented(verb: str) -> None:
    page = read("docs/commands.md")
    parser = make_parser([verb])
    verbs = next(action for action in parser._actions if action.dest == "verb")
    assert f"`{verb}" in page
    options = [
        option
        for action in verbs.choices[verb]._actions
        for option in action.option_strings
        if option.startswith("--")
    ]
    assert not [option for option in options if f"`{option}" not in page]
