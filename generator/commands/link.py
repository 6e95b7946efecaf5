"""`4site link`: registers the site with a service and writes its key to the configuration."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.commands import options
from generator.commands.console import Console, environment
from generator.configuration import Layer, merge_layers, read_environment_layer
from generator.errors import ServiceRefused, TokenMissing, UsageError
from generator.model.report import BuildWarning

if TYPE_CHECKING:
    from generator.build import Detected
    from generator.source.registration import Registered, SiteRecord
    from generator.write.configuration_file import Edit

_TOKEN = "FOURSITE_TOKEN"  # noqa: S105  the variable's name
_TABLE = "service"
# What a dry run writes where the service's answer would stand.
_UNKNOWN = "…"
# What a service keeps of a site; more would be refused.
_TITLE_LIMIT, _DESCRIPTION_LIMIT = 120, 300
_TOPICS_LIMIT, _TOPICS_CHARACTERS = 20, 400
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    options.add_source(parser)
    options.add_settings(parser)
    parser.add_argument("--service", metavar="URL", help="the service to register with")
    parser.add_argument(
        "--enrich", action="store_true", help="ask the forge for description and topics"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="show it all, send and write nothing"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    options.add_output(parser)
    parser.set_defaults(offline=False, no_cache=False)


def run(arguments: argparse.Namespace) -> int:
    detected = _detect(arguments)
    service = _choose_service(arguments, detected)
    record = _describe(detected)
    outcome = _Outcome(service=service, record=record)
    if key := _known_key(detected, service):
        _check_key(service, key)
        outcome.say_linked(key, is_json=arguments.json)
    elif arguments.dry_run:
        edit = _plan(arguments, detected, service, key=_UNKNOWN, referral=_UNKNOWN)
        outcome.say_plan(edit, is_json=arguments.json)
    else:
        registered = _register(service, record)
        edit = _plan(arguments, detected, service, registered.key, registered.referral_code)
        if edit:
            edit.save()
        outcome.say_done(registered, edit, is_json=arguments.json)
    return 0


def _detect(arguments: argparse.Namespace) -> Detected:
    from generator.build import detect  # noqa: PLC0415

    console = Console(is_quiet=arguments.quiet or arguments.json, is_verbose=arguments.verbose)
    warnings: list[BuildWarning] = []
    # The service is left out: a key in the file belongs to the service in the file.
    flags = options.flags_layer(argparse.Namespace(**{**vars(arguments), "service": None}))
    detected = detect(
        arguments.source,
        flags=flags,
        environ=environment(),
        options=options.build_options(arguments, out=Path("site")),
        report=console.report,
        warn=warnings.append,
    )
    console.clear()
    return detected


def _choose_service(arguments: argparse.Namespace, detected: Detected) -> str:
    """Return the service's address without a final slash.

    A repository from elsewhere does not decide who receives this person's token: then only the
    flag and the environment count.
    """
    given = {"url": arguments.service} if arguments.service else {}
    flags = Layer(name="command line", values={"service": given} if given else {})
    asked = merge_layers(read_environment_layer(environment()), flags).service
    found = asked.url or (detected.settings.service.url if detected.is_local else None)
    if found is None:
        raise UsageError(
            "No service to register with.",
            hint="Name one with --service URL, or service.url in the folder's configuration.",
        )
    return found.rstrip("/")


def _describe(detected: Detected) -> SiteRecord:
    from generator.source.registration import SiteRecord  # noqa: PLC0415  httpx takes 190 ms

    insight, settings = detected.insight, detected.settings
    if settings.site.url is None:
        raise UsageError(
            "The site's address is not known.",
            hint="Say where it is published, with --base-url URL or site.url in the configuration.",
        )
    forge = detected.repository.forge
    return SiteRecord(
        url=settings.site.url.rstrip("/") + "/",
        title=_shorten(insight.name.value, _TITLE_LIMIT),
        description=_shorten(insight.pitch.value, _DESCRIPTION_LIMIT) if insight.pitch else None,
        repository=forge.url if forge else None,
        kind=insight.kind.value.value,
        language=insight.languages[0].name if insight.languages else None,
        topics=_clean_topics(insight.topics),
    )


def _shorten(text: str, limit: int) -> str:
    """Return the text on one line, cut after a word where it is too long."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    return f"{head.rpartition(' ')[0] or head}…"


