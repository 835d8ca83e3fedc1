"""Ties of kinship between two persons, as the text states them: 甲的弟弟乙, 甲系乙之妻."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import cast

from . import lexicon
from .masks import Masked, compiled
from .persons import Person


def find(masked: Masked) -> Iterator[tuple[Person, Person, str, int, int]]:
    """Both persons, the kinship, and the span in the masked sentence. The tie reads both ways."""
    for m in compiled(_pattern()).finditer(masked.text):
        first, second = cast(list[Person], masked.all("N", m[0]))
        word = m["of"] or m["being"]
        yield first, second, _kinship()[word], m.start(), m.end()


@cache
def _kinship() -> Mapping[str, str]:
    table = cast(Mapping[str, list[str]], lexicon.table("relations")["kinship"])
    return {word: kinship for kinship, words in table.items() for word in words}


@cache
def _pattern() -> str:
    words = "|".join(sorted(map(re.escape, _kinship()), key=len, reverse=True))
    return f"N(?:的|之)(?P<of>{words})N|N(?:是|系|为)N(?:的|之)(?P<being>{words})"
