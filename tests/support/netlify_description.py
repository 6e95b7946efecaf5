"""Netlify's own description of its API (Swagger 2.0), as a judge of requests and answers."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from jsonschema import Draft4Validator

from tests.support.tools import NODE_FOLDER

ABSENT = "Netlify's API description is not here; `npm ci` in tests/support/node brings it"
_FILE = NODE_FOLDER / "node_modules" / "@netlify" / "open-api" / "dist" / "swagger.json"


def is_present() -> bool:
    return _FILE.is_file()


def find_faults(
    method: str, path: str, query: dict[str, str], body: Any, *, kind: str, status: int, answer: Any
) -> list[str]:
    """Return what in this exchange differs from the description; `path` is without its prefix.

    `body` and `answer` are decoded JSON, bytes for anything else, None for nothing.
    """
    operation = _find_operation(method, path)
    if operation is None:
        return [f"there is no {method} {path}"]
    parameters = {(one["in"], one["name"]): one for one in operation["parameters"]}
    faults = [f"no query {name}" for name in query if ("query", name) not in parameters]
    for (place, name), one in parameters.items():
        if place == "query" and name in query and query[name] not in one.get("enum", [query[name]]):
            faults.append(f"{name} cannot be {query[name]}")
        if place == "body" and isinstance(body, dict):
            faults += _differences(body, one["schema"])
            faults += [
                f"no {key} in a body" for key in set(body) - set(one["schema"]["properties"])
            ]
        if place == "body" and isinstance(body, bytes) and kind not in operation["consumes"]:
            faults.append(f"a body is no {kind}")
    if body is not None and not any(place == "body" for place, _ in parameters):
        faults.append("no body is expected")
    said = operation["responses"].get(str(status)) or operation["responses"]["default"]
    if str(status) not in operation["responses"] and status < 400:
        faults.append(f"{status} is no answer")
    if "schema" in said:
        faults += _differences(answer, said["schema"])
    return [f"{method} {path}: {fault}" for fault in faults]


def _find_operation(method: str, path: str) -> dict[str, Any] | None:
    for template, verbs in _description()["paths"].items():
        # The path of a file is the one parameter that may hold slashes.
        pattern = re.sub(r"\\\{(\w+)\\\}", _for_parameter, re.escape(template))
        if method.lower() in verbs and re.fullmatch(pattern, path):
            operation = verbs[method.lower()]
            shared = verbs.get("parameters", [])
            return {
                "consumes": [],
                **operation,
                "parameters": [*shared, *operation.get("parameters", [])],
            }
    return None


def _for_parameter(found: re.Match[str]) -> str:
    return ".+" if found[1] == "path" else "[^/]+"


def _differences(value: Any, schema: dict[str, Any]) -> list[str]:
    return [
        f"{'/'.join(map(str, error.path))} {error.message}"
        for error in Draft4Validator(schema).iter_errors(value)
    ]


@cache
def _description() -> dict[str, Any]:
    return dict(json.loads(_FILE.read_bytes()))
