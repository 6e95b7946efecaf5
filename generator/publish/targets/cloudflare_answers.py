"""Cloudflare's answers as far as publishing reads them. Source: its interface's own description."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    name: str
    status: str

    @property
    def is_success(self) -> bool:
        return self.name == "deploy" and self.status == "success"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    commit_message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    metadata: Metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    id: str
    url: str
    created_on: str
    latest_stage: Stage
    deployment_trigger: Trigger
    aliases: list[str] | None = None

    def is_of(self, message: str) -> bool:
        return self.latest_stage.is_success and (
            self.deployment_trigger.metadata.commit_message == message
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceConfig:
    repo_name: str = ""
    production_deployments_enabled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    config: SourceConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    production_branch: str
    subdomain: str | None = None
    source: Source | None = None
    canonical_deployment: Deployment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLines:
    data: list[LogLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectAnswer:
    result: Project


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentAnswer:
    result: Deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentsAnswer:
    result: list[Deployment]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountsAnswer:
    result: list[Account]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogsAnswer:
    result: LogLines


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingAnswer:
    result: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt:
    jwt: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenAnswer:
    result: Jwt
