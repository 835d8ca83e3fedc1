"""Conflict patterns: Cypher files that find closed walks from a person back to the same person. Found by being there.

A pattern begins with comment lines `// key: text` (id, title as `zh | en`, finds, does not show, after)
and returns `nodes` (maps with id, name, type), `relations` between them (their properties, `type`, and `start`, the id
of the node where the arrow begins), `places` (the names of the place whose norms count and of what contains it,
nearest first) and `within` (all places in which the finding lies). docs/norms.md describes how to write one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path

from govgraph.graph.errors import BadInput
from govgraph.graph.vocabulary import vocabulary

SHIPPED = Path(__file__).parent / "patterns"
_COMMENT = re.compile(r"//\s*([a-z ]+?)(?:\s+(\w+))?\s*:\s*(.*)")
_AFTER = re.compile(r"(\d+) years(?:, (\d+) for (\S+))?")
_USED = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True)
class After:
    """How many years after its end a post still counts: `years`, or `longer` where it is one of `roles`."""

    years: int
    longer: int = 0
    roles: frozenset[str] = frozenset()

    def of(self, role: object) -> int:
        return self.longer if role in self.roles else self.years


@dataclass(frozen=True)
class Pattern:
    """One pattern of conflict: what it is called in Chinese and English, what it finds, and its Cypher text.

    `own` is true for a file of the user's, whose text is not trusted to be one that only reads. `after` is set where
    the first relation of the walk counts for some years after its end, and not while it holds.
    """

    id: str
    title: Mapping[str, str]
    finds: str
    does_not_show: str
    text: str
    own: bool = False
    after: After | None = None

    @cached_property
    def used(self) -> tuple[str, ...]:
        """The parameters that the text uses."""
        return tuple(dict.fromkeys(_USED.findall(self.text)))

    def values(self, places: list[str] | None, as_of: str | None) -> dict[str, object]:
        """The parameters that the text uses: places (ids or names), as_of (a day), the posts of heads and seats."""
        given = {"places": places, "as_of": as_of, **_posts()}
        return {name: given[name] for name in self.used}


def conflict_patterns(folders: Iterable[Path] = (SHIPPED,)) -> dict[str, Pattern]:
    """The patterns of these folders by id, sorted; one in a later folder replaces one of that id in an earlier.

    Raises BadInput, naming the file, for one that is not whole.
    """
    read = [read_pattern(file) for folder in folders for file in sorted(folder.glob("*.cypher"))]
    return {pattern.id: pattern for pattern in sorted(read, key=lambda pattern: pattern.id)}


def read_pattern(file: Path) -> Pattern:
    """Read one pattern. Raises BadInput with FILE:LINE, what is missing and what to write."""
    return _as_it_stands(file, *state(file))


def state(file: Path) -> tuple[int, int]:
    """When a file was changed last (nanoseconds) and how long it is: it has to be read again only when these differ.
    Zeros where that cannot be told; reading it then says why, and no failure is remembered."""
    try:
        found = file.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


@lru_cache(maxsize=256)
def _as_it_stands(file: Path, changed: int, size: int) -> Pattern:
    """A pattern, read once for as long as its file stays what it is."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{file}:1: not readable as UTF-8 text ({error})") from None
    said: dict[str, str] = {}
    for line in lines:
        if match := _COMMENT.match(line):
            key, name, text = match.groups()
            said[f"{key} {name}" if name else key] = text
    return Pattern(
        id=_needed(file, said, "id", "// id: the_name_of_the_file"),
        title=_title(file, said),
        finds=_needed(file, said, "finds", "// finds: what a row means"),
        does_not_show=_needed(file, said, "does not show", "// does not show: what a row does not mean"),
        text=_text(file, lines),
        own=file.parent != SHIPPED,
        after=_after(file, said["after"]) if "after" in said else None,
    )


def _title(file: Path, said: Mapping[str, str]) -> Mapping[str, str]:
    zh, bar, en = _needed(file, said, "title", "// title: 中文 | English").partition("|")
    if not bar:
        raise BadInput(f"{file}:1: the title has one language; write // title: 中文 | English")
    return {"zh": zh.strip(), "en": en.strip()}


def _after(file: Path, text: str) -> After:
    match = _AFTER.fullmatch(text)
    if not match:
        raise BadInput(f"{file}:1: after is {text}; write // after: 2 years, or // after: 2 years, 3 for 领导成员")
    years, longer, post = match.groups()
    if not post:
        return After(int(years))
    known = vocabulary().posts.get(post)
    roles = {post, *known.variants, *known.titles} if known else {post}
    return After(int(years), int(longer), frozenset(roles))


def _needed(file: Path, said: Mapping[str, str], key: str, remedy: str) -> str:
    if not said.get(key):
        raise BadInput(f"{file}:1: {key} is missing; write {remedy}")
    if key == "id" and said[key] != file.stem:
        raise BadInput(f"{file}:1: id {said[key]} is not the name of the file; write // id: {file.stem}")
    return said[key]


def _text(file: Path, lines: list[str]) -> str:
    text = "\n".join(line for line in lines if not line.startswith("//")).strip()
    for column in ("nodes", "relations", "places"):
        if not re.search(rf"\bAS\s+{column}\b", text, re.IGNORECASE):
            raise BadInput(f"{file}:{len(lines)}: returns no {column}; a pattern returns nodes, relations and places")
    for number, line in enumerate(lines, 1):
        for name in _USED.findall(line.partition("//")[0]):
            if name not in _PARAMETERS:
                raise BadInput(f"{file}:{number}: parameter {name} is not known; use {', '.join(_PARAMETERS)}")
    return text


_HEADS = {
    "branch_heads": "branch",
    "committee_heads": "committee",
    "firm_heads": "firm",
    "group_heads": "residents_group",
    "company_heads": "village_company",
    "stand_in_heads": "property_management_committee",
}
_PARAMETERS = ("places", "as_of", "branch_seats", *_HEADS)


@cache
def _posts() -> Mapping[str, object]:
    """The posts that patterns may ask for as parameters, as the vocabulary has them."""
    roles = vocabulary().roles
    heads = {name: sorted(roles(head_of=of)) for name, of in _HEADS.items()}
    return {"branch_seats": sorted(roles(seat=True)), **heads}
