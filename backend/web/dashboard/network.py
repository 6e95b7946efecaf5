"""`/dashboard/network`: the seven levels below the owner, as a picture and as numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.actions.context import Context
from backend.actions.network import MEMBERS_READ, Network, read_network
from backend.domain.actors import Actor
from backend.domain.comparison import compare
from backend.domain.money import Money
from backend.domain.network import LevelSums, Member
from backend.domain.plans import LEVELS
from backend.domain.referrals import ReferralState
from backend.errors import Invalid
from backend.web.dashboard.amounts import write_amount
from backend.web.dashboard.figures import Figure
from backend.web.dashboard.frame import owner_page, render_dashboard
from backend.web.dashboard.tables import Column, Table, answer_file, download
from generator.render.network import Node, Picture, draw_network, draw_network_alone

PAGE = "/dashboard/network"
_SECTION = "/dashboard/referrals"
_KINDS: Mapping[ReferralState, tuple[str, str]] = {
    ReferralState.PENDING: ("new", "has published nothing yet"),
    ReferralState.ACTIVATED: ("active", "has a site"),
    ReferralState.CONVERTED: ("paying", "pays"),
    ReferralState.CHURNED: ("left", "has stopped paying"),
    ReferralState.EXPIRED: ("left", "came too late"),
}
LEGEND = (
    ("paying", "Pays"),
    ("active", "Has a site"),
    ("new", "Has published nothing yet"),
    ("left", "Has stopped paying"),
)
_COLUMNS = (
    Column(key="level", words="Level", is_number=True),
    Column(key="people", words="People", is_number=True),
    Column(key="active", words="With a site", is_number=True),
    Column(key="converted", words="Paying", is_number=True),
    Column(key="revenue", words="Revenue", is_number=True),
    Column(key="earned", words="Earned you", is_number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A link back up, or to another depth of the picture."""

    words: str
    link: str
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkView:
    """The page. `above` is '' unless larger ones stand before those that are shown."""

    figures: tuple[Figure, ...]
    picture: Markup | None
    legend: tuple[tuple[str, str], ...]
    trail: tuple[Step, ...]
    depths: tuple[Step, ...]
    above: str
    skipped: int
    table: Table
    links: _Links
    people_read: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Links:
    """What is looked at: below whom, down to which level, behind how many larger ones."""

    root: str
    level: int
    skip: int

    def link(self, **values: str) -> str:
        """Return the address that looks at the same, but for `values`."""
        own = {
            "root": self.root,
            "level": str(self.level) if self.level < LEVELS else "",
            "skip": str(self.skip) if self.skip else "",
        }
        query = urlencode({name: value for name, value in (own | values).items() if value})
        return f"{PAGE}?{query}" if query else PAGE

    def node(self, key: str, skip: int) -> str:
        """Return the address of somebody's part of the picture."""
        return self.link(root=key, skip=str(skip) if skip else "")


def routes(_context: Context) -> list[BaseRoute]:
    """Return the route of the page."""
    return [Route(PAGE, owner_page(_show), methods=["GET"])]


def _show(request: Request, actor: Actor) -> Response:
    context: Context = request.app.state.context
    root = request.query_params.get("root", "")[:80]
    links = _Links(
        root=root,
        level=_read_number(request, "level", LEVELS, least=1, most=LEVELS),
        skip=_read_number(request, "skip", 0, least=0, most=MEMBERS_READ),
    )
    network = read_network(context, actor, root)
    picture, table = _picture(network, links), _table(network.levels)
    if picture and request.query_params.get("download") == "network.svg":
        return answer_file("network.svg", "image/svg+xml", draw_network_alone(picture).encode())
    if file := download(request, [table], {}):
        return file
    view = NetworkView(
        figures=_figures(network),
        picture=draw_network(picture) if picture else None,
        legend=LEGEND,
        trail=_trail(network, links),
        depths=_depths(network, links),
        above=links.link(skip="") if links.skip else "",
        skipped=links.skip,
        table=table,
        links=links,
        people_read=MEMBERS_READ if network.is_cut else None,
    )
    return render_dashboard(
        request, actor, "dashboard/network.html", view, title=_title(network), section=_SECTION
    )


