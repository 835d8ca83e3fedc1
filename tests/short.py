"""Graphs written in short for tests: claims whose ids say what they say, so that expected rows can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from govgraph.graph.workspace import Workspace

Row = dict[str, object]
Tie = tuple[str, str, str, Mapping[str, object]]
TIMES = ("valid", "observed")


def claim(
    source: str, kind: str, says: str, *, method: str = "human", confidence: float = 1.0, **fields: object
) -> Row:
    """A claim with its evidence. `says` is its id and its quote."""
    evidence = {"source": source, "locator": {"row": 1}, "quote": says, "method": method, "confidence": confidence}
    return {"kind": kind, "id": says, "evidence": evidence} | fields


def graph(
    source: str,
    actors: Mapping[str, Mapping[str, object]],
    ties: Iterable[Tie] = (),
    registers: Iterable[tuple[str, str, str]] = (),
    statements: Iterable[Mapping[str, object]] = (),
) -> Iterator[Row]:
    """Claims: `actors` by key (type, name, place, and any attribute), `ties` as (from, relation, to, attributes with
    `valid`, `observed`, `method` and `confidence` among them), `registers` as (of, place, valid).
    """
    yield {"kind": "source", "id": source, "title": source, "type": "table"}
    for key, about in actors.items():
        fields = {name: about[name] for name in ("type", "name", "place") if name in about}
        rest = {name: value for name, value in about.items() if name not in ("type", "name", "place")}
        yield claim(source, "entity", key, key=key, attributes=rest, **{"name": key, **fields})  # type: ignore[arg-type]
    for subject, relation, object_, about in ties:
        more = {name: about[name] for name in ("valid", "observed", "method", "confidence") if name in about}
        rest = {name: value for name, value in about.items() if name not in more}
        says = " ".join(
            [subject, relation, object_, *(str(about[name]) for name in ("role", "valid") if about.get(name))]
        )
        ends = {"subject": subject, "relation": relation, "object": object_, "attributes": rest}
        yield claim(source, "relation", says, **ends, **more)  # type: ignore[arg-type]
    for of, place, valid in registers:
        yield claim(source, "register", f"register {of} {place}", of=of, place=place, valid=valid)
    for statement in statements:
        yield claim(source, "statement", str(statement["id"]), **{k: v for k, v in statement.items() if k != "id"})  # type: ignore[arg-type]


def load(workspace: Workspace, claims: Iterable[Row]) -> None:
    """Take claims in; none may be refused."""
    with workspace.loading("test") as loading:
        for one in claims:
            loading.add(one)
    assert not loading.report.refusals, loading.report.refusals


def pick(rows: Sequence[Row], *names: str) -> list[tuple[object, ...]]:
    """Some columns of an answer; of an actor its name, of a list of actors their names."""
    return [tuple(_short(row[name]) for name in names) for row in rows]


def _short(value: object) -> object:
    if isinstance(value, Mapping):
        return value.get("name", value)
    if isinstance(value, list):
        return [_short(one) for one in value]
    return value
