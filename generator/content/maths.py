"""LaTeX formulas become MathML at build time, as GitHub's MathJax would read them.

The converter is math-core: it knows no command that makes a link, an attribute or a style, and
its output is written anew tag by tag. Macros that an author defines hold inside their formula.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from html import escape
from typing import TYPE_CHECKING

from generator.content.mathml_rules import keep_known_markup

if TYPE_CHECKING:
    from math_core import LatexToMathML

_LENGTH_LIMIT = 10_000

# The converter is recursive in native code, where a stack that ends is the end of the process:
# 1 MB of it holds 300 levels of the worst kind.
_DEPTH_LIMIT = 60
_COMMAND_LIMIT = 800
_EXPANSION_WEIGHT_LIMIT = 2_000
_EXPANSION_LENGTH_LIMIT = 100_000

_MACROS = {
    "mbox": r"\text{#1}",
    "textnormal": r"\text{#1}",
    "pmb": r"\boldsymbol{#1}",
    "substack": r"\begin{subarray}{c}#1\end{subarray}",
    "mathds": r"\mathbb{#1}",
    "mathbbm": r"\mathbb{#1}",
    "vcenter": "{#1}",
    "hdots": r"\ldots",
    "dotsc": r"\ldots",
    "dotso": r"\ldots",
    "dotsb": r"\cdots",
    "dotsm": r"\cdots",
    "dotsi": r"\cdots",
}

_DEFINITION = re.compile(r"\\(?:def|let|newcommand|renewcommand|providecommand|DeclareMath)")
_NESTING = re.compile(r"\\left(?![a-zA-Z])|\\right(?![a-zA-Z])|\\begin|\\end|\\.|[{}]", re.DOTALL)
_OPENERS = frozenset({"{", r"\left", r"\begin"})
_CLOSERS = frozenset({"}", r"\right", r"\end"})

_GROUP = r"\{((?:[^{}]|\{[^{}]*\})*)\}"
_OPERATOR = re.compile(r"\\DeclareMathOperator(\*?)\s*\{?(\\[a-zA-Z]+)\}?\s*" + _GROUP)
_NEW_COMMAND = re.compile(r"\\newcommand\*?\s*(?:\{\s*(\\[a-zA-Z]+)\s*\}|(\\[a-zA-Z]+))")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")
_REFERENCE = re.compile(r"\\(?:eq)?ref\s*\{([\w:. -]*)\}")
_TAG = re.compile(r"\\tag\*?\s*\{[^{}]*\}")
_SIZE = re.compile(
    r"\\(?:tiny|small|normalsize|large|Large|LARGE|huge|Huge|limits|nolimits)(?![a-zA-Z])"
)
_TEXT = re.compile(r"(\\text(?:rm|bf|it|sf|tt)?|\\mbox)" + _GROUP)

_OTHER_NAMES = (
    (r"\begin{eqnarray}", r"\begin{array}{rcl}"),
    (r"\end{eqnarray}", r"\end{array}"),
    (r"\begin{eqnarray*}", r"\begin{array}{rcl}"),
    (r"\end{eqnarray*}", r"\end{array}"),
    ("{split}", "{aligned}"),
    ("{smallmatrix}", "{matrix}"),
    (r"\end{alignat}", r"\end{align*}"),
    (r"\end{alignat*}", r"\end{align*}"),
    (r"\end{alignedat}", r"\end{aligned}"),
    (r"\hspace*", r"\hspace"),
)
_COUNTED = re.compile(r"\\begin\{(?:alignat(\*?)|alignedat)\}\s*\{\d+\}")
_NUMBERED = re.compile(r"\\(begin|end)\{(equation|align|gather|multline|flalign)\}")


@lru_cache(maxsize=4096)
def math_to_html(tex: str, *, display: bool) -> str:
    """Return a formula as a `math` element, or its source as code where it cannot be read.

    The source is shown as `<code class="math-source">`; either way it may stand in a paragraph.
    """
    try:
        return keep_known_markup(_convert(tex, display=display))
    except ValueError:
        return f'<code class="math-source">{escape(tex.strip(), quote=False)}</code>'


def _convert(tex: str, *, display: bool) -> str:
    """Return the converter's MathML of the first reading that it understands."""
    from math_core import LatexError  # noqa: PLC0415  # only with a formula to convert

    if not tex.strip() or len(tex) > _LENGTH_LIMIT or not _is_bounded(tex):
        raise ValueError("formula out of bounds")
    prepared = _prepare(tex)
    converter = _converter(_count_expansions(prepared))
    problem: LatexError | None = None
    for reading in _readings(prepared, display=display):
        try:
            return converter.convert_with_local_state(reading, displaystyle=display)
        except LatexError as error:
            problem = error
    raise ValueError("not a formula") from problem


