"""What is wrong with a folder of vocabulary files, each problem with its file and entry.

Read apart from the loader, which trusts the files: a command should not pay for what a test has proved.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast

import yaml

from . import COMMON, FOLDER, ROOT, plain, post_files, relation_files, type_files

TIERS = ("public", "research", "restricted")
ATTRIBUTE_TYPES = ("string", "integer", "number", "boolean", "date", "list")
FIELDS = {
    "type": "parent zh en synonyms means kind attributes where source",
    "post": "en variants titles bodies endings head_of seat means source",
    "relation": "zh en from to symmetric dated tier restricted_between triggers means attributes source",
    "attribute": "type tier means values scheme",
    "value": "en synonyms means counts_as",
}
NEEDED = {"type": "zh en means source", "post": "en means bodies source", "relation": "zh en from to means source"}
NAMES = {"type": r"[A-Z][A-Za-z]+", "post": r".+", "relation": r"[A-Z]+(_[A-Z]+)*"}


class Entry(NamedTuple):
    """One entry of a file: a type, a post or a relation."""

    file: str
    name: str
    sort: str
    data: Mapping[str, object]

    def says(self, problem: str) -> str:
        return f"{self.file}: {self.name}: {problem}"

    def texts(self, key: str) -> list[str]:
        value = self.data.get(key)
        return [str(item) for item in cast(list[object], value)] if isinstance(value, list) else []

    def under(self, key: str) -> Mapping[str, Mapping[str, object]]:
        value = self.data.get(key)
        return cast(Mapping[str, Mapping[str, object]], value) if isinstance(value, dict) else {}


def problems(folder: Path = FOLDER) -> list[str]:
    """Everything that is wrong with the files of a vocabulary folder, empty if nothing is."""
    found: list[str] = []
    entries: list[Entry] = []
    for sort, files in (("type", type_files), ("post", post_files), ("relation", relation_files)):
        for file in files(folder):
            try:
                found += _said_twice(file)
                entries += _entries(file, sort)
            except (yaml.YAMLError, ValueError) as error:
                found.append(f"{file.name}: cannot be read: {' '.join(str(error).split())}")
    found += _named_twice(entries)
    types = {e.name: e for e in entries if e.sort == "type"}
    for entry in entries:
        found += [*_shape(entry), *_attributes(entry), *_references(entry, types)]
    found += [*_parents(types), *_words(types.values()), *_variants([e for e in entries if e.sort == "post"], types)]
    return found


def _entries(file: Path, sort: str) -> Iterator[Entry]:
    content: object = yaml.load(file.read_text("utf-8"), yaml.CSafeLoader) or {}
    if not isinstance(content, dict):
        raise ValueError("the file is no mapping of names to entries")
    for name, data in cast(dict[object, object], content).items():
        if not isinstance(data, dict):
            raise ValueError(f"{name} is no mapping")
        yield Entry(file.name, str(name), sort, cast(Mapping[str, object], data))


def _said_twice(file: Path) -> Iterator[str]:
    """YAML lets the second of two equal keys win in silence."""
    node = yaml.compose(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    todo = [node] if node else []
    while todo:
        node = todo.pop()
        if isinstance(node, yaml.MappingNode):
            counts = Counter(str(key.value) for key, _ in node.value)
            where = f"stands twice in the mapping that begins on line {node.start_mark.line + 1}"
            yield from (f"{file.name}: {key}: {where}" for key, n in counts.items() if n > 1)
            todo += [value for _, value in node.value]


def _named_twice(entries: list[Entry]) -> Iterator[str]:
    first: dict[str, Entry] = {}
    for entry in entries:
        if (other := first.setdefault(entry.name, entry)) is not entry:
            yield entry.says(f"the name is taken by an entry of {other.file}")


def _shape(entry: Entry) -> Iterator[str]:
    """The name, the fields it must have, and none that nobody reads."""
    if entry.name == COMMON and entry.sort == "relation":
        return
    if not re.fullmatch(NAMES[entry.sort], entry.name):
        yield entry.says(f"is no name of a {entry.sort}; it must look like {NAMES[entry.sort]}")
    for field in NEEDED[entry.sort].split():
        if not entry.data.get(field):
            yield entry.says(f"{field} is missing")
    yield from _unread(entry, entry.data, entry.sort)
    for field in ("synonyms", "variants", "titles", "bodies", "endings", "from", "to", "triggers", "where", "source"):
        if field in entry.data and not isinstance(entry.data[field], list):
            yield entry.says(f"{field} must be a list")
        counts = Counter(entry.texts(field))
        yield from (entry.says(f"{field} names {word} twice") for word, n in counts.items() if n > 1)
    if "tier" in entry.data and entry.data["tier"] not in TIERS:
        yield entry.says(f"tier {entry.data['tier']} is none of {', '.join(TIERS)}")


def _unread(entry: Entry, data: Mapping[str, object], sort: str, where: str = "") -> Iterator[str]:
    for field in data:
        if field not in FIELDS[sort].split():
            yield entry.says(f"{where}{field} is not one of the fields of a {sort}: {FIELDS[sort].replace(' ', ', ')}")


def _attributes(entry: Entry) -> Iterator[str]:
    for name, data in entry.under("attributes").items():
        if not isinstance(cast(object, data), dict):
            yield entry.says(f"attribute {name} must be a mapping with type and tier")
            continue
        yield from _unread(entry, data, "attribute", f"attribute {name}: ")
        if data.get("tier") not in TIERS:
            yield entry.says(f"attribute {name}: tier is missing or none of {', '.join(TIERS)}")
        if data.get("type") not in ATTRIBUTE_TYPES:
            yield entry.says(f"attribute {name}: type is missing or none of {', '.join(ATTRIBUTE_TYPES)}")
        for value, about in cast(Mapping[str, Mapping[str, object] | None], data.get("values") or {}).items():
            yield from _unread(entry, about or {}, "value", f"value {value} of {name}: ")


def _references(entry: Entry, types: Mapping[str, Entry]) -> Iterator[str]:
    """Every type that an entry names must be one."""
    for field in ("bodies", "from", "to"):
        yield from (entry.says(f"{field}: {name} is not a type") for name in entry.texts(field) if name not in types)
    for pair in cast(list[list[str]], entry.data.get("restricted_between") or []):
        yield from (entry.says(f"restricted_between: {name} is not a type") for name in pair if name not in types)
        if len(pair) != 2:
            yield entry.says("restricted_between takes pairs of types")
    if (kind := entry.data.get("kind")) and not entry.under("attributes").get(str(kind), {}).get("values"):
        yield entry.says(f"kind: {kind} is no attribute with values")


def _parents(types: Mapping[str, Entry]) -> Iterator[str]:
    for name, entry in types.items():
        parent = entry.data.get("parent")
        if parent is None and name != ROOT:
            yield entry.says(f"parent is missing; only {ROOT} has none")
        elif parent is not None and parent not in types:
            yield entry.says(f"parent {parent} is not a type")
        elif name in (above := list(_above(name, types))):
            yield entry.says(f"is its own ancestor, by {' and '.join(above)}")


def _above(name: str, types: Mapping[str, Entry]) -> Iterator[str]:
    """The ancestors, nearest first, each once even where they go in a circle."""
    seen: set[str] = set()
    while name in types and (parent := types[name].data.get("parent")) is not None:
        name = str(parent)
        if name in seen:
            return
        seen.add(name)
        yield name


def _words(types: Iterable[Entry]) -> Iterator[str]:
    """A name, label or synonym may lead to one type only, and to one sub-kind only."""
    owners: dict[str, str] = {}
    for entry in types:
        words = [entry.name, str(entry.data.get("zh", "")), str(entry.data.get("en", "")), *entry.texts("synonyms")]
        kinds = entry.under("attributes").get(str(entry.data.get("kind")), {}).get("values", {})
        claims = [(word, entry.name) for word in dict.fromkeys(map(plain, words)) if word]
        for value, about in cast(Mapping[str, Mapping[str, list[str]] | None], kinds).items():
            own = dict.fromkeys(map(plain, [value, *(about or {}).get("synonyms", [])]))
            claims += [(word, f"{entry.name} {value}") for word in own]
        for word, owner in claims:
            if owners.setdefault(word, owner) != owner:
                yield entry.says(f"the word {word} already means {owners[word]}, so it cannot mean {owner}")


def _variants(posts: list[Entry], types: Mapping[str, Entry]) -> Iterator[str]:
    """A variant must lead to one post once the body is known."""
    names = {post.name for post in posts}
    uses: dict[str, list[Entry]] = {}
    for post in posts:
        for word in (*post.texts("variants"), *post.texts("titles")):
            if word in names:
                yield post.says(f"the variant {word} is the name of a post")
            for other in uses.setdefault(word, []):
                if _same_seat(post, other, types):
                    yield post.says(f"the variant {word} cannot be told from that of {other.name}")
            uses[word].append(post)


def _same_seat(one: Entry, other: Entry, types: Mapping[str, Entry]) -> bool:
    endings, others = set(one.texts("endings")), set(other.texts("endings"))
    if endings != others and not endings & others:
        return False
    return any(
        a == b or a in _above(b, types) or b in _above(a, types)
        for a in one.texts("bodies")
        for b in other.texts("bodies")
    )
