"""Files of a release that only speak about its other files: checksums, signatures, SBOMs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.model.insight import Companion
from generator.model.release import ReleaseFile

# What follows the name of the file that is spoken about. Longer endings stand first.
_ROLES = (
    (
        "attestation",
        r"\.intoto\.jsonl|\.att(?:estation)?(?:\.json)?|\.provenance(?:\.json)?|\.slsa",
    ),
    (
        "sbom",
        r"\.spdx\.sbom(?:\.json)?|\.sbom(?:\.json|\.xml)?|\.spdx(?:\.json)?|\.cdx(?:\.json|\.xml)"
        r"|\.cyclonedx(?:\.json|\.xml)|\.bom(?:\.json|\.xml)|[-_.]sbom(?:\.[\w.]{1,20})?\.json",
    ),
    (
        "signature",
        r"\.asc|\.sig|\.minisig|\.sign|\.gpg|\.sigstore(?:\.json)?|\.pem|\.crt|\.cert|\.bundle"
        r"|\.cosign(?:\.bundle)?|\.keyless|[-_]keyless\.(?:pem|sig)|\.p7s",
    ),
    (
        "checksum",
        r"\.sha(?:1|224|256|384|512)(?:sums?)?(?:\.txt)?|\.sha|\.md5(?:sums?)?(?:\.txt)?|\.digest"
        r"|\.b(?:lake)?[23](?:sum)?|\.checksums?(?:\.txt)?|\.sum",
    ),
)
_OWN = tuple((role, re.compile(rf"(?:{pattern})$", re.IGNORECASE)) for role, pattern in _ROLES)

_SHARED = (
    (
        "checksum",
        re.compile(
            r"(?:^|[-_. ])(?:sha(?:1|256|384|512)?[-_]?sums?(?:256|512|1)?|checksums?|md5sums?"
            r"|hashes|shasums?(?:256|512)?|b3sums|sums|sha256|sha512)(?:[-_.]?(?:sha)?(?:256|512))?"
            r"(?:\.(?:txt|sha256|sha512|json|md5))?$",
            re.IGNORECASE,
        ),
    ),
    (
        "signature",
        re.compile(
            r"(?:sums?(?:256|512)?|checksums?|sha256)(?:\.txt|\.sha256)?\.(?:asc|sig|gpg|pem|minisig|sign"
            r"|sigstore(?:\.json)?|bundle|cosign\.bundle)$",
            re.IGNORECASE,
        ),
    ),
    (
        "attestation",
        re.compile(r"\.intoto\.jsonl$|^(?:provenance|attestations?)\.json", re.IGNORECASE),
    ),
    (
        "sbom",
        re.compile(r"^(?:s?bom|sbom[-_.].*|.*[-_.]s?bom)\.(?:json|xml|spdx|cdx)$", re.IGNORECASE),
    ),
)

# Food for updaters and release tools: nobody downloads these by hand.
_MACHINERY = re.compile(
    r"\.blockmap$|\.zsync$|\.torrent$|\.delta$|\.asar(?:\.gz)?$|\.dsym(?:\.zip|\.tar\.gz)?$"
    r"|\.pdb(?:\.zip)?$|\.debug$|\.dbg$|\.sym(?:bols)?(?:\.zip)?$|[-_.]symbols\.\w+$"
    r"|^latest[\w.-]*\.(?:ya?ml|json)$|^(?:alpha|beta|builder-debug|app-update)[\w.-]*\.yml$"
    r"|^releases(?:\.json|\.win\.json)?$|^releases$|^assets\.[\w.-]+\.json$|^dist-manifest\.json$"
    r"|\.json$|\.ya?ml$|\.toml$|\.txt$|\.md$|\.html$|\.pub$|\.key$|\.d\.ts$|\.map$|\.csv$|\.xml$"
    r"|\.svg$|\.png$|\.jpe?g$|\.gif$|\.mp4$|\.pdf$|\.rb$|\.log$|\.css$|\.js$|\.cjs$|\.mjs$|\.h$|\.nix$"
    r"|[-_.]dbgsym[-_.]|[-_]debuginfo[-_]|[-_]debugsource[-_]|\.ddeb$|^artifacts\.|\.mdx$|\.proto$"
    r"|\.snupkg$|\.pom$|\.module$|-(?:sources|javadoc)\.jar$|\.lock$|\.patch$|\.diff$",
    re.IGNORECASE,
)


def split_companions(
    files: Iterable[ReleaseFile],
) -> tuple[list[ReleaseFile], dict[str, list[Companion]]]:
    """Part files into downloads and what speaks about them, by the download's name.

    A companion of a file that is not there, and one about all files, goes to every download.
    """
    listed = list(files)
    names = {file.name for file in listed}
    downloads: list[ReleaseFile] = []
    own: list[tuple[str, Companion]] = []
    shared: list[Companion] = []
    for file in listed:
        companion = _read_companion(file)
        if companion is None:
            downloads.append(file)
            continue
        target = _target_of(file.name, names)
        if target and not _shared_role(target):
            own.append((target, companion))
        elif _shared_role(file.name):
            shared.append(companion)
    downloads = [file for file in downloads if not _MACHINERY.search(file.name)]
    found: dict[str, list[Companion]] = {file.name: [] for file in downloads}
    for target, companion in own:
        if target in found:
            found[target].append(companion)
    for companions in found.values():
        companions.sort(key=lambda companion: (companion.role, companion.file.name))
        companions.extend(
            sorted(shared, key=lambda companion: (companion.role, companion.file.name))
        )
    return downloads, found


def _read_companion(file: ReleaseFile) -> Companion | None:
    """Return the file as a companion of one or of all files, None when it is a download."""
    role = next((role for role, pattern in _OWN if pattern.search(file.name)), None)
    role = role or _shared_role(file.name)
    return Companion(role=role, file=file) if role else None


def _shared_role(name: str) -> str | None:
    return next((role for role, pattern in _SHARED if pattern.search(name)), None)


def _target_of(name: str, names: set[str]) -> str | None:
    """Return the file that the companion names: `x.tar.gz` for `x.tar.gz.sha256.asc`.

    `x.sha256` may also speak about `x.tar.gz`, where that is the only file that begins so.
    """
    bare = name
    for _ in range(3):
        ending = next((match for _, pattern in _OWN if (match := pattern.search(bare))), None)
        if ending is None:
            break
        bare = bare[: ending.start()]
        if bare in names and not any(pattern.search(bare) for _, pattern in _OWN):
            return bare
    if bare == name or not bare:
        return None
    longer = sorted(
        other
        for other in names
        if other.startswith(f"{bare}.") and not any(pattern.search(other) for _, pattern in _OWN)
    )
    return longer[0] if len(longer) == 1 else None
