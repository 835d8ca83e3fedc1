"""Which keys speak of one actor: recognised across sources, corrected by decisions, undone without a trace.

Different keys of one source are different things, whatever they are called. Across sources an organisation or a place
is the same by type, core name and place chain, a person only by name *and* body. What is less sure is a question for
a person and merges nothing. The result depends on claims and decisions alone, not on the order in which they came.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Literal

from .vocabulary import vocabulary

Likeness = Literal[
    "one", "open", "unlike", "apart"
]  # unlike: nothing speaks for it; apart: something speaks against it
Chain = tuple[tuple[str, str], ...]  # (type, core name) of each containing place that is known, nearest first

# Longer forms first; each is read as the short one. Numbers, phases and ordinals are left alone: they tell things
# apart.
ABBREVIATIONS = (
    ("业主委员会", "业委会"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村委会"),
    ("街道工作委员会", "街道党工委"),
    ("党的工作委员会", "党工委"),
    ("总支部委员会", "党总支"),
    ("党总支部", "党总支"),
    ("支部委员会", "党支部"),
    ("党党支部", "党支部"),
    ("住房和城乡建设局", "住建局"),
    ("住房和建设局", "住建局"),
    ("街道办事处", "街道办"),
    ("有限责任公司", "公司"),
    ("有限公司", "公司"),
)
PREFIX = re.compile(r"^(?:中国共产党|中共)")
COMMITTEE = re.compile(r"^(.+(?:街道|社区|区|市|县|镇|乡|村))委员会$")
LARGE = 500  # a name that so many mentions share says nothing by itself
ABOVE = ("Country", "Province", "City", "District", "SubDistrict", "Community")  # written before a name or left out
NOISE = re.compile(r"[\s“”\"'‘’《》·（）()]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One key as identity sees it:
    its home source, type, name, place chain, the keys of the bodies a person serves, and all sources that use it.
    """

    key: str
    source: str
    type: str
    name: str
    chain: Chain = ()
    bodies: frozenset[str] = frozenset()
    used_by: frozenset[str] = frozenset()

    @property
    def sources(self) -> frozenset[str]:
        """Every source that speaks of this key: it tells the key from the others that it uses."""
        return self.used_by | {self.source}


@dataclass(frozen=True, slots=True)
class Question:
    """Two keys that may be one actor: somebody should look."""

    a: str
    b: str
    reason: str


@dataclass(frozen=True, slots=True)
class Identity:
    """The answer: which keys are one (key → the smallest key of its cluster, for keys that were merged), and what is
    open.
    """

    canonical: Mapping[str, str]
    questions: tuple[Question, ...] = ()


def core(name: str, type_: str, chain: Chain = ()) -> str:
    """A name without what may be written or left out:
    width, blanks, quotes, legal short forms, and its own place chain.
    """
    text = NOISE.sub("", unicodedata.normalize("NFKC", name))
    if type_ == "Person":
        return text
    party = bool(PREFIX.match(text))
    text = PREFIX.sub("", text)
    if party and (match := COMMITTEE.match(text)):
        text = match[1] + "党委"
    for long, short in ABBREVIATIONS:
        text = text.replace(long, short)
    for level, place in reversed(chain):
        rest = text.removeprefix(place)
        if level in ABOVE and rest and vocabulary().by_word(rest) is None:  # 望江街道 in 望江街道党工委 is its name
            text = rest
    return text


