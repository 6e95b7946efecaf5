"""Everything a person can cause and fix, as one tree.

    FourSiteError                exit 1
    ├── UsageError               exit 2   a flag or argument that cannot be
    │   └── ConfigurationError   exit 2   4site.toml: unknown key, wrong type
    ├── SourceError              exit 4   the repository cannot be had
    │   ├── SourceMissing                 no such folder, or a file in its place
    │   ├── RepositoryNotFound            the forge answered 404
    │   ├── SourceUnreachable             the network or the forge failed
    │   ├── RateLimited                   the forge's quota is spent
    │   └── SourceRefused                 over a bound, or a path that leaves the repository
    ├── ServiceError             exit 4   the site cannot be registered
    │   ├── TokenMissing                  nobody said who is asking
    │   ├── ServiceRefused                the service said no, and why
    │   ├── ServiceUnreachable            no answer
    │   └── ServiceAnswer                 an answer that is not a service's
    ├── PublishError             exit 5   the site was not published; what was there is whole
    │   ├── PublishRefused                not a site of ours, or more deletions than allowed
    │   ├── CredentialsMissing            nobody said who is asking
    │   ├── TargetRefused                 the target said no, and why
    │   ├── TargetUnreachable             no answer, or server errors more often than we retry
    │   └── NotAsPublished                it is published, but what is served differs
    └── BuildError               exit 1
        ├── OutputRefused                 the output folder is not ours, or not writable
        └── ThemeError                    no such theme, or a broken one

A bug stays an ordinary exception. A page that can do without something yields a
`BuildWarning` value (`model/report.py`) instead of an error.
"""

from __future__ import annotations


class FourSiteError(Exception):
    """Something a person can cause and fix: what happened, and what to do next."""

    code = "error"
    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(FourSiteError):
    """An argument or flag that cannot be, alone or together with another."""

    code = "usage"
    exit_code = 2


class ConfigurationError(UsageError):
    """The configuration file names an unknown key, or gives a key a wrong value."""

    code = "configuration_invalid"


class SourceError(FourSiteError):
    """The repository cannot be had."""

    code = "source"
    exit_code = 4


class SourceMissing(SourceError):
    """The path names nothing, or a file where a folder should be."""

    code = "source_missing"


class RepositoryNotFound(SourceError):
    """The forge answered 404: a wrong name, or private and no token was given."""

    code = "repository_not_found"


class SourceUnreachable(SourceError):
    """The network failed, or the forge answered with a server error more often than we retry."""

    code = "source_unreachable"


class RateLimited(SourceError):
    """The forge's quota is spent and there is no other way to the files."""

    code = "rate_limited"


class SourceRefused(SourceError):
    """The source is over a bound (size, count, depth), or a path in it leaves the repository."""

    code = "source_refused"


class ServiceError(FourSiteError):
    """The service that counts visits and shares did not do what was asked."""

    code = "service"
    exit_code = 4


class TokenMissing(ServiceError):
    """The service must know who asks, and `FOURSITE_TOKEN` is not set."""

    code = "service_token_missing"


class ServiceRefused(ServiceError):
    """The service answered with a 4xx `status`; 0 when we refused to ask."""

    code = "service_refused"

    def __init__(self, message: str, *, hint: str = "", status: int) -> None:
        super().__init__(message, hint=hint)
        self.status = status


class ServiceUnreachable(ServiceError):
    """The network failed, or nobody listens there."""

    code = "service_unreachable"


class ServiceAnswer(ServiceError):
    """Something answered, but not as a service does: a redirect, an error page, another program."""

    code = "service_answer"


class BuildError(FourSiteError):
    """The site could not be made."""

    code = "build_failed"


class OutputRefused(BuildError):
    """The output folder was not written by 4site, is a file, or cannot be written."""

    code = "output_refused"


class ThemeError(BuildError):
    """The theme does not exist, or its files are broken."""

    code = "theme_invalid"


class PublishError(FourSiteError):
    """The site was not published; what was there before is whole."""

    code = "publish"
    exit_code = 5


class PublishRefused(PublishError):
    """The folder is no site of ours, or the plan deletes more than it may."""

    code = "publish_refused"


class CredentialsMissing(PublishError):
    """No environment variable and no tool's login says who is asking."""

    code = "credentials_missing"


class TargetRefused(PublishError):
    """The target said no: wrong credentials, no such bucket, a protected branch."""

    code = "target_refused"


class TargetUnreachable(PublishError):
    """No answer, or server errors more often than we retry."""

    code = "target_unreachable"


class NotAsPublished(PublishError):
    """Everything was sent, but what the target serves is not what was sent."""

    code = "not_as_published"
