"""Install methods that follow from a manifest, offered only where publication is proven."""

from __future__ import annotations

from collections.abc import Callable

from generator.insight.install.equivalents import make_method
from generator.insight.manifests.facts import ManifestFacts
from generator.model.forge import Forge
from generator.model.insight import InstallMethod, Origin


def _python(facts: ManifestFacts) -> tuple[str, str]:
    return "pip", f"pip install {facts.package}"


def _npm(facts: ManifestFacts) -> tuple[str, str]:
    is_program = bool(facts.executables) and not facts.is_library
    return "npm", f"npm install {'-g ' if is_program else ''}{facts.package}"


def _cargo(facts: ManifestFacts) -> tuple[str, str]:
    return "cargo", f"cargo {'install' if facts.executables else 'add'} {facts.package}"


def _gem(facts: ManifestFacts) -> tuple[str, str]:
    return "gem", f"gem install {facts.package}"


def _composer(facts: ManifestFacts) -> tuple[str, str]:
    return "composer", f"composer require {facts.package}"


def _nuget(facts: ManifestFacts) -> tuple[str, str]:
    verb = "tool install -g" if facts.executables else "add package"
    return "dotnet", f"dotnet {verb} {facts.package}"


def _pub(facts: ManifestFacts) -> tuple[str, str]:
    if facts.executables:
        return "dart", f"dart pub global activate {facts.package}"
    program = "flutter" if "flutter" in facts.dependencies else "dart"
    return program, f"{program} pub add {facts.package}"


def _hackage(facts: ManifestFacts) -> tuple[str, str]:
    return "cabal", f"cabal install {'' if facts.executables else '--lib '}{facts.package}"


def _luarocks(facts: ManifestFacts) -> tuple[str, str]:
    return "luarocks", f"luarocks install {facts.package}"


_MAKERS: dict[str, Callable[[ManifestFacts], tuple[str, str]]] = {
    "python": _python,
    "npm": _npm,
    "cargo": _cargo,
    "gem": _gem,
    "composer": _composer,
    "nuget": _nuget,
    "pub": _pub,
    "hackage": _hackage,
    "luarocks": _luarocks,
}


def declare_method(facts: ManifestFacts, evidence: Origin | None) -> InstallMethod | None:
    """Return the method of a manifest's own ecosystem; None when private or not proven public."""
    maker = _MAKERS.get(facts.ecosystem)
    if maker is None or evidence is None or facts.is_private or not facts.name:
        return None
    tool, command = maker(facts)
    return make_method(tool, command, facts.name.origin)


def declare_go(facts: ManifestFacts, forge: Forge | None) -> InstallMethod | None:
    """Return `go install` or `go get`: a module is published by standing at a public forge.

    Only for a module whose path has a host, and is the repository's own or a vanity one.
    """
    module = facts.target.split("/")
    if forge is None or not facts.name or facts.is_private or "." not in module[0]:
        return None
    host = forge.base.partition("://")[2]
    if module[0] == host and "/".join(module[1:3]).casefold() != forge.slug.casefold():
        return None
    command = f"go install {facts.target}@latest" if facts.executables else f"go get {facts.target}"
    return make_method("go", command, facts.name.origin)
