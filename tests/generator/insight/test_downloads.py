"""A release's files become downloads with their companions, sorted as people look for them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insight.downloads import find_downloads
from generator.model.insight import Download, Platform
from generator.model.release import Release, ReleaseFile


def downloads_of(*names: str) -> tuple[Download, ...]:
    files = tuple(ReleaseFile(name=name, url=f"https://x.test/{name}") for name in names)
    return find_downloads(Release(tag="v1.2.3", name="1.2.3", files=files))


def names_of(downloads: tuple[Download, ...]) -> list[str]:
    return [download.file.name for download in downloads]


def companions_of(downloads: tuple[Download, ...], name: str) -> list[tuple[str, str]]:
    download = next(download for download in downloads if download.file.name == name)
    return [(companion.role, companion.file.name) for companion in download.companions]


def test_companions_stand_with_their_file_and_are_no_downloads() -> None:
    found = downloads_of(
        "tool_1.2.3_linux_amd64.tar.gz",
        "tool_1.2.3_linux_amd64.tar.gz.sha256",
        "tool_1.2.3_linux_amd64.tar.gz.asc",
        "tool_1.2.3_linux_amd64.tar.gz.minisig",
        "tool_1.2.3_linux_amd64.tar.gz.pem",
        "tool_1.2.3_linux_amd64.tar.gz.sbom.json",
        "tool_1.2.3_linux_amd64.tar.gz.intoto.jsonl",
        "tool_1.2.3_darwin_arm64.tar.gz",
        "tool_1.2.3_darwin_arm64.tar.gz.sha256sum",
    )
    assert names_of(found) == ["tool_1.2.3_darwin_arm64.tar.gz", "tool_1.2.3_linux_amd64.tar.gz"]
    roles = [role for role, _ in companions_of(found, "tool_1.2.3_linux_amd64.tar.gz")]
    assert roles == ["attestation", "checksum", "sbom", "signature", "signature", "signature"]
    assert companions_of(found, "tool_1.2.3_darwin_arm64.tar.gz") == [
        ("checksum", "tool_1.2.3_darwin_arm64.tar.gz.sha256sum")
    ]


def test_a_list_of_checksums_goes_to_every_download() -> None:
    for listed in (
        *(
            "SHA256SUMS",
            "sha256sum.txt",
            "checksums.txt",
            "tool_1.2.3_checksums.txt",
            "SHASUMS256.txt",
        ),
        *(
            "tool_1.2.3_SHA256SUMS",
            "checksums.sha256",
            "sha256sums.txt",
            "B3SUMS",
            "checksums-sha256.txt",
        ),
    ):
        found = downloads_of("tool-linux-amd64", "tool-windows-amd64.exe", listed, f"{listed}.sig")
        assert names_of(found) == ["tool-windows-amd64.exe", "tool-linux-amd64"], listed
        for download in found:
            roles = [(companion.role, companion.file.name) for companion in download.companions]
            assert roles == [("checksum", listed), ("signature", f"{listed}.sig")]


def test_a_companion_may_name_its_file_without_the_suffix() -> None:
    found = downloads_of(
        "ripgrep-14.1.0-x86_64-pc-windows-msvc.zip", "ripgrep-14.1.0-x86_64-pc-windows-msvc.sha256"
    )
    assert [role for role, _ in companions_of(found, found[0].file.name)] == ["checksum"]
    assert len(found) == 1


def test_food_for_updaters_is_left_out() -> None:
    found = downloads_of(
        *("App-Setup-1.2.3.exe", "App-Setup-1.2.3.exe.blockmap", "latest.yml", "latest-mac.yml"),
        *("App-1.2.3.dmg", "App-1.2.3.dmg.blockmap", "latest.json", "RELEASES", "app.asar.gz"),
        *("App-1.2.3.AppImage", "App-1.2.3.AppImage.zsync", "dist-manifest.json", "App.pdb"),
    )
    assert names_of(found) == ["App-Setup-1.2.3.exe", "App-1.2.3.dmg", "App-1.2.3.AppImage"]


def test_systems_and_forms_have_a_fixed_order() -> None:
    found = downloads_of(
        *("zed-linux-x86_64.tar.gz", "zed.apk", "Zed-x86_64.dmg", "Zed-aarch64.dmg"),
        *(
            "Zed-universal.dmg",
            "zed-x86_64.msi",
            "zed_amd64.deb",
            "zed-1.2.3.tar.gz",
        ),
    )
    assert [(item.platform, item.architecture, item.form) for item in found[:-1]] == [
        (Platform.WINDOWS, "x86_64", "installer"),
        (Platform.MACOS, "universal", "image"),
        (Platform.MACOS, "x86_64", "image"),
        (Platform.MACOS, "aarch64", "image"),
        (Platform.LINUX, "x86_64", "package"),
        (Platform.LINUX, "x86_64", "archive"),
        (Platform.ANDROID, None, "package"),
    ]
    assert found[-1].form == "source"


def test_variants_are_named_only_where_they_tell_two_files_apart() -> None:
    found = downloads_of(
        "ripgrep-14.1.0-x86_64-unknown-linux-musl.tar.gz",
        "ripgrep-14.1.0-x86_64-unknown-linux-gnu.tar.gz",
        "ripgrep-14.1.0-x86_64-pc-windows-msvc.zip",
    )
    variants = {download.file.name.rpartition("-")[2]: download.variant for download in found}
    assert variants == {"gnu.tar.gz": "gnu", "musl.tar.gz": "musl", "msvc.zip": ""}


def test_editions_are_variants() -> None:
    found = downloads_of(
        *("hugo_0.126.1_linux-amd64.tar.gz", "hugo_extended_0.126.1_linux-amd64.tar.gz"),
        *("hugo_0.126.1_windows-amd64.zip", "hugo_0.126.1_linux-arm64.tar.gz"),
    )
    assert {download.variant for download in found if download.architecture == "x86_64"} >= {
        "",
        "extended",
    }


def test_an_apk_beside_a_deb_of_the_same_name_is_for_alpine() -> None:
    found = downloads_of("tool_1.2.3_linux_amd64.apk", "gum_0.1_amd64.apk", "gum_0.1_amd64.deb")
    assert {download.platform for download in found} == {Platform.LINUX}
    assert "Alpine package (.apk)" in {download.label for download in found}


def test_a_tarball_of_name_and_version_beside_built_files_is_the_source() -> None:
    found = downloads_of("jq-1.7.1.tar.gz", "jq-1.7.1.zip", "jq-linux-amd64", "jq-macos-arm64")
    assert [download.form for download in found][-2:] == ["source", "source"]
    assert downloads_of("katex.tar.gz")[0].form == "archive"
    assert downloads_of("katex.tar.gz")[0].platform is Platform.ANY


def test_no_files_give_no_downloads() -> None:
    assert downloads_of() == ()
    assert downloads_of("SHA256SUMS", "latest.yml") == ()


@given(st.lists(st.text(min_size=1, max_size=40), max_size=12))
@settings(max_examples=150, deadline=None)
def test_any_names_are_sorted_without_an_error_and_none_is_doubled(names: list[str]) -> None:
    found = names_of(downloads_of(*dict.fromkeys(names)))
    assert len(found) == len(set(found))
    assert set(found) <= set(names)
