"""docs/vocabulary.md is the codebook: it is made from the vocabulary, whole, and never older than it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from govgraph.graph.vocabulary.docs import Codebook, main, page

PAGE = Path(__file__).parents[2] / "docs" / "vocabulary.md"


@pytest.fixture(scope="module")
def text() -> str:
    return page(Codebook())


def test_the_page_in_the_repository_is_the_one_that_would_be_written(text: str) -> None:
    assert PAGE.read_text("utf-8") == text, "run python -m govgraph.graph.vocabulary.docs docs/vocabulary.md"


def test_every_entry_stands_on_the_page(text: str) -> None:
    v = Codebook()
    assert re.findall(r"^### (\w+)$", text, re.M) and set(re.findall(r"^### (\w+)$", text, re.M)) == set(v.types)
    for post in v.posts.values():
        assert f"| {post.name} | {post.en} |" in text
    for relation in v.relations.values():
        assert f"`{relation.name}`" in text and relation.zh in text and relation.en in text
    for about in v.types.values():
        assert f"**{about.zh}** · {about.en}." in text
        for attribute in about.attributes.values():
            assert f"| `{attribute.name}` | {attribute.type} | {attribute.tier} |" in text


def test_the_four_kinds_of_actors_lead(text: str) -> None:
    places = [
        text.index(f"### {name}\n")
        for name in ("PartyOrg", "OwnersCommittee", "PropertyFirm", "Person", "PartyDepartment", "OwnersAssembly")
    ]
    assert places[0] < places[4] and places[1] < places[5]
    assert text.index("| `PartyOrg` | 党组织 |") < text.index("| `Person` | 人员 |") < text.index("## Types")


def test_the_command_writes_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    monkeypatch.setattr("sys.argv", ["docs", str(tmp_path / "page.md")])
    main()
    assert (tmp_path / "page.md").read_text("utf-8") == text and not capsys.readouterr().out
    monkeypatch.setattr("sys.argv", ["docs"])
    main()
    assert capsys.readouterr().out == text
