"""Code blocks: colour without changing a character, bounded time, marks and prompts."""

from __future__ import annotations

import re
import time
from html import unescape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.content.fence_info import parse_fence_info
from generator.content.highlight import code_block, highlight
from generator.content.lexers import find_lexer, resolve_language

_PROMPT = re.compile(r'<span class="q" data-prompt="([^"]*)"></span>')
_FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
LANGUAGES = """
sh shell bash zsh fish console terminal shellsession pwsh ps1 powershell bat cmd py
python3 pycon js mjs javascript jsx ts tsx typescript vue svelte astro mdx md markdown
html xml svg css scss sass less json json5 jsonc jsonl yaml yml toml ini conf env dotenv
properties dockerfile docker makefile make cmake meson nginx diff patch go rust rs c h cpp
c++ cs c# f# java kotlin kt kts swift objective-c scala groovy gradle dart ruby rb php
perl lua r julia haskell hs elixir ex erlang clojure ocaml zig nim v nix hcl terraform tf
proto protobuf graphql gql sql postgresql solidity sol vim viml elisp emacs-lisp latex tex
rst http jinja jinja2 j2 go-html-template handlebars hbs liquid twig prisma wat glsl wgsl
hlsl cuda asm nasm verilog vhdl matlab fortran ada pascal prolog scheme racket lisp
"""


def text_of(html: str) -> str:
    """Return what a reader sees in the code of a figure, prompts included."""
    code = html[html.index("<code>") : html.index("</code>")] if "<code>" in html else html
    return unescape(re.sub(r"<[^>]*>", "", _PROMPT.sub(r"\1", code)))


def test_block_names_its_language_and_is_scrollable_by_keyboard() -> None:
    html = code_block("x = 1\n", "Python")
    assert html.startswith('<figure class="code" data-language="python"><pre tabindex="0"><code>')
    assert "figcaption" not in html


def test_everything_from_the_author_is_escaped() -> None:
    html = code_block("<script>alert('&')</script>\n", 'x"><script> title="<b>"')
    assert "<script" not in html
    assert "<b>" not in html
    assert "<figcaption>&lt;b&gt;</figcaption>" in html


def test_classes_are_short_and_there_is_no_style() -> None:
    html = highlight('def f(x):\n    return "a" + str(1)  # c\n', "python")
    assert '<span class="k">def </span><span class="f">f</span>(x):' in html
    assert "style" not in html
    assert set(re.findall(r'class="([^"]+)"', html)) <= set("ksncftvxoemhgrbiuq")


@pytest.mark.parametrize("language", LANGUAGES.split())
def test_language_that_users_of_github_write_is_known(language: str) -> None:
    assert find_lexer(resolve_language(language)) is not None


@pytest.mark.parametrize("language", ["text", "txt", "plaintext", "", "no-such-language", "../x"])
def test_unknown_language_is_plain_text(language: str) -> None:
    assert highlight("a < b", language) == "a &lt; b"


def test_file_name_stands_for_its_language() -> None:
    assert resolve_language("Cargo.toml") == "toml"
    assert resolve_language("main.rs") == resolve_language("x.rs") == "rust"


@pytest.mark.parametrize(
    ("info", "language", "title", "marks"),
    [
        ('js title="src/a.js" {1,3-4}', "js", "src/a.js", {1: "mark", 3: "mark", 4: "mark"}),
        ("ts {2} ins={3} del={4}", "ts", "", {2: "mark", 3: "ins", 4: "del"}),
        ('go {hl_lines=[1,"3-4"],linenos=true}', "go", "", dict.fromkeys((1, 3, 4), "mark")),
        ('python hl_lines="2 4"', "python", "", {2: "mark", 4: "mark"}),
        ("js{2}", "js", "", {2: "mark"}),
        ("rust,no_run", "rust", "", {}),
        ("ruby:lib/a.rb", "ruby", "lib/a.rb", {}),
        ("{.python .numberLines}", "python", "", {}),
        ("{code-block} python", "python", "", {}),
        ("C++ filename='x y.cpp'", "c++", "x y.cpp", {}),
        ("bash frame=none", "bash", "", {}),
        ("{2,3}", "", "", {2: "mark", 3: "mark"}),
        ('title="a"', "", "a", {}),
        ("", "", "", {}),
    ],
)
def test_info_string_is_read_as_other_tools_write_it(
    info: str, language: str, title: str, marks: dict[int, str]
) -> None:
    fence = parse_fence_info(info)
    assert (fence.language, fence.title, fence.marks) == (language, title, marks)


def test_hostile_line_range_stays_small() -> None:
    assert len(parse_fence_info("js {1-999999,5-999999}").marks) < 20_000


def test_marked_lines_hold_their_line_end_and_split_long_tokens() -> None:
    html = code_block('x = """a\nb\n"""\n', "python {2}")
    assert '<span class="line mark"><span class="s">b\n</span></span>' in html
    assert text_of(html) == 'x = """a\nb\n"""'


def test_prompt_is_neither_selected_nor_copied_and_output_is_told_apart() -> None:
    html = code_block("$ ls -l # all\nfile\n# note\n$ cat \\\n> x\n", "console")
    assert html.count('<span class="q" data-prompt="$ "></span>') == 2
    assert '<span class="q" data-prompt="&gt; "></span>x' in html
    assert '<span class="u">file\n</span>' in html
    assert '<span class="c"># note\n</span>' in html


def test_shell_fence_with_prompts_is_a_session_and_console_without_is_a_script() -> None:
    assert 'data-prompt="$ "' in highlight("$ npm i\n", "sh")
    assert highlight("npm i # x", "console") == 'npm i <span class="c"># x</span>'
    assert "data-prompt" not in highlight("echo $ HOME", "sh")


def test_diff_lines_are_whole_lines() -> None:
    html = highlight("-a\n-b\n+c\n d\n", "diff")
    assert html == '<span class="r">-a\n-b\n</span><span class="g">+c\n</span> d\n'


def test_long_code_is_shown_plain() -> None:
    code = "x = 1\n" * 20_000
    assert highlight(code, "python") == code


@pytest.mark.parametrize("language", ["js", "html", "python", "console", "css", "md"])
@pytest.mark.parametrize("flood", ["/*\n", "<!--", "(", "`", '"""', "\\", "a.", "$ ", "[", "\t"])
def test_hostile_code_takes_bounded_time(language: str, flood: str) -> None:
    code = "\n".join([flood * (1_900 // len(flood))] * 50)
    start = time.process_time()
    assert text_of(highlight(code, language)) == code
    assert time.process_time() - start < 8


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\x00\ufeff"), max_size=200),
    st.sampled_from(["python", "console", "js", "html", "diff", "md", "yaml", "php", "sh"]),
    st.sampled_from(["", " {1,3}", " ins={2}"]),
)
def test_no_character_is_lost_or_added(code: str, language: str, options: str) -> None:
    assert text_of(code_block(code, language + options)) == code.removesuffix("\n")


def test_real_fences_keep_their_text(corpus: Path) -> None:
    seen = 0
    for path in sorted(corpus.glob("*/README*.md")):
        for fence in _FENCE.finditer(path.read_text(encoding="utf-8", errors="replace")):
            code = fence[3].replace("\r", "")
            assert text_of(code_block(code, fence[2])) == code.removesuffix("\n")
            seen += 1
    assert seen > 100
