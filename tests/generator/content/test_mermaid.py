"""Diagrams: drawn without a script, in the site's colours; the source where they cannot be."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from generator.content.diagram_svg import keep_known_svg
from generator.content.mermaid import mermaid_block

_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'

SHAPES = {
    *("svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
    *("text", "tspan", "title", "desc"),
}
KINDS = {
    "flowchart": "flowchart LR\n A[One] -->|yes| B{Two}\n subgraph s [Group]\n B --> C\n end",
    "sequence": "sequenceDiagram\n Alice->>Bob: Hello\n Note over Bob: thinks",
    "class": "classDiagram\n Animal <|-- Duck\n Animal: +int age",
    "state": "stateDiagram-v2\n [*] --> Still\n Still --> [*]",
    "er": "erDiagram\n CUSTOMER ||--o{ ORDER : places",
    "gantt": "gantt\n dateFormat YYYY-MM-DD\n section A\n Task: a1, 2024-01-01, 30d",
    "pie": 'pie title Pets\n "Dogs": 386\n "Cats": 85',
    "git": "gitGraph\n commit\n branch b\n commit\n checkout main\n merge b",
    "mindmap": "mindmap\n  root\n    A\n    B",
    "journey": "journey\n title Day\n section Go\n Tea: 5: Me",
    "timeline": "timeline\n 2002 : LinkedIn\n 2004 : Facebook",
    "quadrant": "quadrantChart\n x-axis Low --> High\n A: [0.3, 0.6]",
}


@pytest.mark.parametrize("kind", KINDS)
def test_diagram_is_drawn_without_script_style_or_identity(kind: str) -> None:
    html = mermaid_block(KINDS[kind])
    assert html.startswith('<figure class="diagram"><svg viewBox="')
    assert html.endswith("</svg></figure>")
    drawing = html.removeprefix('<figure class="diagram">')
    assert not re.search(r" (style|id|class|href|on\w+)=", drawing)
    assert set(re.findall(r"<(\w+)", drawing)) <= SHAPES


def test_drawing_follows_the_site_s_colours() -> None:
    html = mermaid_block(KINDS["flowchart"])
    assert "var(--color-text,#" in html
    assert "#303640" not in html


def test_author_s_colours_stay_with_readable_text_on_them() -> None:
    html = mermaid_block("flowchart LR\n A-->B\n style A fill:#ffffcc\n style B fill:#003")
    light, dark = html.index('fill="#ffffcc"'), html.index('fill="#003"')
    assert 'fill="#111"' in html[light:dark]
    assert 'fill="#fff"' in html[dark:]


def test_title_names_the_drawing_for_screen_readers() -> None:
    html = mermaid_block("flowchart LR\n accTitle: How it flows\n A-->B")
    assert 'aria-label="How it flows"' in html


@pytest.mark.parametrize("source", ["zenuml\n A.b()", "", "no diagram <b>", "flowchart LR\n A[[["])
def test_source_is_shown_where_nothing_can_be_drawn(source: str) -> None:
    html = mermaid_block(source)
    assert html.startswith('<figure class="diagram"><pre class="mermaid" tabindex="0"><code>')
    assert "<b>" not in html


@pytest.mark.parametrize(
    "source",
    [
        'flowchart LR\n A["<img src=x onerror=alert(1)>"]-->B["<script>alert(1)</script>"]',
        'flowchart LR\n A-->B\n click A "javascript:alert(1)"\n click B href "https://e.example"',
        'flowchart LR\n A@{ img: "https://e.example/x.png", label: "x" }',
        "sequenceDiagram\n A->>B: <svg onload=alert(1)>\n link A: x @ javascript:alert(1)",
        '%%{init: {"themeCSS": "* {background: url(//e)}", "theme": "\\"><script>"}}%%\n'
        "flowchart LR\nA",
        "flowchart LR\n A-->B\n classDef x fill:expression(alert(1)),stroke:javascript:x\n "
        "class A x",
    ],
)
def test_hostile_diagram_brings_no_markup_of_its_own(source: str) -> None:
    html = mermaid_block(source)
    drawn = re.sub(r"<pre class=\"mermaid\".*?</pre>", "", html, flags=re.DOTALL)
    assert not re.search(r"<(script|img|a|image|foreignObject|style)\b| on\w+=| href=|url\(", drawn)
    assert set(re.findall(r"<(\w+)", html)) <= SHAPES | {"figure", "pre", "code"}


def test_unknown_svg_is_dropped_and_values_that_could_load_are_refused() -> None:
    svg = _SVG.format(
        '<script>alert(1)</script><a href="javascript:x"><rect width="1"/></a>'
        '<image href="//e"/><style>*{}</style><foreignObject><p>x</p></foreignObject>'
        '<rect fill="url(//e)" onclick="x" style="fill:url(#a);stroke:red" width="2"/>'
    )
    html = keep_known_svg(svg)
    assert html.endswith('><rect width="2" stroke="red"/></svg>')


@pytest.mark.parametrize("svg", ["", "<p/>", "<svg>", '<svg xmlns="x"/>', _SVG.format("&bomb;")])
def test_what_is_not_svg_raises(svg: str) -> None:
    with pytest.raises(ValueError, match="SVG"):
        keep_known_svg(svg)


def test_deep_drawing_is_cut_not_crashed() -> None:
    assert keep_known_svg(_SVG.format("<g>" * 5_000 + "</g>" * 5_000)).count("<g") <= 101


@pytest.mark.parametrize(
    "source",
    [
        "flowchart LR\n" + "\n".join(f"A{i}-->A{i + 1}" for i in range(2_000)),
        "flowchart LR\n" + "\n".join(f"A{i}-->A{j}" for i in range(20) for j in range(20)),
        "flowchart LR\n A" + "(" * 20_000,
        "flowchart LR\n" + "A" * 2_000_000,
        "mindmap\n" + "\n".join(" " * i + "x" for i in range(200)),
    ],
)
def test_huge_diagram_takes_bounded_time(source: str) -> None:
    start = time.process_time()
    mermaid_block(source)
    assert time.process_time() - start < 15


def test_most_real_diagrams_are_drawn(corpus: Path) -> None:
    fence = re.compile(r"^``` ?mermaid[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
    docs = sorted((corpus / "mermaid-js__mermaid" / "docs").rglob("*.md"))
    sources = [block for path in docs for block in fence.findall(path.read_text(encoding="utf-8"))]
    drawn = [source for source in sources if "<svg" in mermaid_block(source)]
    assert len(sources) > 300
    assert len(drawn) > 0.9 * len(sources)
