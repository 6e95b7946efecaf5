"""The Cloudflare of our tests says what Cloudflare's own types of its answers say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pydantic import BaseModel

from tests.support.cloudflare_server import (
    ACCOUNT,
    API,
    PROJECT,
    TOKEN,
    CloudflareStandIn,
    serve_cloudflare,
    source_of,
)

HOME = f"{API}/accounts/{ACCOUNT}/pages/projects/{PROJECT}"


@pytest.fixture
def pages() -> Iterator[tuple[httpx.Client, CloudflareStandIn]]:
    headers = {"authorization": f"Bearer {TOKEN}"}
    with (
        serve_cloudflare() as (server, stand_in),
        httpx.Client(base_url=server.url, headers=headers) as client,
    ):
        yield client, stand_in


def _model(name: str) -> type[BaseModel]:
    from cloudflare.types import pages as types  # noqa: PLC0415  thousands of types

    found: type[BaseModel] = getattr(types, name)
    return found


def _result(answer: httpx.Response) -> Any:
    body = answer.json()
    assert {"result", "success", "errors", "messages"} == set(body)
    assert (answer.status_code, body["success"], body["errors"]) == (200, True, [])
    return body["result"]


def test_projects_and_deployments_have_the_form_of_its_description(
    pages: tuple[httpx.Client, CloudflareStandIn],
) -> None:
    client, stand_in = pages
    project, deployment = _model("Project"), _model("Deployment")
    project.model_validate(_result(client.get(HOME)))
    stand_in.source = source_of("owner", "repository")
    form = {"manifest": (None, "{}"), "branch": (None, "main")}
    made = _result(client.post(f"{HOME}/deployments", files=form))
    deployment.model_validate(made)
    for _ in range(2):
        deployment.model_validate(_result(client.get(f"{HOME}/deployments/{made['id']}")))
    live = project.model_validate(_result(client.get(HOME)))
    assert live.model_dump()["canonical_deployment"]["id"] == made["id"]
    for each in _result(client.get(f"{HOME}/deployments", params={"env": "production"})):
        deployment.model_validate(each)
    deployment.model_validate(_result(client.post(f"{HOME}/deployments/{made['id']}/rollback")))


def test_the_store_answers_as_its_description_says(
    pages: tuple[httpx.Client, CloudflareStandIn],
) -> None:
    client, _ = pages
    token = _result(client.get(f"{HOME}/upload-token"))
    _model("ProjectGetUploadTokenResponse").model_validate(token)
    with_token = {"authorization": f"Bearer {token['jwt']}"}
    asked = client.post(
        f"{API}/pages/assets/check-missing", json={"hashes": ["a"]}, headers=with_token
    )
    assert _result(asked) == ["a"]
    file = {"key": "a", "value": "eA==", "metadata": {"contentType": "text/plain"}, "base64": True}
    kept = client.post(f"{API}/pages/assets/upload", json=[file], headers=with_token)
    _model("AssetUploadResponse").model_validate(kept.json())
    noted = client.post(
        f"{API}/pages/assets/upsert-hashes", json={"hashes": ["a"]}, headers=with_token
    )
    _model("AssetUpsertHashesResponse").model_validate(noted.json())
    refused = client.post(f"{API}/pages/assets/check-missing", json={"hashes": ["a"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (401, 8000013)