def _read_number(request: Request, name: str, usual: int, *, least: int, most: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal() and len(text) <= 6 and least <= int(text) <= most):
        raise Invalid(f"{name} is not a number from {least} to {most}.", field=name)
    return int(text)


def _title(network: Network) -> str:
    people, depth = sum(one.people for one in network.levels), len(network.levels)
    whose = f"below person {network.trail[-1].number}" if network.trail else "in your network"
    if not people:
        return f"Nobody is {whose} yet"
    levels = f"{depth} levels" if depth > 1 else "1 level"
    return f"{people:,} {'people' if people > 1 else 'person'} {whose}, {levels} deep"


def _figures(network: Network) -> tuple[Figure, ...]:
    def figure(label: str, now: int, before: int) -> Figure:
        return Figure(label=label, value=f"{now:,}", change=compare(now, before), note="in 30 days")

    def total(levels: tuple[LevelSums, ...], name: str) -> int:
        return sum(getattr(one, name) for one in levels)

    now, before = network.levels, network.before
    return (
        figure("People", total(now, "people"), total(before, "people")),
        figure("With a site", total(now, "active"), total(before, "active")),
        figure("Paying", total(now, "converted"), total(before, "converted")),
        figure("Levels", len(now), len(before)),
    )


def _picture(network: Network, links: _Links) -> Picture | None:
    """Return what is drawn, None when nobody is left to draw."""
    above = len(network.trail)
    depth = min(len(network.levels), max(1, links.level - above))
    ranked = sorted(network.members, key=lambda member: -member.people)[links.skip :]
    if not ranked:
        return None
    return Picture(
        title=f"The network below {'person ' + links.root if links.root else 'you'}, by level",
        root=links.root,
        nodes=tuple(_node(member, depth) for member in ranked),
        heads=tuple(f"Level {above + at}" for at in range(1, depth + 1)),
        link=links.node,
        skipped=links.skip,
    )


def _node(member: Member, depth: int) -> Node:
    kind, words = _KINDS[member.state]
    below = f", {member.people:,} below" if member.people else ""
    return Node(
        key=member.number,
        label=member.number,
        words=f"Person {member.number} {words}{below}",
        kind=kind,
        size=member.people + 1,
        below=tuple(_node(one, depth - 1) for one in member.below) if depth > 1 else (),
    )


def _trail(network: Network, links: _Links) -> tuple[Step, ...]:
    steps = [Step(words="You", link=links.link(root="", skip=""), is_here=not network.trail)]
    for member in network.trail:
        link = links.link(root=member.number, skip="")
        here = member is network.trail[-1]
        steps.append(Step(words=f"Person {member.number}", link=link, is_here=here))
    return tuple(steps)


def _depths(network: Network, links: _Links) -> tuple[Step, ...]:
    """Return the levels that the picture may end with; nothing to choose where there is one."""
    first, last = len(network.trail) + 1, len(network.trail) + len(network.levels)
    if last - first < 1:
        return ()
    shown = max(first, min(last, links.level))
    return tuple(
        Step(
            words=str(level),
            link=links.link(level=str(level) if level < LEVELS else ""),
            is_here=level == shown,
        )
        for level in range(first, last + 1)
    )


def _table(levels: tuple[LevelSums, ...]) -> Table:
    return Table(
        name="levels",
        columns=_COLUMNS,
        rows=tuple(
            (
                one.level,
                f"{one.people:,}",
                f"{one.active:,}",
                f"{one.converted:,}",
                _write(one.revenue),
                _write(one.earned),
            )
            for one in levels
        ),
        raw=tuple(
            (
                one.level,
                one.people,
                one.active,
                one.converted,
                _write_plain(one.revenue),
                _write_plain(one.earned),
            )
            for one in levels
        ),
    )


def _write(amounts: Mapping[str, int]) -> str | None:
    written = [write_amount(minor, currency) for currency, minor in sorted(amounts.items())]
    return " + ".join(written) or None


def _write_plain(amounts: Mapping[str, int]) -> str:
    sums = sorted(amounts.items())
    return ", ".join(str(Money(minor=minor, currency=currency)) for currency, minor in sums)
