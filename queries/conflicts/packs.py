"""Norm packs: what one law or policy says about posts and bodies, as data that a lawyer can read and write.

A pack is a YAML file; docs/norms.md describes the format and is enough to write one. A pack holds citations, readings
and dates, never the wording of the law. Here packs are read and checked; `judge` applies them to a finding.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import cast

import yaml

from govgraph.graph.errors import BadInput
from govgraph.graph.period import Span, covered
from govgraph.graph.vocabulary import vocabulary

from .pattern import state
from .terms import DEPENDS_ON, KIN, LEVELS, PATTERNS, STRENGTHS, TIES, VERDICTS

SHIPPED = Path(__file__).parent / "norms"
NATION = "中华人民共和国"

_LEVEL_WORDS = {
    "national law": "law", "regulation of the State Council": "regulation",
    "province regulation": "province", "city regulation": "city", "municipality": "province",
}  # fmt: skip

_UNIT = re.compile(
    r".+?(?:特别行政区|自治区|自治州|自治县|自治旗|地区|省|市(?![市区])|(?:街道|社区|区|县|旗|盟|镇|乡|村)(?![市区县旗盟乡镇村街]))"
)


@dataclass(frozen=True, slots=True)
class Who:
    """Whom a rule speaks of: holders of posts in one body (`member_of`), and the other body or the tie that matters.

    `subsidiaries` is true where the rule reaches those of the firm in `with_` as well.
    """

    member_of: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    post: str | None = None
    roles: tuple[str, ...] = ()
    with_: tuple[str, ...] = ()
    with_post: str | None = None
    with_roles: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    tie: tuple[str, ...] = ()
    subsidiaries: bool = False
    that: str | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a pack. `verdict` is None where a policy merely reports a practice; `in_force` is half-open.

    What it means is told in English, and in Chinese where its author wrote that as well. `quote` and `claims` are those
    of a statement in a loaded document; a pack file holds neither.
    """

    id: str
    article: str
    pattern: str
    who: Who
    verdict: str | None
    summary: str
    in_force: Span
    strength: str | None = None
    consequence: str | None = None
    consequence_article: str | None = None
    summary_zh: str | None = None
    consequence_zh: str | None = None
    depends_on: str | None = None
    exceptions: tuple[str, ...] = ()
    value: object = None
    quote: str | None = None
    claims: tuple[str, ...] = ()

    def told(self, lang: str) -> tuple[str, str | None]:
        """The summary and the consequence in a language, zh or en, as far as they were written in it."""
        if lang == "zh":
            return self.summary_zh or self.summary, self.consequence_zh or self.consequence
        return self.summary, self.consequence


@dataclass(frozen=True, slots=True)
class Pack:
    """One law or policy at one place. `in_force` and `text_held` are half-open spans of ISO days, as in `period`."""

    law: str
    name: str
    level: str
    place: str
    in_force: Span
    text_held: Span
    rules: tuple[Rule, ...]
    issuer: str | None = None
    sha256: str | None = None

    @property
    def units(self) -> tuple[str, ...]:
        """The places that its place names, largest first; none for the nation."""
        return () if self.place == NATION else units(self.place)

    @property
    def identity(self) -> tuple[str, str]:
        """What two versions of one law have in common; a statement in a document has no versions."""
        return (self.law, "") if self.is_statement else (self.name, self.place)

    @property
    def is_statement(self) -> bool:
        """Whether it is a statement of a loaded document, whose one rule rests on claims, and not a file."""
        return bool(self.rules and self.rules[0].claims)


@cache
def units(place: str) -> tuple[str, ...]:
    """The administrative units that a place name is made of: 浙江省温州市 → (浙江省, 温州市). Empty if it is none."""
    found = tuple(match.group() for match in _UNIT.finditer(place))
    return found if "".join(found) == place else ()


def load_packs(folders: Iterable[Path] = (SHIPPED,), patterns: Collection[str] = ()) -> tuple[Pack, ...]:
    """Read every pack of these folders, by law; one in a later folder replaces one of that `law` in an earlier.

    `patterns` are the conflict patterns that rules may name as well. Raises BadInput with one line for each problem:
    FILE:LINE: what is wrong and what to do.
    """
    packs, wrong = _read(folders, patterns)
    if wrong:
        raise BadInput("\n".join(wrong))
    return tuple(packs)


def problems(folders: Iterable[Path] = (SHIPPED,), patterns: Collection[str] = ()) -> list[str]:
    """What is wrong with the packs of these folders, one line each; empty if nothing is."""
    return _read(folders, patterns)[1]


def read_pack(file: Path, patterns: Collection[str] = ()) -> Pack:
    """Read one pack. Raises BadInput as `load_packs` does."""
    return _as_it_stands(file, *state(file), frozenset(patterns))


