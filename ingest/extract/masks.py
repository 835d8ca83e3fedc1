"""A sentence in which every mention is one sign, so that a pattern over it stays one line.

A a body or place (with the chain before it), H a group of people, R a post word, N a person, D a date, P a document in
《》.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from .dates import Date
from .document import Passage, Role
from .mentions import Mention
from .persons import Person

_BASE = {"A": 0xE000, "H": 0xE400, "R": 0xE800, "N": 0xEC00, "D": 0xF000, "P": 0xF400}
_ROOM = 0x400
Item = Mention | Role | Person | Date | str
_POLICY = re.compile(r"《[^《》]{2,80}》")


_AND = "(?:、|和|与|及|以及|或者|或|会同|，以及)"
_SHORT = {
    "{any}": f"[AH](?:{_AND}[AH])*",
    "{a}": f"A(?:{_AND}A)*",
    "{h}": f"H(?:{_AND}H)*",
    "{post}": "[AH]?R",
    "{etc}": "(?:等[^AHRN，。；、]{0,6}?)?",
}


@dataclass(frozen=True)
class Masked:
    """`text` is the masked sentence; `at[i]` is where its i-th character stands in the sentence, `at[-1]` its end."""

    text: str
    at: Sequence[int]
    items: dict[str, Item]

    def all(self, kind: str, text: str) -> list[Item]:
        """What the signs of one kind in a piece of masked text stand for, in order."""
        low = _BASE[kind]
        return [self.items[c] for c in text if low <= ord(c) < low + _ROOM]


def mask(passage: Passage) -> Masked:
    base = passage.sentence.start
    spans: list[tuple[int, int, str, Item]] = []
    first_of_next = [*(m.first for m in passage.mentions[1:]), passage.sentence.end]
    for here, following in zip(passage.mentions, first_of_next, strict=False):
        if following > here.start:  # else it is part of the chain or name of the next
            spans.append((here.first - base, here.end - base, "A", here))
    spans += [(c.start - base, c.end - base, "H" if c.type == "Person" else "A", c) for c in passage.classes]
    spans += [(r.start, r.end, "R", r) for r in passage.roles]
    spans += [(p.start, p.end, "N", p) for p in passage.persons]
    spans += [(d.start, d.end, "D", d) for d in passage.dates]
    titles = [(m.start(), m.end(), "P", m[0]) for m in _POLICY.finditer(passage.text)]
    spans = [s for s in spans if not any(a <= s[0] and s[1] <= b for a, b, *_ in titles)]
    return _build(passage.text, sorted([*spans, *titles], key=lambda s: s[:2]))


def _build(text: str, spans: Sequence[tuple[int, int, str, Item]]) -> Masked:
    out: list[str] = []
    at: list[int] = []
    items: dict[str, Item] = {}
    done = 0
    for start, end, kind, item in spans:
        if start < done or len(items) >= _ROOM:
            continue
        out += text[done:start]
        at += range(done, start)
        sign = chr(_BASE[kind] + len(items))
        items[sign] = item
        out.append(sign)
        at.append(start)
        done = end
    out += text[done:]
    at += [*range(done, len(text)), len(text)]
    return Masked("".join(out), at, items)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a data file: letters A H R N D P are signs, ~ is a short gap.

    {posts} and {names} are lists, {a} {h} {any} lists of bodies, of people, of both; {post} is a post with its body.
    """
    post = "(?:A?R)"
    pattern = pattern.replace("{posts}", rf"{post}(?:[、，和及兼]?{post})*").replace("{names}", "N(?:[、和与]N)*")
    pattern = pattern.replace("~", "[^ARNDP，。；]{0,8}")
    for word, meaning in _SHORT.items():
        pattern = pattern.replace(word, meaning)
    return re.compile(re.sub(r"\(\?P<|[AHRNDP]", _sign, pattern))


def _sign(m: re.Match[str]) -> str:
    if m[0] == "(?P<":
        return m[0]
    low = _BASE[m[0]]
    signs = f"{chr(low)}-{chr(low + _ROOM - 1)}"
    text, i = m.string, m.start()
    inside = text.rfind("[", 0, i) > text.rfind("]", 0, i)
    return signs if inside else f"[{signs}]"
