"""Where a sentence speaks of a class of bodies, places or people: 物业公司, 居民代表, 有关部门. Never an instance."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from govgraph.graph.vocabulary import vocabulary

from . import lexicon
from .mentions import Mention

_HAN = re.compile(r"[\u4e00-\u9fff“”]{2,}")
_PLACE_LEVELS = ("District", "SubDistrict", "Community")


def find(text: str, base: int, taken: list[tuple[int, int]]) -> list[Mention]:
    """Class words of a sentence that begins at `base`, outside the spans of `taken` (positions in the sentence)."""
    found: list[Mention] = []
    closed = sorted(taken)
    for m in _pattern().finditer(text):
        low, high = m.span()
        if not any(a < high and low < b for a, b in closed):
            found.append(Mention(base + low, base + high, base + low, _type(m), m[0], m[0], "", False))
    return found


def _type(m: re.Match[str]) -> str:
    if m.lastgroup in ("people", None):
        return "Person"
    return words()[m[0]] if m.lastgroup == "word" else m.lastgroup


@cache
def words() -> Mapping[str, str]:
    """Class word → type: those of the data file, and the vocabulary's own."""
    left_out = lexicon.words("classes", "without")
    found: dict[str, str] = {}
    for name in vocabulary().descendants("Actor"):
        if name not in ("Person", "Place", "Organization", "Team"):
            found |= {w: name for w in _own_words(name) if _HAN.fullmatch(w) and w not in left_out}
    for kind, more in cast(Mapping[str, list[str]], lexicon.table("classes")["bodies"]).items():
        found |= dict.fromkeys(more, kind)
    return found


def _own_words(name: str) -> Iterator[str]:
    kind = vocabulary().type(name)
    yield kind.zh
    yield from kind.synonyms
    for word, value in kind.kinds.items():
        yield word
        yield from value.synonyms


@cache
def _pattern() -> re.Pattern[str]:
    unless = cast(Mapping[str, str], lexicon.table("classes")["unless"])
    ordered = sorted(words(), key=lambda w: (-len(w), w))
    known = "|".join(re.escape(w) + (f"(?!{unless[w]})" if w in unless else "") for w in ordered)
    people = "|".join(sorted(lexicon.words("classes", "people"), key=len, reverse=True))
    levels = cast(Mapping[str, str], lexicon.table("classes")["levels"])
    short = "|".join(f"(?P<{kind}>{levels[kind]})" for kind in _PLACE_LEVELS)
    return re.compile(f"(?P<people>{people})|(?P<word>{known})|{short}")
