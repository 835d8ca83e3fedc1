"""What may stand in the graph: types of actor and record, posts, relations with their allowed ends, privacy tiers.

The data are the YAML files of this folder, one per section. `posts*.yaml` hold posts, `relations*.yaml` relations,
every other file types. Adding a type, a post or a relation is one entry in one file. Nothing is validated here, so that
reading stays cheap; `check.problems` finds what is wrong with the files, and a test keeps its answer empty.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Literal, NamedTuple, cast

import yaml

from ..errors import BadInput

__all__ = ["FOLDER", "Attribute", "EntityType", "Post", "Relation", "Value", "Vocabulary", "Word", "vocabulary"]

FOLDER = Path(__file__).parent
Tier = Literal["public", "research", "restricted"]
Data = Mapping[str, object]

ROOT = "Entity"
COMMON = "Relation"  # the entry of relations.yaml whose attributes every relation may carry
_QUOTES = str.maketrans("", "", "“”\u2018\u2019「」『』\"' \t\u3000")


@dataclass(frozen=True, slots=True)
class Value:
    """One of the values an attribute is known to take. Others are allowed; they are kept as written."""

    name: str
    en: str
    synonyms: tuple[str, ...]
    means: str
    counts_as: tuple[str, ...]
    """What the value counts as in an answer: a verdict of coverage for the form of a branch, a degree for a kinship."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """A property of a node or a relation, and who may see it."""

    name: str
    type: str
    tier: Tier
    means: str
    values: Mapping[str, Value]
    scheme: str


@dataclass(frozen=True, slots=True)
class EntityType:
    """A kind of actor or record. `kind` names the attribute that tells its sorts apart (`subtype` of a PartyOrg)."""

    name: str
    parent: str | None
    zh: str
    en: str
    synonyms: tuple[str, ...]
    means: str
    kind: str | None
    attributes: Mapping[str, Attribute]
    where: tuple[str, ...]
    source: tuple[str, ...]

    @property
    def kinds(self) -> Mapping[str, Value]:
        """The known sub-kinds by their name, empty where the type has none."""
        attribute = self.attributes.get(self.kind or "")
        return attribute.values if attribute else {}


@dataclass(frozen=True, slots=True)
class Post:
    """A value of `role`. Variants are read as `name`; titles mean the post too, but stay as written."""

    name: str
    en: str
    variants: tuple[str, ...]
    titles: tuple[str, ...]
    bodies: tuple[str, ...]
    endings: tuple[str, ...]
    head_of: str | None
    seat: bool
    means: str
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation, the types it may join (their descendants included), and what it may carry."""

    name: str
    zh: str
    en: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    symmetric: bool
    dated: bool
    tier: Tier
    restricted_between: tuple[tuple[str, str], ...]
    triggers: tuple[str, ...]
    means: str
    attributes: Mapping[str, Attribute]
    source: tuple[str, ...]


class Word(NamedTuple):
    """What a word of a table header or a counted noun names: a type, and the sub-kind if it names one."""

    type: str
    attribute: str | None = None
    value: str | None = None


