"""Claims and decisions → the tables of the graph: a pure function, set-based, the same bytes for the same input.

The statements stand in compile.sql and run in DuckDB. Python does what is not a matter of sets: which keys are one
actor (identity.py), what a written date means (period.py), what a written place names.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import lookup, period
from .identity import Chain, Mention, Question, core, in_force, resolve
from .log import VIEWS, Log, quoted_paths
from .vocabulary import vocabulary

if TYPE_CHECKING:
    import duckdb

FORMAT = "5"  # raised when the same claims give other tables, so that graphs are built anew
STEPS = re.split(r"\n(?=-- \d )", Path(__file__).with_name("compile.sql").read_text("utf-8"))
VOCABULARY = Path(__file__).with_name("vocabulary")
LEVELS = (  # how a written place such as 浙江省温州市望江区 falls into its parts
    ("Province", r".{2,7}?(?:省|自治区|特别行政区)"),
    ("City", r".{2,7}?(?:市|自治州|地区|盟)"),
    ("District", r".{1,7}?(?:(?<![社小园片街])区|县|旗|市)"),
    ("SubDistrict", r".{1,8}?(?:街道|镇|乡)"),
    ("Community", r".{1,10}?社区"),
    ("Compound", r".{1,20}"),
)
WRITTEN = re.compile("".join(f"(?P<{level}>{pattern})?" for level, pattern in LEVELS))
TABLES = {
    "nodes": "SELECT * FROM node ORDER BY id",
    "relations": 'SELECT * FROM relation ORDER BY "from", relation, "to", id',
    "evidence": """SELECT e.claim, e.source, s.title, e.locator::VARCHAR AS locator, e.quote, e.method, e.version,
    e.confidence
                   FROM evidence e JOIN source s ON s.id = e.source WHERE e.live ORDER BY ALL""",
}
RESERVED = frozenset(
    [
        "id",
        "type",
        "name",
        "aliases",
        "keys",
        "ids",
        "place",
        "places",
        "place_names",
        "labels",
        "disputed",
        "claims",
        "sources",
        "quote",
        "valid",
        "sure",
        "sure_from",
        "sure_to",
        "possible_from",
        "possible_to",
        "disagrees",
        "from",
        "to",
    ]
)
AWKWARD = re.compile(r"[\[{].*[\[{]|\"@|" + "|".join(f'"{name}":' for name in sorted(RESERVED)))


@dataclass(frozen=True, slots=True)
class Compiled:
    """What stands in a compiled folder:
    the log's version, the newest day spoken of (ISO, or None), sizes, open questions.
    """

    version: str
    newest: str | None
    nodes: int
    relations: int
    questions: list[Question]

    def day(self) -> str:
        """The newest day that a live source speaks of, at most today (ISO): the day of an answer that names none."""
        today = date.today().isoformat()
        return min(self.newest or today, today)


def version(log: Log) -> str:
    """The version of the graph that the log compiles to."""
    return f"{log.version()}-{FORMAT}{_rules()}"


@cache
def _rules() -> str:
    """A digest of the vocabulary, which a process reads once."""
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(VOCABULARY.glob("*.yaml")))).hexdigest()[:8]


def compile(log: Log, folder: Path) -> Compiled:
    """Write `nodes`, `relations` and `evidence` as Parquet, their look-ups, and `compiled.json`, into the (existing,
    empty) folder.
    """
    of = version(log)
    with log.attach() as con:
        _hold(con)
        _prepare(con)
        _, live, actors, written_places, *rest = STEPS
        con.execute(live)
        questions = _identify(con, log)
        con.execute(actors)
        con.execute(written_places)
        _resolve_places(con)
        for step in rest:
            con.execute(step)
        for name, rows in TABLES.items():
            path = quoted_paths([folder / f"{name}.parquet"])[1:-1]
            con.execute(f"COPY ({rows}) TO {path} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
        lookup.write(con, folder)
        nodes, relations = (_one(con, f"SELECT count(*) FROM {table}") for table in ("node", "relation"))
        compiled = Compiled(of, _newest(con), nodes, relations, questions)
    (folder / "compiled.json").write_text(json.dumps(asdict(compiled), ensure_ascii=False, indent=1), "utf-8")
    return compiled


def read(folder: Path) -> Compiled | None:
    """What stands in a compiled folder, or None if nothing whole does."""
    try:
        found = json.loads((folder / "compiled.json").read_text("utf-8"))
        return Compiled(**found | {"questions": [Question(**q) for q in found["questions"]]})
    except (OSError, ValueError, TypeError):
        return None


def _hold(con: duckdb.DuckDBPyConnection) -> None:
    """Work out the views of the log once, as tables of the same names, since each is read many times from here on.

    The whole of a claim is needed of few kinds, and is most of the log.
    """
    whole = "SELECT * REPLACE (CASE WHEN kind IN ('entity', 'relation') THEN NULL ELSE claim END AS claim) FROM log"
    con.execute("CREATE SCHEMA held; SET search_path = 'held,main'")
    con.execute(VIEWS.replace("CREATE VIEW ", "CREATE TABLE held.").replace("SELECT * FROM log", whole))
    con.execute("DROP TABLE held.written")


def _prepare(con: duckdb.DuckDBPyConnection) -> None:
    v = vocabulary()
    con.execute(
        "CREATE TABLE vocabulary (type VARCHAR, labels VARCHAR[], depth INTEGER, is_place BOOLEAN, is_body BOOLEAN)"
    )
    con.executemany(
        "INSERT INTO vocabulary VALUES (?, ?, ?, ?, ?)",
        [(t, list(v.labels(t)), len(v.labels(t)), v.is_a(t, "Place"), v.is_a(t, "Organization")) for t in v.types],
    )
    con.execute("CREATE TABLE head (role VARCHAR)")
    con.executemany(
        "INSERT INTO head VALUES (?)",
        [[role] for role in sorted(v.roles(head_of="branch") | v.roles(head_of="committee"))],
    )
    period_type = "STRUCT(sure_from VARCHAR, sure_to VARCHAR, possible_from VARCHAR, possible_to VARCHAR)"
    _function(con, "term", _term, 3, period_type)
    _function(con, "covered", _covered, 1, "STRUCT(first VARCHAR, after VARCHAR)")
    _function(con, "contradict", _contradict, 2, "BOOLEAN")
    _function(con, "flat_slowly", _flat, 1)
    _function(con, "role_of", _role, 3)
    _function(con, "parts", _parts, 1, "VARCHAR[]")
    awkward = AWKWARD.pattern.replace("'", "''")
    con.execute(f"CREATE MACRO flat(a) AS CASE WHEN regexp_matches(a, '{awkward}') THEN flat_slowly(a) ELSE a END")
    con.execute(f"CREATE MACRO bound(day) AS CASE WHEN day NOT IN ('{period.LOW}', '{period.HIGH}') THEN day END")


def _function(
    con: duckdb.DuckDBPyConnection, name: str, function: Callable[..., Any], arguments: int, gives: str = "VARCHAR"
) -> None:
    """Make a Python function of texts callable from SQL; it is given nulls as None."""
    from duckdb.func import SPECIAL

    types: list[Any] = [con.type("VARCHAR")] * arguments
    con.create_function(name, function, types, con.type(gives), null_handling=SPECIAL)


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    (value,) = con.execute(sql).fetchone() or (0,)
    return int(value)


def actor_id(key: str) -> str:
    """The id of the actor that has this key, unless it was merged with another's: as compile.sql makes it."""
    return "e" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]


