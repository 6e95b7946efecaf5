"""Which Pygments lexer reads a fence's language; modules are imported only when first needed.

Names are found in Pygments' own table, never through its plugin search: what else is installed
on the machine must not change a site.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pygments.lexer import Lexer

# Pygments' name → what people write on GitHub that Pygments does not know. Some are true aliases,
# others near relatives whose words, strings and comments read alike.
_WRITTEN_AS = {
    "text": "txt plain plaintext none nohighlight raw log stdout tree ascii math mermaid csv tsv "
    "adoc asciidoc",
    "bash": "env dotenv cron crontab ebuild gitignore gitattributes codeowners jq nu nushell curl "
    "npm yarn pip",
    "batch": "cmd dosbat",
    "c": "opencl",
    "console": "terminal command shellsession bash-session sh-session git",
    "diff": "patch diff-js",
    "elm": "roc",
    "gherkin": "feature",
    "go": "cue",
    "graphql": "gql prisma",
    "groff": "roff troff mdoc",
    "groovy": "gradle",
    "handlebars": "hbs htmlbars",
    "hlsl": "shader",
    "html": "svelte astro ejs razor cshtml aspx",
    "html+handlebars": "gohtml go-html-template gotmpl gotemplate",
    "ini": "conf service editorconfig gitconfig git-config sshconfig ssh-config",
    "java": "apex",
    "javascript": "mjs cjs node node-repl kdl",
    "jinja": "jinja2 j2 template",
    "json": "jsonl ndjson geojson ipynb avro webmanifest",
    "json5": "jsonc hjson json-with-comments",
    "jsonnet": "libsonnet",
    "kotlin": "pkl",
    "make": "just justfile",
    "markdown": "mdx markdoc qmd rmarkdown",
    "nasm": "x86asm",
    "gas": "armasm",
    "objective-c": "m",
    "php": "hack",
    "powershell": "ps",
    "pycon": "python-repl",
    "python": "ipython ipython3",
    "reason": "rescript",
    "robotframework": "robot",
    "ruby": "brewfile gemfile podfile rakefile vagrantfile",
    "rust": "cairo move noir ron",
    "sass": "stylus",
    "scala": "sbt",
    "solidity": "sol",
    "sqlite3": "sqlite",
    "terraform": "bicep",
    "turtle": "n3",
    "typescript": "mts cts deno bun",
    "v": "vlang",
    "vb.net": "vb vba",
    "vim": "viml",
    "wast": "wasm",
    "xml": "svg xsd wsdl rss plist csproj jsf",
    "yaml": "ansible",
}

# Markdown's nested fences would go through Pygments' plugin search; PHP in a README seldom opens
# with `<?php`.
_OPTIONS: dict[str, dict[str, Any]] = {
    "MarkdownLexer": {"handlecodeblocks": False},
    "PhpLexer": {"startinline": True},
}


@cache
def _names() -> dict[str, str]:
    return {name: known for known, names in _WRITTEN_AS.items() for name in names.split()}


@cache
def _places() -> dict[str, tuple[str, str]]:
    """Return module and class of a lexer by each of its names."""
    from pygments.lexers._mapping import LEXERS  # noqa: PLC0415  # 15 ms, only with code to show

    return {
        alias.lower(): (module, class_name)
        for class_name, (module, _, aliases, _, _) in sorted(LEXERS.items(), reverse=True)
        for alias in aliases
    }


@cache
def _names_by_file() -> dict[str, str]:
    """Return a lexer's name by what its files are called: `package.json` or `.rs`, lower case."""
    from pygments.lexers._mapping import LEXERS  # noqa: PLC0415  # as in _places

    found: dict[str, str] = {}
    for _, _, aliases, patterns, _ in LEXERS.values():
        for pattern in patterns if aliases else ():
            name = pattern.removeprefix("*").lower()
            if not set(name) & set("*?["):
                found.setdefault(name, aliases[0].lower())
    return found


def resolve_language(name: str) -> str:
    """Return the name under which Pygments knows a fence's language, or `text`.

    A file's name (`Cargo.toml`) or ending (`kts`) will do where no language is called so.
    """
    name = name.lower()
    name = _names().get(name, name)
    if name in _places():
        return name
    files = _names_by_file()
    return files.get(name) or files.get("." + name.rpartition(".")[2]) or "text"


@lru_cache(maxsize=256)
def find_lexer(language: str) -> Lexer | None:
    """Return the lexer of a resolved language, or None when it is plain text."""
    place = _places().get(language)
    if place is None or language == "text":
        return None
    module, class_name = place
    # Blank lines at the start count when lines are marked, so Pygments must not strip them.
    options = {"stripnl": False} | _OPTIONS.get(class_name, {})
    lexer: Lexer = getattr(import_module(module), class_name)(**options)
    return lexer
