"""Signs people in with GitHub: OAuth's authorization code with state and PKCE, then two questions.

The token is used for those and forgotten. Source: GitHub's documentation, "Authorizing OAuth
apps", and RFC 7636 for PKCE. Plain httpx: Authlib's client for it is on its way out.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx

from backend.domain.accounts import GitHubIdentity
from backend.errors import Forbidden, Invalid, Unavailable
from backend.settings import Settings

SCOPE = "user:email"
TIMEOUT_SECONDS = 10.0
ANSWER_BYTES = 512 * 1024
_AGAIN = "Start again on the sign-in page."


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """GitHub as this service's OAuth application sees it."""

    client_id: str
    client_secret: str
    url: str
    api_url: str
    callback_url: str

    def authorize_url(self, *, state: str, verifier: str) -> str:
        """Return where to send a browser. `state` and `verifier` stay with that browser."""
        digest = hashlib.sha256(verifier.encode()).digest()
        query = {
            "client_id": self.client_id,
            "redirect_uri": self.callback_url,
            "scope": SCOPE,
            "state": state,
            "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        return f"{self.url}/login/oauth/authorize?{urlencode(query)}"

    def identify(self, *, code: str, verifier: str) -> GitHubIdentity:
        """Return whom GitHub signed in.

        Raises Invalid when the code is used up, foreign or too old, Forbidden when there is no
        verified primary address, Unavailable when GitHub gives no answer that can be used.
        """
        with httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
            token = self._fetch_token(client, code, verifier)
            profile = self._ask(client, "/user", token)
            emails = self._ask(client, "/user/emails", token)
        return _identity_of(profile, emails)

    def _fetch_token(self, client: httpx.Client, code: str, verifier: str) -> str:
        fields = {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "code": code,
            "redirect_uri": self.callback_url,
            "code_verifier": verifier,
        }
        request = client.build_request(
            "POST",
            f"{self.url}/login/oauth/access_token",
            data=fields,
            headers={"Accept": "application/json"},
        )
        answer = _read(client, request)
        # GitHub says 200 here, whatever is wrong.
        if isinstance(answer, dict) and answer.get("error") == "bad_verification_code":
            raise Invalid("The sign-in at GitHub took too long.", hint=_AGAIN)
        token = answer.get("access_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Unavailable(
                "GitHub did not accept this service.",
                hint="Sign in by mail, and tell the operators of this service.",
            )
        return token

    def _ask(self, client: httpx.Client, path: str, token: str) -> Any:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token}",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "4site",
        }
        return _read(client, client.build_request("GET", self.api_url + path, headers=headers))


def find_github(settings: Settings) -> GitHub | None:
    """Return GitHub when this service is registered there as an application."""
    if not settings.github_client_id or not settings.github_client_secret:
        return None
    return GitHub(
        client_id=settings.github_client_id,
        client_secret=settings.github_client_secret,
        url=settings.github_url,
        api_url=settings.github_api_url,
        callback_url=f"{settings.base_url}/auth/github/callback",
    )


def _read(client: httpx.Client, request: httpx.Request) -> Any:
    """Return the JSON of an answer of bounded size; None for a 403 or 404."""
    try:
        response = client.send(request, stream=True)
        try:
            body = b""
            for part in response.iter_bytes():
                body += part
                if len(body) > ANSWER_BYTES:
                    raise _gone()
        finally:
            response.close()
        if response.status_code in {403, 404}:  # a scope that the person did not grant
            return None
        if response.status_code != 200:
            raise _gone()
        return json.loads(body)
    except (httpx.HTTPError, ValueError) as error:
        raise _gone() from error


def _identity_of(profile: Any, emails: Any) -> GitHubIdentity:
    if not isinstance(profile, dict) or not isinstance(profile.get("id"), int):
        raise _gone()
    email = _verified_primary(emails)
    if email is None:
        raise Forbidden(
            "Your GitHub account has no verified primary address.",
            hint="Verify it at GitHub, or sign in by mail.",
        )
    login, name = profile.get("login"), profile.get("name")
    return GitHubIdentity(
        id=profile["id"],
        login=login if isinstance(login, str) else "",
        name=name if isinstance(name, str) else "",
        email=email,
    )


def _verified_primary(emails: Any) -> str | None:
    for entry in emails if isinstance(emails, list) else []:
        if not isinstance(entry, dict) or entry.get("primary") is not True:
            continue
        email = entry.get("email")
        if entry.get("verified") is True and isinstance(email, str):
            return email
    return None


def _gone() -> Unavailable:
    return Unavailable(
        "GitHub gives no answer at the moment.", hint="Try again, or sign in by mail."
    )