# --- the functions that compile.sql calls ----------------------------------------------------------------------------
def _term(valid: str | None, observed: str | None, published: str | None) -> dict[str, str | None]:
    p = period.period(valid, period.said_on(valid, observed, published))
    sure = p.sure or (None, None)
    return {"sure_from": sure[0], "sure_to": sure[1], "possible_from": p.possible[0], "possible_to": p.possible[1]}


def _contradict(a: str | None, b: str | None) -> bool:
    return a is not None and b is not None and period.contradict(a, b)


def _covered(valid: str) -> dict[str, str | None]:
    first, after = period.shown(period.covered(valid)) or (None, None)
    return {"first": first, "after": after}


def _parts(place: str) -> list[str]:
    return [name for _, name in chain_of(place)]


def _role(role: str, organization: str, subtype: str | None) -> str:
    return vocabulary().canonical_role(role, organization, subtype) or role


def _flat(attributes: str) -> str:
    """Attributes as a graph can hold them: values are scalars or lists of one kind, and no name is one of our own."""
    flat = {}
    for name, value in json.loads(attributes).items():
        plain = (
            isinstance(value, list)
            and len({type(x) for x in value}) <= 1
            and not isinstance(next(iter(value), None), list | dict)
        )
        kept = (
            value
            if plain or not isinstance(value, list | dict)
            else json.dumps(value, ensure_ascii=False, sort_keys=True)
        )
        ours = name in RESERVED or name.startswith("@")  # the embedded engine's own names begin with @
        flat[f"attribute_{name}" if ours else name] = kept
    return json.dumps(flat, ensure_ascii=False)