@lru_cache(maxsize=256)
def _as_it_stands(file: Path, changed: int, size: int, patterns: frozenset[str]) -> Pack:
    """A pack, read once for as long as its file stays what it is: a server asks for all of them with each answer."""
    return _Reader(file, patterns).pack()


def tried(
    folders: Iterable[Path], file: Path, patterns: Collection[str] = ()
) -> tuple[tuple[Pack, ...], tuple[Pack, ...]]:
    """All packs without the one in `file`, and all packs with it, whether or not it lies in one of the folders.

    Raises BadInput with one line for each problem, as `load_packs` does, also where it overlaps another version.
    """
    found, wrong = _files(folders, patterns)
    without = {law: one for law, one in found.items() if not one[0].samefile(file)} if file.exists() else found
    try:
        pack = read_pack(file, patterns)
    except BadInput as error:
        raise BadInput("\n".join([*str(error).splitlines(), *wrong])) from None
    with_it = without | {pack.law: (file, pack)}
    if wrong := [*(one for one in wrong if not one.startswith(f"{file}:")), *_overlaps(list(with_it.values()))]:
        raise BadInput("\n".join(wrong))
    return tuple(without[law][1] for law in sorted(without)), tuple(with_it[law][1] for law in sorted(with_it))


def chosen(packs: Sequence[Pack], names: Sequence[str] | None) -> tuple[Pack, ...]:
    """The packs of these names (`law`), all of them for None. Raises BadInput for a name that no pack has."""
    if names is None:
        return tuple(packs)
    known = {pack.law: pack for pack in packs}
    for name in names:
        if name not in known:
            raise BadInput(f"{name} is no norm pack{_nearest(name, known)}; there are {', '.join(sorted(known))}")
    return tuple(known[name] for name in dict.fromkeys(names))


def _read(folders: Iterable[Path], patterns: Collection[str]) -> tuple[Sequence[Pack], list[str]]:
    folders = tuple(folders)
    states = tuple((file, state(file)) for file in _in(folders))
    packs, wrong = _all_as_they_stand(states, folders, frozenset(patterns))
    return packs, list(wrong)


@lru_cache(maxsize=8)
def _all_as_they_stand(
    states: object, folders: tuple[Path, ...], patterns: frozenset[str]
) -> tuple[tuple[Pack, ...], tuple[str, ...]]:
    """All packs, and what is wrong with them, for as long as no file changes: see `_as_it_stands`."""
    found, wrong = _files(folders, patterns)
    wrong += _overlaps(list(found.values()))
    return tuple(found[law][1] for law in sorted(found)), tuple(wrong)


def _in(folders: Iterable[Path]) -> Iterator[Path]:
    return (file for folder in folders for file in sorted(folder.glob("*.yaml")))


def _files(folders: Iterable[Path], patterns: Collection[str]) -> tuple[dict[str, tuple[Path, Pack]], list[str]]:
    found: dict[str, tuple[Path, Pack]] = {}
    wrong: list[str] = []
    for file in _in(folders):
        try:
            pack = read_pack(file, patterns)
        except BadInput as error:
            wrong += str(error).splitlines()
            continue
        other = found.get(pack.law, (None, pack))[0]
        if other and other.parent == file.parent:
            wrong.append(f"{file}:1: law {pack.law} is taken by {other.name}; choose another name for this pack")
        found[pack.law] = (file, pack)
    return found, wrong


def _overlaps(packs: Sequence[tuple[Path, Pack]]) -> Iterator[str]:
    for n, (file, pack) in enumerate(packs):
        for other_file, other in packs[:n]:
            if other.identity == pack.identity and _overlap(other.text_held, pack.text_held):
                yield (
                    f"{file}:1: text_held overlaps that of {other_file.name}, another version of {pack.name}; "
                    "end the older version on the day before the newer one begins"
                )


def _overlap(a: Span, b: Span) -> bool:
    return max(a[0], b[0]) < min(a[1], b[1])


class _Lines(yaml.CSafeLoader):
    """Reads YAML and remembers the line of every mapping, under the key `None`."""

    def construct_mapping(  # pyright: ignore[reportIncompatibleMethodOverride]
        self, node: yaml.MappingNode, deep: bool = False
    ) -> dict[object, object]:
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key} stands twice; keep one", node.start_mark)
        return {None: node.start_mark.line + 1, **super().construct_mapping(node, deep=deep)}


# A date alone would become a Python date: it stays as it is written.
_Lines.yaml_implicit_resolvers = {
    letter: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}

Fields = Mapping[object, object]


