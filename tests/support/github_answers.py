"""The JSON that the tests' GitHub gives about a repository, with every field GitHub requires."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.git_repositories import GitRepository

MOMENT = "2024-05-06T07:08:09Z"
Json = dict[str, Any]

_REPOSITORY_URLS = (
    *("archive", "assignees", "blobs", "branches", "collaborators", "comments", "commits"),
    *("compare", "contents", "contributors", "deployments", "downloads", "events", "forks"),
    *("git_commits", "git_refs", "git_tags", "hooks", "issue_comment", "issue_events", "issues"),
    *("keys", "labels", "languages", "merges", "milestones", "notifications", "pulls", "releases"),
    *("stargazers", "statuses", "subscribers", "subscription", "tags", "teams", "trees"),
)
_USER_URLS = (
    *("events", "followers", "following", "gists", "organizations"),
    *("received_events", "repos", "starred", "subscriptions"),
)
_PULL_LINKS = (
    *("comments", "commits", "statuses", "html"),
    *("issue", "review_comments", "review_comment", "self"),
)


@dataclass(slots=True, kw_only=True)
class FakeRelease:
    """A release; `files` are pairs of name and size."""

    tag: str
    name: str | None = None
    body: str = ""
    files: tuple[tuple[str, int], ...] = ()
    is_draft: bool = False
    is_prerelease: bool = False


@dataclass(slots=True, kw_only=True)
class FakeRepository:
    """What the tests' GitHub knows about one repository; its commits are those of `git`."""

    owner: str
    name: str
    git: GitRepository
    id: int = 1
    description: str | None = "A friendly greeting"
    homepage: str | None = "https://hello.example"
    topics: tuple[str, ...] = ("greeting", "hello")
    stars: int = 42
    forks: int = 7
    open_issues: int = 5
    open_pulls: int = 2
    license: str | None = "MIT"
    is_private: bool = False
    is_archived: bool = False
    is_fork: bool = False
    languages: dict[str, int] = field(default_factory=lambda: {"Python": 900, "CSS": 100})
    contributors: tuple[tuple[str, int], ...] = (("ada", 10), ("dependabot[bot]", 3))
    releases: tuple[FakeRelease, ...] = ()
    funding: tuple[tuple[str, str], ...] = (("GITHUB", "https://github.com/ada"),)

    @property
    def slug(self) -> str:
        return f"{self.owner}/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Bodies for one repository, with addresses below `base` (scheme and host)."""

    repo: FakeRepository
    base: str

    @property
    def api(self) -> str:
        return f"{self.base}/api/v3/repos/{self.repo.slug}"

    @property
    def web(self) -> str:
        return f"{self.base}/{self.repo.slug}"

    def user(self, login: str) -> Json:
        url = f"{self.base}/api/v3/users/{login}"
        return {
            "login": login,
            "id": sum(map(ord, login)),
            "node_id": f"U_{login}",
            "avatar_url": f"{self.base}/avatars/{login}",
            "gravatar_id": "",
            "url": url,
            "html_url": f"{self.base}/{login.removesuffix('[bot]')}",
            "type": "Bot" if login.endswith("[bot]") else "User",
            "site_admin": False,
            **{f"{name}_url": f"{url}/{name}" for name in _USER_URLS},
        }

    def repository(self) -> Json:
        repo = self.repo
        return {
            **{f"{name}_url": f"{self.api}/{name}" for name in _REPOSITORY_URLS},
            "id": repo.id,
            "node_id": f"R_{repo.id}",
            "name": repo.name,
            "full_name": repo.slug,
            "owner": self.user(repo.owner),
            "private": repo.is_private,
            "html_url": self.web,
            "description": repo.description,
            "fork": repo.is_fork,
            "url": self.api,
            "clone_url": f"{self.web}.git",
            "git_url": f"git://example.org/{repo.slug}.git",
            "ssh_url": f"git@example.org:{repo.slug}.git",
            "svn_url": self.web,
            "mirror_url": None,
            "homepage": repo.homepage,
            "language": next(iter(repo.languages), None),
            "license": self._license(),
            "topics": list(repo.topics),
            "default_branch": repo.git.git("symbolic-ref", "--short", "HEAD"),
            "has_issues": True,
            "has_projects": True,
            "has_wiki": True,
            "has_pages": False,
            "has_discussions": False,
            "has_downloads": True,
            "archived": repo.is_archived,
            "disabled": False,
            "visibility": "private" if repo.is_private else "public",
            "forks": repo.forks,
            "forks_count": repo.forks,
            "open_issues": repo.open_issues + repo.open_pulls,
            "open_issues_count": repo.open_issues + repo.open_pulls,
            "stargazers_count": repo.stars,
            "watchers": repo.stars,
            "watchers_count": repo.stars,
            "network_count": repo.forks,
            "subscribers_count": 3,
            "size": 108,
            "pushed_at": MOMENT,
            "created_at": MOMENT,
            "updated_at": MOMENT,
        }

    def _license(self) -> Json | None:
        spdx = self.repo.license
        if spdx is None:
            return None
        key = "other" if spdx == "NOASSERTION" else spdx.lower()
        url = None if key == "other" else f"{self.base}/api/v3/licenses/{key}"
        return {"key": key, "name": spdx, "spdx_id": spdx, "url": url, "node_id": "L_1"}

    def releases(self) -> list[Json]:
        return [self._release(number, one) for number, one in enumerate(self.repo.releases, 1)]

    def _release(self, number: int, release: FakeRelease) -> Json:
        url = f"{self.api}/releases/{number}"
        return {
            "url": url,
            "assets_url": f"{url}/assets",
            "upload_url": f"{url}/assets{{?name,label}}",
            "html_url": f"{self.web}/releases/tag/{release.tag}",
            "tarball_url": f"{self.api}/tarball/{release.tag}",
            "zipball_url": f"{self.api}/zipball/{release.tag}",
            "id": number,
            "node_id": f"RE_{number}",
            "tag_name": release.tag,
            "target_commitish": "main",
            "name": release.name,
            "body": release.body,
            "draft": release.is_draft,
            "prerelease": release.is_prerelease,
            "created_at": MOMENT,
            "published_at": None if release.is_draft else MOMENT,
            "author": self.user("ada"),
            "assets": [
                self._asset(number * 1000 + index, release.tag, name, size)
                for index, (name, size) in enumerate(release.files)
            ],
        }

    def _asset(self, number: int, tag: str, name: str, size: int) -> Json:
        return {
            "url": f"{self.api}/releases/assets/{number}",
            "browser_download_url": f"{self.web}/releases/download/{tag}/{name}",
            "id": number,
            "node_id": f"RA_{number}",
            "name": name,
            "label": None,
            "state": "uploaded",
            "content_type": "application/octet-stream",
            "size": size,
            "digest": f"sha256:{number:064x}",
            "download_count": 12,
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "uploader": self.user("ada"),
        }

    def contributors(self) -> list[Json]:
        pairs = self.repo.contributors
        return [{**self.user(login), "contributions": count} for login, count in pairs]

    def tags(self) -> list[Json]:
        listed = self.repo.git.git("tag", "--list", "--sort=-refname").splitlines()
        return [self._tag(name) for name in listed]

    def _tag(self, name: str) -> Json:
        sha = self.repo.git.git("rev-parse", f"{name}^{{commit}}")
        return {
            "name": name,
            "node_id": f"T_{name}",
            "commit": {"sha": sha, "url": f"{self.api}/commits/{sha}"},
            "zipball_url": f"{self.api}/zipball/{name}",
            "tarball_url": f"{self.api}/tarball/{name}",
        }

    def commits(self, ref: str) -> list[Json]:
        """Return the commits of `ref`, newest first. Raises LookupError for an unknown one."""
        try:
            self.repo.git.git("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
        except Exception as error:
            raise LookupError(ref) from error
        lines = self.repo.git.git("log", "--format=%H %cI", ref, "--").splitlines()
        return [self._commit(*line.split(" ")) for line in lines]

    def _commit(self, sha: str, date: str) -> Json:
        person = {"name": "Ada Example", "email": "ada@example.org", "date": date}
        url = f"{self.api}/commits/{sha}"
        return {
            "url": url,
            "sha": sha,
            "node_id": f"C_{sha[:8]}",
            "html_url": f"{self.web}/commit/{sha}",
            "comments_url": f"{url}/comments",
            "commit": {
                "url": f"{self.api}/git/commits/{sha}",
                "author": person,
                "committer": person,
                "message": "A commit",
                "comment_count": 0,
                "tree": {"sha": sha, "url": f"{self.api}/git/trees/{sha}"},
            },
            "author": self.user("ada"),
            "committer": self.user("ada"),
            "parents": [],
        }

    def matching_refs(self, start: str) -> list[Json]:
        listed = self.repo.git.git("for-each-ref", "--format=%(refname) %(objectname)")
        pairs = [line.split(" ") for line in listed.splitlines()]
        return [
            {
                "ref": ref,
                "node_id": f"REF_{ref}",
                "url": f"{self.api}/git/{ref}",
                "object": {"type": "commit", "sha": sha, "url": f"{self.api}/git/commits/{sha}"},
            }
            for ref, sha in pairs
            if ref.startswith(f"refs/{start}")
        ]

    def tree(self, sha: str) -> Json:
        """Return the top folder of a commit, as git has it."""
        lines = self.repo.git.git("ls-tree", "--long", sha).splitlines()
        return {
            "sha": sha,
            "url": f"{self.api}/git/trees/{sha}",
            "tree": [self._entry(*line.partition("\t")[::2]) for line in lines],
            "truncated": False,
        }

    def _entry(self, about: str, path: str) -> Json:
        mode, kind, sha, size = about.split()
        kinds = {"blob": "blobs", "tree": "trees", "commit": "commits"}
        entry = {"path": path, "mode": mode, "type": kind, "sha": sha}
        entry |= {"url": f"{self.api}/git/{kinds[kind]}/{sha}"}
        return entry | ({"size": int(size)} if kind == "blob" else {})

    def profile(self) -> Json:
        files = ("code_of_conduct", "code_of_conduct_file", "license", "contributing")
        files += ("readme", "issue_template", "pull_request_template")
        return {
            "health_percentage": 71,
            "description": self.repo.description,
            "documentation": None,
            "files": dict.fromkeys(files),
            "updated_at": MOMENT,
            "content_reports_enabled": False,
        }

    def pulls(self) -> list[Json]:
        return [self._pull(number) for number in range(1, self.repo.open_pulls + 1)]

    def _pull(self, number: int) -> Json:
        url, web = f"{self.api}/pulls/{number}", f"{self.web}/pull/{number}"
        addresses = {
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "issue_url": f"{self.api}/issues/{number}",
            "commits_url": f"{url}/commits",
            "review_comments_url": f"{url}/comments",
            "review_comment_url": f"{url}/comments{{/number}}",
            "comments_url": f"{self.api}/issues/{number}/comments",
            "statuses_url": f"{self.api}/statuses/0",
        }
        side = {
            "label": "ada:topic",
            "ref": "topic",
            "sha": "0" * 40,
            "user": self.user("ada"),
            "repo": self.repository(),
        }
        return {
            **addresses,
            "url": url,
            "id": number,
            "node_id": f"PR_{number}",
            "number": number,
            "state": "open",
            "locked": False,
            "title": "A change",
            "body": None,
            "user": self.user("ada"),
            "labels": [],
            "milestone": None,
            "assignee": None,
            "created_at": MOMENT,
            "updated_at": MOMENT,
            "closed_at": None,
            "merged_at": None,
            "merge_commit_sha": None,
            "head": side,
            "base": side,
            "_links": {name: {"href": url} for name in _PULL_LINKS},
            "author_association": "OWNER",
            "auto_merge": None,
        }
