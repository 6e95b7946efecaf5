"""A site as the artifact of a job of GitHub Actions: one archive, uploaded in blocks.

Sources: actions/toolkit, packages/artifact (the service's calls); Azure's Put Block and Put Block
List (the storage behind the signed address).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import quote

from generator.errors import CredentialsMissing, TargetRefused
from generator.publish.bundle import Bundle
from generator.publish.http import Api, RefusedAnswer, choose_base_url
from generator.publish.target import Report
from generator.publish.vendors import read_answer

NAME = "github-pages"
BLOCK_BYTES = 8 << 20
TRIES = 3
_SERVICE = "/twirp/github.actions.results.api.v1.ArtifactService"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """The ids of a run and its job, which every call repeats."""

    run: str
    job: str

    def as_json(self) -> dict[str, str]:
        return {"workflow_run_backend_id": self.run, "workflow_job_run_backend_id": self.job}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Created:
    ok: bool = False
    signed_upload_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finalized:
    ok: bool = False
    artifact_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Artifact:
    database_id: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Listed:
    artifacts: tuple[_Artifact, ...] = ()


def read_job(token: str) -> Job:
    """Return the ids that a runtime token names in its scopes. Raises CredentialsMissing."""
    try:
        payload = token.split(".")[1]
        claims: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        scopes = [scope.split(":") for scope in claims["scp"].split(" ")]
        run, job = next(parts[1:] for parts in scopes
                        if parts[0] == "Actions.Results" and len(parts) == 3)  # fmt: skip
    except (ValueError, LookupError, TypeError, AttributeError, StopIteration) as error:
        raise CredentialsMissing(
            "ACTIONS_RUNTIME_TOKEN is not a token of a running job.",
            hint="Run it inside GitHub Actions, and hand the variable on as it is.",
        ) from error
    return Job(run=run, job=job)


def upload_artifact(service: Api, job: Job, bundle: Bundle, report: Report) -> int:
    """Upload the site and return the artifact's id. Raises the branches of PublishError."""
    url = _create(service, job)
    storage = Api("GitHub's artifact storage", "", headers={"x-ms-blob-type": "BlockBlob"})
    with packed(bundle) as archive:
        size = archive.seek(0, io.SEEK_END)
        archive.seek(0)
        digest = _put_blocks(storage, url, archive, size, report)
    return _finalize(service, job, size, digest)


@contextmanager
def packed(bundle: Bundle) -> Iterator[IO[bytes]]:
    """Give a zip that holds `artifact.tar`, the form Pages takes; equal for equal sites."""
    with TemporaryFile() as tar, TemporaryFile() as whole:
        with tarfile.open(fileobj=tar, mode="w", format=tarfile.GNU_FORMAT) as archive:
            for path, file in sorted(bundle.files.items()):
                member = tarfile.TarInfo(f"./{path}")
                member.size, member.mode = file.size, 0o644
                archive.addfile(member, io.BytesIO(file.read()))
        tar.seek(0)
        entry = zipfile.ZipInfo("artifact.tar")
        entry.compress_type = zipfile.ZIP_DEFLATED
        with (
            zipfile.ZipFile(whole, "w") as package,
            package.open(entry, "w", force_zip64=True) as inner,
        ):
            while chunk := tar.read(_CHUNK_BYTES):
                inner.write(chunk)
        whole.seek(0)
        yield whole


def _create(service: Api, job: Job) -> str:
    """Return the signed address to upload to; an artifact of an earlier try is replaced."""
    wanted = {**job.as_json(), "name": NAME, "version": 4}
    for left in reversed(range(TRIES)):
        try:
            said = _call(service, "CreateArtifact", wanted)
            break
        except RefusedAnswer as error:
            if error.status != 409 or not left:
                raise
            _call(service, "DeleteArtifact", {**job.as_json(), "name": NAME})
    created = read_answer(service.title, said, _Created)
    if not created.ok:
        raise _unfinished()
    return choose_base_url(
        {"signed_upload_url": created.signed_upload_url}, "signed_upload_url", ""
    )


def _finalize(service: Api, job: Job, size: int, digest: str) -> int:
    """Return the id of the artifact, found by its name when the answer that said it was lost."""
    body = {**job.as_json(), "name": NAME, "size": str(size), "hash": f"sha256:{digest}"}
    try:
        said = _call(service, "FinalizeArtifact", body)
    except RefusedAnswer:
        said = _call(service, "ListArtifacts", {**job.as_json(), "name_filter": NAME})
        found = [one for one in read_answer(service.title, said, _Listed).artifacts
                 if one.digest == body["hash"]]  # fmt: skip
        if not found:
            raise
        return int(found[0].database_id)
    finalized = read_answer(service.title, said, _Finalized)
    if not finalized.ok or not finalized.artifact_id.isdecimal():
        raise _unfinished()
    return int(finalized.artifact_id)


def _put_blocks(storage: Api, url: str, archive: IO[bytes], size: int, report: Report) -> str:
    """Put the archive block by block, then the list of blocks; return its SHA-256."""
    digest = hashlib.sha256()
    ids: list[str] = []
    while block := archive.read(BLOCK_BYTES):
        digest.update(block)
        ids.append(base64.b64encode(f"{len(ids):08d}".encode()).decode())
        _put(storage, f"{url}&comp=block&blockid={quote(ids[-1], safe='')}", block)
        report(f"Uploaded {min(len(ids) * BLOCK_BYTES, size):,} of {size:,} bytes")
    listed = "".join(f"<Latest>{one}</Latest>" for one in ids)
    body = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'
    _put(storage, f"{url}&comp=blocklist", body.encode())
    return digest.hexdigest()


def _put(storage: Api, url: str, content: bytes) -> None:
    checksum = hashlib.md5(content, usedforsecurity=False).digest()
    headers = {"content-md5": base64.b64encode(checksum).decode()}
    storage.request("PUT", url, content=content, headers=headers)


def _call(service: Api, method: str, body: Mapping[str, object]) -> Any:
    return service.request("POST", f"{_SERVICE}/{method}", json=body)


def _unfinished() -> TargetRefused:
    return TargetRefused("GitHub did not take the artifact.", hint="Run the job again.")