class _Reader:
    """Reads one file and collects everything that is wrong with it before it gives up."""

    def __init__(self, file: Path, patterns: Collection[str]) -> None:
        self.file = file
        self.patterns = {*PATTERNS, *patterns}
        self.wrong: list[str] = []

    def pack(self) -> Pack:
        fields = self._fields()
        place = self._text(fields, "place", required=True) or NATION
        if place != NATION and not units(place):
            self._no(
                fields, f"place {place} is none; write {NATION}, or every unit from the province down: 浙江省温州市"
            )
        in_force = self._span(fields, "in_force", required=True)
        pack = Pack(
            law=self._text(fields, "law", required=True) or "",
            name=self._text(fields, "name", required=True) or "",
            level=self._level(fields),
            issuer=self._text(fields, "issuer"),
            place=place,
            in_force=in_force,
            text_held=self._span(fields, "text_held", required=True),
            sha256=self._sha256(fields),
            rules=tuple(self._rules(fields, in_force)),
        )
        self._unknown(fields, ("law", "name", "level", "issuer", "place", "in_force", "text_held", "source", "rules"))
        self._references(pack)
        if self.wrong:
            raise BadInput("\n".join(self.wrong))
        return pack

    def _fields(self) -> Fields:
        try:
            read: object = yaml.load(self.file.read_text("utf-8"), Loader=_Lines)
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise BadInput(f"{self.file}:{line}: {error.problem}; see docs/norms.md for the format") from None
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise BadInput(f"{self.file}:1: not readable as YAML in UTF-8 ({error})".replace("\n", " ")) from None
        fields = _mapping(read)
        if fields is None:
            raise BadInput(f"{self.file}:1: not a norm pack; it begins with law, name, level and place")
        return fields

    def _rules(self, pack: Fields, in_force: Span) -> Iterator[Rule]:
        rules = _items(pack.get("rules"))
        if not rules:
            self._no(pack, "rules is missing; list at least one rule")
        for rule in rules or ():
            if fields := _mapping(rule):
                yield self._rule(fields, in_force)
            else:
                self._no(pack, f"a rule is {rule!r}; write its fields as id, article, pattern and so on")

    def _rule(self, fields: Fields, in_force: Span) -> Rule:
        verdict = self._choice(fields, "verdict", VERDICTS)
        strength = self._choice(fields, "strength", tuple(STRENGTHS))
        if ("verdict" in fields) == ("strength" in fields):
            self._no(fields, "a rule has either a verdict or, for a policy, a strength; write one of the two")
        own = self._span(fields, "in_force") if "in_force" in fields else in_force
        self._unknown(fields, _RULE)
        return Rule(
            id=self._text(fields, "id", required=True) or "",
            article=self._text(fields, "article", required=True) or "",
            pattern=self._pattern(fields),
            who=self._who(fields),
            verdict=STRENGTHS[strength] if strength else verdict,
            strength=strength,
            summary=self._text(fields, "summary", required=True) or "",
            in_force=(max(own[0], in_force[0]), min(own[1], in_force[1])),
            consequence=self._text(fields, "consequence"),
            consequence_article=self._text(fields, "consequence_article"),
            summary_zh=self._text(fields, "summary_zh"),
            consequence_zh=self._text(fields, "consequence_zh"),
            depends_on=self._choice(fields, "depends_on", DEPENDS_ON),
            exceptions=self._texts(fields, "exceptions"),
            value=_plain(fields.get("value")),
        )

    def _level(self, fields: Fields) -> str:
        written = str(fields.get("level"))
        return _LEVEL_WORDS.get(written) or self._choice(fields, "level", LEVELS, required=True) or LEVELS[-1]

    def _pattern(self, fields: Fields) -> str:
        pattern = self._text(fields, "pattern", required=True)
        if pattern is not None and pattern not in self.patterns:
            near = _nearest(pattern, self.patterns)
            self._no(fields, f"pattern {pattern} is not known{near}; docs/norms.md lists the patterns")
        return pattern or ""

    def _who(self, rule: Fields) -> Who:
        fields = _mapping(rule.get("who"))
        if fields is None:
            self._no(rule, "who is missing; write {member_of: TYPE, …} for holders of posts or {body: TYPE, …}")
            return Who()
        if ("member_of" in fields) == ("body" in fields):
            self._no(fields, "who has either member_of (holders of posts) or body; write one of the two")
        self._unknown(fields, _WHO)
        return Who(
            member_of=self._types(fields, "member_of"),
            body=self._types(fields, "body"),
            post=self._text(fields, "post"),
            roles=self._texts(fields, "roles"),
            with_=self._types(fields, "with"),
            with_post=self._text(fields, "with_post"),
            with_roles=self._texts(fields, "with_roles"),
            kin=self._words(fields, "kin", KIN),
            tie=self._words(fields, "tie", TIES),
            subsidiaries=self._flag(fields, "subsidiaries"),
            that=self._text(fields, "that"),
        )

    def _references(self, pack: Pack) -> None:
        ids = [rule.id for rule in pack.rules]
        for rule in pack.rules:
            if ids.count(rule.id) > 1:
                self.wrong.append(f"{self.file}:1: rule {rule.id} stands twice; give each rule an id of its own")
            for id in rule.exceptions:
                if id not in ids:
                    self.wrong.append(f"{self.file}:1: rule {rule.id} has the exception {id}, and no rule has that id")
        self.wrong = list(dict.fromkeys(self.wrong))

    # one field ----------------------------------------------------------------------------------------------------

    def _no(self, fields: Fields, reason: str) -> None:
        name = fields.get("id")
        self.wrong.append(f"{self.file}:{fields.get(None, 1)}: {f'rule {name}: ' if name else ''}{reason}")

    def _text(self, fields: Fields, key: str, *, required: bool = False) -> str | None:
        value = fields.get(key)
        if value is None or value == "":
            if required:
                self._no(fields, f"{key} is missing; {_MEANS.get(key, 'write it')}")
            return None
        if isinstance(value, dict | list):
            self._no(fields, f"{key} is not a text; write one value")
            return None
        return str(value).strip()

    def _texts(self, fields: Fields, key: str) -> tuple[str, ...]:
        value = fields.get(key, [])
        items = _items(value)
        return tuple(str(one) for one in ([value] if items is None else items))

    def _flag(self, fields: Fields, key: str) -> bool:
        value = fields.get(key, False)
        if not isinstance(value, bool):
            self._no(fields, f"{key} is {value}; write true, or leave it out")
        return value is True

    def _words(self, fields: Fields, key: str, known: Collection[str]) -> tuple[str, ...]:
        words = self._texts(fields, key)
        for word in words:
            if word not in known:
                self._no(fields, f"{key} {word} is not known{_nearest(word, known)}; use {'、'.join(known)}")
        return words

    def _types(self, fields: Fields, key: str) -> tuple[str, ...]:
        types = self._texts(fields, key)
        for name in types:
            try:
                vocabulary().type(name)
            except BadInput as error:
                self._no(fields, f"{key}: {error}")
        return types

    def _choice(self, fields: Fields, key: str, known: Sequence[str], *, required: bool = False) -> str | None:
        value = self._text(fields, key, required=required)
        if value is not None and value not in known:
            self._no(fields, f"{key} {value} is not known{_nearest(value, known)}; use one of {', '.join(known)}")
            return None
        return value

    def _span(self, fields: Fields, key: str, *, required: bool = False) -> Span:
        text = self._text(fields, key, required=required)
        if text is None:
            return covered("../..")
        try:
            return covered(text)
        except BadInput as error:
            self._no(fields, f"{key}: {error}")
            return covered("../..")

    def _sha256(self, fields: Fields) -> str | None:
        source = _mapping(fields.get("source"))
        return self._text(source, "sha256") if source else None

    def _unknown(self, fields: Fields, known: Collection[str]) -> None:
        for key in fields:
            if key is not None and key not in known:
                self._no(fields, f"field {key} is not known{_nearest(str(key), known)}; use {', '.join(known)}")