class Vocabulary:
    """The vocabulary in a folder of YAML files. Types, posts and relations are read when first asked for."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.folder = folder

    # types -----------------------------------------------------------------------------------------------------------

    @cached_property
    def types(self) -> Mapping[str, EntityType]:
        """All types by name."""
        return {name: _entity_type(name, data) for name, data in _entries(type_files(self.folder))}

    def type(self, name: str) -> EntityType:
        """The type of that name; BadInput with the nearest allowed name if there is none."""
        if found := self.types.get(name):
            return found
        word = self.by_word(name)
        raise BadInput(f"{name} is not a type; the nearest is {word.type if word else nearest(name, self.types)}")

    def labels(self, type_name: str) -> tuple[str, ...]:
        """The labels of a node of that type, from the root down to the type itself."""
        if type_name not in self._labels:
            self.type(type_name)
        return self._labels[type_name]

    def is_a(self, type_name: str, ancestor: str) -> bool:
        """Whether the type is the ancestor or lies below it."""
        return ancestor in self.labels(type_name)

    def descendants(self, type_name: str) -> tuple[str, ...]:
        """The type and all types below it, in the order of the files."""
        self.type(type_name)
        return tuple(name for name, labels in self._labels.items() if type_name in labels)

    def by_word(self, text: str) -> Word | None:
        """The type (and sub-kind) that a name, label or synonym in Chinese or English stands for."""
        return self._words.get(plain(text))

    def attribute(self, owner: str, name: str) -> Attribute | None:
        """A known attribute of a type (or of one above it) or of a relation; None if the vocabulary has none."""
        if owner in self.relations:
            return self.relations[owner].attributes.get(name) or self._common.get(name)
        steps = (self.types[label].attributes.get(name) for label in reversed(self.labels(owner)))
        return next((found for found in steps if found), None)

    def tier(self, owner: str, attribute: str) -> Tier:
        """Who may see an attribute of a type or relation. What the vocabulary does not know is restricted."""
        found = self.attribute(owner, attribute)
        return found.tier if found else "restricted"

    def value(self, owner: str, attribute: str, text: str) -> Value | None:
        """The known value that a word means, as 联建 means the form 联合建; None if it is not listed."""
        found = self.attribute(owner, attribute)
        if found is None:
            return None
        if text in found.values:
            return found.values[text]
        word = plain(text)
        return next((v for v in found.values.values() if word in map(plain, (v.name, v.en, *v.synonyms))), None)

    # posts -----------------------------------------------------------------------------------------------------------

    @cached_property
    def posts(self) -> Mapping[str, Post]:
        """All posts by their canonical name."""
        return {name: _post(name, data) for name, data in _entries(post_files(self.folder))}

    def post(self, text: str, organization_type: str | None = None, body: str | None = None) -> Post | None:
        """The post that a word means in such a body; None if it is unlisted, or could mean several.

        `body` is the name or subtype of the body, whose ending tells what a bare 书记 is. A canonical name is the post
        wherever it is held. A place stands for any of its bodies, so it decides nothing.
        """
        if text in self.posts:
            return self.posts[text]
        found = self._by_variant.get(text, ())
        if organization_type and not self.is_a(organization_type, "Place"):
            found = tuple(post for post in found if self._sits_in(post, organization_type))
        if body and len(found) > 1:
            found = tuple(p for p in found if body.endswith(p.endings)) or tuple(p for p in found if not p.endings)
        return found[0] if len(found) == 1 else None

    def canonical_role(self, text: str, organization_type: str | None = None, body: str | None = None) -> str | None:
        """What to write as `role`: the name for a variant, a title as it stands, None for an unlisted word."""
        post = self.post(text, organization_type, body)
        if post is None:
            return None
        return text if text in post.titles else post.name

    def roles(self, *, head_of: str | None = None, seat: bool | None = None) -> frozenset[str]:
        """Values of `role` in the graph (names and titles) of the posts that head such a body, or that are a seat."""
        chosen = (
            post
            for post in self.posts.values()
            if (head_of is None or post.head_of == head_of) and (seat is None or post.seat == seat)
        )
        return frozenset(role for post in chosen for role in (post.name, *post.titles))

    # relations -------------------------------------------------------------------------------------------------------

    @cached_property
    def relations(self) -> Mapping[str, Relation]:
        """All relations by name."""
        return {name: _relation(name, data) for name, data in self._relation_entries if name != COMMON}

    def relation(self, name: str) -> Relation:
        """The relation of that name; BadInput with the nearest allowed name if there is none."""
        if found := self.relations.get(name):
            return found
        raise BadInput(f"{name} is not a relation; the nearest is {nearest(name, self.relations)}")

    def allows(self, relation: str, subject_type: str, object_type: str) -> bool:
        """Whether the relation may join these types; a symmetric one is asked in both directions."""
        found, subject, obj = self.relation(relation), self.labels(subject_type), self.labels(object_type)
        if _any_in(found.subjects, subject) and _any_in(found.objects, obj):
            return True
        return found.symmetric and _any_in(found.subjects, obj) and _any_in(found.objects, subject)

    def check_relation(self, relation: str, subject_type: str, object_type: str) -> None:
        """BadInput with the expected ends unless the relation may join these types."""
        if self.allows(relation, subject_type, object_type):
            return
        found = self.relation(relation)
        hint = "; the other way round it is allowed" if self.allows(relation, object_type, subject_type) else ""
        raise BadInput(
            f"{subject_type} {relation} {object_type} is not allowed{hint}; {relation} goes from "
            f"{_either(found.subjects)} to {_either(found.objects)}"
        )

    def relation_tier(self, relation: str, subject_type: str, object_type: str) -> Tier:
        """Who may see that such a relation exists: a person's membership of the party is more private than a firm's."""
        found, subject, obj = self.relation(relation), self.labels(subject_type), self.labels(object_type)
        if any(one in subject and other in obj for one, other in found.restricted_between):
            return "restricted"
        return found.tier

    # indexes ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _labels(self) -> dict[str, tuple[str, ...]]:
        chains: dict[str, tuple[str, ...]] = {}

        def chain(name: str) -> tuple[str, ...]:
            if name not in chains:
                parent = self.types[name].parent
                chains[name] = (*chain(parent), name) if parent else (name,)
            return chains[name]

        for name in self.types:
            chain(name)
        return {name: chains[name] for name in self.types}

    @cached_property
    def _words(self) -> dict[str, Word]:
        words: dict[str, Word] = {}
        for found in self.types.values():
            for value in found.kinds.values():
                for word in (value.name, *value.synonyms):
                    words.setdefault(plain(word), Word(found.name, found.kind, value.name))
        # A type's own words win over those of a sub-kind.
        words |= {plain(w): Word(t.name) for t in self.types.values() for w in (t.name, t.zh, t.en, *t.synonyms)}
        return words

    @cached_property
    def _by_variant(self) -> dict[str, tuple[Post, ...]]:
        variants: dict[str, tuple[Post, ...]] = {}
        for post in self.posts.values():
            for word in (*post.variants, *post.titles):
                variants[word] = (*variants.get(word, ()), post)
        return variants

    def _sits_in(self, post: Post, organization_type: str) -> bool:
        return any(self.is_a(organization_type, body) for body in post.bodies)

    @cached_property
    def _relation_entries(self) -> list[tuple[str, Data]]:
        return list(_entries(relation_files(self.folder)))

    @cached_property
    def _common(self) -> Mapping[str, Attribute]:
        return _attributes(dict(self._relation_entries).get(COMMON, {}))


@cache
def vocabulary() -> Vocabulary:
    """The shipped vocabulary, read once."""
    return Vocabulary()


def plain(word: str) -> str:
    """A word as it is looked up: quotation marks and spaces gone, full-width forms and case folded."""
    return unicodedata.normalize("NFKC", word.translate(_QUOTES)).casefold()


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The allowed name that looks most like the given one."""
    from rapidfuzz import fuzz, process  # late: only a mistake needs it

    best = process.extractOne(name, sorted(allowed), scorer=fuzz.ratio, processor=str.casefold)
    return best[0] if best else "not known"


