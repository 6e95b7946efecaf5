"""Sharing as every page offers it: plain links, the widget's options, the service behind it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from generator.settings import SHARE_PLATFORMS, ServiceSettings, Settings, ShareSettings

# Each platform's documented share address; {url} and {text} are percent-encoded. The others of the
# settings have none: only a script can copy a link or open the device's own share sheet.
_SHARE_TARGETS = {
    "x": ("X", "https://x.com/intent/post?url={url}&text={text}"),
    "linkedin": ("LinkedIn", "https://www.linkedin.com/sharing/share-offsite/?url={url}"),
    "facebook": ("Facebook", "https://www.facebook.com/sharer/sharer.php?u={url}"),
    "reddit": ("Reddit", "https://www.reddit.com/submit?url={url}&title={text}"),
    "hackernews": ("Hacker News", "https://news.ycombinator.com/submitlink?u={url}&t={text}"),
    "mastodon": ("Mastodon", "https://mastodonshare.com/?url={url}&text={text}"),
    "bluesky": ("Bluesky", "https://bsky.app/intent/compose?text={text}%20{url}"),
    "email": ("Email", "mailto:?subject={text}&body={url}"),
    "whatsapp": ("WhatsApp", "https://wa.me/?text={text}%20{url}"),
    "telegram": ("Telegram", "https://t.me/share/url?url={url}&text={text}"),
}
_ALIASES = {"twitter": "x"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareTarget:
    """One platform that a plain link can share to; `template` is its address."""

    platform: str
    label: str
    template: str

    def address(self, url: str, text: str) -> str:
        """Return the link that shares `url` with `text`."""
        return self.template.format(url=quote(url, safe=""), text=quote(text, safe=""))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The share block. `url` is shared where a page has no address of its own, None when there is
    nothing to share without a script; `options` are the widget's attributes, `data-` left out.
    """

    targets: tuple[ShareTarget, ...]
    url: str | None
    is_floating: bool
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceFrame:
    """Whom the pages report to. `origin` is what the policy must let them ask."""

    origin: str
    site_key: str
    referral_url: str


def make_sharing(settings: Settings, *, url: str | None) -> Sharing | None:
    """Return the share block for a site whose address, or repository, is `url`; None if off."""
    share = settings.share
    if not share.enabled:
        return None
    chosen = dict.fromkeys(_ALIASES.get(name, name) for name in share.platforms)
    return Sharing(
        targets=tuple(
            ShareTarget(platform=name, label=label, template=template)
            for name in chosen
            if name in _SHARE_TARGETS
            for label, template in (_SHARE_TARGETS[name],)
        ),
        url=url,
        is_floating=share.position != "inline",
        options=tuple(_options(share, settings.service, tuple(chosen))),
    )


def make_service(settings: Settings) -> ServiceFrame | None:
    """Return the service, None unless the settings name one and the site's key."""
    service = settings.service
    if service.url is None or service.site_key is None:
        return None
    split = urlsplit(service.url)
    code = service.referral or service.site_key
    return ServiceFrame(
        origin=f"{split.scheme}://{split.netloc}",
        site_key=service.site_key,
        referral_url=f"{service.url.rstrip('/')}/r/{code}",
    )


def _options(
    share: ShareSettings, service: ServiceSettings, platforms: tuple[str, ...]
) -> list[tuple[str, str]]:
    """Return the attributes of the widget's script that differ from what it does by itself."""
    found = []
    powered_by = None if share.powered_by else "off"
    if service.url and service.site_key:
        found += [("site", service.site_key), ("service", service.url.rstrip("/"))]
        found += [("counts", "")] if share.counts else []
        powered_by = powered_by or service.referral
    if powered_by:
        found.append(("powered-by", powered_by))
    if platforms != SHARE_PLATFORMS:
        found.append(("platforms", ",".join(platforms)))
    if share.position != "inline":
        found.append(("position", share.position))
    return found