def _clean_topics(topics: Iterable[str]) -> tuple[str, ...]:
    """Return topics as forges write them (`command-line`), without those that cannot be."""
    words = ("-".join(re.split(r"[\s_.-]+", topic.lower())).strip("-") for topic in topics)
    kept: list[str] = []
    for word in dict.fromkeys(words):
        is_short = len(" ".join([*kept, word])) <= _TOPICS_CHARACTERS
        if _TOPIC.fullmatch(word) and is_short and len(kept) < _TOPICS_LIMIT:
            kept.append(word)
    return tuple(kept)


def _known_key(detected: Detected, service: str) -> str | None:
    """Return the key that the configuration has for this very service."""
    known = detected.settings.service
    return known.site_key if known.url and known.url.rstrip("/") == service else None


def _check_key(service: str, key: str) -> None:
    from generator.source.registration import Service  # noqa: PLC0415

    if not Service(url=service).knows(key):
        raise ServiceRefused(
            f"{service} knows no site with the key {key}.",
            hint="Take service.site_key out of the configuration and run the command again.",
            status=404,
        )


def _register(service: str, record: SiteRecord) -> Registered:
    from generator.source.registration import Service  # noqa: PLC0415

    token = environment().get(_TOKEN, "").strip()
    if not token or not token.isascii() or not token.isprintable():
        state = "holds no token" if token else "is not set"
        raise TokenMissing(
            f"{service} must know who asks, and {_TOKEN} {state}.",
            hint=f"Make a token at {service}/dashboard/ and set {_TOKEN} to it.",
        )
    return Service(url=service, token=token).register(record)


def _plan(
    arguments: argparse.Namespace,
    detected: Detected,
    service: str,
    key: str,
    referral: str | None,
) -> Edit | None:
    """Return the edit of the configuration; None where the source is no folder of ours."""
    from generator.write.configuration_file import plan_edit  # noqa: PLC0415

    if not detected.is_local:
        return None
    values = _values(service, key, referral)
    return plan_edit(Path(arguments.source).expanduser(), _TABLE, values)


def _values(service: str, key: str, referral: str | None) -> dict[str, str]:
    values = {"url": service, "site_key": key}
    return values | {"referral": referral} if referral else values


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    """What is printed at the end, for a person or for a program."""

    service: str
    record: SiteRecord

    def say_linked(self, key: str, *, is_json: bool) -> None:
        if is_json:
            self._print_json({"state": "linked", "key": key})
            return
        print(f"{self.record.url} is already linked with {self.service}; nothing changed.")

    def say_plan(self, edit: Edit | None, *, is_json: bool) -> None:
        if is_json:
            self._print_json({"state": "planned", "file": edit.name if edit else None})
            return
        import msgspec  # noqa: PLC0415

        request = msgspec.json.format(msgspec.json.encode(self.record), indent=2).decode()
        print(f"Would send to {self.service}/api/v1/sites:\n{request}")
        if edit:
            print(f"Would write to {edit.name}:")
            print(*(f"  {line}" for line in edit.added), sep="\n")

    def say_done(self, registered: Registered, edit: Edit | None, *, is_json: bool) -> None:
        if is_json:
            self._print_json(
                {
                    "state": "registered" if registered.is_new else "found",
                    "id": registered.id,
                    "key": registered.key,
                    "referral_code": registered.referral_code,
                    "file": edit.name if edit else None,
                }
            )
            return
        what = "Registered" if registered.is_new else "Found"
        print(f"{what} {self.record.url} at {self.service} (site {registered.id}).")
        if edit:
            print(f"Wrote to {edit.name}:")
            print(*(f"  {line}" for line in edit.added), sep="\n")
        else:
            from generator.write.configuration_file import format_table  # noqa: PLC0415

            values = _values(self.service, registered.key, registered.referral_code)
            print(f"Add this to the repository's 4site.toml:\n{format_table(_TABLE, values)}")
        print("Build and publish the site: the service looks for the key on its home page.")

    def _print_json(self, more: dict[str, Any]) -> None:
        import msgspec  # noqa: PLC0415

        value = {"service": self.service, "request": self.record, **more}
        print(msgspec.json.encode(value).decode())
