"""What stores and Amazon's library say when they refuse, as errors that a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from generator.errors import (
    CredentialsMissing,
    PublishError,
    TargetRefused,
    TargetUnreachable,
)

try:
    from botocore import exceptions
    from botocore.parsers import ResponseParserError
except ModuleNotFoundError as error:
    raise PublishError(
        "Publishing to S3 needs the library boto3.", hint="pip install '4site[s3]'"
    ) from error

_RIGHTS = (
    "The key needs s3:ListBucket on the bucket, and s3:GetObject, s3:PutObject and"
    " s3:DeleteObject on its objects; cloudfront:CreateInvalidation for CloudFront."
)
_WRONG_KEY = "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_ENDPOINT_URL_S3."
_EXPIRED = "Sign in again, or renew AWS_SESSION_TOKEN."
_REGION = "Set AWS_REGION to the region the bucket is in."
_HINTS = {
    "403": _RIGHTS,
    "AccessDenied": _RIGHTS,
    "AuthorizationHeaderMalformed": _REGION,
    "BadDigest": "The bytes were changed on their way. Publish again.",
    "ExpiredToken": _EXPIRED,
    "InvalidAccessKeyId": _WRONG_KEY,
    "InvalidToken": _EXPIRED,
    "NoSuchBucket": "Create it first, or check the name and AWS_ENDPOINT_URL_S3.",
    "NoSuchDistribution": "Check its id, and whether the key belongs to its account.",
    "PermanentRedirect": _REGION,
    "RequestTimeTooSkewed": "The clock of this machine is wrong: set it.",
    "SignatureDoesNotMatch": _WRONG_KEY,
}
_PASSING_STATUS = frozenset({408, 425, 429, 500, 502, 503, 504})
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})
_AGAIN = (
    "Check the network and AWS_ENDPOINT_URL_S3, and publish again: it goes on where it stopped."
)
_NO_CREDENTIALS = (
    exceptions.NoCredentialsError,
    exceptions.PartialCredentialsError,
    exceptions.CredentialRetrievalError,
    exceptions.ProfileNotFound,
    exceptions.SSOError,
    exceptions.TokenRetrievalError,
)
_WORDS_LIMIT = 300


@contextmanager
def translated(place: str, doing: str) -> Iterator[None]:
    """Raise the branches of PublishError for what the library raises inside. `place` is the bucket
    or distribution, `doing` what was tried, as in "list".
    """
    try:
        yield
    except exceptions.ClientError as error:
        raise _explain(error, place, doing) from error
    except _NO_CREDENTIALS as error:
        raise CredentialsMissing(
            f"No credentials for {place}: {error}.".replace("..", "."),
            hint="Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or sign in for AWS_PROFILE.",
        ) from error
    except (
        exceptions.ConnectionError,
        exceptions.HTTPClientError,
        exceptions.IncompleteReadError,
        ResponseParserError,
    ) as error:
        raise TargetUnreachable(
            f"{place} cannot be reached to {doing} it: {type(error).__name__}.", hint=_AGAIN
        ) from error
    except (exceptions.BotoCoreError, ValueError) as error:
        raise TargetRefused(
            f"{place} cannot be used: {str(error)[:_WORDS_LIMIT]}.".replace("..", "."),
            hint="Check the variables that begin with AWS_, and the profile.",
        ) from error


def is_absent(error: BaseException | None) -> bool:
    """Tell whether a store said that there is no such object."""
    return isinstance(error, exceptions.ClientError) and _code_of(error) in _ABSENT


def _explain(error: exceptions.ClientError, place: str, doing: str) -> PublishError:
    code, status = _code_of(error), _status_of(error)
    if status in _PASSING_STATUS or code in {"SlowDown", "Throttling"}:
        return TargetUnreachable(
            f"{place} answered {code or status} to every try to {doing} it.",
            hint="Publish again later: it goes on where it stopped.",
        )
    if code == "NoSuchBucket":
        return TargetRefused(f"There is no bucket {place}.", hint=_HINTS[code])
    said = str(error.response.get("Error", {}).get("Message", ""))[:_WORDS_LIMIT].rstrip(".")
    words = f" ({said})" if said and said != code else ""
    return TargetRefused(
        f"{place} refused to let us {doing} it: {code or status}{words}.",
        hint=_HINTS.get(code, ""),
    )


def _code_of(error: exceptions.ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _status_of(error: exceptions.ClientError) -> int:
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
