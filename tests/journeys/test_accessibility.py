"""axe-core finds nothing serious on any kind of page, in any theme, by day and by night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.sites import THEMES, build_everything, pages_by_kind
from tests.support.tools import NODE_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.node]

AXE = NODE_FOLDER / "node_modules" / "axe-core" / "axe.min.js"
RUN = """
async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 160))]);
}
"""


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the checker's script, or skip with the reason."""
    if not AXE.exists():
        pytest.skip("axe-core is not installed: `make test` installs tests/support/node")
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=THEMES)
def site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Path]:
    yield build_everything(tmp_path_factory.mktemp("axe"), theme=request.param)


# Width and colours are other rules of axe: each is looked at once in each theme.
@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1440, "light")])
def test_no_kind_of_page_has_a_serious_fault(
    browser: Browser,  # noqa: F811
    axe: str,
    site: Path,
    width: int,
    scheme: str,
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    faults = {}
    for file in [*pages_by_kind(site).values(), "docs/pictures/index.html"]:
        page.goto((site / file).as_uri())
        page.evaluate(axe)
        faults[file] = page.evaluate(RUN)
    context.close()
    assert {file: found for file, found in faults.items() if found} == {}
