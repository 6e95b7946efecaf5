"""Who is in the demo world: people, how they came, what they publish. All of it is invented.

Days count from the first day of visits; what is before has negative ones. Logins hold two hyphens
in a row, which GitHub gives nobody: no address here can be somebody's.
"""

from __future__ import annotations

from dataclasses import dataclass

from backend.domain.showcase import ShowcaseWish
from backend.domain.tiers import Tier

IN, OUT, UNSAID = ShowcaseWish.IN, ShowcaseWish.OUT, ShowcaseWish.UNSAID
FREE, PRO, BUSINESS, ENTERPRISE = Tier.FREE, Tier.PRO, Tier.BUSINESS, Tier.ENTERPRISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """A person. `through` is whose link or, when `is_typed`, whose code they signed up with.

    They pay for `tier` in `currency` from the day `paid` on, each month, and cancel on the day
    `left`.
    """

    login: str
    name: str
    joined: int
    tier: Tier = FREE
    paid: int | None = None
    left: int | None = None
    currency: str = "USD"
    through: str | None = None
    is_typed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A site, published on the day `launched`, with some `crowd` of views on a usual weekday."""

    owner: str
    name: str
    pitch: str
    kind: str
    language: str
    topics: str
    launched: int
    crowd: int
    wish: ShowcaseWish = UNSAID


HEROINE = "ada--lindqvist"
"""Whose dashboard the demo shows: she administers the service."""

OWNERS = (
    Owner(login=HEROINE, name="Ada Lindqvist", joined=-380, tier=BUSINESS, paid=-370),
    Owner(login="jonas--weck", name="Jonas Weck", joined=-372, tier=PRO, paid=-350, currency="EUR"),
    Owner(
        login="helix--works",
        name="Helix Works",
        joined=-365,
        tier=ENTERPRISE,
        paid=-360,
        through=HEROINE,
    ),
    Owner(
        login="priya--raman",
        name="Priya Raman",
        joined=-355,
        tier=PRO,
        paid=-340,
        currency="EUR",
        through=HEROINE,
    ),
    Owner(
        login="tomas--oliva",
        name="Tomás Oliva",
        joined=-300,
        tier=PRO,
        paid=-270,
        left=20,
        currency="EUR",
        through=HEROINE,
        is_typed=True,
    ),
    Owner(
        login="mei--tanaka",
        name="Mei Tanaka",
        joined=-280,
        tier=BUSINESS,
        paid=-250,
        currency="JPY",
        through="jonas--weck",
    ),
    Owner(
        login="sam--okafor",
        name="Sam Okafor",
        joined=-230,
        tier=PRO,
        paid=-180,
        through=HEROINE,
    ),
    Owner(login="lena--brandt", name="Lena Brandt", joined=-200),
    Owner(
        login="nordlys--labs",
        name="Nordlys Labs",
        joined=-180,
        tier=BUSINESS,
        paid=-165,
        currency="EUR",
        through="priya--raman",
    ),
    Owner(login="victor--sand", name="Victor Sand", joined=-150, through=HEROINE),
    Owner(login="amara--diallo", name="Amara Diallo", joined=-21, through=HEROINE),
    Owner(
        login="pavel--horak",
        name="Pavel Horák",
        joined=4,
        tier=PRO,
        paid=19,
        currency="EUR",
        through="mei--tanaka",
        is_typed=True,
    ),
    Owner(
        login="ines--couto",
        name="Inês Couto",
        joined=17,
        tier=BUSINESS,
        paid=28,
        currency="EUR",
        through=HEROINE,
    ),
    Owner(login="rafi--mansour", name="Rafi Mansour", joined=33, through="sam--okafor"),
    Owner(login="kiri--walker", name="Kiri Walker", joined=44, tier=PRO, paid=50, through=HEROINE),
    Owner(login="oskar--nyberg", name="Oskar Nyberg", joined=52, through="lena--brandt"),
    Owner(login="yuki--arai", name="Yuki Arai", joined=57, through=HEROINE, is_typed=True),
)

SPIKE = "lantern"
SPIKE_DAY = 43
"""The day on which somebody posts the spike's project where many people read."""


