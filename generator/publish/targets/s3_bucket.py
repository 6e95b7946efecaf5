"""A bucket, and CloudFront before it, through Amazon's own library: nothing else knows boto3."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from generator.errors import (
    CredentialsMissing,
    PublishError,
    TargetRefused,
    TargetUnreachable,
    UsageError,
)
from generator.publish.sending import SENDERS
from generator.publish.targets.s3_errors import is_absent, translated

try:
    import boto3
    from botocore.config import Config
except ModuleNotFoundError as error:
    raise PublishError(
        "Publishing to S3 needs the library boto3.", hint="pip install '4site[s3]'"
    ) from error

TRIES, MOST_TRIES = 6, 20
CONNECT_SECONDS, READ_SECONDS = 10, 60
LONGEST_WAIT_SECONDS = 30.0
MARK = "foursite"
"""The name under which an object's metadata say what is in it, and that we put it there."""
_ASK_LATER = frozenset({408, 425, 429})
_LONGEST_LIST = 2000
_DELETED_AT_ONCE = 1000
_LOCAL = {("http", host) for host in ("127.0.0.1", "localhost", "::1")}

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """An object as it is stored; `headers` by lower-case name."""

    content: bytes
    headers: dict[str, str]


class Bucket:
    """The objects of one bucket under one prefix; keys are relative to it. Safe in threads.

    Every method raises the branches of PublishError.
    """

    def __init__(self, name: str, prefix: str, environ: Mapping[str, str]) -> None:
        self.prefix = prefix
        self.title = f"s3://{name}/{prefix}".rstrip("/")
        self._name = name
        with translated(name, "connect to"):
            self._client = _make_client("s3", environ)

    def list_etags(self) -> dict[str, str]:
        """Return the ETags of all objects by key."""
        found: dict[str, str] = {}
        query = {"Bucket": self._name, "Prefix": self.prefix}
        for _page in range(_LONGEST_LIST):
            with translated(self._name, "list"):
                page = self._client.list_objects_v2(**query)
            if "IsTruncated" not in page:
                raise self._cut_off()
            for one in page.get("Contents", ()):
                found[one["Key"].removeprefix(self.prefix)] = one["ETag"].strip('"')
            if not page.get("IsTruncated"):
                return found
            query["ContinuationToken"] = page["NextContinuationToken"]
        raise TargetRefused(
            f"{self.title} holds more than {_LONGEST_LIST * 1000:,} objects.",
            hint="Publish to a prefix or a bucket of its own.",
        )

    def put(  # noqa: PLR0913  an object is all of these
        self,
        key: str,
        body: bytes,
        *,
        content_type: str,
        cache_control: str,
        encoding: str = "",
        mark: str = "",
    ) -> str:
        """Store an object and return its ETag. The store checks that the bytes arrived whole."""
        optional = {"ContentEncoding": encoding} if encoding else {}
        with translated(self._name, "write to"):
            answer = self._client.put_object(
                Bucket=self._name,
                Key=self.prefix + key,
                Body=body,
                ContentMD5=_md5(body),
                ContentType=content_type,
                CacheControl=cache_control,
                Metadata={MARK: mark},
                **optional,
            )
        return self._etag(answer)

    def copy(self, source: str, key: str) -> str:
        """Copy an object within the store, headers and all, and return the copy's ETag."""
        with translated(self._name, "copy in"):
            answer = self._client.copy_object(
                Bucket=self._name,
                Key=self.prefix + key,
                CopySource={"Bucket": self._name, "Key": self.prefix + source},
            )
        return self._etag(answer.get("CopyObjectResult", {}))

    def find_mark(self, key: str) -> str | None:
        """Return what an object's metadata say is in it; None when we did not put it there."""
        try:
            with translated(self._name, "read from"):
                head = self._client.head_object(Bucket=self._name, Key=self.prefix + key)
        except TargetRefused as refused:
            if is_absent(refused.__cause__):
                return None
            raise
        self._etag(head)
        # Some servers give names back in capitals.
        return {name.lower(): value for name, value in head["Metadata"].items()}.get(MARK)

    def find(self, key: str) -> Got | None:
        """Return an object, or None when it is not there."""
        try:
            with translated(self._name, "read from"):
                answer = self._client.get_object(Bucket=self._name, Key=self.prefix + key)
                content = answer["Body"].read()
        except TargetRefused as refused:
            if is_absent(refused.__cause__):
                return None
            raise
        self._etag(answer)
        headers = answer["ResponseMetadata"]["HTTPHeaders"]
        return Got(content=content, headers={name.lower(): headers[name] for name in headers})

    def delete(self, keys: Sequence[str]) -> None:
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            some = [{"Key": self.prefix + key} for key in keys[start : start + _DELETED_AT_ONCE]]
            with translated(self._name, "delete from"):
                answer = self._client.delete_objects(Bucket=self._name, Delete={"Objects": some})
            if not answer.keys() & {"Deleted", "Errors"}:
                raise self._cut_off()
            if failed := answer.get("Errors"):
                raise TargetRefused(
                    f"{len(failed)} objects of {self.title} could not be deleted:"
                    f" {failed[0].get('Code')} for {failed[0].get('Key')}.",
                    hint="The key needs the right s3:DeleteObject. Then publish again.",
                )

    def _etag(self, answer: Mapping[str, Any]) -> str:
        """Return the ETag that every whole answer has."""
        if "ETag" not in answer:
            raise self._cut_off()
        return str(answer["ETag"]).strip('"')

    def _cut_off(self) -> TargetUnreachable:
        """What a connection that ended within the headers means: the library takes it for whole."""
        return TargetUnreachable(
            f"{self.title} gave only a part of an answer.",
            hint="Publish again: it goes on where it stopped.",
        )


