"""Formulas: what GitHub's readers write becomes MathML; what cannot be read stays as source."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.mathml_rules import keep_known_markup
from generator.content.maths import math_to_html

FORMULAS = r"""
E=mc^2
\frac{a}{b}
\sqrt[3]{x^2+1}
\sum_{i=1}^{n} i = \frac{n(n+1)}{2}
\int_{-\infty}^{\infty} e^{-x^2}\,dx = \sqrt{\pi}
\prod_{k=1}^n k \iint \oint
\lim_{x \to 0} \frac{\sin x}{x} = 1
\begin{pmatrix} a & b \\ c & d \end{pmatrix}
\begin{bmatrix} 1 & 0 \\ 0 & 1 \end{bmatrix}
\begin{vmatrix} a & b \\ c & d \end{vmatrix}
\begin{smallmatrix} a & b \\ c & d \end{smallmatrix}
\begin{cases} x & \text{if } x > 0 \\ -x & \text{otherwise} \end{cases}
\begin{dcases} a & b \end{dcases}
\begin{aligned} a &= b + c \\ &= d \end{aligned}
\begin{align} a &= b \\ c &= d \end{align}
\begin{align*} a &= b \label{x} \\ c &= d \end{align*}
\begin{alignat}{2} a &= b & c &= d \end{alignat}
\begin{alignedat}{2} a &= b & c &= d \end{alignedat}
\begin{eqnarray} a &=& b \end{eqnarray}
\begin{equation} a = b \tag{3} \end{equation}
\begin{gather} a = b \\ c = d \end{gather}
\begin{split} a &= b \\ &= c \end{split}
\begin{multline} a \\ b \end{multline}
\begin{array}{cc|c} 1 & 2 & 3 \\ \hline 4 & 5 & 6 \end{array}
\begin{array}{c:c} a & b \\ \hdashline c & d \end{array}
\mathbb{R}^n \to \mathbb{C} \mathbb 1
\mathcal{L}(\theta) \mathfrak{g} \mathscr{H}
\mathbf{x}^\top \mathrm{d}x \mathsf{A} \mathtt{B}
\boldsymbol{\alpha} \bm{x} \pmb{y}
\operatorname{softmax}(x_i) = \frac{e^{x_i}}{\sum_j e^{x_j}}
\operatorname*{argmax}_{x} f(x)
\DeclareMathOperator{\sech}{sech} \sech x
\DeclareMathOperator*{\argmin}{arg\,min} \argmin_x x
\text{hello $x_{1}$ and $y^2$} \textbf{bold} \mbox{text}
\left( \frac{1}{2} \right] \left\{ x \mid x > 0 \right\}
\left. \frac{df}{dx} \right|_{x=0}
\bigl( \Bigl[ \biggl\{ x \biggr\} \Bigr] \bigr)
\langle \psi | \phi \rangle \lVert x \rVert_2 \|x\|
\lfloor x \rfloor \lceil y \rceil
\hat{x} \bar{y} \vec{z} \dot{a} \ddot{b} \tilde{c} \widehat{xyz} \widetilde{ab}
\overline{ab} \underline{cd} \overbrace{a+b}^{n} \underbrace{c+d}_{m}
\overset{a}{=} \underset{b}{\min} \stackrel{def}{=}
\xrightarrow{f} \xleftarrow[a]{b}
\binom{n}{k} \dbinom{n}{k} {n \choose k}
\dfrac{1}{2} \tfrac{1}{2} \cfrac{1}{1+\cfrac{1}{2}}
\color{red} x + \textcolor{blue}{y}
\newcommand{\R}{\mathbb{R}} x \in \R
\newcommand{\foo}[1]{#1^2} \foo{x}
\def\foo#1{#1^2} \foo{x}
x \in A \cup B \cap C \setminus D \subseteq E
\forall x \exists y \neg (p \land q) \lor r \implies s \iff t
\nabla \cdot \vec{E} = \frac{\rho}{\epsilon_0} \partial_t u = \Delta u
f'(x) + f''(x) \quad a \equiv b \pmod{n} \qquad a \bmod b
\boxed{x = y} \cancel{x} \phantom{x} y
x_{i_j}^{k^l} {}_a^b X_c^d
\sum\limits_{i} \int\nolimits_a^b \mathop{\rm lim\,sup}\limits_{x} x
\sum_{\substack{0 \le i \\ i < n}} i
\tag{1} x = y
\label{eq} x \quad \eqref{eq}
\mathbb{E}_{x \sim p}\left[ \log \frac{p(x)}{q(x)} \right]
\hbar \ell \Re \Im \aleph \infty \emptyset \varnothing \degree
\ldots \cdots \vdots \ddots \dotsc \hdots
\le \leq \ge \ne \neq \approx \sim \simeq \cong \propto \ll \gg
\rightarrow \Rightarrow \mapsto \hookrightarrow \leftrightarrow \longrightarrow
{\rm Tr}(A) {\bf x} \rm{x} \displaystyle \sum_{i}
100\% \$5 \# \_
\large x
日本語 + x
""".strip().splitlines()

HOSTILE = r"""
\href{javascript:alert(1)}{x}
\url{javascript:alert(1)}
\style{color:red}{x}
\class{foo}{x}
\htmlId{a}{x}
\htmlStyle{position:fixed}{x}
\htmlData{a=b}{x}
\includegraphics{http://example.com/x.png}
\unicode{x3c}
\text{<script>alert(1)</script>}
\text{<img src=x onerror=alert(1)>}
\color{"><script>alert(1)</script>}x
\textcolor{red" onclick="alert(1)}{x}
\begin{equation}\label{"><script>} x \end{equation}
\begin{align}\tag{<b>x</b>} x \end{align}
\begin{"><script>}x\end{"><script>}
\operatorname{<script>alert(1)</script>}
\hspace{1em" onmouseover="alert(1)} x
\begin{array}{c"><script>} x \end{array}
\mathrm{</math><script>alert(1)</script>}
\newcommand{\a}{<script>} \a
</code><script>alert(1)</script>
""".strip().splitlines()

_TAGS = re.compile(r"<(\w+)((?: [\w:-]+=\"[^\"<>]*\")*)/?>")


@pytest.mark.parametrize("tex", FORMULAS)
def test_formula_becomes_mathml(tex: str) -> None:
    html = math_to_html(tex, display=True)
    assert html.startswith('<math display="block">')
    assert html.endswith("</math>")
    assert " style=" not in html
    assert " id=" not in html
    assert "<merror" not in html


def test_inline_formula_is_not_a_block() -> None:
    assert math_to_html("x", display=False) == "<math><mi>x</mi></math>"


@pytest.mark.parametrize("tex", HOSTILE)
def test_hostile_formula_brings_no_markup_of_its_own(tex: str) -> None:
    html = math_to_html(tex, display=True)
    for name, attributes in _TAGS.findall(html):
        assert name not in {"script", "img", "a", "svg", "iframe"}
        assert not re.search(r" (on\w+|href|src|style|id)=", attributes)
    assert "<" not in _TAGS.sub("", re.sub(r"</\w+>", "", html))


@pytest.mark.parametrize("tex", [r"\ce{H2O}", "x_", "{", r"\nosuchcommand", "a & b", "", "$x$"])
def test_what_cannot_be_read_is_shown_as_source(tex: str) -> None:
    html = math_to_html(tex, display=True)
    assert html.startswith('<code class="math-source">')


def test_source_is_escaped() -> None:
    assert math_to_html(r"\x <b>&", display=False) == (
        '<code class="math-source">\\x &lt;b&gt;&amp;</code>'
    )


def test_colours_are_attributes_since_styles_are_refused_by_the_page() -> None:
    assert 'mathcolor="#FF0000"' in math_to_html(r"\color{red} x", display=False)


def test_equations_have_no_numbers_but_the_author_s() -> None:
    assert "(1)" not in math_to_html(r"\begin{align}a\\b\end{align}", display=True)
    assert "<mtext>(7)</mtext>" in math_to_html(r"x \tag{7}", display=True)


@pytest.mark.parametrize(
    "tex",
    [
        "{" * 4_000 + "}" * 4_000,
        "x^{" * 3_000 + "}" * 3_000,
        r"\sqrt " * 1_600,
        r"\frac1" * 1_600,
        r"\left(" * 700 + r"\right)" * 700,
        r"\begin{matrix}" * 350 + r"\end{matrix}" * 350,
        r"\def\x{\x\x}\x",
        r"\def\b{x^{x^{x^{x^{x^{x^{\b}}}}}}}\b",
        r"\def\b{" + r"\sqrt " * 250 + r"\b}\b",
        r"\def\b{" + "x" * 4_000 + "}" + r"\b" * 900,
        "x" * 1_000_000,
        r"\text{" * 1_500,
        r"\DeclareMathOperator{" * 400,
        r"\newcommand " * 700,
    ],
)
def test_bomb_neither_ends_the_process_nor_takes_long(tex: str) -> None:
    start = time.process_time()
    assert len(math_to_html(tex, display=True)) < 10_000_000
    assert time.process_time() - start < 5


def test_unknown_markup_of_a_converter_is_refused_or_dropped() -> None:
    assert (
        keep_known_markup('<math><a href="#x"><mi>x</mi></a></math>') == "<math><mi>x</mi></math>"
    )
    with pytest.raises(ValueError, match="unexpected"):
        keep_known_markup('<math onclick="a>b"></math>')


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab12\\{}[]()^_&$%#~'\"<>/ \nfracsqtexbeginmd", max_size=80))
def test_any_text_yields_one_element(tex: str) -> None:
    html = math_to_html(tex, display=False)
    assert re.match(r"<(math|code)[ >]", html)
    assert "<" not in _TAGS.sub("", re.sub(r"</\w+>", "", html))


def test_formulas_of_real_documents_are_mostly_read(corpus: Path) -> None:
    text = (corpus / "google-research__tuning_playbook" / "README.md").read_text(encoding="utf-8")
    formulas = re.findall(r"\$\$(.+?)\$\$|(?<![\\$\w])\$([^$\n]+)\$(?!\w)", text)
    read = [math_to_html(block or inline, display=bool(block)) for block, inline in formulas]
    assert len(read) >= 5
    assert sum(html.startswith("<math") for html in read) >= 0.9 * len(read)