# fmt: off
PROJECTS = (
    Project(
        owner=HEROINE, name="lantern", launched=-365, crowd=46, wish=IN,
        kind="tool", language="Rust", topics="cli logs terminal",
        pitch="Read structured logs in the terminal without leaving the keyboard.",
    ),
    Project(
        owner=HEROINE, name="tidepool", launched=-210, crowd=28, wish=IN,
        kind="library", language="Python", topics="queue async jobs",
        pitch="A small task queue that survives the death of its workers.",
    ),
    Project(
        owner=HEROINE, name="copperleaf", launched=-18, crowd=17, wish=IN,
        kind="library", language="Python", topics="configuration typing",
        pitch="Typed configuration from files, flags and the environment.",
    ),
    Project(
        owner=HEROINE, name="field-notes", launched=9, crowd=9,
        kind="documents", language="Markdown", topics="notes operations",
        pitch="Notes on running software for a long time.",
    ),
    Project(
        owner="jonas--weck", name="skeinwright", launched=-340, crowd=31, wish=IN,
        kind="tool", language="Go", topics="graphs svg analysis",
        pitch="Draws call graphs of Go programs as plain SVG.",
    ),
    Project(
        owner="jonas--weck", name="brasswick", launched=-30, crowd=14,
        kind="application", language="Go", topics="http server",
        pitch="A static file server with range requests and nothing else.",
    ),
    Project(
        owner="priya--raman", name="fernlight", launched=-325, crowd=35, wish=IN,
        kind="library", language="TypeScript", topics="colour accessibility css",
        pitch="Colour schemes that keep their contrast in the dark.",
    ),
    Project(
        owner="priya--raman", name="thimblekit", launched=-9, crowd=26, wish=IN,
        kind="library", language="TypeScript", topics="forms html accessibility",
        pitch="Sixteen form controls that work without JavaScript.",
    ),
    Project(
        owner="priya--raman", name="priya--raman.github.io", launched=14, crowd=7, wish=OUT,
        kind="profile", language="HTML", topics="essays",
        pitch="Essays and talks.",
    ),
    Project(
        owner="helix--works", name="helix-mesh", launched=-350, crowd=40, wish=IN,
        kind="application", language="Rust", topics="dns networking",
        pitch="Service discovery over plain DNS.",
    ),
    Project(
        owner="helix--works", name="helix-lint", launched=-50, crowd=33, wish=IN,
        kind="tool", language="Python", topics="postgresql lint migrations",
        pitch="Finds the migrations that will lock your tables.",
    ),
    Project(
        owner="helix--works", name="helix-docs", launched=-50, crowd=15, wish=OUT,
        kind="documents", language="Markdown", topics="handbook",
        pitch="The handbook of the Helix tools.",
    ),
    Project(
        owner="helix--works", name="palisade", launched=22, crowd=24, wish=IN,
        kind="library", language="Rust", topics="wasm sandbox plugins",
        pitch="Runs untrusted plugins in WebAssembly.",
    ),
    Project(
        owner="tomas--oliva", name="wickerbase", launched=-260, crowd=19, wish=IN,
        kind="tool", language="C", topics="sqlite backup",
        pitch="Snapshots of SQLite files while they are in use.",
    ),
    Project(
        owner="tomas--oliva", name="oxbow", launched=-20, crowd=11,
        kind="tool", language="C", topics="json cli",
        pitch="Splits large rivers of JSON into small files.",
    ),
    Project(
        owner="mei--tanaka", name="paper-crane", launched=-240, crowd=22,
        kind="application", language="TypeScript", topics="books typesetting",
        pitch="Lays out books from Markdown.",
    ),
    Project(
        owner="mei--tanaka", name="inkstone", launched=6, crowd=18,
        kind="library", language="TypeScript", topics="canvas drawing",
        pitch="A brush engine for drawing in the browser.",
    ),
    Project(
        owner="sam--okafor", name="ledgerline", launched=-175, crowd=16,
        kind="application", language="Kotlin", topics="accounting charts",
        pitch="Plain-text accounting with charts.",
    ),
    Project(
        owner="lena--brandt", name="mossgrid", launched=-160, crowd=13,
        kind="application", language="C++", topics="sensors garden hardware",
        pitch="A grid of sensors for balconies and gardens.",
    ),
    Project(
        owner="lena--brandt", name="murmur", launched=27, crowd=21,
        kind="application", language="Swift", topics="audio notes privacy",
        pitch="Voice notes that stay on your own disk.",
    ),
    Project(
        owner="nordlys--labs", name="driftglass", launched=-150, crowd=27, wish=IN,
        kind="library", language="Zig", topics="compression timeseries",
        pitch="Compresses time series to two bits a point.",
    ),
    Project(
        owner="nordlys--labs", name="skerry", launched=-5, crowd=29, wish=IN,
        kind="application", language="Zig", topics="database offline",
        pitch="A key-value store for places with bad networks.",
    ),
    Project(
        owner="nordlys--labs", name="polaris-ci", launched=38, crowd=34, wish=IN,
        kind="tool", language="Go", topics="ci builds",
        pitch="Build pipelines that run the same on a laptop.",
    ),
    Project(
        owner="amara--diallo", name="baobab", launched=-12, crowd=12,
        kind="application", language="Ruby", topics="genealogy history",
        pitch="Family trees from parish registers.",
    ),
    Project(
        owner="amara--diallo", name="kora", launched=41, crowd=10,
        kind="library", language="Rust", topics="audio synthesis",
        pitch="Synthesises plucked strings.",
    ),
    Project(
        owner="pavel--horak", name="clockwork-fox", launched=8, crowd=30, wish=IN,
        kind="tool", language="Python", topics="cron scheduling cli",
        pitch="Cron that explains itself.",
    ),
    Project(
        owner="pavel--horak", name="quarry", launched=46, crowd=20, wish=IN,
        kind="tool", language="Rust", topics="search archives cli",
        pitch="Searches through archives without unpacking them.",
    ),
    Project(
        owner="ines--couto", name="azulejo", launched=20, crowd=15,
        kind="library", language="Elixir", topics="geometry patterns",
        pitch="Patterns for tiles and floors, as code.",
    ),
    Project(
        owner="rafi--mansour", name="saltmarsh", launched=36, crowd=17,
        kind="application", language="Python", topics="maps tides",
        pitch="Maps of tides for small harbours.",
    ),
    Project(
        owner="kiri--walker", name="kea", launched=47, crowd=19,
        kind="tool", language="Go", topics="backup rsync cli",
        pitch="A friendly front end for rsync.",
    ),
    Project(
        owner="oskar--nyberg", name="birchbark", launched=55, crowd=23,
        kind="tool", language="OCaml", topics="design text",
        pitch="Sketches of interfaces in plain text.",
    ),
)
# fmt: on
