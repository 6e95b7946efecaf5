"""GitHub's official description of its API, as schemas that answers can be checked against."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.tools import NODE_FOLDER

ABSENT = "GitHub's API description is not here; `npm ci` in tests/support/node brings it"
_FILE = NODE_FOLDER / "node_modules" / "@octokit" / "openapi" / "generated" / "api.github.com.json"
# Written for humans or for other forms of a schema, and a hundred times the size of the rest.
_LEFT_OUT = frozenset({"example", "examples", "description", "x-github"})


@dataclass(frozen=True, kw_only=True)
class ApiDescription:
    """The whole description, OpenAPI 3.0."""

    document: dict[str, Any]

    def schema_for(self, path: str, status: int) -> dict[str, Any] | None:
        """Return the JSON Schema of the body at GET `path` (with real names), None for no body.

        Raises LookupError for a path or status that GitHub does not have.
        """
        for template, verbs in self.document["paths"].items():
            if "get" in verbs and re.fullmatch(_pattern(template), path):
                answers = verbs["get"]["responses"]
                if str(status) in answers:
                    return self._body_schema(answers[str(status)])
        raise LookupError(f"GitHub has no {status} for GET {path}")

    def schema_of(self, name: str) -> dict[str, Any]:
        """Return the JSON Schema of a named component, such as a webhook's payload."""
        component = self.document["components"]["schemas"][name]
        wanted = self._components_of(component)
        return {**_as_json_schema(component), "components": {"schemas": wanted}}

    def _body_schema(self, answer: dict[str, Any]) -> dict[str, Any] | None:
        if "$ref" in answer:
            answer = self.document["components"]["responses"][answer["$ref"].rpartition("/")[2]]
        body = answer.get("content", {}).get("application/json", {}).get("schema")
        if body is None:
            return None
        wanted = self._components_of(body)
        return {**_as_json_schema(body), "components": {"schemas": wanted}}

    def _components_of(self, schema: Any) -> dict[str, Any]:
        """Return every named schema that this one leads to."""
        found: dict[str, Any] = {}
        waiting = _references(schema)
        while waiting:
            name = waiting.pop()
            if name not in found:
                component = self.document["components"]["schemas"][name]
                found[name] = _as_json_schema(component)
                waiting |= _references(component)
        return found


@cache
def load_description() -> ApiDescription | None:
    """Return the description, None when the npm package is not installed."""
    return ApiDescription(document=json.loads(_FILE.read_bytes())) if _FILE.is_file() else None


def description_place() -> Path:
    return _FILE


def _pattern(template: str) -> str:
    """Return what a path template matches; a ref is the one parameter that may hold slashes."""
    literal = re.escape(template).replace(r"\{ref\}", ".+")
    return re.sub(r"\\\{\w+\\\}", "[^/]+", literal)


def _references(schema: Any) -> set[str]:
    if isinstance(schema, dict):
        own = schema.get("$ref")
        below = set().union(*(_references(value) for value in schema.values())) if schema else set()
        return below | ({own.rpartition("/")[2]} if isinstance(own, str) else set())
    if isinstance(schema, list):
        return set().union(*(_references(item) for item in schema)) if schema else set()
    return set()


def _as_json_schema(schema: Any) -> Any:
    """Translate OpenAPI's `nullable` into JSON Schema, which says it by type."""
    if isinstance(schema, list):
        return [_as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _as_json_schema(value) for key, value in schema.items() if key not in _LEFT_OUT}
    # A property may be called `description` itself.
    if isinstance(schema.get("properties"), dict):
        plain["properties"] = {
            name: _as_json_schema(value) for name, value in schema["properties"].items()
        }
    if plain.pop("nullable", False) is True:
        return {"anyOf": [plain, {"type": "null"}]}
    return plain
