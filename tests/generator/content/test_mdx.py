"""MDX is readable: code goes, the words in components stay."""

from __future__ import annotations

from generator.content.document import read_document
from generator.content.mdx import read_mdx
from tests.support.links import OpenLinks


def test_statements_comments_and_component_tags_go() -> None:
    text = (
        "import A from './a'\nexport const b = {\n  c: 1,\n}\n\n# Title\n\n{/* hidden\n */}\n"
        '<Tabs>\n<Tabs.Item value="x">\n\nKept *text*\n\n</Tabs.Item>\n</Tabs>\n<>x</>\n'
    )
    result = read_mdx(text)
    assert "Kept *text*" in result
    assert "# Title" in result
    for gone in ("import", "export", "c: 1", "hidden", "Tabs", "<>"):
        assert gone not in result


def test_a_components_title_is_kept() -> None:
    assert "**Read me**" in read_mdx('<Card title="Read me">\n\ntext\n\n</Card>')


def test_code_and_html_stay_as_they_are() -> None:
    text = "```jsx\nimport X from 'x'\n<Tabs>{/* c */}</Tabs>\n```\n\n<details>\nx\n</details>\n"
    assert read_mdx(text) == text


def test_sentences_that_begin_with_import_within_a_paragraph_stay() -> None:
    assert read_mdx("First\nimport is a word") == "First\nimport is a word"


def test_an_mdx_file_is_read_as_markdown() -> None:
    html = read_document("a.mdx", "import X from 'x'\n\n# A\n\n<X>b</X>\n", links=OpenLinks()).html
    assert "import" not in html
    assert '<h1 id="a">' in html