def post_files(folder: Path) -> list[Path]:
    """The files of a vocabulary folder that hold posts."""
    return sorted(folder.glob("posts*.yaml"))


def relation_files(folder: Path) -> list[Path]:
    """The files of a vocabulary folder that hold relations."""
    return sorted(folder.glob("relations*.yaml"))


def type_files(folder: Path) -> list[Path]:
    """The files of a vocabulary folder that hold types: all the others."""
    return sorted(set(folder.glob("*.yaml")) - set(post_files(folder)) - set(relation_files(folder)))


# from YAML to objects ------------------------------------------------------------------------------------------------


def _entries(files: Iterable[Path]) -> Iterable[tuple[str, Data]]:
    for file in files:
        with file.open("rb") as stream:
            yield from cast(dict[str, Data], yaml.load(stream, yaml.CSafeLoader) or {}).items()


def _entity_type(name: str, data: Data) -> EntityType:
    return EntityType(
        name=name,
        parent=_text(data, "parent") or None,
        zh=_text(data, "zh"),
        en=_text(data, "en"),
        synonyms=_texts(data, "synonyms"),
        means=_text(data, "means"),
        kind=_text(data, "kind") or None,
        attributes=_attributes(data),
        where=_texts(data, "where"),
        source=_texts(data, "source"),
    )


def _post(name: str, data: Data) -> Post:
    return Post(
        name=name,
        en=_text(data, "en"),
        variants=_texts(data, "variants"),
        titles=_texts(data, "titles"),
        bodies=_texts(data, "bodies"),
        endings=_texts(data, "endings"),
        head_of=_text(data, "head_of") or None,
        seat=bool(data.get("seat")),
        means=_text(data, "means"),
        source=_texts(data, "source"),
    )


def _relation(name: str, data: Data) -> Relation:
    pairs = cast(list[list[str]], data.get("restricted_between", []))
    return Relation(
        name=name,
        zh=_text(data, "zh"),
        en=_text(data, "en"),
        subjects=_texts(data, "from"),
        objects=_texts(data, "to"),
        symmetric=bool(data.get("symmetric")),
        dated=bool(data.get("dated")),
        tier=_tier(data),
        restricted_between=tuple((one, other) for one, other in pairs),
        triggers=_texts(data, "triggers"),
        means=_text(data, "means"),
        attributes=_attributes(data),
        source=_texts(data, "source"),
    )


def _attributes(data: Data) -> dict[str, Attribute]:
    return {
        name: Attribute(
            name=name,
            type=_text(entry, "type"),
            tier=_tier(entry),
            means=_text(entry, "means"),
            values={value: _value(value, about or {}) for value, about in _mapping(entry, "values").items()},
            scheme=_text(entry, "scheme"),
        )
        for name, entry in _mapping(data, "attributes").items()
    }


def _value(name: str, data: Data) -> Value:
    return Value(name, _text(data, "en"), _texts(data, "synonyms"), _text(data, "means"), _texts(data, "counts_as"))


def _text(data: Data, key: str) -> str:
    return str(data.get(key, ""))


def _texts(data: Data, key: str) -> tuple[str, ...]:
    return tuple(str(item) for item in cast(list[object], data.get(key, [])))


def _mapping(data: Data, key: str) -> Mapping[str, Data]:
    return cast(Mapping[str, Data], data.get(key, {}))


def _tier(data: Data) -> Tier:
    return cast(Tier, data.get("tier", "public"))


def _any_in(wanted: Iterable[str], labels: tuple[str, ...]) -> bool:
    return any(name in labels for name in wanted)


def _either(names: tuple[str, ...]) -> str:
    return " or ".join(names)