# --- identity and places ---------------------------------------------------------------------------------------------
def chain_of(place: str) -> Chain:
    """A written place as its parts, nearest first: 浙江省温州市 → City 温州市, Province 浙江省."""
    match = WRITTEN.fullmatch(place)
    return tuple(reversed([(level, name) for level, name in (match.groupdict().items() if match else ()) if name])) or (
        ("Place", place),
    )


def _identify(con: duckdb.DuckDBPyConnection, log: Log) -> list[Question]:
    """Fill `merged` (key, canonical). Within one source and without decisions there is nothing to resolve."""
    decisions = in_force(log.decisions())
    con.execute("CREATE TABLE merged (key VARCHAR, canonical VARCHAR)")
    if not decisions and _one(con, "SELECT count(DISTINCT home) FROM keyed") < 2:
        return []
    found = resolve(_mentions(con), [d for d in decisions if d["kind"] in ("same", "different")])
    if found.canonical:
        con.executemany("INSERT INTO merged VALUES (?, ?)", sorted(found.canonical.items()))
        con.execute("DELETE FROM merged WHERE key NOT IN (SELECT key FROM keyed)")
        # a cluster whose smallest key no longer lives takes its next one
        con.execute(
            """UPDATE merged SET canonical = alive.key FROM (
                   SELECT canonical, min(key) AS key FROM merged GROUP BY canonical) alive
               WHERE merged.canonical = alive.canonical AND merged.canonical NOT IN (SELECT key FROM keyed)"""
        )
    return list(found.questions)


def _mentions(con: duckdb.DuckDBPyConnection) -> Iterable[Mention]:
    names = dict(con.execute("SELECT key, (type, name) FROM keyed").fetchall())
    above: dict[str, list[str]] = defaultdict(list)
    for key, place in con.execute(
        """SELECT DISTINCT key, place FROM declared WHERE place IS NOT NULL
           UNION SELECT subject, object FROM bond WHERE relation IN ('LOCATED_IN', 'BASED_IN') ORDER BY ALL"""
    ).fetchall():
        above[key].append(place)
    scope = dict(con.execute("SELECT id, place FROM source WHERE place IS NOT NULL").fetchall())
    bodies: dict[str, set[str]] = defaultdict(set)
    for person, body in con.execute(
        "SELECT DISTINCT subject, object FROM bond WHERE relation = 'HOLDS_POST'"
    ).fetchall():
        bodies[person].add(body)
    for key, home, type_, name, sources in con.execute(
        "SELECT key, home, type, name, sources FROM keyed ORDER BY key"
    ).fetchall():
        chain = _chain(key, above, names) or _scope(scope.get(home), type_, name)
        yield Mention(key, home, type_, name, chain, frozenset(bodies.get(key, ())), frozenset(sources))


