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
from itertools import combinations, pairwise

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
LARGE = 200  # a name that so many mentions share says nothing by itself
NOISE = re.compile(r"[\s“”\"'‘’《》·（）()]")


@dataclass(frozen=True, slots=True)
class Mention:
    """One key as identity sees it:
    its home source, type, name, place chain, and the keys of the bodies a person serves.
    """

    key: str
    source: str
    type: str
    name: str
    chain: Chain = ()
    bodies: frozenset[str] = frozenset()


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
    for _, place in reversed(chain):
        if text.startswith(place) and len(text) > len(place) + 1:
            text = text[len(place) :]
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
        _merge(clusters, group, compatible, "same name, but the places do not settle it", questions)
    people = [m for m in known if m.type == "Person"]
    for group in _several_sources(people, lambda m: core(m.name, m.type)):
        served = {m.key: {clusters.find(body) for body in m.bodies} for m in group}
        _merge(
            clusters, group, partial(_serve_together, served), "same name, no common body", questions
        )
    return Identity(clusters.canonical(), tuple(questions))


def compatible(a: Mention, b: Mention) -> bool:
    """Whether two mentions of one type and core name stand in one place: a level in common and none that contradicts.

    Provinces and cities carry names that are unique in the country; two things of which neither has a place agree too.
    """
    levels_a, levels_b = _levels(a.chain), _levels(b.chain)
    shared = levels_a.keys() & levels_b.keys()
    if any(not levels_a[level] & levels_b[level] for level in shared):
        return False
    return bool(shared) or (not levels_a and not levels_b) or a.type in ("Country", "Province", "City")


def _serve_together(served: Mapping[str, set[str]], a: Mention, b: Mention) -> bool:
    return bool(served[a.key] & served[b.key])


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
    alike: Callable[[Mention, Mention], bool],
    doubt: str,
    questions: list[Question],
) -> None:
    """Merge what is alike throughout; where likeness is not transitive or a source has two candidates, ask."""
    if len(group) > LARGE:
        return
    linked = _Clusters([])
    for a, b in combinations(group, 2):
        if a.source != b.source and alike(a, b):
            linked.join(a.key, b.key)
    components: dict[str, list[Mention]] = defaultdict(list)
    for mention in group:
        components[linked.find(mention.key)].append(mention)
    for component in components.values():
        pairs = list(combinations(component, 2))
        clear = all(a.source != b.source and alike(a, b) for a, b in pairs)
        for a, b in pairs:
            if clear:
                clusters.join(a.key, b.key)
            elif a.source != b.source and alike(a, b):
                questions.append(Question(a.key, b.key, "several candidates in one source, or places that contradict"))
    heads = sorted(component[0].key for component in components.values())
    questions += [Question(a, b, doubt) for a, b in pairwise(heads)]


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