_RULE = (
    "id", "article", "pattern", "who", "value", "in_force", "verdict", "strength", "depends_on", "consequence",
    "consequence_zh", "consequence_article", "exceptions", "summary", "summary_zh",
)  # fmt: skip
_WHO = (
    "member_of", "body", "post", "roles", "with", "with_post", "with_roles", "kin", "tie", "subsidiaries", "that",
)  # fmt: skip
_MEANS = {
    "level": f"write one of {', '.join(LEVELS)}",
    "law": "give the pack a short name of its own, such as wenzhou-property-2017",
    "name": "write the full name of the law",
    "article": "a rule without a citation is refused, so write the article (第十七条), or the heading for a policy",
    "pattern": "name what the rule speaks of; docs/norms.md lists the patterns",
    "summary": "say in your own words what the rule means",
    "in_force": "write the first and the last day as in 2017-05-01/..",
    "text_held": "write from when to when the wording is the one these rules were read from",
}


def _plain(value: object) -> object:
    """A value without the lines that the loader noted."""
    if (fields := _mapping(value)) is not None:
        return {key: _plain(one) for key, one in fields.items() if key is not None}
    return value if (items := _items(value)) is None else [_plain(one) for one in items]


def _mapping(value: object) -> Fields | None:
    return cast(Fields, value) if isinstance(value, dict) else None


def _items(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _nearest(word: str, known: Iterable[str]) -> str:
    found = difflib.get_close_matches(word, list(known), 1, 0.5)
    return f" (do you mean {found[0]}?)" if found else ""
