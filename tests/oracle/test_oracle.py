"""Every answer on random small cities: the same from both engines, and the same as plain Python makes of the claims.

`GOVGRAPH_ORACLE_GRAPHS` says how many cities (100), `GOVGRAPH_ORACLE_SEED` repeats a run. Where a city fails, claims are
left out as long as it still does, and what remains is printed as claims with the seed.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property, partial
from pathlib import Path
from typing import cast

import pytest
from engines import PASSWORD, Neo4j
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as how
from oracle import answers as plain
from oracle.cities import ALL, PEOPLE, City, cities
from oracle.questions import PLAIN, WITHOUT, Asked
from oracle.reading import LAST, Reading, all_sources, iso

from govgraph.graph.compile import Compiled
from govgraph.graph.errors import GovgraphError
from govgraph.graph.lookup import Lookup
from govgraph.graph.settings import Settings
from govgraph.graph.store import Store
from govgraph.graph.workspace import Evidence, Workspace
from govgraph.queries.catalogue import Question, answer
from govgraph.queries.catalogue import questions as shipped
from govgraph.queries.conflicts import conflict_patterns, conflicts
from govgraph.queries.coverage import KINDS, coverage
from govgraph.queries.evidence import with_evidence
from govgraph.queries.figures import figures
from govgraph.queries.paths import why
from govgraph.queries.roles import roles

GRAPHS = int(os.environ.get("GOVGRAPH_ORACLE_GRAPHS", "100"))
SEED = int(os.environ.get("GOVGRAPH_ORACLE_SEED") or random.randrange(2**31))
BATCH = 100  # cities that lie side by side in one graph
OTHERS = 8  # questions without a plain reading that are asked of each city
Rows = list[dict[str, object]]
Plain = list[tuple[object, ...]]


class Open(Workspace):
    """A workspace whose graph stays open and whose evidence is read once, for tens of thousands of questions."""

    store: Store

    @contextmanager
    def reader(self) -> Iterator[Store]:
        yield self.store

    @cached_property
    def held_state(self) -> Compiled:
        return super().state()

    def state(self) -> Compiled:
        return self.held_state

    @cached_property
    def held_quotes(self) -> dict[str, list[Evidence]]:
        with self.log.attach() as con:
            return super().evidence(claim for (claim,) in con.execute("SELECT id FROM live").fetchall())

    def evidence(self, claims: Iterable[str], look: Lookup | None = None) -> dict[str, list[Evidence]]:
        return {claim: self.held_quotes.get(claim, []) for claim in claims}


@dataclass
class Engines:
    """Both engines with the same cities in them."""

    private_server: Path
    neo4j_server: Neo4j
    folder: Path
    both: ThreadPoolExecutor
    open: ExitStack = field(default_factory=ExitStack)

    def load(self, some: Sequence[City]) -> dict[str, Open]:
        self.open.close()
        self.open = ExitStack()
        self.neo4j_server.empty()
        remote = Settings(uri=self.neo4j_server.uri, user="neo4j", password=PASSWORD)
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        self.open.callback(shutil.rmtree, folder)
        opened = [Open(folder / name, settings) for name, settings in (("embedded", Settings()), ("neo4j", remote))]
        list(self.both.map(lambda workspace: self._fill(workspace, some), opened))
        for workspace in opened:
            workspace.store = self.open.enter_context(Workspace.reader(workspace))
        return {workspace.root.name: workspace for workspace in opened}

    def _fill(self, workspace: Open, some: Sequence[City]) -> None:
        workspace.root.mkdir()
        (workspace.root / "engine").symlink_to(self.private_server, target_is_directory=True)
        with workspace.loading("cities") as loading:
            for city in some:
                for claim in city.claims:
                    assert loading.add(claim), loading.report.refusals
        assert not loading.report.refusals, loading.report.refusals
        if taken := [source for city in some for source in city.retracted]:
            with workspace.loading("retractions") as loading:
                for source in taken:
                    loading.staging.event("retract", source)


@pytest.fixture(scope="module")
def engines(private_server: Path, neo4j_server: Neo4j, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    with ThreadPoolExecutor(2) as both:  # the engines think side by side
        found = Engines(private_server, neo4j_server, tmp_path_factory.mktemp("oracle"), both)
        yield found
        found.open.close()


# --- what is asked of a city ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Ask:
    """A question in the words of the command line, with § for the number of the city."""

    what: str
    given: Mapping[str, str | None]

    def __str__(self) -> str:
        return " ".join([self.what, *(f"{name}={value}" for name, value in self.given.items() if value is not None)])

    def of(self, token: str) -> dict[str, str | None]:
        return {name: value and value.replace("§", token) for name, value in self.given.items()}


def asks(reading: Reading, token: str, chance: random.Random) -> Iterator[Ask]:
    """What is asked of one city. `chance` chooses days, names and places among those that matter."""
    days = [*chance.sample(interesting(reading), 2), within_register(reading, chance)]
    people = sorted({ALL[short][1] for short in PEOPLE})
    bodies = chance.sample(sorted({a.name.replace(token, "§") for a in reading.actors if a.is_body}), 3)
    for name in [*people, *bodies]:
        yield Ask("roles", {"name": name, "as_of": None if chance.random() < 0.4 else days[0]})
    for of in KINDS:
        place = chance.choice(["东§区", "城§市", "北§社区", "甲§院", "外§区", None])
        yield Ask("coverage", {"of": of, "place": place or "城§市", "as_of": chance.choice(days)})
    yield Ask(
        "why",
        {"a": chance.choice(people), "b": chance.choice([*people, *bodies]), "as_of": chance.choice([None, days[0]])},
    )
    read = [question for question in questions().values() if plain_reading(question)]
    others = [question for question in questions().values() if not plain_reading(question)]
    for question in [*read, *chance.sample(others, min(OTHERS, len(others)))]:
        yield Ask(question.id, parameters(question, reading, token, chance, days))


def interesting(reading: Reading) -> list[str]:
    """The days on which something begins or ends, and those before and after."""
    edges = {
        n
        for b in reading.bonds
        for days in (b.sure, b.possible)
        if days
        for n in ((days & -days).bit_length() - 1, days.bit_length())
    }
    edges |= {n for r in reading.registers for n in ((r.days & -r.days).bit_length() - 1, r.days.bit_length())}
    return sorted(
        {iso(n + d) for n in edges for d in (-1, 0, 1) if 2 < n < LAST - 2} | {"2019-07-01", "2020-06-15", "2021-03-03"}
    )


def within_register(reading: Reading, chance: random.Random) -> str:
    """A day on which some register is complete: elsewhere nothing is known to be missing."""
    register = chance.choice(reading.registers) if reading.registers else None
    days = [n for n in range(3, LAST - 2) if register and register.days >> n & 1]
    return iso(chance.choice(days)) if days else "2019-12-31"


def parameters(
    question: Question, reading: Reading, token: str, chance: random.Random, days: list[str]
) -> dict[str, str | None]:
    """Values for what a question asks."""
    given: dict[str, str | None] = {}
    for p in question.parameters.values():
        if p.name == "as_of":
            if p.default or chance.random() < 0.6:
                given[p.name] = chance.choice(days)
        elif not p.needed and chance.random() < 0.5:
            continue
        elif p.type == "place":
            compound = p.name == "compound"
            given[p.name] = chance.choice(
                ["甲§院", "乙§院"] if compound else ["东§区", "东§区", "城§市", "北§社区", "外§区"]
            )
        elif p.type == "actor":
            pool = {
                a.name
                for a in reading.actors
                if (a.type == "Person" if p.name in ("person", "a", "b", "from", "to") else a.is_body)
            }
            given[p.name] = chance.choice(sorted(pool)).replace(token, "§") if pool else "王§"
        elif p.example:
            given[p.name] = p.example
    return given


@dataclass(frozen=True)
class Answer:
    """How the product is asked, how its rows are compared, and the plain answer: rows, an error's name, or None where
    there is none and both engines just have to agree."""

    ask: Callable[[Open], Rows]
    shown: Callable[[Rows], Plain]
    expected: Plain | str | None


def answered(ask: Ask, reading: Reading, token: str, today: str) -> Answer:
    """What one city should answer."""
    given = ask.of(token)
    place, as_of = given.get("place"), given.get("as_of")
    if ask.what == "roles":
        name = str(given["name"])
        known = any(a.called(name) for a in reading.actors)
        return Answer(
            lambda w: roles(w, name, as_of),
            shown_roles,
            plain.roles(reading, name, as_of, today) if known else "NotFound",
        )
    if ask.what == "coverage":
        here = reading.asked(str(place))
        rows = "NotFound" if here is None else plain.coverage(reading, str(given["of"]), here, str(as_of))
        return Answer(lambda w: coverage(w, str(given["of"]), place, as_of), shown_coverage, rows)
    if ask.what == "why":
        a, b = str(given["a"]), str(given["b"])
        ends = [[actor for actor in reading.actors if actor.called(name)] for name in (a, b)]
        error = "NotFound" if not all(ends) else "BadInput" if ends[0] == ends[1] and len(ends[0]) == 1 else None
        lengths: Plain = [(n,) for n in plain.why(reading, a, b, as_of)]
        return Answer(lambda w: why(w, a, b, as_of), lambda rows: [(row["length"],) for row in rows], error or lengths)
    question = questions()[ask.what]
    values = {name: value for name, value in given.items() if value is not None}
    unknown = any(
        reading.asked(values[p.name]) is None
        if p.type == "place"
        else not any(a.called(values[p.name]) for a in reading.actors)
        for p in question.parameters.values()
        if p.name in values and p.type in ("place", "actor")
    )
    function = plain_reading(question)
    found = (
        "NotFound" if unknown else function(Asked(reading, values, values.get("as_of", today))) if function else None
    )
    return Answer(
        lambda w: with_evidence(w, answer(w.store, question, values, question.day(w, values.get("as_of")))),
        lambda rows: shown_answer([row for row in rows if not row["claims"] or token in str(row["claims"])], question),
        found,
    )


def plain_reading(question: Question) -> Callable[[Asked], Plain] | None:
    return PLAIN.get(question.id)


# What takes no place is asked of all cities at once.
TOGETHER: dict[
    str, tuple[Callable[[Open, str | None], Rows], Callable[[Rows], Plain], Callable[[Reading, str | None], Plain]]
] = {
    "conflicts": (lambda w, day: conflicts(w, as_of=day), lambda rows: shown_conflicts(rows), plain.conflicts),
    "figures": (
        lambda w, day: figures(w),
        lambda rows: shown_figures(rows),
        lambda reading, day: plain.figures(reading),
    ),
}


# --- rows as they are compared ----------------------------------------------------------------------------------------
def name_of(value: object) -> object:
    if isinstance(value, Mapping):
        return value["name"]
    return frozenset(map(str, value)) if isinstance(value, list) else value


def of(row: Mapping[str, object], *path: str) -> object:
    value: object = row
    for name in path:
        value = cast(Mapping[str, object], value)[name]
    return value


def claims_of(row: Mapping[str, object]) -> frozenset[str]:
    claims = cast(list[str], row["claims"])
    assert sorted(
        {str(of(cast(Mapping[str, object], one), "claim")) for one in cast(list[object], row["evidence"])}
    ) == sorted(claims)
    return frozenset(claims)


def shown_roles(rows: Rows) -> Plain:
    return [
        (of(r, "person", "name"), of(r, "post", "role"), of(r, "post", "manner"), of(r, "organization", "name"), of(r, "organization", "type"),
         r["place"], r["holds"], r["valid"], r["sure"], r["possible"], claims_of(r))
        for r in rows
    ]  # fmt: skip


def shown_coverage(rows: Rows) -> Plain:
    return [
        (of(r, "compound", "name"), r["place"], r["verdict"], tuple(sorted(str(b["name"]) for b in cast(Rows, r["by"]))), r["register"], claims_of(r))
        for r in rows
    ]  # fmt: skip


def shown_conflicts(rows: Rows) -> Plain:
    return [
        (r["pattern"], tuple(sorted(str(p["name"]) for p in cast(Rows, r["people"]))), tuple(sorted(str(b["name"]) for b in cast(Rows, r["bodies"]))), r["holds"],
         frozenset((str(t["holds"]), str(t["sure"]), str(t["possible"])) for t in cast(Rows, r["terms"])), claims_of(r))
        for r in rows
        if r["pattern"] not in plain.UNREAD
    ]  # fmt: skip


def shown_figures(rows: Rows) -> Plain:
    return [
        (
            of(r, "reported", "counted"),
            of(r, "scope", "place"),
            of(r, "reported", "value"),
            r["recorded"],
            r["difference"],
            r["verdict"],
            r["figure"],
        )
        for r in rows
    ]


def shown_answer(rows: Rows, question: Question) -> Plain:
    return [tuple(name_of(row[column]) for column in question.columns) for row in rows]


# --- the comparison ---------------------------------------------------------------------------------------------------
def frozen(rows: Plain) -> Counter[str]:
    return Counter(repr(tuple(sorted(v) if isinstance(v, frozenset) else v for v in row)) for row in rows)


def reply(ask: Callable[[Open], Rows], workspace: Open) -> Rows | str:
    try:
        return ask(workspace)
    except GovgraphError as error:
        return f"{type(error).__name__}: {error}"


def problem(one: Rows | str, other: Rows | str, answer: Answer) -> str | None:
    """What is wrong with an answer from the embedded engine and from Neo4j, if anything."""
    if one != other:
        return f"the engines differ\n  embedded {brief(one, other)}\n  neo4j    {brief(other, one)}"
    if answer.expected is None:
        return None
    if isinstance(one, str) or isinstance(answer.expected, str):
        return (
            None
            if isinstance(one, str) and one.partition(":")[0] == answer.expected
            else f"{one}\n  expected {answer.expected}"
        )
    got, expected = frozen(answer.shown(one)), frozen(answer.expected)
    lines = [f"  too much {row}" for row in (got - expected).elements()] + [
        f"  missing  {row}" for row in (expected - got).elements()
    ]
    return "\n".join(["not what the claims say", *lines]) if lines else None


def brief(rows: Rows | str, other: Rows | str) -> str:
    if isinstance(rows, str) or isinstance(other, str):
        return str(rows)[:2000]
    only = [row for row in rows if row not in other]
    return f"{len(rows)} rows, of its own {json.dumps(only or rows, ensure_ascii=False)[:3000]}"


@dataclass
class Batch:
    """Cities side by side in one graph on both engines."""

    engines: Engines
    cities: Mapping[str, City]

    def __post_init__(self) -> None:
        numbered = {token: city.numbered(token) for token, city in self.cities.items()}
        self.open = self.engines.load(list(numbered.values()))
        self.readings = {token: Reading(city.claims, city.retracted) for token, city in numbered.items()}
        newest = max(reading.newest or "" for reading in self.readings.values())
        self.today = min(newest, date.today().isoformat()) if newest else date.today().isoformat()
        assert {workspace.day() for workspace in self.open.values()} == {self.today}

    def wrong(self, ask: Ask, tokens: Iterable[str]) -> dict[str, str]:
        """The cities that answer a question wrongly, and how."""
        if ask.what not in TOGETHER:
            found: dict[str, str] = {}
            for token in tokens:
                answer = answered(ask, self.readings[token], token, self.today)
                one, other = self.engines.both.map(partial(reply, answer.ask), self.open.values())
                if said := problem(one, other, answer):
                    found[token] = said
            return found
        asking, shown, expected = TOGETHER[ask.what]
        day = ask.given.get("as_of")
        one, other = self.engines.both.map(lambda workspace: asking(workspace, day), self.open.values())
        parts = [defaultdict(list), defaultdict(list)]  # type: list[dict[str, Rows]]
        for part, rows in zip(parts, (one, other), strict=True):
            for row in rows:
                part[next(token for token in self.readings if token in str(row["claims"]))].append(row)
        answers = {token: Answer(lambda w: [], shown, expected(self.readings[token], day)) for token in tokens}
        return {token: said for token in tokens if (said := problem(parts[0][token], parts[1][token], answers[token]))}


def token_of(number: int) -> str:
    """A number as two letters that stand in no other word here."""
    return "ΑΒΓΔΕΖΗΘΙΚ"[number // 10] + "αβγδεζηθικ"[number % 10]


def failures(batch: Batch, salt: int) -> Iterator[tuple[Ask, str, str]]:
    """What is wrong about these cities: the question, the city, and what is wrong."""
    chance = random.Random(salt)
    for token, reading in batch.readings.items():
        for ask in asks(reading, token, chance):
            yield from ((ask, token, said) for token, said in batch.wrong(ask, [token]).items())
    days = [chance.choice(interesting(reading)) for reading in batch.readings.values()][:4]
    for ask in [Ask("figures", {}), *(Ask("conflicts", {"as_of": day}) for day in [None, *days])]:
        yield from ((ask, token, said) for token, said in batch.wrong(ask, batch.readings).items())


def shrunk(engines: Engines, city: City, ask: Ask) -> tuple[City, str]:
    """The city without all the claims that can be left out while the question is still answered wrongly, and how it is."""
    said, size = "", len(city.claims) // 2
    while size:
        smaller: list[City] = []
        for start in range(0, len(city.claims), size):
            if (left := without(city, start, size)) and len(left.claims) < len(city.claims):
                smaller.append(left)
        better = None
        for start in range(0, len(smaller), BATCH):
            batch = Batch(engines, {token_of(n): left for n, left in enumerate(smaller[start : start + BATCH])})
            wrong = batch.wrong(ask, batch.readings)
            found = sorted((len(batch.cities[token].claims), token) for token in wrong)
            if found and (better is None or found[0][0] < len(better.claims)):
                better, said = batch.cities[found[0][1]], wrong[found[0][1]]
        if better is None:
            size //= 2
        else:
            city = better
            size = min(size, max(len(city.claims) // 2, 1))
    return city, said


def without(city: City, start: int, size: int) -> City | None:
    """The city without some claims, and without those that cannot stand alone then; None if nothing is left."""
    kept = [claim for n, claim in enumerate(city.claims) if not start <= n < start + size]
    sources = {str(claim["id"]) for claim in kept if claim["kind"] == "source"}
    cited = [claim for claim in kept if claim["kind"] == "source" or set(all_sources(claim)) <= sources]
    keys = {str(claim["key"]) for claim in cited if claim["kind"] == "entity"}
    said = [
        claim for claim in cited if claim["kind"] != "relation" or {str(claim["subject"]), str(claim["object"])} <= keys
    ]
    if not any(claim["kind"] == "entity" for claim in said):
        return None
    return City(said, [source for source in city.retracted if source in sources])


def drawn(number: int) -> list[City]:
    found: list[City] = []

    @seed(SEED)
    @how(
        max_examples=number,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cities())
    def draw(city: City) -> None:
        found.append(city)

    draw()
    return found


def test_answers(engines: Engines) -> None:
    all_ = drawn(GRAPHS)
    print(f"GOVGRAPH_ORACLE_SEED={SEED} GOVGRAPH_ORACLE_GRAPHS={len(all_)}")
    for start in range(0, len(all_), BATCH):
        batch = Batch(engines, {token_of(n): city for n, city in enumerate(all_[start : start + BATCH])})
        wrong = list(failures(batch, start))
        if wrong:
            heads = Counter(ask.what for ask, *_ in wrong)
            told = [
                f"{len({token for _, token, _ in wrong})} of the cities {start} to {start + len(batch.cities) - 1} of seed {SEED} fail: {heads}"
            ]
            ask, token, said = min(wrong, key=lambda one: len(batch.cities[one[1]].claims))
            city, smallest = shrunk(engines, batch.cities[token], ask)
            told += [
                f"{ask}: {smallest or said}",
                f"The smallest claims with which it happens ({len(city.claims)}):",
                city.lines(),
            ]
            pytest.fail("\n".join(told), pytrace=False)


@cache
def questions() -> dict[str, Question]:
    """The catalogue, without the rules that ask with the text of a question."""
    found: dict[str, Question] = {}
    for question in sorted(shipped(), key=lambda question: question.id):
        if all(question.text != other.text for other in found.values()):
            found[question.id] = question
    return found


def test_every_question_has_a_plain_reading_or_a_reason() -> None:
    without = sorted(question.id for question in questions().values() if not plain_reading(question))
    assert [id for id in without if id not in WITHOUT] == [], (
        "write a plain reading in questions.py, or say in WITHOUT why there is none"
    )
    assert [id for id in WITHOUT if id not in without] == [], "these have one, or are gone: take them off the list"
    assert set(conflict_patterns()) == {*plain.PATTERNS, *plain.UNREAD}
