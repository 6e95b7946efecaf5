"""The installers people name in READMEs: how a command of each looks."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.model.insight import Platform

_ANY: tuple[Platform, ...] = ()
_LINUX = (Platform.LINUX,)
_MACOS = (Platform.MACOS,)
_WINDOWS = (Platform.WINDOWS,)
_UNIX = (Platform.MACOS, Platform.LINUX)
_BSD = (Platform.FREEBSD,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """An installer. `pattern` matches a command, its blanks single, up to the arguments.

    `weight` orders the tabs where there are too many: 0 is kept first, 19 last. `valued` are the
    options that take the next word.
    """

    name: str
    label: str
    weight: int
    pattern: re.Pattern[str]
    platforms: tuple[Platform, ...] = ()
    valued: frozenset[str] = frozenset()


_VALUED = {
    "pip": "-i --index-url --extra-index-url -f --find-links -t --target -c --constraint",
    "uv": "--with --from --index -p --python",
    "uvx": "--with --from -p --python",
    "pipx": "--python --spec",
    "poetry": "-G --group",
    "conda": "-c --channel -n --name",
    "npx": "-p --package",
    "deno": "-n --name",
    "cargo": "--version --vers --features -F --bin --tag --rev --branch --target -j --root",
    "cargo-binstall": "--version",
    "go": "-tags -ldflags",
    "gem": "-v --version",
    "bundler": "--group --version",
    "dotnet": "--version -v",
    "nuget": "-Version",
    "winget": "-s --source -v --version --scope",
    "apt": "-t",
    "apk": "--repository -X",
    "helm": "--namespace -n --repo --version --set -f --values",
}


def _tools(platforms: tuple[Platform, ...], *rows: tuple[str, str, int, str]) -> list[Tool]:
    return [
        Tool(
            name=name,
            label=label,
            weight=weight,
            pattern=re.compile(rf"(?:{pattern})(?= |$)"),
            platforms=platforms,
            valued=frozenset(_VALUED.get(name, "").split()),
        )
        for name, label, weight, pattern in rows
    ]


_NPM_FLAGS = r"(?: -[gDSPEO]| --(?:global|save|save-dev|save-prod|save-exact|dev))*"

# The first pattern that matches decides, so a longer form stands before a shorter one.
TOOLS: tuple[Tool, ...] = (
    *_tools(
        _ANY,
        ("pip", "pip", 0, r"(?:(?:python3?|py)(?: -[\w.]+)* -m )?pip3? install"),
        ("uv", "uv", 1, r"uv (?:tool install|pip install|add)"),
        ("uvx", "uvx", 4, r"uvx|uv tool run"),
        ("pipx", "pipx", 2, r"pipx (?:install|run)"),
        ("poetry", "Poetry", 9, r"poetry add"),
        ("pdm", "PDM", 10, r"pdm add"),
        ("conda", "Conda", 7, r"(?:micro)?(?:conda|mamba) install"),
        ("pixi", "Pixi", 10, r"pixi (?:global install|add)"),
        ("jsr", "JSR", 8, r"(?:npx|pnpm dlx|bunx) jsr add"),
        ("npm", "npm", 0, rf"npm (?:install|i|add){_NPM_FLAGS}"),
        ("npm", "npm", 0, r"npm (?:create|init)"),
        ("npx", "npx", 3, r"npx"),
        ("pnpm", "pnpm", 1, rf"pnpm (?:add|install|i|create|dlx){_NPM_FLAGS}"),
        ("yarn", "Yarn", 1, rf"yarn (?:global add|add|create|dlx){_NPM_FLAGS}"),
        ("bun", "Bun", 1, r"bun (?:add|install|i|create)|bunx"),
        ("deno", "Deno", 6, r"deno (?:add|install)"),
        ("cargo-binstall", "cargo-binstall", 12, r"cargo binstall"),
        ("cargo", "Cargo", 1, r"cargo(?: \+\w+)? (?:install|add)"),
        ("go", "Go", 1, r"go (?:install|get|run)"),
        ("gem", "RubyGems", 1, r"gem install"),
        ("bundler", "Bundler", 2, r"bundle add"),
        (
            *("composer", "Composer", 1),
            r"(?:php )?composer(?:\.phar)? (?:global )?(?:require|create-project)",
        ),
        ("dotnet", ".NET", 1, r"dotnet (?:tool install|add package|package add|new install)"),
        ("nuget", "NuGet", 4, r"(?:PM> ?)?Install-Package|nuget install"),
        ("mix", "Mix", 1, r"mix (?:archive|escript|igniter)\.install(?: hex)?"),
        ("dart", "Dart", 1, r"dart pub (?:global activate|add)"),
        ("flutter", "Flutter", 1, r"flutter pub add"),
        ("opam", "opam", 2, r"opam install"),
        ("cabal", "Cabal", 2, r"cabal (?:v2-)?install"),
        ("stack", "Stack", 3, r"stack install"),
        ("luarocks", "LuaRocks", 2, r"luarocks install"),
        ("cpan", "CPAN", 3, r"cpanm?(?: install)?"),
        ("helm", "Helm", 6, r"helm (?:install|upgrade --install|upgrade -i)"),
        ("mise", "mise", 13, r"mise (?:use|install)(?: -g| --global)?"),
        ("gh", "GitHub CLI", 4, r"gh extension install"),
        ("code", "VS Code", 4, r"code --install-extension"),
        ("krew", "Krew", 6, r"kubectl krew install"),
    ),
    *_tools(
        _UNIX,
        ("brew", "Homebrew", 1, r"brew (?:install|reinstall)(?: --cask)?"),
        (
            *("nix", "Nix", 8),
            r"nix-env (?:-i\w*|--install)|nix profile (?:install|add)|nix-shell -p"
            r"|nix (?:run|shell)",
        ),
        ("asdf", "asdf", 16, r"asdf (?:plugin(?:-| )add|install)"),
    ),
    *_tools(_MACOS, ("port", "MacPorts", 15, r"port install")),
    *_tools(
        _WINDOWS,
        ("winget", "WinGet", 2, r"winget install"),
        ("scoop", "Scoop", 3, r"scoop install"),
        ("choco", "Chocolatey", 6, r"(?:choco|cinst)(?: install)?"),
    ),
    *_tools(
        _LINUX,
        ("apt", "APT", 4, r"(?:apt(?:-get)?|aptitude)(?: -\w+)* install"),
        ("dnf", "DNF", 7, r"(?:dnf|yum|microdnf)(?: -\w+)* install"),
        ("pacman", "pacman", 7, r"pacman -S\w*"),
        ("flatpak", "Flatpak", 8, r"flatpak(?: --user)? install"),
        ("snap", "Snap", 9, r"snap install"),
        ("aur", "AUR", 11, r"(?:yay|paru|pikaur)(?: -S\w*)?"),
        ("apk", "apk", 12, r"apk(?: -\S+)* add"),
        ("zypper", "Zypper", 13, r"zypper(?: -\S+)* (?:install|in)"),
        ("emerge", "Portage", 17, r"emerge"),
        ("guix", "Guix", 18, r"guix (?:install|package -i)"),
        ("xbps", "XBPS", 18, r"xbps-install(?: -\w+)*"),
        ("eopkg", "eopkg", 19, r"eopkg (?:install|it)"),
    ),
    *_tools(
        _BSD,
        ("pkg", "pkg", 14, r"pkg install"),
        ("pkg_add", "pkg_add", 19, r"pkg_add"),
    ),
)

(SCRIPT,) = _tools(_UNIX, ("script", "Script", 0, r"sh"))
(POWERSHELL,) = _tools(_WINDOWS, ("script", "PowerShell", 1, r"iex"))
(DOCKER,) = _tools(_ANY, ("docker", "Docker", 4, r"docker"))
