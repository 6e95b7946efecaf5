"""Files of a release stand under the name of their own system."""

from __future__ import annotations

from generator.insight.downloads import find_downloads
from generator.model.release import Release, ReleaseFile
from generator.pages.downloads import group_downloads


def _groups(*names: str) -> list[tuple[str, str, list[str]]]:
    files = tuple(ReleaseFile(name=name, url=f"https://x.test/{name}") for name in names)
    found = find_downloads(Release(tag="v1", name="1", files=files))
    return [
        (group.platform, group.label, [download.file.name for download in group.downloads])
        for group in group_downloads(found)
    ]


def test_every_system_has_a_group_of_its_own() -> None:
    assert _groups(
        "tool-solaris-amd64.tar.gz",
        "tool-openbsd-amd64.tar.gz",
        "tool-openbsd-arm64.tar.gz",
        "tool-netbsd-amd64.tar.gz",
        "tool-freebsd-amd64.tar.gz",
        "tool-dragonfly-amd64.tar.gz",
        "tool-linux-amd64.tar.gz",
        "tool.jar",
    ) == [
        ("linux", "Linux", ["tool-linux-amd64.tar.gz"]),
        ("freebsd", "FreeBSD", ["tool-freebsd-amd64.tar.gz"]),
        ("dragonfly-bsd", "DragonFly BSD", ["tool-dragonfly-amd64.tar.gz"]),
        ("netbsd", "NetBSD", ["tool-netbsd-amd64.tar.gz"]),
        ("openbsd", "OpenBSD", ["tool-openbsd-amd64.tar.gz", "tool-openbsd-arm64.tar.gz"]),
        ("solaris", "Solaris", ["tool-solaris-amd64.tar.gz"]),
        ("any", "Any system", ["tool.jar"]),
    ]
