"""Owners in front of one service, each with everything that an owner can have.

What is theirs carries names that nothing else does, so that a text can be searched for it, and the
database is one value that can be compared and put back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from starlette.testclient import TestClient

from backend.actions.accounts import find_account, sign_up
from backend.actions.builds import start_build
from backend.actions.challenges import create_challenge
from backend.actions.context import Context
from backend.actions.disputes import Opening, open_dispute
from backend.actions.payees import set_destination
from backend.actions.recording import record
from backend.actions.releases import plan_release
from backend.actions.sessions import list_sessions
from backend.actions.sign_in import request_link
from backend.actions.sites import register_site
from backend.actions.tokens import make_token
from backend.actions.transparency import integrate
from backend.app import App, create_app
from backend.domain.actors import Actor, Scope, owner_of
from backend.domain.boards import Metric
from backend.domain.builds import BuildCause
from backend.domain.challenges import ChallengeDraft
from backend.domain.destinations import Method
from backend.domain.disputes import DisputeKind
from backend.domain.events import EventKind
from backend.domain.hosts import Domain
from backend.domain.instants import Day, day_of
from backend.domain.shares import Platform
from backend.domain.sign_in import Arrival
from backend.domain.sites import SiteDraft
from backend.gateways.live import Fanout
from backend.ids import SystemIds
from backend.store.hosts import add_domain
from backend.web.limits import Limiter
from tests.support.facts import an_event
from tests.support.hosting import describe, send
from tests.support.payouts import add_bare_payout
from tests.support.service import make_context
from tests.support.signing_in import sign_in, token_of
from tests.support.tasks import RecordedTasks, newest_link, with_recorded_tasks

# What a look at the service may move; everything else in the database is compared.
_MOVES = {"session": "seen_at", "api_token": "used_at"}
# So that the way in through GitHub is offered; nobody asks GitHub here.
_GITHUB = {"FOURSITE_GITHUB_CLIENT_ID": "id", "FOURSITE_GITHUB_CLIENT_SECRET": "secret"}
# So that sites are hosted and built; nobody works off the queue here.
_HOSTING = {"FOURSITE_SITES_HOST": "sites.example"}
Rows = frozenset[tuple[object, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An owner with a site, its build, a share, a token, a session, a referral and an open link.

    `cookie` is that of their session, `csrf` the token of its pages, `token` an API token that may
    do everything, and `lacking` one for each scope that may do everything else.
    """

    name: str
    actor: Actor
    cookie: str
    csrf: str
    token: str
    lacking: dict[Scope, str]
    email: str
    url: str
    of: dict[str, str]

    @property
    def marks(self) -> frozenset[str]:
        """What nobody else may get to see."""
        return frozenset({self.email, self.name, self.actor.account, *self.of.values()})


