"""The Vercel of our tests says what the types of Vercel's own SDK say."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import Any

import httpx
import pytest

from tests.support.tools import NODE_FOLDER, find_node_packages
from tests.support.vercel_server import PROJECT, TEAM, TOKEN, serve_vercel

pytestmark = pytest.mark.node

CHECK = """
import {readFileSync} from 'node:fs';
const complaints = [];
for (const [file, name, value] of JSON.parse(readFileSync(0, 'utf8'))) {
  const module = await import(`./node_modules/@vercel/sdk/esm/models/${file}.js`);
  const read = module[`${name}FromJSON`](JSON.stringify(value));
  if (!read.ok) complaints.push(`${name}: ${JSON.stringify(read.error.cause ?? read.error)}`);
}
console.log(JSON.stringify(complaints));
"""


def _complaints(answers: list[tuple[str, str, Any]]) -> list[str]:
    """Ask the SDK to read answers: each with the file and the name of its type."""
    if not find_node_packages():
        pytest.skip("the packages of tests/support/node are not installed")
    ran = subprocess.run(
        ["node", "--input-type=module", "-e", CHECK],
        cwd=NODE_FOLDER, input=json.dumps(answers), capture_output=True, text=True, check=True,
        timeout=120,
    )  # fmt: skip
    found: list[str] = json.loads(ran.stdout)
    return found


def test_the_sdk_reads_every_answer() -> None:
    sha = hashlib.sha1(b"x", usedforsecurity=False).hexdigest()
    body = {"name": PROJECT, "target": "production", "files": [{"file": "a/b.txt", "sha": sha}]}
    answers: list[tuple[str, str, Any]] = []
    with (
        serve_vercel() as (server, _),
        httpx.Client(
            base_url=server.url,
            params={"teamId": TEAM},
            headers={"authorization": f"Bearer {TOKEN}"},
        ) as client,
    ):
        project = client.get(f"/v9/projects/{PROJECT}").json()
        answers.append(("getprojectresponsebody", "getProjectResponseBody", project))
        missing = client.post("/v13/deployments", json=body)
        assert (missing.status_code, missing.json()["error"]["missing"]) == (400, [sha])
        kept = client.post("/v2/files", content=b"x", headers={"x-now-digest": sha}).json()
        answers.append(("uploadfileop", "uploadFileResponseBody", kept))
        made = client.post("/v13/deployments", json=body).json()
        answers.append(("createdeploymentresponsebody", "createDeploymentResponseBody", made))
        for _ in range(2):
            seen = client.get(f"/v13/deployments/{made['id']}").json()
            answers.append(("getdeploymentresponsebody", "getDeploymentResponseBody", seen))
        assert client.post(f"/v10/projects/{PROJECT}/promote/{made['id']}").status_code == 201
        project = client.get(f"/v9/projects/{PROJECT}").json()
        answers.append(("getprojectresponsebody", "getProjectResponseBody", project))
        trees = client.get(f"/v6/deployments/{made['id']}/files").json()
        answers += [("filetree", "fileTree", tree) for tree in trees]
        listed = client.get("/v7/deployments", params={"target": "production"}).json()
        answers.append(("getdeploymentsop", "getDeploymentsResponseBody", listed))

    assert _complaints(answers) == []
    assert _complaints([("filetree", "fileTree", {"name": "a"})]) != []
