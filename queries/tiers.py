"""Who sees what: for each privacy tier a workspace whose graph holds only what that tier may see.

Nothing is masked on its way out. What a tier may not see is not in its graph, so that no query, search, error or trick
of Cypher can reach it: `View` compiles the tables of the workspace to those of the tier and keeps them on a private
server of its own. It is a workspace for everything that reads, so every answer is computed as for the owner.

What is left out, by the vocabulary's tiers: attributes and relations above the tier; what the vocabulary does not
know; where a person is located; a person whom nothing visible ties to anything; of a visible person what comes only
from a source that says nothing visible about him; the words behind a claim where they overlap the words behind anything
left out. Kinship is the exception that the norms need: see `Relatives`.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from govgraph.graph import compile as compiler
from govgraph.graph import engine, lookup
from govgraph.graph.errors import BadInput
from govgraph.graph.log import quoted_paths
from govgraph.graph.lookup import Lookup
from govgraph.graph.store import Store, open_store
from govgraph.graph.vocabulary import Tier, vocabulary
from govgraph.graph.workspace import Evidence, Workspace

from .conflicts import conflict_patterns, conflicts
from .conflicts.judge import Lang
from .evidence import Row

if TYPE_CHECKING:
    import duckdb

__all__ = ["TIERS", "Relatives", "Tier", "View", "attribute_tier", "conflicts_seen", "may_see", "project", "views"]

TIERS: tuple[Tier, ...] = ("public", "research", "restricted")
STEPS = dict(
    re.findall(r"(?ms)^-- (\w+):?[^\n]*\n((?:(?!^-- ).)*)", Path(__file__).with_name("tiers.sql").read_text("utf-8"))
)
RULES = "1"
"""Raised when the rules below change, so that every view is made anew."""
DERIVED = frozenset(("derived", "person"))
"""What compiling itself writes on a relation that follows from two visible ones."""
RELATIVE = "relative"
"""The id of every relative who is not named."""
NAMELESS: Mapping[Lang, str] = {"zh": "一名亲属（不公开）", "en": "a relative (not public)"}
NOT_PUBLIC: Mapping[Lang, str] = {
    "zh": "亲属是谁、何时任何职不公开；是否成立只按其余部分的时间判断，申报情况未计入",
    "en": "who the relative is, and in which post since when, is not public; only the time of the rest was looked at",
}


def views(root: Path) -> list[Path]:
    """The folders of the private servers of all views in the workspace of this folder."""
    return sorted((root / "views").glob("*/engine"))


def may_see(tier: Tier, needed: Tier) -> bool:
    """Whether a tier may see what needs another."""
    return TIERS.index(tier) >= TIERS.index(needed)


class View(Workspace):
    """A workspace as a tier sees it, for reading. It follows the graph of its workspace when `refresh` is called."""

    def __init__(self, base: Workspace, tier: Literal["public", "research"]) -> None:
        super().__init__(base.root, replace(base.settings, uri=None, user=None, password=None, database=None))
        self.base, self.tier = base, tier
        self.folder = base.root / "views" / f"{tier}-{RULES}"
        self.compiled = self.folder / "compiled"
        self.id = f"{base.id}-{tier}"

    @contextmanager
    def writing(self, what: str) -> Iterator[None]:
        """Hold the lock of the view; loads of the workspace go on beside it."""
        with Workspace(self.folder, self.settings).writing(what):
            yield

    def refresh(self, anew: bool = False) -> compiler.Compiled:
        """Bring the view to the graph that its workspace has now. Needs the view's lock."""
        state = self.base.state()
        found = self._compile(state.version)
        before = self._bring(state.version, anew)
        for folder in self.compiled.iterdir():
            if folder.name not in (state.version, before):
                shutil.rmtree(folder, ignore_errors=True)
        for old in self.folder.parent.glob(f"{self.tier}-*"):
            if old != self.folder:
                engine.stop(old / "engine")
                shutil.rmtree(old, ignore_errors=True)
        return found

    def _compile(self, version: str) -> compiler.Compiled:
        folder = self.compiled / version
        if found := compiler.read(folder):
            return found
        new = folder.with_name(f".new-{version}")
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        newest = self.base.state()
        with self.base.log.attach() as con:
            project(con, self.base.compiled / version, new, self.tier)
            lookup.write(con, new)
            nodes, relations = (_count(con, new / f"{name}.parquet") for name in ("nodes", "relations"))
        state = replace(newest, version=version, nodes=nodes, relations=relations, questions=[])
        (new / "compiled.json").write_text(json.dumps(asdict(state), ensure_ascii=False), "utf-8")
        new.rename(folder)
        return state

    def evidence(self, claims: Iterable[str], look: Lookup | None = None) -> dict[str, list[Evidence]]:
        """As for the owner, for claims that the tier may see; words that it may not see are left out."""
        found = super().evidence(claims, look)
        return {
            claim: [{k: v for k, v in row.items() if k != "quote" or v is not None} for row in rows]
            for claim, rows in found.items()
        }

    def _open(self, write: bool = False) -> AbstractContextManager[Store]:
        return open_store(self.settings, self.folder / "engine", self.id, write=write)