def _chain(key: str, above: Mapping[str, list[str]], names: Mapping[str, tuple[str, str]]) -> Chain:
    found: list[tuple[str, str]] = []
    seen, level = {key}, above.get(key, [])
    while level:
        nearer = [place for place in level if place not in seen]
        seen.update(nearer)
        for place in nearer:
            found += [(names[place][0], core(names[place][1], names[place][0]))] if place in names else chain_of(place)
        level = [higher for place in nearer for higher in above.get(place, [])]
    return tuple(dict.fromkeys(found))


def _scope(place: str | None, type_: str, name: str) -> Chain:
    """A thing that its source does not locate stands where the source is about, unless it is that place or above it."""
    levels = [level for level, _ in LEVELS]
    chain = chain_of(place) if place else ()
    if type_ in levels:
        return tuple(
            (level, part) for level, part in chain if level in levels and levels.index(level) < levels.index(type_)
        )
    return chain


def _resolve_places(con: duckdb.DuckDBPyConnection) -> None:
    """Create and fill `resolved`: a written place is the one place of that name that lies where the rest of it says."""
    con.execute("CREATE TABLE resolved (text VARCHAR, parent VARCHAR)")
    texts = [
        row[0]
        for row in con.execute(
            """SELECT text FROM spot UNION SELECT place FROM live WHERE kind IN ('register', 'figure', 'statement')
           AND place IS NOT NULL AND place NOT IN (SELECT key FROM keyed) ORDER BY ALL"""
        ).fetchall()
    ]
    if not texts:
        return
    named: dict[str, set[str]] = defaultdict(set)
    for name, id in con.execute(
        """SELECT name, id FROM base WHERE type IN (SELECT type FROM vocabulary WHERE is_place)
           UNION SELECT unnest(aliases), id FROM alias JOIN base USING (id)
                 WHERE type IN (SELECT type FROM vocabulary WHERE is_place)"""
    ).fetchall():
        named[name].add(id)
    parents: dict[str, set[str]] = defaultdict(set)
    for child, parent in con.execute("SELECT child, parent FROM within").fetchall():
        parents[child].add(parent)
    names = dict(
        con.execute("SELECT id, name FROM base WHERE type IN (SELECT type FROM vocabulary WHERE is_place)").fetchall()
    )
    rows = [(text, place) for text in texts if (place := _named_place(text, named, parents, names))]
    if rows:
        con.executemany("INSERT INTO resolved VALUES (?, ?)", rows)


def _named_place(
    text: str, named: Mapping[str, set[str]], parents: Mapping[str, set[str]], names: Mapping[str, str]
) -> str | None:
    if len(exact := named.get(text, set())) == 1:
        return next(iter(exact))
    (_, nearest), *higher = chain_of(text)
    written = {name for _, name in higher}
    fitting = [id for id in sorted(named.get(nearest, ())) if not written or written & _above(id, parents, names)]
    return fitting[0] if len(fitting) == 1 else None


def _above(id: str, parents: Mapping[str, set[str]], names: Mapping[str, str]) -> set[str]:
    seen: set[str] = set()
    level = set(parents.get(id, ()))
    while level:
        seen |= level
        level = {higher for place in level for higher in parents.get(place, ())} - seen
    return {names[place] for place in seen if place in names}


def _newest(con: duckdb.DuckDBPyConnection) -> str | None:
    """The newest day that a live source speaks of: observed, published, or the end of a register."""
    days = [
        period.newest(text)
        for (text,) in con.execute(
            """SELECT DISTINCT observed FROM live WHERE observed IS NOT NULL
           UNION SELECT published FROM source WHERE status = 'live' AND published IS NOT NULL"""
        ).fetchall()
    ]
    for (valid,) in con.execute("SELECT DISTINCT valid FROM live WHERE kind = 'register'").fetchall():
        if (after := period.covered(valid)[1]) != period.HIGH:
            days.append(period.day_before(after))
    return max(days, default=None)
