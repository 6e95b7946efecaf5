"""The OpenAPI 3.1 description, made from the very operations that answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from backend.web.api.operation import PARAMETERS, PREFIX, NoInput, Operation
from backend.web.api.replay import HEADER

_PROBLEM = "application/problem+json"
_STATUSES = {
    "400": "A value that cannot be; `field` says where.",
    "401": "No token, or one that is unknown, expired or revoked.",
    "403": "The token lacks the scope, or the tier allows no more.",
    "404": "No such thing, or not yours.",
    "409": "It exists already, or the idempotency key was used for another request.",
    "429": "Too many requests; `Retry-After` says when to come back.",
    "503": "The database cannot be used at the moment; nothing was changed.",
}


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """An error as RFC 9457 describes it; `code` is stable."""

    type: str
    title: str
    status: int
    code: str
    detail: str | None = None
    field: str | None = None


def describe(operations: Sequence[Operation], *, version: str) -> dict[str, Any]:
    """Return the description as plain values."""
    types = [kind for one in operations for kind in (one.query, one.body, one.result) if kind]
    schemas, components = msgspec.json.schema_components(
        [*types, Problem], ref_template="#/components/schemas/{name}"
    )
    by_type = dict(zip([*map(repr, types), repr(Problem)], schemas, strict=True))
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(PREFIX + operation.path, {})[operation.method.lower()] = _describe(
            operation, by_type, components
        )
    return {
        "openapi": "3.1.0",
        "info": {"title": "4site service", "version": version},
        "paths": paths,
        "components": {
            "schemas": {
                name: schema
                for name, schema in components.items()
                if name not in {operation.query.__name__ for operation in operations}
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _describe(
    operation: Operation, schemas: dict[str, Any], components: dict[str, Any]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "tags": [operation.tag],
        "parameters": [*_path(operation), *_query(operation, components), *_headers(operation)],
        "responses": _responses(operation, schemas),
    }
    if operation.scope is not None:
        described["security"] = [{"token": []}]
        described["description"] = f"Needs the scope `{operation.scope}`."
    if operation.receive is not None:
        content = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
        described["requestBody"] = {"required": True, "content": content}
    if operation.body is not None:
        content = {"application/json": {"schema": schemas[repr(operation.body)]}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _path(operation: Operation) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": PARAMETERS[name]},
        }
        for name in operation.parameters
    ]


def _query(operation: Operation, components: dict[str, Any]) -> list[dict[str, Any]]:
    if operation.query is NoInput:
        return []
    schema = components[operation.query.__name__]
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": _plain(one)}
        for name, one in schema["properties"].items()
    ]


def _plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema for a query: an absent parameter is left out, there is no null."""
    choices = [one for one in schema.get("anyOf", []) if one != {"type": "null"}]
    if len(choices) == 1:
        return {**choices[0]}
    return {name: value for name, value in schema.items() if name != "default" or value is not None}


def _headers(operation: Operation) -> list[dict[str, Any]]:
    if operation.method != "POST" or operation.scope is None:
        return []
    pattern = {"type": "string", "pattern": r"^[\x21-\x7e]{1,255}$"}
    return [{"name": HEADER, "in": "header", "required": operation.needs_key, "schema": pattern}]


def _responses(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    done: dict[str, Any] = {"description": "Done."}
    if operation.result is not None:
        done["content"] = {"application/json": {"schema": schemas[repr(operation.result)]}}
    problem = {_PROBLEM: {"schema": schemas[repr(Problem)]}}
    statuses = ["400", "429", "503"]
    if operation.scope is not None:
        statuses += ["401", "403"]
    if operation.parameters or operation.tag in {"audience", "hosting", "disputes"}:
        statuses.append("404")
    if operation.method in {"POST", "PUT", "PATCH"} or operation.tag in {"hosting", "challenges"}:
        statuses.append("409")
    return {str(operation.status): done} | {
        status: {"description": _STATUSES[status], "content": problem}
        for status in sorted(statuses)
    }
