"""Manifests in XML: pom.xml, *.csproj and its kin, *.nuspec."""

from __future__ import annotations

from xml.etree import ElementTree

from generator.insight.manifests.facts import ManifestBroken, ManifestFacts, fact_at, web_fact
from generator.insight.texts import SourceText
from generator.model.files import FileTree
from generator.model.insight import Fact


def read_pom(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    root = _parse(source)
    values = _children(root)
    group = values.get("groupId") or _children(_child(root, "parent")).get("groupId", "")
    artifact = values.get("artifactId", "")
    licenses = _child(root, "licenses")
    license_name = _children(_child(licenses, "license")).get("name")
    return ManifestFacts(
        ecosystem="maven",
        path=source.path,
        name=_fact(source, artifact, "artifactId"),
        version=_fact(source, values.get("version"), "version"),
        description=_fact(source, values.get("description"), "description"),
        homepage=web_fact(_fact(source, values.get("url"), "url")),
        license=_fact(source, license_name, "license"),
        is_library=values.get("packaging", "jar") == "jar",
        target=f"{group}:{artifact}" if group and artifact else "",
    )


def read_dotnet_project(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    """Return an SDK-style project. Its name is the file's where `PackageId` is not set."""
    root = _parse(source)
    values: dict[str, str] = {}
    for group in root.iter():
        if _tag(group) == "PropertyGroup":
            values.update(_children(group))
    stem = source.path.rpartition("/")[2].rpartition(".")[0]
    is_tool = values.get("PackAsTool", "").casefold() == "true"
    is_program = values.get("OutputType", "").casefold() in {"exe", "winexe"}
    command = values.get("ToolCommandName") or values.get("AssemblyName") or stem
    packable = values.get("IsPackable", "false" if values.get("IsTestProject") else "true")
    return ManifestFacts(
        ecosystem="nuget",
        path=source.path,
        name=_fact(source, values.get("PackageId") or stem, "PackageId"),
        version=_fact(source, values.get("Version") or values.get("VersionPrefix"), "Version"),
        description=_fact(source, values.get("Description"), "Description"),
        homepage=web_fact(_fact(source, values.get("PackageProjectUrl"), "PackageProjectUrl")),
        license=_fact(source, values.get("PackageLicenseExpression"), "PackageLicenseExpression"),
        keywords=tuple(values.get("PackageTags", "").replace(";", " ").split()),
        executables=(command,) if is_tool or is_program else (),
        is_private=packable.casefold() == "false" or (is_program and not is_tool),
        is_library=not is_program,
    )


def read_nuspec(source: SourceText, _files: FileTree) -> ManifestFacts | None:
    values = _children(_child(_parse(source), "metadata"))
    return ManifestFacts(
        ecosystem="nuget",
        path=source.path,
        name=_fact(source, values.get("id"), "id"),
        version=_fact(source, values.get("version"), "version"),
        description=_fact(source, values.get("description"), "description"),
        homepage=web_fact(_fact(source, values.get("projectUrl"), "projectUrl")),
        license=_fact(source, values.get("license"), "license"),
        keywords=tuple(values.get("tags", "").split()),
        is_library=True,
    )


def _parse(source: SourceText) -> ElementTree.Element:
    """Return the root. A document type is refused: it could declare entities that explode."""
    if "<!DOCTYPE" in source.text or "<!ENTITY" in source.text:
        raise ManifestBroken("the file declares a document type")
    try:
        # The parser is given text without any entity declaration, so nothing can expand.
        return ElementTree.fromstring(source.text)  # noqa: S314
    except (ElementTree.ParseError, ValueError, RecursionError) as error:
        raise ManifestBroken(str(error)) from error


def _tag(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _child(element: ElementTree.Element | None, name: str) -> ElementTree.Element | None:
    if element is None:
        return None
    return next((child for child in element if _tag(child) == name), None)


def _children(element: ElementTree.Element | None) -> dict[str, str]:
    """The texts of the children that have one, on one line; a property reference is not static."""
    found = {}
    for child in element if element is not None else ():
        text = " ".join((child.text or "").split())
        if text and "$(" not in text and "${" not in text:
            found[_tag(child)] = text[:1000]
    return found


def _fact(source: SourceText, value: str | None, tag: str) -> Fact[str] | None:
    return fact_at(source, value, rf"<{tag}[ >]")