def invalidate(
    distribution: str, paths: Sequence[str], reference: str, environ: Mapping[str, str]
) -> None:
    """Tell CloudFront to forget what it keeps under these paths. `reference` names the request:
    one with the same name is not made twice.
    """
    with translated(f"CloudFront {distribution}", "invalidate paths of"):
        _make_client("cloudfront", environ).create_invalidation(
            DistributionId=distribution,
            InvalidationBatch={
                "Paths": {"Quantity": len(paths), "Items": list(paths)},
                "CallerReference": reference,
            },
        )


def in_parallel(keys: Sequence[str], call: Callable[[str], Result]) -> dict[str, Result]:
    """Return what `call` makes of each key. The first error ends it."""
    with ThreadPoolExecutor(max_workers=SENDERS) as pool:
        running = {key: pool.submit(call, key) for key in keys}
        try:
            return {key: future.result() for key, future in running.items()}
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _make_client(service: str, environ: Mapping[str, str]) -> Any:
    """Return boto3's client: keys and endpoint from `environ`, else by the library's own chain
    (profiles, SSO, web identity, the machine's role).
    """
    endpoint = _endpoint_of(service, environ)
    session = _make_session(environ)
    if session.get_credentials() is None:
        raise CredentialsMissing(
            "Nobody said who is publishing to S3.",
            hint="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.",
        )
    client = session.client(
        service,
        endpoint_url=endpoint,
        region_name=session.region_name or "us-east-1",
        config=Config(
            retries={"mode": "standard", "total_max_attempts": _tries(environ)},
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            max_pool_connections=SENDERS + 2,
            # Sums in trailers are Amazon's own; Content-MD5 is understood by every store.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            s3={"addressing_style": "path"} if endpoint else None,
        ),
    )
    client.meta.events.register("before-sign.s3.DeleteObjects", _add_md5)
    client.meta.events.register(f"needs-retry.{service}", _wait_and_repeat(_tries(environ)))
    return client


def _make_session(environ: Mapping[str, str]) -> Any:
    key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
    if bool(key) != bool(secret):
        missing = "AWS_SECRET_ACCESS_KEY" if key else "AWS_ACCESS_KEY_ID"
        raise CredentialsMissing(f"{missing} is not set.", hint="The two belong together.")
    region = environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
    if key:
        return boto3.Session(
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=environ.get("AWS_SESSION_TOKEN") or None,
            region_name=region,
        )
    return boto3.Session(profile_name=environ.get("AWS_PROFILE") or None, region_name=region)


def _endpoint_of(service: str, environ: Mapping[str, str]) -> str | None:
    name = f"AWS_ENDPOINT_URL_{service.upper()}"
    endpoint = environ.get(name) or environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        return None
    parts = urlsplit(endpoint)
    if parts.scheme != "https" and (parts.scheme, parts.hostname) not in _LOCAL:
        raise UsageError(
            f"{name} or AWS_ENDPOINT_URL is not an https address: {endpoint}",
            hint="Only a store on this machine may be spoken to without TLS.",
        )
    return endpoint


def _tries(environ: Mapping[str, str]) -> int:
    asked = environ.get("AWS_MAX_ATTEMPTS", "")
    return min(max(int(asked), 1), MOST_TRIES) if asked.isdecimal() else TRIES


def _wait_and_repeat(tries: int) -> Callable[..., float | None]:
    """Beside the library's own rules: it gives up at a plain 429, which other stores send."""

    def seconds_to_wait(response: Any, attempts: int, **_: object) -> float | None:
        if response is None or response[0].status_code not in _ASK_LATER or attempts >= tries:
            return None
        asked = str(response[0].headers.get("retry-after", ""))
        return min(float(asked) if asked.isdecimal() else 2.0**attempts, LONGEST_WAIT_SECONDS)

    return seconds_to_wait


def _add_md5(request: Any, **_: object) -> None:
    """Beside the newer sum: older stores refuse to delete many objects without this one."""
    if "Content-MD5" not in request.headers:
        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body)
        request.headers["Content-MD5"] = _md5(body)


def _md5(body: bytes) -> str:
    return base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