def in_force(decisions: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """The decisions that count today:
    those not undone, and of several about one pair the last. An undo can be undone.
    """
    undone: set[str] = set()
    last: dict[frozenset[str], Mapping[str, str]] = {}
    for decision in reversed(decisions):
        if decision["id"] in undone:
            continue
        if decision["kind"] == "undo":
            undone.add(decision["decision"])
        else:
            last.setdefault(frozenset((decision["a"], decision["b"])), decision)
    return list(reversed(last.values()))


def resolve(mentions: Iterable[Mention], decisions: Sequence[Mapping[str, str]] = ()) -> Identity:
    """Cluster the keys. `decisions` are those in force, each with `kind` (same or different) and the keys `a` and
    `b`.
    """
    known = sorted(mentions, key=lambda m: m.key)
    clusters = _Clusters([(d["a"], d["b"]) for d in decisions if d["kind"] == "different"])
    for decision in decisions:
        if decision["kind"] == "same":
            clusters.join(decision["a"], decision["b"])
    questions: list[Question] = []
    bodies = [m for m in known if m.type != "Person"]
    for group in _several_sources(bodies, lambda m: (m.type, core(m.name, m.type, m.chain))):
        _merge(clusters, group, compare_places, questions)
    stands = {m.key: m.chain[:1] for m in bodies}
    people = [m for m in known if m.type == "Person"]
    for group in _several_sources(people, lambda m: core(m.name, m.type)):
        served = {m.key: {clusters.find(body) for body in m.bodies} for m in group}
        around = {m.key: {place for body in m.bodies for place in stands.get(body, ())} for m in group}
        _merge(clusters, group, partial(_compare_bodies, served, around), questions)
    return Identity(clusters.canonical(), tuple(questions))


def compare_places(a: Mention, b: Mention) -> Likeness:
    """Whether two mentions of one type and core name are one thing, by where they stand.

    One: a level in common and none that contradicts, or neither has a place; provinces and cities carry names that are
    unique in the country. Apart: a level that contradicts. Open: the places have no level in common.
    """
    levels_a, levels_b = _levels(a.chain), _levels(b.chain)
    shared = levels_a.keys() & levels_b.keys()
    if any(not levels_a[level] & levels_b[level] for level in shared):
        return "apart"
    alone = not levels_a and not levels_b
    return "one" if shared or alone or a.type in ("Country", "Province", "City") else "open"


def _compare_bodies(
    served: Mapping[str, set[str]], around: Mapping[str, set[tuple[str, str]]], a: Mention, b: Mention
) -> Likeness:
    """People of one name: one if they serve one body; if only their bodies stand in one place, somebody should look."""
    if served[a.key] & served[b.key]:
        return "one"
    return "open" if around[a.key] & around[b.key] else "unlike"


def _levels(chain: Chain) -> dict[str, set[str]]:
    levels: dict[str, set[str]] = defaultdict(set)
    for type_, name in chain:
        levels[type_].add(name)
    return levels


def _several_sources(mentions: Sequence[Mention], by: Callable[[Mention], object]) -> Iterator[list[Mention]]:
    groups: dict[object, list[Mention]] = defaultdict(list)
    for mention in mentions:
        groups[by(mention)].append(mention)
    return (group for group in groups.values() if len({m.source for m in group}) > 1)


def _merge(
    clusters: _Clusters,
    group: list[Mention],
    compare: Callable[[Mention, Mention], Likeness],
    questions: list[Question],
) -> None:
    """Merge what likeness links, unless a source would lose two of its own or two that are apart would meet."""
    if len(group) > LARGE:
        return
    pairs = {(a.key, b.key): compare(a, b) for a, b in combinations(group, 2) if not a.sources & b.sources}
    linked = _Clusters([])
    for (a, b), likeness in pairs.items():
        if likeness == "one":
            linked.join(a, b)
    sources: dict[str, list[str]] = defaultdict(list)
    for mention in group:
        sources[linked.find(mention.key)] += mention.sources
    torn = {
        linked.find(a) for (a, b), likeness in pairs.items() if likeness == "apart" and linked.find(a) == linked.find(b)
    }
    torn |= {root for root, of in sources.items() if len(of) != len(set(of))}
    for (a, b), likeness in pairs.items():
        if likeness == "one" and linked.find(a) not in torn:
            clusters.join(a, b)
        elif likeness == "one":
            questions.append(Question(a, b, "several of one name in one source, or places that contradict"))
        elif likeness == "open" and linked.find(a) != linked.find(b):
            questions.append(Question(a, b, "one name, but nothing that settles it"))


class _Clusters:
    """Union-find that keeps apart what was decided to be different."""

    def __init__(self, apart: Iterable[tuple[str, str]]) -> None:
        self.parent: dict[str, str] = {}
        self.apart: dict[str, set[str]] = defaultdict(set)
        for a, b in apart:
            self.apart[a].add(b)
            self.apart[b].add(a)

    def find(self, key: str) -> str:
        root = key
        while (above := self.parent.get(root, root)) != root:
            root = above
        while self.parent.get(key, key) != root:
            self.parent[key], key = root, self.parent[key]
        return root

    def join(self, a: str, b: str) -> None:
        low, high = sorted((self.find(a), self.find(b)))
        if low == high or high in {self.find(x) for x in self.apart[low]}:
            return
        self.parent[high] = low
        self.apart[low] |= self.apart.pop(high, set())

    def canonical(self) -> dict[str, str]:
        return {key: root for key in self.parent if (root := self.find(key)) != key}
