"""What a person can cause and fix at the service, as one branch of the generator's tree.

    FourSiteError
    ├── ServiceError             exit 1
    │   ├── Invalid              a value that cannot be
    │   ├── Unauthenticated      nobody is signed in, or the token is unknown
    │   ├── Forbidden            signed in, and not allowed
    │   ├── NotFound             no such thing, or not yours
    │   ├── Conflict             it is there already, or the key was used for something else
    │   │   ├── NotVerified      a site or domain does not show yet whose it is
    │   │   ├── ReleaseRefused   files that no release can have
    │   │   ├── FilesMissing     a release was to be finished before all of it was sent
    │   │   ├── RateMissing      two currencies were to meet on a day without a rate
    │   │   ├── BillingOff       this service takes no payments by itself
    │   │   ├── Refused          a payment provider says no
    │   │   └── HostingOff       this service hosts no sites
    │   ├── LimitReached         the tier's limit, with what would lift it
    │   ├── TooMany              the rate limit; `retry_after` in seconds
    │   ├── Unavailable          the database or another part is not there at the moment
    │   └── FetchFailed          a web address that somebody else chose gave no answer
    │       └── AddressRefused   it leads into a private network
    └── LogBroken                exit 1   a transparency log that contradicts itself

`web/errors.py` holds the one table from these classes to HTTP statuses.
"""

from __future__ import annotations

from generator.errors import FourSiteError


class ServiceError(FourSiteError):
    """The root of what the service refuses."""

    code = "service"


class Invalid(ServiceError):
    """A value that cannot be; `field` names where it came from."""

    code = "invalid"

    def __init__(self, message: str, *, field: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.field = field


class Unauthenticated(ServiceError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""

    code = "unauthenticated"


class Forbidden(ServiceError):
    """The caller is known and not allowed: a missing scope, a foreign origin."""

    code = "forbidden"


class NotFound(ServiceError):
    """There is no such thing, or it belongs to somebody else: the two look the same."""

    code = "not_found"


class Conflict(ServiceError):
    """It exists already, or an idempotency key was used for another request."""

    code = "conflict"


class NotVerified(Conflict):
    """The site does not show yet whose it is; the message says what was looked at and found."""

    code = "not_verified"


class ReleaseRefused(Conflict):
    """The files are none that a release can have: no home page, an odd path, or too much."""

    code = "release_refused"


class FilesMissing(Conflict):
    """A release was to be finished before all of its files were here."""

    code = "files_missing"


class RateMissing(Conflict):
    """No rate of a currency is kept for the day or for those shortly before it."""

    code = "rate_missing"


class HostingOff(Conflict):
    """This service was not given a host name for sites, so it takes none."""

    code = "hosting_off"


class BillingOff(Conflict):
    """This service has no payment provider: an administrator records what was paid."""

    code = "billing_off"


class Refused(Conflict):
    """A payment provider says no, and nothing moved; `reason` is its own word for why."""

    code = "refused"

    def __init__(self, message: str, *, reason: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class LimitReached(ServiceError):
    """The owner's tier allows no more of this; what exists keeps working."""

    code = "limit_reached"


class TooMany(ServiceError):
    """The rate limit; `retry_after` is in seconds."""

    code = "too_many"

    def __init__(self, message: str, *, retry_after: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class Unavailable(ServiceError):
    """The database or another part cannot be reached at the moment; nothing was changed."""

    code = "unavailable"


class FetchFailed(ServiceError):
    """A web address that somebody else chose gave no answer that can be used."""

    code = "fetch_failed"


class AddressRefused(FetchFailed):
    """The address leads into a private network, or is none that is asked at all."""

    code = "address_refused"


class LogBroken(FourSiteError):
    """A transparency log contradicts itself, what it said before, or what it showed an owner.

    Found from outside, by `verify`; the service never answers with it.
    """

    code = "log_broken"
