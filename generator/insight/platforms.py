"""What the name of a release file says: for which system and processor, and in which form.

The grammars of Rust's target triples, GoReleaser, electron-builder, Tauri, PyInstaller, wheels and
people have in common that words stand between marks; the words decide, wherever they stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.model.insight import Platform

NAME_LIMIT_CHARACTERS = 250


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTraits:
    """A name taken apart. `words` are those that say nothing about system, processor or form.

    `system` is the word for a system without a Platform of its own, such as `OpenBSD`.
    """

    platform: Platform | None
    architecture: str | None
    form: str
    suffix: str
    words: tuple[str, ...]
    system: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Suffix:
    form: str
    label: str
    platform: Platform | None = None


_SUFFIXES: dict[str, _Suffix] = {
    ".msi": _Suffix(form="installer", label="Installer", platform=Platform.WINDOWS),
    ".msix": _Suffix(form="installer", label="App package", platform=Platform.WINDOWS),
    ".msixbundle": _Suffix(form="installer", label="App package", platform=Platform.WINDOWS),
    ".appx": _Suffix(form="installer", label="App package", platform=Platform.WINDOWS),
    ".appxbundle": _Suffix(form="installer", label="App package", platform=Platform.WINDOWS),
    ".exe": _Suffix(form="binary", label="Program", platform=Platform.WINDOWS),
    ".exe.zip": _Suffix(form="archive", label="Archive", platform=Platform.WINDOWS),
    ".dmg": _Suffix(form="image", label="Disk image", platform=Platform.MACOS),
    ".pkg": _Suffix(form="installer", label="Installer", platform=Platform.MACOS),
    ".app.tar.gz": _Suffix(form="archive", label="App archive", platform=Platform.MACOS),
    ".app.zip": _Suffix(form="archive", label="App archive", platform=Platform.MACOS),
    ".appimage": _Suffix(form="binary", label="AppImage", platform=Platform.LINUX),
    ".appimage.tar.gz": _Suffix(form="archive", label="AppImage archive", platform=Platform.LINUX),
    ".deb": _Suffix(form="package", label="Debian package", platform=Platform.LINUX),
    ".rpm": _Suffix(form="package", label="RPM package", platform=Platform.LINUX),
    ".snap": _Suffix(form="package", label="Snap", platform=Platform.LINUX),
    ".flatpak": _Suffix(form="package", label="Flatpak", platform=Platform.LINUX),
    ".flatpakref": _Suffix(form="package", label="Flatpak", platform=Platform.LINUX),
    ".pkg.tar.zst": _Suffix(form="package", label="Arch package", platform=Platform.LINUX),
    ".pkg.tar.xz": _Suffix(form="package", label="Arch package", platform=Platform.LINUX),
    ".run": _Suffix(form="installer", label="Installer", platform=Platform.LINUX),
    ".apk": _Suffix(form="package", label="Android package", platform=Platform.ANDROID),
    ".ipa": _Suffix(form="package", label="iOS package", platform=Platform.IOS),
    ".whl": _Suffix(form="wheel", label="Python wheel"),
    ".jar": _Suffix(form="binary", label="Java archive"),
    ".war": _Suffix(form="binary", label="Java web archive"),
    ".vsix": _Suffix(form="package", label="VS Code extension"),
    ".xpi": _Suffix(form="package", label="Firefox extension"),
    ".crx": _Suffix(form="package", label="Chrome extension"),
    ".gem": _Suffix(form="package", label="Ruby gem"),
    ".nupkg": _Suffix(form="package", label="NuGet package"),
    ".phar": _Suffix(form="binary", label="PHP archive"),
    ".pyz": _Suffix(form="binary", label="Python zip application"),
    ".wasm": _Suffix(form="binary", label="WebAssembly module"),
    ".iso": _Suffix(form="image", label="Disk image"),
    ".img": _Suffix(form="image", label="Disk image"),
    ".img.xz": _Suffix(form="image", label="Disk image"),
    ".img.gz": _Suffix(form="image", label="Disk image"),
    ".qcow2": _Suffix(form="image", label="Disk image"),
    ".sh": _Suffix(form="installer", label="Installer script"),
    ".ps1": _Suffix(form="installer", label="Installer script", platform=Platform.WINDOWS),
    ".zip": _Suffix(form="archive", label="Archive"),
    ".7z": _Suffix(form="archive", label="Archive"),
    ".tar": _Suffix(form="archive", label="Archive"),
    ".tgz": _Suffix(form="archive", label="Archive"),
    ".tar.gz": _Suffix(form="archive", label="Archive"),
    ".tar.xz": _Suffix(form="archive", label="Archive"),
    ".txz": _Suffix(form="archive", label="Archive"),
    ".tar.bz2": _Suffix(form="archive", label="Archive"),
    ".tbz": _Suffix(form="archive", label="Archive"),
    ".tar.zst": _Suffix(form="archive", label="Archive"),
    ".tar.lz": _Suffix(form="archive", label="Archive"),
    ".gz": _Suffix(form="archive", label="Compressed program"),
    ".xz": _Suffix(form="archive", label="Compressed program"),
    ".zst": _Suffix(form="archive", label="Compressed program"),
    ".bz2": _Suffix(form="archive", label="Compressed program"),
    "": _Suffix(form="binary", label="Program"),
}
_BY_LENGTH = sorted(_SUFFIXES, key=len, reverse=True)

# Words that name a processor in two parts are joined before the name is cut into words.
_JOINED = (
    (r"x86[-_]64|x86\.64|\bx64\b", "amd64"),
    (r"amd64[-_]?v[1-4]", "amd64"),
    (r"x86[-_]32", "i386"),
    (r"aarch[-_]64|arm64[-_]?v8a?|armv8l?|arm-64|apple[-_ ]?silicon|arm64(?=ec)", "arm64"),
    (r"armeabi[-_]v7a|armv7(?:hf|hl|l|a|neon)?|arm[-_]?v?7(?![\d.])|arm[-_]?32", "armv7"),
    (r"arm[-_]?v6(?:hf|l)?|arm[-_]6(?![\d.])|arm6hf", "armv6"),
    (r"arm[-_]?v5(?:te)?|arm[-_]5(?![\d.])", "armv5"),
    (r"ppcle[-_]64|powerpc64le|ppc64el", "ppc64le"),
    (r"s390[-_]64", "s390x"),
    (r"(?:(?<=[-_. ])|^)64[-_ ]?bits?\b", "bits64"),
    (r"(?:(?<=[-_. ])|^)32[-_ ]?bits?\b", "bits32"),
    (r"(?<=[a-z])64[-_]?bit\b", "-bits64"),
    (r"(?<=[a-z])32[-_]?bit\b", "-bits32"),
    (r"(?:(?<=linux-)|(?<=windows-)|(?<=macos-)|(?<=freebsd-))64(?=[-_.]|$)", "bits64"),
    (r"(?:(?<=linux-)|(?<=windows-)|(?<=macos-)|(?<=freebsd-))32(?=[-_.]|$)", "bits32"),
    (r"universal2", "universal"),
)
_JOINS = tuple((re.compile(rf"{pattern}"), word) for pattern, word in _JOINED)

_ARCHITECTURES = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "bits64": "x86_64",
    "intel64": "x86_64",
    "intel": "x86_64",
    "x8664": "x86_64",
    "arm64": "aarch64",
    "aarch64": "aarch64",
    "arm64e": "aarch64",
    "arm64ec": "aarch64",
    "silicon": "aarch64",
    "m1": "aarch64",
    "armv7": "armv7",
    "armhf": "armv7",
    "arm7": "armv7",
    "thumbv7neon": "armv7",
    "armv6": "armv6",
    "arm6": "armv6",
    "armv5": "armv5",
    "armel": "armv5",
    "arm5": "armv5",
    "i686": "i686",
    "i386": "i686",
    "i586": "i686",
    "386": "i686",
    "x86": "i686",
    "ia32": "i686",
    "bits32": "i686",
    "riscv64": "riscv64",
    "riscv64gc": "riscv64",
    "ppc64le": "ppc64le",
    "powerpc64": "ppc64",
    "ppc64": "ppc64",
    "powerpc": "ppc",
    "s390x": "s390x",
    "loong64": "loongarch64",
    "loongarch64": "loongarch64",
    "mips": "mips",
    "mipsle": "mipsle",
    "mipsel": "mipsle",
    "mips64": "mips64",
    "mips64le": "mips64le",
    "mips64el": "mips64le",
    "sparc64": "sparc64",
    "universal": "universal",
    "fat": "universal",
    "arm": "arm",
}

_SYSTEMS = {
    "windows": Platform.WINDOWS,
    "window": Platform.WINDOWS,
    "win": Platform.WINDOWS,
    "win32": Platform.WINDOWS,
    "win64": Platform.WINDOWS,
    "mingw": Platform.WINDOWS,
    "mingw32": Platform.WINDOWS,
    "mingw64": Platform.WINDOWS,
    "msvc": Platform.WINDOWS,
    "cygwin": Platform.WINDOWS,
    "macos": Platform.MACOS,
    "macosx": Platform.MACOS,
    "mac": Platform.MACOS,
    "osx": Platform.MACOS,
    "darwin": Platform.MACOS,
    "apple": Platform.MACOS,
    "linux": Platform.LINUX,
    "lin": Platform.LINUX,
    "gnulinux": Platform.LINUX,
    "linuxmusl": Platform.LINUX,
    "linuxstatic": Platform.LINUX,
    "ubuntu": Platform.LINUX,
    "debian": Platform.LINUX,
    "fedora": Platform.LINUX,
    "centos": Platform.LINUX,
    "rhel": Platform.LINUX,
    "suse": Platform.LINUX,
    "opensuse": Platform.LINUX,
    "alpine": Platform.LINUX,
    "archlinux": Platform.LINUX,
    "musllinux": Platform.LINUX,
    "manylinux": Platform.LINUX,
    "manylinux1": Platform.LINUX,
    "manylinux2010": Platform.LINUX,
    "manylinux2014": Platform.LINUX,
    "raspbian": Platform.LINUX,
    "raspberrypi": Platform.LINUX,
    "freebsd": Platform.FREEBSD,
    "android": Platform.ANDROID,
    "linuxandroid": Platform.ANDROID,
    "ios": Platform.IOS,
    "iphoneos": Platform.IOS,
}
_OTHER_SYSTEMS = {
    "openbsd": "OpenBSD",
    "netbsd": "NetBSD",
    "dragonfly": "DragonFly BSD",
    "dragonflybsd": "DragonFly BSD",
    "solaris": "Solaris",
    "sunos": "Solaris",
    "illumos": "illumos",
    "aix": "AIX",
    "plan9": "Plan 9",
    "haiku": "Haiku",
}

# A system with its version or processor stuck to it: `macos13`, `win64`, `linuxarm64`, `osx10`.
_STUCK = re.compile(
    r"^(windows|win|macosx|macos|mac|osx|darwin|linux|lin|freebsd|openbsd|netbsd|ubuntu|debian|fc|el)"
    r"[-_]?(32|64|amd64|arm64|armv7|arm|i386|i686|x86|\d{0,4})$"
)
_BREAKS = re.compile(r"[-_. +~()\[\]@,]+")
_NOISE = frozenset(
    """
    unknown pc release releases signed latest stable bin binary binaries portable-exe build
    v setup installer install gnueabi gnueabihf musleabihf musleabi linux-gnu abi3 none any final
    dist exe msi pkg deb rpm
    """.split()  # noqa: SIM905 - a list of words reads better as text
)


def read_file_name(name: str) -> FileTraits:
    """Take a release file's name apart; what it does not say is None."""
    folded = name[:NAME_LIMIT_CHARACTERS].casefold()
    suffix = next(ending for ending in _BY_LENGTH if folded.endswith(ending))
    if not suffix and _has_version_tail(folded):
        folded = f"{folded}-"
    stem = folded.removesuffix(suffix) if suffix else folded
    words = _cut(stem)
    known = _SUFFIXES[suffix]
    platform, system = _find_platform(words)
    architecture = _find_architecture(words, platform)
    return FileTraits(
        platform=platform or (None if system else known.platform),
        architecture=architecture,
        form=_find_form(words, suffix, known.form),
        suffix=suffix,
        words=tuple(word for word in words if not _is_spoken_for(word)),
        system=system,
    )


