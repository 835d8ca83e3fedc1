"""The codebook that a coder works by, as one page of Markdown made from the vocabulary.

    python -m govgraph.graph.vocabulary.docs docs/vocabulary.md

writes it. A test compares the page in the repository with what would be written, so the two cannot drift apart.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from . import ROOT, Attribute, EntityType, Post, Relation, Value, Vocabulary

HEAD = """# Vocabulary

*This page is generated: edit the files in `graph/vocabulary` and run `python -m govgraph.graph.vocabulary.docs
docs/vocabulary.md`.*

What may stand in a claim: the types of actors and records, their attributes, the posts, and the relations with
the types they may join. A claim of another type or relation, or between other types, is refused with the
nearest allowed name. Attributes and posts that are not listed are kept as they are written and reported.

**Tiers.** Who may see an attribute or a relation: `public` everybody, `research` those with a research key,
`restricted` the owner of the workspace. What the vocabulary does not know is restricted.

**Words** are synonyms that occur in documents and in the headings of tables. They are read as the entry they
stand at.

The four kinds of actors that everything turns on are the branch (`PartyOrg`), the owners' committee
(`OwnersCommittee`), the property firm (`PropertyFirm`) and the individual (`Person`).
"""
LEADING = ("PartyOrg", "OwnersCommittee", "PropertyFirm", "Person")


class Codebook(Vocabulary):
    """The vocabulary, with what every relation may carry."""

    @property
    def common(self) -> Mapping[str, Attribute]:
        return self._common


def page(v: Codebook) -> str:
    """The whole page, ending in a line feed. The same text for the same vocabulary."""
    glance = _table(("type", "中文", "English", "means"), map(_glance, _leading(v)))
    parts = [HEAD, "## The four actors at a glance\n", glance]
    parts += ["## Types\n", _tree(v)]
    parts += (_type(v, found) for found in _ordered(v))
    parts += ["## Posts\n", POSTS, _table(POST_COLUMNS, map(_post, v.posts.values()))]
    parts += ["## Relations\n", RELATIONS, _table(RELATION_COLUMNS, map(_relation, v.relations.values()))]
    parts += ["## Attributes of relations\n", *_relation_attributes(v)]
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


# types ---------------------------------------------------------------------------------------------------------------


def _leading(v: Vocabulary) -> Iterator[EntityType]:
    return (v.type(name) for name in LEADING if name in v.types)


def _glance(found: EntityType) -> tuple[str, ...]:
    return _code(found.name), found.zh, found.en, found.means


def _ordered(v: Vocabulary) -> Iterator[EntityType]:
    """Every type after the one above it, in the order of the tree."""

    def below(name: str) -> Iterator[EntityType]:
        yield v.types[name]
        for child in _children(v, name):
            yield from below(child)

    for root in (name for name, found in v.types.items() if found.parent is None):
        yield from below(root)


def _children(v: Vocabulary, name: str) -> list[str]:
    """The types right below one; the four leading kinds come before the others."""
    found = [child for child, about in v.types.items() if about.parent == name]
    return sorted(found, key=lambda child: LEADING.index(child) if child in LEADING else len(LEADING))


def _tree(v: Vocabulary) -> str:
    lines = []
    for found in _ordered(v):
        depth = len(v.labels(found.name)) - 1
        lines.append(f"{'  ' * depth}- [`{found.name}`](#{found.name.lower()}) {found.zh} · {found.en}")
    return "\n".join(lines)


def _type(v: Vocabulary, found: EntityType) -> str:
    above = " > ".join(label for label in v.labels(found.name)[:-1] if label != ROOT or found.parent == ROOT)
    below = f" Below {above}." if above else ""
    lines = [f"### {found.name}\n", f"**{found.zh}** · {found.en}.{below} {found.means}\n"]
    if found.synonyms:
        lines.append(f"*Words:* {_listed(found.synonyms)}\n")
    if found.where:
        lines.append(f"*Known from:* {_listed(found.where)}\n")
    if found.attributes:
        lines.append(_table(ATTRIBUTE_COLUMNS, map(_attribute, found.attributes.values())))
    lines += (_values(attribute) for attribute in found.attributes.values() if attribute.values)
    return "\n".join(lines)


ATTRIBUTE_COLUMNS = ("attribute", "type", "tier", "means")


def _attribute(found: Attribute) -> tuple[str, ...]:
    means = found.means + (f" (scheme: {found.scheme})" if found.scheme else "")
    return _code(found.name), found.type, found.tier, means


def _values(attribute: Attribute) -> str:
    """The known values of an attribute; `counts as` only where it says something."""
    values = attribute.values.values()
    counts = any(value.counts_as for value in values)
    columns = ("value", "English", "means", "words", *(("counts as",) if counts else ()))
    table = _table(columns, (_value(value, counts) for value in values))
    return f"Values of `{attribute.name}`; others are kept as written:\n\n{table}"


def _value(value: Value, counts: bool) -> tuple[str, ...]:
    row = value.name, value.en, value.means, _listed(value.synonyms)
    return (*row, _listed(value.counts_as)) if counts else row


# posts ---------------------------------------------------------------------------------------------------------------

POSTS = """\
The value of `role` on `HOLDS_POST`. *Read as it*: a word that is replaced by the post's name, if it is held in
one of its bodies (and, for a word that several posts share, the body's name ends as given). *Kept*: a title
that means the post and stays as written. *Seat*: a place on the committee of a branch.
"""
POST_COLUMNS = ("role", "English", "means", "bodies", "read as it", "kept", "body's name ends in", "head of", "seat")


def _post(post: Post) -> tuple[str, ...]:
    return (
        post.name, post.en, post.means, _codes(post.bodies), _listed(post.variants), _listed(post.titles),
        _listed(post.endings), post.head_of or "", "yes" if post.seat else "",
    )  # fmt: skip


# relations -----------------------------------------------------------------------------------------------------------

RELATIONS = """\
An arrow goes from a type of the column *from* to one of the column *to*; types below them are meant as well.
*Dated*: it holds for a time, given as `valid`. ↔ marks a relation that is the same in both directions.
"""
RELATION_COLUMNS = ("relation", "中文", "English", "from", "to", "dated", "tier", "means", "announced by")


def _relation(found: Relation) -> tuple[str, ...]:
    tier = found.tier + "".join(f"; restricted from {_code(a)} to {_code(b)}" for a, b in found.restricted_between)
    return (
        _code(found.name) + (" ↔" if found.symmetric else ""), found.zh, found.en, _codes(found.subjects),
        _codes(found.objects), "yes" if found.dated else "", tier, found.means, _listed(found.triggers),
    )  # fmt: skip


def _relation_attributes(v: Codebook) -> Iterator[str]:
    yield from _of_relation("Every relation may carry:", v.common)
    for found in v.relations.values():
        if found.attributes:
            yield from _of_relation(f"`{found.name}` may carry as well:", found.attributes)


def _of_relation(title: str, attributes: Mapping[str, Attribute]) -> Iterator[str]:
    yield title + "\n"
    yield _table(ATTRIBUTE_COLUMNS, map(_attribute, attributes.values()))
    yield from (_values(attribute) for attribute in attributes.values() if attribute.values)


# Markdown ------------------------------------------------------------------------------------------------------------


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def _code(name: str) -> str:
    return f"`{name}`"


def _codes(names: Iterable[str]) -> str:
    return ", ".join(map(_code, names))


def _listed(words: Iterable[str]) -> str:
    return "、".join(words)


def main() -> None:
    """Write the page to the file that is named, or print it."""
    text = page(Codebook())
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, "utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