class Copy:
    """A database as it was once. What nobody wrote to since is neither restored nor read again."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._memory = sqlite3.connect(":memory:")
        self._watch = sqlite3.connect(path)
        self._same: int | None = None
        self._rows: tuple[int, Rows] | None = None

    def save(self) -> None:
        """Remember the database as it is now."""
        with closing(sqlite3.connect(self._path)) as file:
            file.backup(self._memory)
        self._same = self._version()

    def restore(self) -> None:
        """Put the database back."""
        if self._version() != self._same:
            with closing(sqlite3.connect(self._path)) as file:
                self._memory.backup(file)
            self._same = self._version()

    def rows(self) -> Rows:
        """Return every row of every table, with the table's name before it."""
        version = self._version()
        if self._rows is None or self._rows[0] != version:
            self._rows = version, frozenset(_rows_of(self._watch))
        return self._rows[1]

    def close(self) -> None:
        self._watch.close()
        self._memory.close()

    def _version(self) -> int:
        """Return a number that changes whenever somebody else writes to the database."""
        return int(self._watch.execute("PRAGMA data_version").fetchone()[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A service on SQLite and its people by name."""

    context: Context
    tasks: RecordedTasks
    app: App
    live: Fanout
    people: dict[str, Person]
    saved: Copy

    def browser(self, person: Person) -> TestClient:
        """Return a browser with the person's session."""
        return TestClient(self.app, cookies={"foursite_session": person.cookie})

    def restore(self) -> None:
        """Put the database back to where it was saved, and forget what was asked for so far."""
        self.saved.restore()
        self.app.state.limiter = Limiter(None)

    def rows(self) -> Rows:
        """Return every row of every table, with the table's name before it."""
        return self.saved.rows()

    def close(self) -> None:
        self.saved.close()
        self.context.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_world(folder: Path, *names: str) -> World:
    """Return a service in which the people with these names are signed in; `with` closes it."""
    live = Fanout(SystemIds())
    context, tasks = with_recorded_tasks(
        replace(make_context(folder, environment=_GITHUB | _HOSTING), live=live)
    )
    integrate(context)  # so that the log has its first checkpoint
    app = create_app(context)
    people = {name: _add(name, number, context, tasks, app) for number, name in enumerate(names)}
    world = World(
        context=context,
        tasks=tasks,
        app=app,
        live=live,
        people=people,
        saved=Copy(_path_of(context)),
    )
    save(world)
    return world


def save(world: World) -> None:
    """Remember the database as it is now."""
    world.saved.save()


def _add(name: str, number: int, context: Context, tasks: RecordedTasks, app: App) -> Person:
    email = f"{name}@{name}-mail.example"
    client = TestClient(app)
    app.state.limiter = Limiter(None)
    sign_in(client, context, tasks, email, name=f"{name} Private")
    account = find_account(context, email=email)
    assert account is not None
    actor = owner_of(account.tenant, account.id)
    url = f"https://192.0.2.{number + 1}/"
    repository = f"https://github.com/{name}/repository"
    draft = SiteDraft(url=url, title=f"{name} secret site", repository=repository)
    site = register_site(context, actor, draft)
    build = start_build(context, actor, site.id, cause=BuildCause.BUTTON)
    release = _begin_release(context, actor, site.id, f"{name}.domains.example")
    share = f"{name[:6]}share00000"[:11]
    with context.database.transaction() as session:
        made = an_event(context, site.id, EventKind.SHARE, platform=Platform.X, page=url, id=share)
        record(session, [made], context.clock.now())
    friend = sign_up(
        context,
        email=f"friend@{name}-friends.example",
        name="",
        code=account.code,
        is_typed=True,
        touch=None,
    )
    token = make_token(context, actor, name=f"{name} token", scopes=list(Scope))
    lacking = {
        scope: make_token(context, actor, name="less", scopes=set(Scope) - {scope}).secret
        for scope in Scope
    }
    request_link(context, email=email, arrival=Arrival())
    secret = newest_link(context, tasks, email).rpartition("/")[2]
    paypal = {"email": f"{name}@{name}-pay.example"}
    set_destination(context, actor, method=Method.PAYPAL, currency="USD", fields=paypal)
    batch, payout = add_bare_payout(context, actor)
    disputed = Opening(kind=DisputeKind.ATTRIBUTION, text=f"{name} Private brought Bob.")
    dispute = open_dispute(context, actor, disputed)
    challenge = create_challenge(context, actor, _draft_challenge(context))
    return Person(
        name=f"{name} Private",
        actor=actor,
        cookie=client.cookies["foursite_session"],
        csrf=token_of(client.get("/dashboard").text),
        token=token.secret,
        lacking=lacking,
        email=email,
        url=url,
        of={
            "site": site.id,
            "key": site.key,
            "build": build.id,
            "title": site.title,
            "share": share,
            "release": release,
            "domain": f"{name}.domains.example",
            "token": token.token.id,
            "token_name": token.token.name,
            "account": account.id,
            "batch": batch,
            "payout": payout,
            "dispute": dispute.id,
            "challenge": challenge.id,
            "session": list_sessions(context, actor)[0].id,
            "friend": friend.id,
            "code": account.code,
            "secret": secret,
        },
    )


def _begin_release(context: Context, actor: Actor, site: str, domain: str) -> str:
    """Begin a release of one empty file, which is here already, and give the site a domain."""
    planned = plan_release(context, actor, site, describe({"index.html": b""}))
    send(context, site, b"")
    assert planned.release
    with context.database.transaction() as session:
        made = Domain(site=site, name=domain, made_at=context.clock.now())
        add_domain(session, actor.tenant, made)
    return planned.release.id


def _draft_challenge(context: Context) -> ChallengeDraft:
    return ChallengeDraft(
        title="A challenge",
        text="",
        metric=Metric.SHARES,
        goal=10,
        first_day=Day(day_of(context.clock.now()) + 2),
        days=7,
        is_public=False,
    )


def _path_of(context: Context) -> str:
    return context.settings.database_url.removeprefix("sqlite:///")


def _rows_of(file: sqlite3.Connection) -> Iterator[tuple[object, ...]]:
    tables = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (table,) in tables:
        found = file.execute(f'SELECT * FROM "{table}"')  # noqa: S608  names of our own tables
        moving = [at for at, one in enumerate(found.description) if one[0] == _MOVES.get(table)]
        for row in found:
            yield (table, *(value for at, value in enumerate(row) if at not in moving))
