"""The measure of reading gives its figures, and says what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from govgraph.api.bench.reading import reading
from govgraph.graph.errors import BadInput

DOCUMENTS = Path(__file__).parents[1] / "ingest" / "documents"


def test_texts_are_read_in_no_more_than_a_few_times_what_the_tagger_takes() -> None:
    found = reading(DOCUMENTS)
    assert found["texts"] == len(list(DOCUMENTS.glob("*.txt")))
    assert float(str(found["ratio"])) < 4  # a machine under load; docs/extraction.md has the figure of a quiet one


def test_a_folder_without_texts_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="holds no texts"):
        reading(tmp_path)
