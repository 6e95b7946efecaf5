"""Ways to give money: FUNDING.yml as GitHub reads it, else what the forge lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from generator.insight.manifests.facts import ManifestBroken, texts_in
from generator.insight.manifests.yaml import parse_yaml
from generator.insight.texts import read_source
from generator.model.files import FileTree
from generator.model.insight import FundingLink
from generator.model.report import BuildWarning
from generator.model.repository import ForgeFacts

LINKS_LIMIT = 20

_LFX = "https://crowdfunding.lfx.linuxfoundation.org/projects/{}"

# Key → label and address. Source: GitHub's "Displaying a sponsor button in your repository".
_PLATFORMS = {
    "github": ("GitHub Sponsors", "https://github.com/sponsors/{}"),
    "patreon": ("Patreon", "https://www.patreon.com/{}"),
    "open_collective": ("Open Collective", "https://opencollective.com/{}"),
    "ko_fi": ("Ko-fi", "https://ko-fi.com/{}"),
    "tidelift": ("Tidelift", "https://tidelift.com/subscription/pkg/{}"),
    "community_bridge": ("LFX Crowdfunding", _LFX),
    "lfx_crowdfunding": ("LFX Crowdfunding", _LFX),
    "liberapay": ("Liberapay", "https://liberapay.com/{}"),
    "issuehunt": ("IssueHunt", "https://issuehunt.io/r/{}"),
    "otechie": ("Otechie", "https://otechie.com/{}"),
    "buy_me_a_coffee": ("Buy Me a Coffee", "https://www.buymeacoffee.com/{}"),
    "polar": ("Polar", "https://polar.sh/{}"),
    "thanks_dev": ("thanks.dev", "https://thanks.dev/{}"),
}

_ACCOUNT = re.compile(r"^[A-Za-z0-9@][\w.@/-]{0,120}$")


def read_funding(
    files: FileTree,
    path: str | None,
    *,
    facts: ForgeFacts | None,
    warn: Callable[[BuildWarning], None],
) -> tuple[FundingLink, ...]:
    """Return the links in the file's order, each address once and only over https."""
    links = _from_file(files, path, warn) if path else []
    if not links and facts:
        links = [_from_url(platform.casefold(), url) for platform, url in facts.funding]
    return tuple({link.url: link for link in links if link}.values())[:LINKS_LIMIT]


def _from_file(
    files: FileTree, path: str, warn: Callable[[BuildWarning], None]
) -> list[FundingLink | None]:
    source = read_source(files, path)
    if source is None:
        return []
    try:
        data = parse_yaml(source)
    except ManifestBroken as error:
        if source.text.strip():
            warn(_unreadable(path, str(error)))
        return []
    found: list[FundingLink | None] = []
    for key in data:
        found.extend(_link(key.casefold(), account) for account in texts_in(data, key))
    return found


def _link(platform: str, account: str) -> FundingLink | None:
    if platform == "custom":
        url = account if "://" in account else f"https://{account}"
        return _from_url("custom", url)
    known = _PLATFORMS.get(platform)
    if known is None:
        return None
    label, address = known
    if account.startswith("https://"):
        return _from_url(platform, account)
    if not _ACCOUNT.match(account):
        return None
    shown = f"{label}: {account}" if platform == "github" else label
    return FundingLink(platform=platform, label=shown, url=address.format(account))


def _from_url(platform: str, url: str) -> FundingLink | None:
    """Return a link under a known platform's label, or under its host's name."""
    try:
        split = urlsplit(url.strip())
        host = split.hostname or ""
    except ValueError:
        return None
    if split.scheme != "https" or "." not in host:
        return None
    label = _PLATFORMS[platform][0] if platform in _PLATFORMS else host.removeprefix("www.")
    account = split.path.strip("/").rpartition("/")[2]
    if platform == "github" and account:
        label = f"{label}: {account}"
    return FundingLink(platform=platform, label=label, url=url.strip())


def _unreadable(path: str, reason: str) -> BuildWarning:
    return BuildWarning(
        code="funding_unreadable",
        message=f"The funding file cannot be read: {reason[:200]}.",
        hint="Correct it, or the site has no funding links.",
        path=path,
    )