# --- the tables of a tier ---------------------------------------------------------------------------------------------
def project(con: duckdb.DuckDBPyConnection, tables: Path, out: Path, tier: Tier) -> None:
    """Write `nodes`, `relations` and `evidence` of a tier, from the compiled tables of the whole graph.

    `con` is the attached log (`Log.attach`): it tells which claim declared which key.
    """
    for name, file in (("nodes", "nodes"), ("relations", "relations"), ("quoted", "evidence")):
        con.execute(f"CREATE TABLE {name} AS SELECT * FROM read_parquet({quoted_paths([tables / f'{file}.parquet'])})")
    con.execute(STEPS["kinds"])
    for relation, a, b in con.execute(STEPS["ends"]).fetchall():
        if may_see(tier, _relation_tier(relation, a, b)):
            con.execute("INSERT INTO seen_ends VALUES (?, ?, ?)", [relation, a, b])
    con.execute(STEPS["relations"])
    con.execute(STEPS["people"])
    _strip(con, "shown_nodes", "type", tier)
    _strip(con, "shown_relations", "relation", tier)
    con.execute(STEPS["words"])
    for name, order in (("nodes", "id"), ("relations", '"from", relation, "to", id'), ("evidence", "ALL")):
        path = quoted_paths([out / f"{name}.parquet"])[1:-1]
        con.execute(f"COPY (SELECT * FROM shown_{name} ORDER BY {order}) TO {path} (FORMAT parquet, COMPRESSION zstd)")


def _relation_tier(relation: str, a: str, b: str) -> Tier:
    """The stricter of the two directions: a relation may have been written either way."""
    v = vocabulary()
    try:
        return max(v.relation_tier(relation, a, b), v.relation_tier(relation, b, a), key=TIERS.index)
    except (BadInput, KeyError):
        return "restricted"


def _strip(con: duckdb.DuckDBPyConnection, table: str, owner: str, tier: Tier) -> None:
    """Take out the attributes above the tier. The claims of what lost one go to `partly`: their words stay back."""
    names = f"SELECT DISTINCT {owner} AS owner, unnest(json_keys(properties::JSON)) AS name FROM {table}"
    masked: dict[str, list[str]] = {}
    for of, name in con.execute(f"SELECT DISTINCT owner, name FROM ({names}) ORDER BY ALL").fetchall():
        if not may_see(tier, attribute_tier(of, name)):
            masked.setdefault(of, []).append(name)
    for of, gone in masked.items():
        given: dict[str, object] = {"owner": of, "gone": gone}
        held = f"{owner} = $owner AND list_has_any(json_keys(properties::JSON), $gone)"
        con.execute(f"INSERT INTO partly SELECT unnest(claims) FROM {table} WHERE {held}", given)
        con.execute(
            f"""UPDATE {table} SET properties = json_merge_patch(properties::JSON, $patch::JSON)::VARCHAR
                WHERE {held}""",
            given | {"patch": json.dumps(dict.fromkeys(gone), ensure_ascii=False)},
        )
        con.execute(
            f"""UPDATE {table} SET properties = json_merge_patch(properties::JSON, json_object('disputed', list_filter(
                    from_json(properties::JSON->'disputed', '["VARCHAR"]'),
                    lambda x: NOT list_contains($gone, x))))::VARCHAR
                WHERE {owner} = $owner AND json_exists(properties::JSON, '$.disputed')""",
            given,
        )


def attribute_tier(owner: str, name: str) -> Tier:
    """Who may see a property, by the name of a type or relation. What the vocabulary does not know is restricted."""
    v = vocabulary()
    if name in compiler.RESERVED or (owner in v.relations and name in DERIVED):
        return "public"
    if owner in ("Source", "Figure", "Statement", "Register"):
        return "public"  # made by us from the fields of claims, never from attributes
    try:
        return v.tier(owner, name.removeprefix("attribute_"))
    except BadInput:
        return "restricted"


