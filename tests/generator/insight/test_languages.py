"""Languages are counted as GitHub counts them, and their shares sum to the whole."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insight.languages import count_code, read_languages, share_out
from generator.model.files import FileTree
from generator.model.insight import LanguageShare
from generator.model.repository import ForgeFacts
from tests.generator.insight.conftest import MakeRepository, MakeTree


def count(sizes: dict[str, int]) -> dict[str, int]:
    return count_code(FileTree(root=Path(), sizes=sizes))


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 10**12), max_size=30))
@settings(max_examples=200, deadline=None)
def test_shares_sum_to_a_thousand_and_are_sorted(sizes: dict[str, int]) -> None:
    shares = share_out(sizes)
    assert sum(share.permille for share in shares) == (1000 if any(sizes.values()) else 0)
    assert [share.permille for share in shares] == sorted(
        (share.permille for share in shares), reverse=True
    )
    for share in shares:
        assert abs(share.permille - 1000 * sizes[share.name] / sum(sizes.values())) < 1


def test_the_largest_remainder_gets_the_missing_share() -> None:
    assert share_out({"A": 1, "B": 1, "C": 1}) == (
        LanguageShare(name="A", permille=334),
        LanguageShare(name="B", permille=333),
        LanguageShare(name="C", permille=333),
    )


def test_vendored_generated_and_documentation_files_are_not_counted() -> None:
    assert count(
        {
            "src/main.py": 10,
            "Makefile": 2,
            "README.md": 500,
            "data.json": 500,
            **dict.fromkeys(
                [
                    *("node_modules/a/x.js", "vendor/y.go", "third_party/z.c", "docs/conf.py"),
                    *("dist/app.js", "web/jquery-3.1.min.js", "api_pb2.py", "types.d.ts"),
                    *("examples/demo.rb", "app.min.css", "model.g.dart", "tests/fixtures/a.php"),
                ],
                1000,
            ),
        }
    ) == {"Python": 10, "Makefile": 2}


def test_a_shared_suffix_goes_to_the_language_of_its_company() -> None:
    assert count({"a.h": 1, "a.c": 2})["C"] == 3
    assert count({"a.h": 1, "a.cpp": 2, "b.cpp": 1})["C++"] == 4
    assert count({"a.m": 1, "a.mlx": 1}) == {"MATLAB": 1}
    assert count({"a.m": 1}) == {"Objective-C": 1}


def test_gitattributes_are_obeyed(make_tree: MakeTree) -> None:
    attributes = (
        "# for Linguist\n"
        "tests/data/** linguist-vendored\n"
        "vendor/ours/* -linguist-vendored\n"
        "*.gen.py linguist-generated=true\n"
        "*.x linguist-language=Rust\n"
        "*.sql linguist-detectable=false\n"
    )
    files = make_tree(
        {
            ".gitattributes": attributes,
            **{"tests/data/a.py": "1234", "vendor/ours/b.py": "12", "c.gen.py": "123"},
            **{"d.x": "12345", "e.sql": "1", "f.py": "1"},
        }
    )
    assert count_code(files) == {"Python": 3, "Rust": 5}


def test_the_forges_count_wins(make_repository: MakeRepository) -> None:
    repository = make_repository({"a.py": "x"}, facts=ForgeFacts(languages={"Zig": 3, "C": 1}))
    assert read_languages(repository, {"Python": 1}) == (
        LanguageShare(name="Zig", permille=750),
        LanguageShare(name="C", permille=250),
    )


def test_the_main_language_of_real_repositories_is_found(corpus: Path) -> None:
    """The corpus counts every file; the exceptions are its vendored, documentation and test files,
    and notebooks, which Linguist counts as a language."""
    exceptions = {
        "alphapapa__org-ql": "Emacs Lisp",
        "alpinejs__alpine": "HTML",
        "huggingface__tokenizers": "Rust",
        "karpathy__nanoGPT": "Jupyter Notebook",
    }
    for path in sorted(corpus.glob("*__*/facts.json")):
        facts = json.loads(path.read_text(encoding="utf-8"))
        sizes = {name: size or 0 for name, size in facts["tree"]}
        shares = share_out(count_code(FileTree(root=path.parent, sizes=sizes)))
        found = shares[0].name if shares else None
        assert found == exceptions.get(path.parent.name, facts["primary_language"]), (
            path.parent.name
        )
