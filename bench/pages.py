"""Documentation to build: made up, the same each time, in the proportions of real docs.

A page has about 4.5 KB of Markdown, six code blocks in different languages, a table, a list and
links to its neighbours: the mean of real documentation pages.
"""

from __future__ import annotations

import random
from pathlib import Path

_SECTIONS = 10
_SEED = 4
_TEXT = (
    "the server reads a request before it answers each client keeps one connection open while "
    "settings decide how long a worker may wait for data a queue holds messages until they are "
    "handled and every error names the file and the line where it was found so that people can "
    "mend it without a guess caches shorten the way from input to result when nothing changed"
)
_WORDS = _TEXT.split()
_BLOCKS = (
    ("python", """from app import Client

client = Client(timeout={n})
for item in client.read("{w}"):
    print(item.name, len(item))  # {w}
"""),
    ("bash", """$ app run --workers {n} --log {w}.log
$ app status | grep {w}
"""),
    ("toml", """[{w}]
workers = {n}
name = "{w}"
enabled = true
"""),
    ("json", """{{"name": "{w}", "size": {n}, "tags": ["a", "b"], "ok": true}}
"""),
    ("rust", """fn main() {{
    let {w} = {n}u32;
    println!("{{}} {w}", {w} + 1);
}}
"""),
    ("javascript", """export async function {w}(count = {n}) {{
  const found = await load(`{w}/${{count}}`);
  return found.filter((x) => x > 1);
}}
"""),
    ("yaml", """{w}:
  - name: {w}
    every: {n}m
    retry: false
"""),
)  # fmt: skip


def write_docs(folder: Path, count: int) -> list[Path]:
    """Write `count` pages below `folder` in ten sections; return their paths, the index first."""
    chance = random.Random(_SEED)  # noqa: S311  the same pages each time is the point
    rest = (folder / f"section-{n % _SECTIONS}" / f"page-{n}.md" for n in range(1, count))
    paths = [folder / "index.md", *rest]
    for number, path in enumerate(paths):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_page(number, chance), encoding="utf-8")
    return paths


def _page(number: int, chance: random.Random) -> str:
    parts = [f"# Page {number} about {chance.choice(_WORDS)}\n"]
    for section in range(6):
        parts.append(f"## {_sentence(chance, 3).capitalize()} {section}\n")
        parts += [_paragraph(chance), _block(chance, number * 7 + section), _paragraph(chance)]
        if section == 2:
            parts.append(_table(chance))
        if section == 4:
            parts.append("".join(f"- **{_sentence(chance, 2)}**: {_sentence(chance, 8)}\n"
                                 for _ in range(5)))  # fmt: skip
    return "\n".join(parts)


def _paragraph(chance: random.Random) -> str:
    words = _sentence(chance, 34)
    return f"{words.capitalize()} with `{chance.choice(_WORDS)}` and *{_sentence(chance, 2)}*.\n"


def _sentence(chance: random.Random, count: int) -> str:
    return " ".join(chance.choice(_WORDS) for _ in range(count))


def _block(chance: random.Random, number: int) -> str:
    language, text = _BLOCKS[number % len(_BLOCKS)]
    word = chance.choice(_WORDS)
    body = text.format(n=chance.randint(2, 900), w=word) * 2
    return f"```{language}\n{body}```\n"


def _table(chance: random.Random) -> str:
    rows = "".join(
        f"| `{chance.choice(_WORDS)}` | {chance.randint(1, 99)} | {_sentence(chance, 5)} |\n"
        for _ in range(5)
    )
    return f"| Key | Default | Meaning |\n|---|---:|---|\n{rows}"
