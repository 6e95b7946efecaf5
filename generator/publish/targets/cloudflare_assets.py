"""The store of files behind Cloudflare Pages: each is kept once, by a hash of what it is.

Source: the interface's own description (pages/assets) and `wrangler pages deploy`.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import httpx
import msgspec

from generator.errors import PublishError
from generator.model.serving import content_type
from generator.publish.bundle import SiteFile
from generator.publish.http import Api, RefusedAnswer
from generator.publish.target import Report
from generator.publish.targets.cloudflare_answers import MissingAnswer, TokenAnswer
from generator.publish.vendors import read_answer

try:
    from blake3 import blake3
except ImportError as error:
    raise PublishError(
        "Publishing to Cloudflare Pages needs the package blake3, which is not installed.",
        hint="pip install '4site[cloudflare]'",
    ) from error

BUCKET_BYTES = 20 * 1024 * 1024
BUCKET_FILES = 1000
"""How much goes into one request: half of what wrangler sends, so that a retry costs less."""
STREAMS = 3
USUAL_FILES_LIMIT = 20_000
_RENEWALS = 3
"""How often one request may find its token expired."""


def hash_asset(content: bytes, path: str) -> str:
    """Return the key of a file: BLAKE3 over its Base64 form and the extension of its name, the
    first 32 hexadecimal digits. Source: workers-sdk, `hashFile`.
    """
    extension = PurePosixPath(path).suffix.removeprefix(".")
    return blake3(base64.b64encode(content) + extension.encode()).hexdigest()[:32]


def fill_buckets(files: Iterable[tuple[str, SiteFile]]) -> list[list[tuple[str, SiteFile]]]:
    """Spread files, each with its key, over as few requests as the limits allow, but over STREAMS
    when there are enough: large files first, each into the bucket that holds least.
    """
    buckets: list[list[tuple[str, SiteFile]]] = [[] for _ in range(STREAMS)]
    sizes = [0] * STREAMS
    for key, file in sorted(files, key=lambda each: (-each[1].size, each[1].path)):
        fitting = [
            number
            for number, bucket in enumerate(buckets)
            if len(bucket) < BUCKET_FILES
            and (not bucket or sizes[number] + file.size <= BUCKET_BYTES)
        ]
        if not fitting:
            buckets.append([])
            sizes.append(0)
            fitting = [len(buckets) - 1]
        chosen = min(fitting, key=lambda number: (sizes[number], len(buckets[number])))
        buckets[chosen].append((key, file))
        sizes[chosen] += file.size
    return [bucket for bucket in buckets if bucket]


@dataclass(slots=True, kw_only=True)
class AssetStore:
    """The files that a project may use. It is asked with a token of its own, made from the
    account's at `token_path` and good for some minutes: an expired one is renewed.
    """

    api: Api
    token_path: str
    _token: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def find_missing(self, keys: Sequence[str]) -> set[str]:
        """Return which of the keys the store has no file for."""
        answer = self._post("check-missing", {"hashes": list(keys)})
        return set(read_answer(self.api.title, answer, MissingAnswer).result)

    def upload(self, files: Iterable[tuple[str, SiteFile]], report: Report) -> int:
        """Send files, each with its key; return how many. The first error ends it."""
        buckets = fill_buckets(files)
        total, done = sum(map(len, buckets)), 0
        with ThreadPoolExecutor(max_workers=STREAMS) as pool:
            sending = {pool.submit(self._send, bucket): bucket for bucket in buckets}
            try:
                for finished in as_completed(sending):
                    finished.result()
                    done += len(sending[finished])
                    report(f"Sent {done} of {total} files")
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)
                raise
        return total

    def remember(self, keys: Sequence[str]) -> None:
        """Say that the keys are in use, so that the store keeps their files."""
        self._post("upsert-hashes", {"hashes": list(keys)})

    def files_limit(self) -> int:
        """Return how many files the account's plan allows; the token says so."""
        try:
            body = self._current_token().split(".")[1]
            claims: Any = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
            limit = claims["max_file_count_allowed"]
        except (ValueError, LookupError, TypeError):
            return USUAL_FILES_LIMIT
        return limit if isinstance(limit, int) else USUAL_FILES_LIMIT

    def _send(self, bucket: list[tuple[str, SiteFile]]) -> None:
        self._post(
            "upload",
            [
                {
                    "key": key,
                    "value": base64.b64encode(file.read()).decode(),
                    "metadata": {"contentType": content_type(file.path)},
                    "base64": True,
                }
                for key, file in bucket
            ],
        )

    def _post(self, verb: str, body: object) -> httpx.Response:
        content = msgspec.json.encode(body)
        renewals = 0
        while True:
            token = self._current_token()
            headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
            try:
                return self.api.request(
                    "POST", f"/pages/assets/{verb}", content=content, headers=headers
                )
            except RefusedAnswer as error:
                if error.status not in {401, 403} or renewals == _RENEWALS:
                    raise
                renewals += 1
                self._forget(token)

    def _current_token(self) -> str:
        with self._lock:
            if not self._token:
                answer = self.api.request("GET", self.token_path)
                self._token = read_answer(self.api.title, answer, TokenAnswer).result.jwt
            return self._token

    def _forget(self, token: str) -> None:
        with self._lock:
            if self._token == token:  # else another thread has renewed it meanwhile
                self._token = ""