@cache
def _converter(max_expansions: int) -> LatexToMathML:
    from math_core import LatexToMathML  # noqa: PLC0415  # as in _convert

    return LatexToMathML(
        macros=_MACROS,
        allow_unreliable_rendering=True,
        fancy_error=False,
        max_expansions=max_expansions,
    )


def _is_bounded(tex: str) -> bool:
    depth = deepest = 0
    for match in _NESTING.finditer(tex):
        depth += (match[0] in _OPENERS) - (match[0] in _CLOSERS)
        deepest = max(deepest, depth)
    return deepest <= _DEPTH_LIMIT and tex.count("\\") - tex.count("\\\\") <= _COMMAND_LIMIT


def _count_expansions(tex: str) -> int:
    """Return how many macros may be expanded, fewer the more one of them could nest.

    Powers of two, so that few converters are made.
    """
    if not _DEFINITION.search(tex):
        return 1024
    weight = sum(tex.count(character) for character in "\\{^_")
    limit = min(_EXPANSION_WEIGHT_LIMIT // weight, _EXPANSION_LENGTH_LIMIT // len(tex))
    return 1 << max(limit, 1).bit_length() - 1


def _prepare(tex: str) -> str:
    """Spell in the converter's words what GitHub reads and it does not."""
    tex = _OPERATOR.sub(r"\\def\2{\\operatorname\1{\3}}", tex)
    tex = _NEW_COMMAND.sub(_define_anew, tex)
    tex = _REFERENCE.sub(r"\\text{(\1)}", _LABEL.sub("", tex))
    tex = _COUNTED.sub(_drop_count, tex)
    for theirs, ours in _OTHER_NAMES:
        tex = tex.replace(theirs, ours)
    if r"\tag" not in tex:  # GitHub numbers no equation by itself
        tex = _NUMBERED.sub(r"\\\1{\2*}", tex)
    return _TEXT.sub(_split_text, tex)


def _define_anew(match: re.Match[str]) -> str:
    """Let `\\newcommand` replace a command that exists: authors define `\\R`, which is known."""
    name = match[1] or match[2]
    return f"\\providecommand{{{name}}}{{}}\\renewcommand{{{name}}}"


def _drop_count(match: re.Match[str]) -> str:
    return r"\begin{aligned}" if match[1] is None else r"\begin{align*}"


def _split_text(match: re.Match[str]) -> str:
    """Take formulas out of `\\text{if $x$}`, since the converter has none in text."""
    parts = match[2].split("$")
    if len(parts) == 1 or len(parts) % 2 == 0:
        return match[0]
    return "".join(
        f"{{{part}}}" if index % 2 else f"{match[1]}{{{part}}}" for index, part in enumerate(parts)
    )


def _readings(tex: str, *, display: bool) -> list[str]:
    """Return the formula, then plainer forms of it, in the order to try them."""
    readings = [tex]
    if r"\tag" in tex:
        if display and r"\begin" not in tex:
            readings.append(f"\\begin{{equation}}{tex}\\end{{equation}}")
        readings.append(_TAG.sub("", tex))
    if _SIZE.search(tex):
        readings.append(_SIZE.sub(" ", _TAG.sub("", tex)))
    return readings
