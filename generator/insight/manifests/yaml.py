"""YAML from a stranger: safe types only, no aliases, a bounded size."""

from __future__ import annotations

from collections.abc import Mapping

from generator.insight.manifests.facts import ManifestBroken
from generator.insight.texts import SourceText

SIZE_LIMIT_CHARACTERS = 128 * 1024
BRACKETS_LIMIT = 2000


def parse_yaml(source: SourceText) -> Mapping[str, object]:
    """Return the mapping. Raises ManifestBroken for anything else.

    Aliases are refused: a few nested ones make gigabytes ("billion laughs"), and no manifest
    needs them.
    """
    import yaml  # noqa: PLC0415  # lazy: most repositories have no YAML that we read

    text = source.text
    if len(text) > SIZE_LIMIT_CHARACTERS or text.count("[") + text.count("{") > BRACKETS_LIMIT:
        raise ManifestBroken("the file is too large")
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text)):
            raise ManifestBroken("the file has aliases")
        data = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ManifestBroken(" ".join(str(error).split())) from error
    if not isinstance(data, dict):
        raise ManifestBroken("the file holds no mapping")
    return {key: value for key, value in data.items() if isinstance(key, str)}