# --- kinship ----------------------------------------------------------------------------------------------------------
def conflicts_seen(view: View, whole: Workspace, *, lang: Lang = "en", **asked: Any) -> list[Row]:
    """`conflicts` as the tier of a view may see it: that a relative exists, but not who, in which post, since when.

    Such a finding holds `possibly` where the rest of it holds, and its id depends on nothing that is not shown.
    """
    rows = conflicts(_Beside(view, whole, lang), lang=lang, **asked)
    return [_nameless(row, lang) if _relatives_in(row) else row for row in rows]


class _Beside(View):
    """A view for `conflicts`, whose store also answers the patterns of kinship, from the whole graph, without names."""

    def __init__(self, view: View, whole: Workspace, lang: Lang) -> None:
        self.__dict__.update(view.__dict__)
        self._view, self._whole, self._lang = view, whole, lang

    def state(self) -> compiler.Compiled:
        return self._view.state()

    @contextmanager
    def reader(self) -> Iterator[Store]:
        shipped = conflict_patterns().values()
        texts = frozenset(pattern.text for pattern in shipped if "FAMILY_OF" in pattern.text)
        with self._view.reader() as shown, self._whole.reader() as everything:
            yield cast("Store", Relatives(shown, everything, texts, self.tier, self._lang))


class Relatives:
    """What a tier sees, with the findings of kinship patterns added: the relative nameless, his ties without detail."""

    def __init__(self, shown: Store, everything: Store, patterns: frozenset[str], tier: Tier, lang: Lang) -> None:
        self._shown, self._everything, self._patterns, self._tier = shown, everything, patterns, tier
        self._name = NAMELESS[lang]
        self.read, self.read_untrusted = shown.read, shown.read_untrusted
        self.lookup = shown.lookup

    def recall(self, cypher: str, parameters: Mapping[str, object] | None = None, **found_by: Any) -> list[Row]:
        rows = self._shown.recall(cypher, parameters, **found_by)
        if cypher in self._patterns:
            # The days of the relative's ties must not show in whether a finding holds: all are read, none is dated.
            found = map(self._masked, self._everything.recall(cypher, parameters, **found_by))
            rows += [row for row in found if row]
        return rows

    def _masked(self, row: Row) -> Row | None:
        """The row without who the relatives are; None where it has none, or has something else not for the tier."""
        nodes, relations = cast("list[Row]", row["nodes"]), cast("list[Row]", row["relations"])
        relatives: set[object] = set()
        for relation, a, b in zip(relations, nodes, nodes[1:], strict=False):
            if may_see(self._tier, _relation_tier(str(relation["type"]), str(a["type"]), str(b["type"]))):
                continue
            if a["type"] != "Person" or b["type"] != "Person":
                return None
            relatives |= {a["id"], b["id"]} - {nodes[0]["id"]}
        if not relatives:
            return None
        hidden = {"id": RELATIVE, "name": self._name, "type": "Person"}
        return row | {
            "nodes": [hidden if node["id"] in relatives else node for node in nodes],
            "relations": [
                _bare(relation, relatives) if relatives & {a["id"], b["id"]} else relation
                for relation, a, b in zip(relations, nodes, nodes[1:], strict=False)
            ],
        }


def _bare(relation: Row, relatives: set[object]) -> Row:
    """A tie of a relative: its kind, and what the norms ask of it (post and degree, which the answer does not show)."""
    start = RELATIVE if relation["start"] in relatives else relation["start"]
    kept = {name: relation.get(name) for name in ("type", "role", "kinship")}
    return {**kept, "id": relation["type"], "start": start, "claims": [], "sources": [], "valid": None, "sure": False}


def _relatives_in(row: Row) -> bool:
    return any(person["id"] == RELATIVE for person in cast("list[Row]", row["people"]))


def _nameless(row: Row, lang: Lang) -> Row:
    doubts = [doubt for doubt in cast("list[str]", row["against"]) if NAMELESS[lang] not in doubt]
    return cast("Row", _without_relatives(row | {"against": [*doubts, NOT_PUBLIC[lang]]}))


def _without_relatives(value: object) -> object:
    if isinstance(value, list):
        return [_without_relatives(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {name: _without_relatives(item) for name, item in value.items()}
    if found.get("id") == RELATIVE:
        found["id"] = None
    if any(isinstance(end := value.get(name), dict) and end.get("id") == RELATIVE for name in ("from", "to")):
        found |= dict.fromkeys(found.keys() & {"role", "kinship"})
    return found


def _count(con: duckdb.DuckDBPyConnection, file: Path) -> int:
    found = con.execute(f"SELECT count(*) FROM read_parquet({quoted_paths([file])})").fetchone()
    return int(found[0]) if found else 0
