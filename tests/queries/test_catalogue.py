"""Every question of the catalogue on every engine: a tiny graph in, exact rows out; and against plain Python."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from typing import cast

import pytest
import yaml

from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.period import Period, meet, period, said_on, together
from govgraph.graph.workspace import Workspace
from govgraph.queries.catalogue import FOLDER, question, questions, read, records, run
from govgraph.queries.coverage import coverage
from govgraph.queries.roles import roles

Row = dict[str, object]
GRAPHS = sorted((Path(__file__).parent / "catalogue").glob("*.yaml"))
ABOUT_ACTORS = ("type", "name", "aliases", "place")


def graph(file: Path) -> dict[str, object]:
    """The actors, relations, registers and cases of a file; every value is a text."""
    with file.open(encoding="utf-8") as stream:
        return cast(dict[str, object], yaml.load(stream, yaml.BaseLoader))


CASES = [pytest.param(file, n, id=f"{file.stem}-{n}") for file in GRAPHS for n in range(len(graph(file)["cases"]))]  # type: ignore[arg-type]


def claims(source: str, data: Mapping[str, object]) -> Iterator[Row]:
    """Claims for a graph written in short. The id of a claim is what it says, as in `q01:b1 BASED_IN own`."""
    yield {"kind": "source", "id": source, "title": source, "type": "table"}
    actors = cast(Mapping[str, Mapping[str, str]], data["actors"])
    for key, about in actors.items():
        rest = {name: typed(value) for name, value in about.items() if name not in ABOUT_ACTORS}
        fields: Row = {name: about[name] for name in ABOUT_ACTORS if name in about} | {"attributes": rest}
        if "place" in fields:
            fields["place"] = f"{source}/{fields['place']}"
        yield claim(source, "entity", key, key=f"{source}/{key}", **fields)
    for subject, relation, object_, about in cast(
        list[tuple[str, str, str, Mapping[str, str]]], data.get("relations", [])
    ):
        times = {name: about[name] for name in ("valid", "observed") if name in about}
        rest = {name: typed(value) for name, value in about.items() if name not in times}
        ends = {"subject": f"{source}/{subject}", "object": f"{source}/{object_}"}
        yield claim(
            source, "relation", f"{subject} {relation} {object_}", relation=relation, attributes=rest, **ends, **times
        )
    for of, place, valid in cast(list[tuple[str, str, str]], data.get("registers", [])):
        yield claim(source, "register", f"register {of} {place}", of=of, place=f"{source}/{place}", valid=valid)


def typed(value: str) -> object:
    """An attribute as a claim has it: numbers and truth values are no texts."""
    if value in ("true", "false"):
        return value == "true"
    return float(value) if re.fullmatch(r"\d+\.\d+", value) else int(value) if value.isdecimal() else value


def claim(source: str, kind: str, says: str, **fields: object) -> Row:
    return {
        "kind": kind,
        "id": f"{source}:{says}",
        "evidence": {"source": source, "locator": {"row": 1}, "quote": says},
    } | fields


Tie = tuple[str, str, str, dict[str, str]]


@cache
def city() -> tuple[dict[str, dict[str, str]], list[Tie]]:
    """Actors and relations of a city, random, and the same in each run."""
    chance = random.Random(20)
    terms = ["2018-01-01/..", "2018/2019", "2020-06/", "2019-03-01/2021-03-01", "/2020", ""]
    seen = ["", "2019-12-31", "2021-06-30", "2020"]
    actors: dict[str, dict[str, str]] = {"d": {"type": "District", "name": "乱石区"}}
    relations: list[Tie] = []

    def tie(subject: str, relation: str, object_: str, **more: str) -> None:
        dated = {"valid": chance.choice(terms), "observed": chance.choice(seen)} | more
        relations.append((subject, relation, object_, {k: v for k, v in dated.items() if v}))

    for n in range(3):
        actors[f"s{n}"] = {"type": "SubDistrict", "name": f"乱石第{n}街道", "place": "d"}
    for n in range(24):
        actors[f"k{n}"] = {"type": "Compound", "name": f"乱石{n}号院", "place": f"s{n % 3}"}
        actors[f"o{n}"] = {"type": "OwnersCommittee", "name": f"乱石{n}号院业委会", "place": "d"}
        actors[f"b{n}"] = {"type": "PartyOrg", "name": f"乱石{n}号院党支部", "place": "d"} | chance.choice(
            [{}, {"form": "行业建"}]
        )
        actors[f"z{n}"] = {"type": "ServiceStation", "name": f"乱石{n}号院党群服务站", "place": "d"}
        actors[f"p{n}"] = {"type": "Person", "name": f"周{'甲乙丙丁戊己庚辛'[n % 8]}{'东南西'[n // 8]}"}
        tie(f"o{n}", "BASED_IN", f"k{n}")
        if chance.random() < 0.5:
            tie(f"b{n}", *chance.choice([("BASED_IN", f"k{n}"), ("COVERS", f"k{n}"), ("BASED_IN", f"o{n}")]))
        if chance.random() < 0.5:
            tie(f"z{n}", "BASED_IN", f"k{n}")
        tie(f"p{chance.randrange(24)}", "HOLDS_POST", f"o{n}", role="业委会主任")
        for _ in range(2):
            tie(f"p{chance.randrange(24)}", "HOLDS_POST", f"b{n}", role=chance.choice(["支部书记", "支部委员"]))
        tie(f"p{n}", "HOLDS_POST", f"b{n}", role="支部书记")
        tie(f"p{n}", "HOLDS_POST", f"o{n}", role="业委会主任")
    return actors, relations


DAYS = ["2017-06-01", "2019-06-30", "2020-12-31", "2021-06-30"]


@pytest.fixture(scope="module")
def workspace(shared_workspace: Workspace) -> Workspace:
    with shared_workspace.loading("the graphs of the catalogue") as loading:
        for file in GRAPHS:
            for one in claims(file.stem, graph(file)):
                assert loading.add(one), loading.report.refusals
        actors, relations = city()
        registers = [("PartyOrg", "d", "2020-12-31")]
        for one in claims("random", {"actors": actors, "relations": relations, "registers": registers}):
            if one["kind"] != "source":
                del one["id"]  # several claims say the same in short
            assert loading.add(one), loading.report.refusals
    assert not loading.report.refusals
    return shared_workspace


@pytest.mark.parametrize(("file", "number"), CASES)
def test_rows(workspace: Workspace, file: Path, number: int) -> None:
    case = cast(list[dict[str, object]], graph(file)["cases"])[number]
    asked = question(str(case.get("as", file.stem)))
    as_of = case.get("as_of")
    rows = run(workspace, asked.id, cast(dict[str, str], case["parameters"]), str(as_of) if as_of else None)
    found = [{column: shown(row[column], file.stem) for column in asked.columns} for row in rows]
    expected = [row | {"claims": sorted(cast(list[str], row["claims"]))} for row in cast(list[Row], case["rows"])]
    if case.get("any_order"):
        found, expected = sorted(found, key=str), sorted(expected, key=str)
    assert found == expected
    for row in rows:
        assert set(row) == {*asked.columns, "evidence"}
        evidence = cast(list[Row], row["evidence"])
        assert [quote["claim"] for quote in evidence] == row["claims"]


def shown(value: object, source: str) -> object:
    """A value as the files write it: an actor by its name, a claim by what it says."""
    if isinstance(value, dict):
        assert "id" in value
        return value["name"]
    if isinstance(value, list):
        return sorted(str(one).removeprefix(f"{source}:") for one in value)
    return "null" if value is None else str(value)


RULES = records(FOLDER)
SHARED = [id for id, rule in RULES.items() if rule.query not in (None, id)]
"""The rules that ask by a question of another id."""


def test_the_catalogue_is_whole() -> None:
    every = [f"Q{n:02}" for n in range(1, 41)] + [f"R{n:02}" for n in range(1, 57)]
    assert [asked.id for asked in questions()] == every
    assert [question(id).id for id in every] == every
    assert len({asked.text for asked in questions()}) == len(every) - len(SHARED)


def test_every_question_has_rows_and_none() -> None:
    assert [file.stem for file in GRAPHS] == [q.id.casefold() for q in questions() if q.id not in SHARED]
    for file in GRAPHS:
        sizes = {len(cast(list[object], case["rows"])) for case in cast(list[dict[str, object]], graph(file)["cases"])}
        assert 0 in sizes and max(sizes) > 0, file.stem


@pytest.mark.parametrize("id", SHARED)
def test_a_rule_asks_by_its_question(workspace: Workspace, id: str) -> None:
    rule = RULES[id]
    assert rule.query
    asked = question(rule.query)
    assert id in asked.ids and question(id).text == asked.text
    fixed = cast(dict[str, str], rule.fields.get("with", {}))
    for case in cast(list[dict[str, object]], graph(GRAPHS[0].with_name(f"{asked.id.casefold()}.yaml"))["cases"]):
        given = cast(dict[str, str], case["parameters"])
        as_of = str(case["as_of"]) if "as_of" in case else None
        assert run(workspace, id, given, as_of) == run(workspace, asked.id, fixed | given, as_of)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(("name", "of"), [("Q01", "branch"), ("Q03", "station")])
def test_gaps_are_those_of_coverage(workspace: Workspace, name: str, of: str, day: str) -> None:
    reasons = {"uncovered": "register", "unknown": "no_register", "possibly_covered": "uncertain"}
    expected = {
        str(cast(Row, row["compound"])["name"]): reasons[str(row["verdict"])]
        for row in coverage(workspace, of, "乱石区", day)
        if row["verdict"] in reasons
    }
    found = {
        str(cast(Row, row["compound"])["name"]): row["because"]
        for row in run(workspace, name, {"district": "乱石区"}, day)
    }
    assert found == expected


@pytest.mark.parametrize("day", [None, *DAYS])
def test_posts_are_those_of_roles(workspace: Workspace, day: str | None) -> None:
    for n in range(8):
        key = f"random/p{n}"
        found = [(row["role"], row["valid"], row["claims"]) for row in run(workspace, "Q05", {"person": key}, day)]
        expected = [(cast(Row, row["post"])["role"], row["valid"], row["claims"]) for row in roles(workspace, key, day)]
        assert sorted(found, key=str) == sorted(expected, key=str)


@pytest.mark.parametrize("day", [None, *DAYS])
def test_double_posts_are_those_of_plain_python(workspace: Workspace, day: str | None) -> None:
    found = {
        (*(str(cast(Row, row[column])["name"]) for column in ("person", "compound", "branch")), str(row["holds"]))
        for row in run(workspace, "q04", {"district": "乱石区"}, day)
    }
    assert found == set(double_posts(day))
    assert day or {holds for *_, holds in found} == {"yes", "possibly"}


@pytest.mark.parametrize("day", DAYS)
def test_who_supervises_himself_holds_both_posts(workspace: Workspace, day: str) -> None:
    found = {names(row, "person", "committee", "branch") for row in run(workspace, "Q29", {"district": "乱石区"}, day)}
    assert found == {
        names(row, "person", "committee", "branch") for row in run(workspace, "Q04", {"district": "乱石区"}, day)
    }
    assert not any(row["recorded"] for row in run(workspace, "Q29", {"district": "乱石区"}, day))


@pytest.mark.parametrize("day", DAYS)
def test_posts_in_two_hands_are_those_not_in_one(workspace: Workspace, day: str) -> None:
    apart = {
        (*names(row, "compound", "branch", "committee"), row["because"])
        for row in run(workspace, "R19", {"place": "乱石区"}, day)
    }
    assert apart == set(two_hands("业委会主任", ("支部书记",), day))
    strangers = {
        (*names(row, "compound", "branch", "committee"), row["because"])
        for row in run(workspace, "Q16", {"district": "乱石区"}, day)
    }
    assert strangers == set(two_hands("业委会主任", ("支部书记", "支部委员"), day))


def names(row: Row, *columns: str) -> tuple[str, ...]:
    return tuple(str(cast(Row, row[column])["name"]) for column in columns)


def two_hands(chair: str, seats: tuple[str, ...], day: str) -> Iterator[tuple[str, str, str, str]]:
    """Branch and committee of one compound, both possibly there, and nobody surely in both posts on the day."""
    actors, relations = city()
    known = [term for term in terms(relations) if term.period.holds(day) != "no"]
    based = [term for term in known if term.relation == "BASED_IN"]
    bodies = [
        (b, o)
        for b, o in product(based, based)
        if o.start[0] == "o" and b.start[0] == "b" and b.end in (o.end, o.start)
    ]
    for b, o in bodies:
        if actors[b.start].get("form") == "行业建":
            continue
        both = [
            {h.period.holds(day), k.period.holds(day)}
            for h, k in product(known, known)
            if (h.start, h.end, h.role) == (k.start, o.start, chair) and k.end == b.start and k.role in seats
        ]
        if {"yes"} not in both:
            at = (actors[key]["name"] for key in (o.end, b.start, o.start))
            yield (*at, "uncertain" if both else "none_recorded")  # type: ignore[misc]


@pytest.mark.parametrize("day", DAYS)
def test_rates_are_those_of_coverage(workspace: Workspace, day: str) -> None:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in coverage(workspace, "branch", "乱石区", day):
        counts[str(row["place"])][str(row["verdict"])] += 1
    found = run(workspace, "Q23", {"district": "乱石区"}, day)
    assert {names(row, "sub_district")[0] for row in found} == set(counts) and len(counts) == 3
    for row in found:
        of = counts[names(row, "sub_district")[0]]
        total = sum(of.values())
        assert (row["compounds"], row["possibly"], row["uncovered"], row["unknown"]) == (
            total,
            of["possibly_covered"],
            of["uncovered"],
            of["unknown"],
        )
        assert row["lowest"] == row["covered"] / total and row["highest"] == 1 - of["uncovered"] / total  # type: ignore[operator]


@pytest.mark.parametrize("day", DAYS)
def test_one_head_of_several_is_that_of_plain_python(workspace: Workspace, day: str) -> None:
    actors, relations = city()
    known = terms(relations)
    at: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for h, s in product(known, known):
        if h.role == "支部书记" and s.start == h.end and s.relation in ("BASED_IN", "COVERS") and s.end[0] == "k":
            holds = coincide([h.period, *([s.period] if s.valid else [])], day)
            at[h.start][s.end].add(holds)
    expected = set()
    for p, seats in at.items():
        there = [k for k, holds in seats.items() if holds - {"no"}]
        if len(there) > 1:
            sure = sum("yes" in holds for holds in seats.values()) > 1
            expected.add((actors[p]["name"], *sorted(actors[k]["name"] for k in there), "yes" if sure else "possibly"))
    found = {
        (*names(row, "person"), *sorted(cast(list[str], row["compounds"])), str(row["holds"]))
        for row in run(workspace, "Q25", {"role": "支部书记", "place": "乱石区"}, day)
    }
    assert found == expected


def double_posts(day: str | None) -> Iterator[tuple[str, str, str, str]]:
    """Who heads a branch of a compound and chairs its committee at once, from the relations as they were written."""
    actors, relations = city()
    names = {key: about["name"] for key, about in actors.items()}
    known = terms(relations)
    chairs = [term for term in known if term.role == "业委会主任"]
    heads = [term for term in known if term.role == "支部书记"]
    seats = [term for term in known if term.relation in ("BASED_IN", "COVERS")]
    best: dict[tuple[str, str, str], str] = {}
    for chair, head, seat, own in product(chairs, heads, seats, seats):
        if (
            chair.start == head.start
            and seat.start == chair.end
            and own.start == head.end
            and own.end in (seat.end, chair.end)
        ):
            holds = coincide([chair.period, head.period, *(s.period for s in (seat, own) if s.valid)], day)
            if holds != "no":
                key = (names[head.start], names[seat.end], names[head.end])
                best[key] = max(holds, best.get(key, ""))  # "yes" sorts after "possibly"
    yield from ((*key, holds) for key, holds in best.items())


@dataclass(frozen=True)
class Term:
    start: str
    relation: str
    end: str
    role: str | None
    valid: str | None
    period: Period


def terms(ties: list[Tie]) -> list[Term]:
    """Relations alike but for the day on which they were seen are one term."""
    seen: dict[tuple[str, str, str, str | None, str | None], list[Period]] = defaultdict(list)
    for start, relation, end, about in ties:
        valid, observed = about.get("valid"), about.get("observed")
        seen[start, relation, end, about.get("role"), valid].append(period(valid, said_on(valid, observed, None)))
    return [Term(*key, together(periods)) for key, periods in seen.items()]


def coincide(periods: list[Period], day: str | None) -> str:
    """yes, possibly or no: whether all hold on a day, or together on any."""
    term = meet(periods)
    if term is None:
        return "no"
    return term.holds(day) if day else "yes" if term.sure else "possibly"


@pytest.mark.parametrize("name", ["Q05", "q05", "q05_posts_of_a_person", "Q05_Posts_of_a_person"])
def test_a_question_is_found_by_id_or_name(name: str) -> None:
    asked = question(name)
    assert (asked.id, asked.name, asked.dated) == ("Q05", "q05_posts_of_a_person", True)
    assert asked.title["zh"] and asked.title["en"] and asked.means and asked.does_not_mean


def test_an_unknown_question_names_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"no question q05_post_of_person; the nearest is Q05"):
        question("q05_post_of_person")


def test_one_question_is_read_without_the_others(tmp_path: Path) -> None:
    good = FOLDER / "q05_posts_of_a_person.cypher"
    (tmp_path / good.name).write_text(good.read_text("utf-8"), "utf-8")
    (tmp_path / "q06_broken.cypher").write_text("RETURN 1", "utf-8")
    assert question("Q05", tmp_path).id == "Q05"
    with pytest.raises(BadInput, match=r"q06_broken\.cypher:1: id is missing"):
        questions(tmp_path)


def test_a_rule_is_found_by_its_id() -> None:
    made, shared = question("r10"), question("R01")
    assert (made.id, made.name, made.dated) == ("R10", "r10", True) and "$place" in made.text
    assert shared.ids[:2] == ("R01", "Q13") and shared.parameters["breaks"].default == "R01"
    assert shared.title["en"] == "A compound with three or more formal members has a branch of its own"
    rule = cast(Row, shared.row()["rule"])
    assert rule["strength"] == {"深圳市南山区": "must"} and rule["needs"]
    with pytest.raises(NotFound, match="no question R99; the nearest is R"):
        question("R99")


def test_a_question_is_asked_without_reading_the_rules(tmp_path: Path) -> None:
    good = FOLDER / "q05_posts_of_a_person.cypher"
    (tmp_path / good.name).write_text(good.read_text("utf-8"), "utf-8")
    (tmp_path / "rules.yaml").write_text("R01: {title: broken}", "utf-8")
    assert question("Q05", tmp_path).id == "Q05"
    with pytest.raises(BadInput, match=r"rules\.yaml: R01: strength is missing"):
        question("R01", tmp_path)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ("{}", "R01: strength is missing"),
        (
            "{strength: {甲区: must}, source: own, in_force: [], needs: []}",
            "R01: write either query: ID or shape: NAME",
        ),
        (
            "{strength: {甲区: must}, source: own, in_force: [], needs: [], title: 某 | Some, shape: no_such}",
            r"R01: there is no shape no_such; see shapes\.yaml",
        ),
        (
            "{strength: {甲区: must}, source: own, in_force: [], needs: [], query: Q77}",
            "R01: there is no question Q77",
        ),
    ],
)
def test_a_record_that_is_not_whole(tmp_path: Path, record: str, message: str) -> None:
    (tmp_path / "rules.yaml").write_text(f"R01: {record}", "utf-8")
    (tmp_path / "shapes.yaml").write_text((FOLDER / "shapes.yaml").read_text("utf-8"), "utf-8")
    with pytest.raises(BadInput, match=message):
        question("R01", tmp_path)


WHOLE = """// id: Q99
// title: 问题 | Question
// for: auditor
// parameter name: text, a name, e.g. 某甲
// column name: the name
// means: something
// does not mean: anything
RETURN $name AS name
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("// title: 问题 | Question\n", "", r":1: title is missing; write // title: 中文 \| English"),
        ("问题 | Question", "问题", r":1: the title has one language"),
        ("// id: Q99", "// id: Q98", r":1: id Q98 does not begin the name of the file"),
        ("// for:", "// form:", r":3: not readable; write // KEY: text"),
        ("// for: auditor", "// for a: auditor", r":3: write // parameter NAME"),
        ("text, a name", "words, a name", r":4: name has no known type"),
        (", e.g. 某甲", "", r":4: name has no example"),
        ("RETURN $name", "RETURN $nome", r":8: \$nome is not declared"),
        ("RETURN $name", "RETURN 1", r":1: parameter name is not used"),
        ("AS name", "AS nome", r":8: column name is not returned"),
        ("// column name: the name\n", "", r":1: no columns are described"),
    ],
)
def test_a_file_that_is_not_whole(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "q99_question.cypher"
    file.write_text(WHOLE, "utf-8")
    assert read(file).parameters["name"].example == "某甲"
    file.write_text(WHOLE.replace(old, new), "utf-8")
    with pytest.raises(BadInput, match=rf"q99_question\.cypher{message}"):
        read(file)


def test_parameters_are_checked(workspace: Workspace) -> None:
    with pytest.raises(BadInput, match=r"parameter district is missing; Q01 takes district=龙岗区, as_of \(optional\)"):
        run(workspace, "Q01", {})
    with pytest.raises(BadInput, match=r"parameter place is not known; Q01 takes district=龙岗区"):
        run(workspace, "Q01", {"place": "甲一区"})
    with pytest.raises(BadInput, match=r"parameter as_of is not known; Q07 takes district"):
        run(workspace, "Q07", {"district": "甲七区"}, "2021-06-30")
    with pytest.raises(BadInput, match=r"2021-06 is not a full day; write YYYY-MM-DD"):
        run(workspace, "Q01", {"district": "甲一区", "as_of": "2021-06"})
    with pytest.raises(NotFound, match="no place 乌有区 is known"):
        run(workspace, "Q01", {"district": "乌有区"})


def test_the_day_of_an_answer(workspace: Workspace) -> None:
    assert question("Q01").day(workspace, None) == workspace.day() == "2021-06-30"
    assert question("Q01").day(workspace, "2020-01-01") == "2020-01-01"
    assert question("Q05").day(workspace, None) is None
    assert run(workspace, "Q01", {"district": "甲一区"}) == run(
        workspace, "Q01", {"district": "甲一区", "as_of": "2021-06-30"}
    )