def label_of(traits: FileTraits) -> str:
    """Return what the file is, in words: `Disk image (.dmg)`."""
    label = _SUFFIXES[traits.suffix].label
    if traits.form == "source":
        label = "Source code"
    elif traits.form == "installer" and traits.suffix == ".exe":
        label = "Installer"
    elif traits.suffix == ".apk" and traits.platform is Platform.LINUX:
        label = "Alpine package"
    elif traits.suffix == ".pkg" and traits.platform is Platform.FREEBSD:
        label = "FreeBSD package"
    shown = ".AppImage" if traits.suffix == ".appimage" else traits.suffix
    return label if label == "AppImage" or not shown else f"{label} ({shown})"


def _has_version_tail(folded: str) -> bool:
    return re.search(r"\d\.\d+$", folded) is not None


def _cut(stem: str) -> list[str]:
    for pattern, word in _JOINS:
        stem = pattern.sub(word, stem)
    words: list[str] = []
    for word in _BREAKS.split(stem):
        stuck = _STUCK.match(word)
        if stuck and word not in {"win32", "win64"}:
            words.append(_UNSTUCK.get(stuck[1], stuck[1]))
            if stuck[2] in {"32", "64"}:
                words.append(f"bits{stuck[2]}")
            elif not stuck[2].isdigit():
                words.append(stuck[2])
        elif word:
            words.append(word)
    return [word for word in words if word]


