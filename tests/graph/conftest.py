"""Small claims for tests of the core, said in few words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from govgraph.graph.claim import Body, Checker
from govgraph.graph.compile import Compiled, compile
from govgraph.graph.errors import BadInput
from govgraph.graph.log import Log, Refusal, Report

Row = dict[str, object]


class Says:
    """One source and what it says."""

    def __init__(self, source: str, published: str | None = None, place: str | None = None) -> None:
        self.source = source
        self.rows: list[Body] = [
            {
                "kind": "source",
                "id": source,
                "title": f"title of {source}",
                "type": "table",
                "published": published,
                "place": place,
            }
        ]

    def evidence(self, quote: str = "x") -> dict[str, object]:
        return {
            "source": self.source,
            "locator": {"row": len(self.rows), "column": "A"},
            "quote": quote,
            "method": "human",
        }

    def entity(self, key: str, type: str, name: str, quote: str = "x", **more: object) -> str:
        self.rows.append(
            {
                "kind": "entity",
                "key": f"{self.source}/{key}",
                "type": type,
                "name": name,
                **more,
                "evidence": self.evidence(quote),
            }
        )
        return f"{self.source}/{key}"

    def relation(
        self,
        subject: str,
        relation: str,
        object: str,
        valid: str | None = None,
        observed: str | None = None,
        **attributes: object,
    ) -> None:
        self.rows.append(
            {
                "kind": "relation",
                "subject": subject,
                "relation": relation,
                "object": object,
                "attributes": attributes,
                "valid": valid,
                "observed": observed,
                "evidence": self.evidence(),
            }
        )

    def post(self, person: str, body: str, role: str, valid: str | None = None, observed: str | None = None) -> None:
        self.relation(person, "HOLDS_POST", body, valid, observed, role=role)


class Book:
    """A log with what the workspace does around it, but no engine."""

    def __init__(self, folder: Path) -> None:
        self.log = Log(folder)
        self.folder = folder

    def take(
        self, *says: Says | Iterable[Body | str], replaces: Iterable[str] = (), retract: str | None = None
    ) -> Report:
        with self.log.attach() as con:
            checker = Checker({id for (id,) in con.execute("SELECT id FROM source").fetchall()})
        refused: list[Refusal] = []
        with self.log.staging("2026-01-01T00:00:00Z") as staging:
            for said in says:
                for line, row in enumerate(said.rows if isinstance(said, Says) else said, 1):
                    try:
                        staging.add(checker.line(row if isinstance(row, str) else json.dumps(row)), "f", line)
                    except BadInput as error:
                        refused.append(Refusal("f", line, str(error)))
            if retract:
                staging.event("retract", retract)
            report = staging.commit(replaces)
        report.refusals = sorted(refused + report.refusals, key=lambda r: r.line)
        return report

    def compile(self) -> tuple[Compiled, bytes]:
        """Compile, and give the bytes of the tables."""
        folder = self.folder.parent / f"{self.folder.name}-compiled"
        folder.mkdir(exist_ok=True)
        compiled = compile(self.log, folder)
        return compiled, (folder / "nodes.parquet").read_bytes() + (folder / "relations.parquet").read_bytes()

    def rows(self, table: str) -> list[Row]:
        """The properties of nodes or relations after compiling, with `from` and `to` (names of ends) and `labels`."""
        self.compile()
        folder = self.folder.parent / f"{self.folder.name}-compiled"
        with self.log.attach() as con:
            con.execute(
                f"CREATE VIEW nodes AS SELECT * FROM '{folder}/nodes.parquet'; CREATE VIEW relations AS SELECT * FROM '{folder}/relations.parquet'"
            )
            if table == "nodes":
                found = con.execute("SELECT properties, labels FROM nodes").fetchall()
                return [json.loads(p) | {"labels": labels} for p, labels in found]
            found = con.execute(
                'SELECT r.properties, a.name, r.relation, b.name FROM relations r JOIN nodes a ON a.id = r."from" JOIN nodes b ON b.id = r."to"'
            ).fetchall()
            return [json.loads(p) | {"from": a, "relation": relation, "to": b} for p, a, relation, b in found]

    def named(self, name: str) -> list[Row]:
        return [row for row in self.rows("nodes") if row["name"] == name]


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book(tmp_path / "claims")


@pytest.fixture
def says() -> Callable[..., Says]:
    return Says
