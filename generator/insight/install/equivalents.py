"""The same package by another client of the same registry: uv for pip, pnpm for npm."""

from __future__ import annotations

import re

from generator.insight.install.tools import TOOLS
from generator.model.insight import InstallMethod, Origin

_LABELS = {tool.name: tool.label for tool in TOOLS}

_PIP = re.compile(
    r"^(?:(?:python3?|py)(?: -[\w.]+)* -m )?pip3? install(?: -U| --upgrade| --user)* "
    r"(?P<packages>[\"']?[\w.-]+(?:\[[\w., -]+\])?[\"']?)(?: -U| --upgrade| --user)*$"
)
_NPM = re.compile(
    r"^npm (?:install|i|add)(?P<flags>(?: -[gDSPEO]| --(?:global|save|save-dev|save-exact))*)"
    r" (?P<packages>[@\w./-]+(?:@[\w.^~-]+)?)(?P<after>(?: -[gDS]| --(?:global|save|save-dev))*)$"
)
_NPX = re.compile(r"^npx (?:-y |--yes )?(?P<rest>[@\w][^\n]*)$")
_CREATE = re.compile(r"^npm (?:create|init) (?P<package>[@\w./-]+)@latest(?P<rest> [^\n]*)?$")


def find_equivalents(method: InstallMethod, *, is_program: bool) -> list[InstallMethod]:
    """Return what other clients would run for a one-line command; empty for anything special."""
    if len(method.commands) != 1:
        return []
    command = " ".join(method.commands[0].split())
    if method.tool == "pip" and (match := _PIP.match(command)):
        pairs = _of_pip(match["packages"], is_program=is_program)
    elif method.tool == "npm" and (match := _NPM.match(command)):
        pairs = _of_npm(match["packages"], match["flags"] + match["after"])
    elif method.tool == "npm" and (match := _CREATE.match(command)):
        pairs = _of_create(match["package"], match["rest"] or "")
    elif method.tool == "npx" and (match := _NPX.match(command)):
        pairs = [("pnpm", f"pnpm dlx {match['rest']}"), ("bun", f"bunx {match['rest']}")]
    else:
        pairs = []
    return [make_method(tool, text, method.origin) for tool, text in pairs]


def make_method(tool: str, command: str, origin: Origin) -> InstallMethod:
    """Return a method of one command with the label of its tab."""
    return InstallMethod(
        tool=tool, label=_LABELS.get(tool, tool), commands=(command,), origin=origin
    )


def _of_pip(packages: str, *, is_program: bool) -> list[tuple[str, str]]:
    if is_program:
        return [("uv", f"uv tool install {packages}"), ("pipx", f"pipx install {packages}")]
    return [("uv", f"uv add {packages}")]


def _of_npm(packages: str, flags: str) -> list[tuple[str, str]]:
    """Yarn has no global install since version 2, so it is left out there."""
    if "-g" in flags.split() or "--global" in flags:
        return [("pnpm", f"pnpm add -g {packages}"), ("bun", f"bun add -g {packages}")]
    is_development = "-D" in flags or "--save-dev" in flags
    flag, bun_flag = ("-D ", "-d ") if is_development else ("", "")
    return [
        ("pnpm", f"pnpm add {flag}{packages}"),
        ("yarn", f"yarn add {flag}{packages}"),
        ("bun", f"bun add {bun_flag}{packages}"),
    ]


def _of_create(package: str, rest: str) -> list[tuple[str, str]]:
    arguments = rest.replace(" -- ", " ")
    return [
        ("pnpm", f"pnpm create {package}@latest{arguments}"),
        ("yarn", f"yarn create {package}{arguments}"),
        ("bun", f"bun create {package}@latest{arguments}"),
    ]
