"""The house rules that a reader relies on: where things are, how long, and what never appears."""

from __future__ import annotations

import ast
import re
import subprocess
from functools import cache
from pathlib import Path, PurePosixPath

import pytest

from cli import VERBS, make_parser
from generator.configuration import json_schema
from generator.errors import FourSiteError

ROOT = Path(__file__).resolve().parents[1]

TOP_LEVEL = {
    # fixed by the owner
    "generator", "templates", "widget", "backend", "themes", "cli.py", "examples", "tests",
    "pyproject.toml", "README.md",
    # beside them
    "docs", "bench", ".ci", ".github", "Makefile", "CHANGELOG.md", "LICENSE", "action.yml",
    "Dockerfile", ".gitignore", ".gitattributes", ".dockerignore", "4site.toml",
    "docker-compose.yml", ".pre-commit-hooks.yaml",
    "requirements.lock", "requirements-server.lock", "requirements-dev.lock",
    "requirements-tools.lock",
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


@cache
def _syntax(path: str) -> ast.Module:
    return ast.parse(read(path))


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
        body = _syntax(path).body
        is_docstring = len(body) == 1 and ast.get_docstring(_syntax(path))
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
        for node in ast.walk(_syntax(path))
    )


def test_no_pattern_makes_a_group_possessive() -> None:
    """Python before 3.11.5 counts `(…)*+` wrongly; the atomic `(?>(…)*)` says the same."""
    patterns = [
        (path, node.args[0])
        for path in ours(".py", under=("generator",))
        for node in ast.walk(_syntax(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.args
    ]
    assert not [path for path, pattern in patterns if re.search(r"\)[*+?]\+", ast.unparse(pattern))]


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


def _error_codes() -> set[str]:
    """Return the codes that exception classes carry, wherever they are defined."""
    return {
        str(line.value.value)
        for path in ours(".py", under=("generator",))
        for node in ast.walk(_syntax(path))
        if isinstance(node, ast.ClassDef)
        for line in node.body
        if isinstance(line, ast.Assign) and _is_code(line) and isinstance(line.value, ast.Constant)
    }


def _warning_codes() -> set[str]:
    """Return the codes that calls of `BuildWarning` name, by way of a variable `code` too."""
    found: set[str] = set()
    for path in ours(".py", under=("generator",)):
        for node in ast.walk(_syntax(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "BuildWarning":
                found.update(*(_texts(word.value) for word in node.keywords if word.arg == "code"))
            elif isinstance(node, ast.Assign) and _is_code(node):
                found |= _texts(node.value)
    return found - _error_codes()


def _is_code(node: ast.Assign) -> bool:
    return [getattr(target, "id", "") for target in node.targets] == ["code"]


def _texts(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return _texts(value.body) | _texts(value.orelse)
    return {str(value.value)} if isinstance(value, ast.Constant) else set()


def test_every_error_is_documented() -> None:
    page = read("docs/errors.md")
    codes = _error_codes() | {error.code for error in FourSiteError.__subclasses__()}
    assert not {code for code in codes if f"### `{code}`" not in page}


def test_every_warning_is_documented() -> None:
    page = read("docs/errors.md")
    assert "link_missing" in _warning_codes()
    assert not {code for code in _warning_codes() if f"| `{code}` |" not in page}


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