_UNSTUCK = {"fc": "fedora", "el": "rhel"}


def _find_platform(words: list[str]) -> tuple[Platform | None, str]:
    """Return the system; a triple's `linux-android` is Android, `apple-ios` iOS."""
    for word in words:
        if word in _OTHER_SYSTEMS:
            return None, _OTHER_SYSTEMS[word]
    found = [_SYSTEMS[word] for word in words if word in _SYSTEMS]
    for special in (Platform.ANDROID, Platform.IOS, Platform.FREEBSD):
        if special in found:
            return special, ""
    if not found and any(word.startswith(("musl", "gnu")) for word in words):
        return Platform.LINUX, ""
    return (found[0] if found else None), ""


def _find_architecture(words: list[str], platform: Platform | None) -> str | None:
    found = [_ARCHITECTURES[word] for word in words if word in _ARCHITECTURES]
    if platform is Platform.MACOS and ("all" in words or {"x86_64", "aarch64"} <= set(found)):
        return "universal"
    if found:
        hard_float = {"gnueabihf", "musleabihf"} & set(words)
        # Rust's `arm-…-gnueabihf` is ARMv6 with hardware floats.
        return "armv6" if found[0] == "arm" and hard_float else found[0]
    if "win64" in words:
        return "x86_64"
    return "i686" if "win32" in words else None


def _find_form(words: list[str], suffix: str, form: str) -> str:
    if suffix == ".exe" and any(
        word.endswith(("setup", "installer", "install")) or word in {"nsis", "inno"}
        for word in words
    ):
        return "installer"
    if form == "archive" and {"src", "source", "sources", "vendored", "sdist"} & set(words):
        return "source"
    return form


def _is_spoken_for(word: str) -> bool:
    return (
        word in _ARCHITECTURES
        or word in _SYSTEMS
        or word in _OTHER_SYSTEMS
        or word in _NOISE
        or re.fullmatch(r"v?\d[\w]*|(?:rc|alpha|beta|pre|a|b|r|p|cp|pp|py)\d*|[a-z]", word)
        is not None
    )
