"""Collects the claims of one sheet: says nothing twice, and settles at the end which persons are one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .cells import quotable, sensitive
from .headers import Cell, Grid, Layout, letters

Claim = dict[str, object]

VERSION = "1"
LONGEST = 300
"""Characters of a refusal."""
SAME_ROW = 0.9
"""Confidence that two mentions of a name in the row of one compound are one person."""


@dataclass
class Extraction:
    """What came out of a file or table.

    `refusals` are "ROW: reason" or "LINE: reason", without the name of the file. `text` is what quotes and locators
    point into, None for tables; `sha256` is the hash of the file.
    """

    claims: list[Claim] = field(default_factory=list[Claim])
    refusals: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    text: str | None = None
    sha256: str = ""
    asked: Counter[str] = field(default_factory=Counter[str])  # what became of what a language model said
    unanswered: bool = False  # it did not say everything that it was asked


@dataclass(frozen=True)
class Body:
    """A body of the row at hand: its key, kind, type, name, and the cell that tells of it."""

    key: str
    scope: str
    type: str
    name: str
    cell: Cell


@dataclass(frozen=True)
class Holding:
    """A person in a post, before it is settled which persons of the table are one."""

    row: int
    body: Body
    name: str
    quote: str
    cell: Cell
    attributes: Mapping[str, object]
    term: Term
    person: Mapping[str, object]
    mark: str

    @property
    def node(self) -> tuple[str, str]:
        return self.body.key, self.name


@dataclass(frozen=True)
class Term:
    """An interval, what the source wrote, and the cells where it stands."""

    valid: str | None = None
    text: str | None = None
    cells: tuple[Cell, ...] = ()


class Sheet:
    """Collects the claims of a sheet; says nothing twice."""

    def __init__(self, grid: Grid, source_id: str, published: str | None, place: str | None) -> None:
        self.grid, self.source, self.published, self.place = grid, source_id, published, place
        self.out = Extraction()
        self.entities: dict[str, dict[str, object]] = {}
        self.types: dict[str, str] = {}
        self.relations: set[tuple[object, ...]] = set()
        self.refused: set[str] = set()
        self.holdings: list[Holding] = []
        self.hidden: Counter[str] = Counter()
        self.odd: Counter[str] = Counter()

    # --- saying -----------------------------------------------------------------------------------------------------
    def evidence(self, cell: Cell, quote: str | None = None, confidence: float = 1.0) -> dict[str, object]:
        return {
            "source": self.source,
            "locator": {
                "sheet": self.grid.table.sheet,
                "row": self.row(cell.row),
                "column": letters(cell.column),
            },
            "quote": quotable(cell.text) if quote is None else quote,
            "method": "mapping",
            "version": VERSION,
            "confidence": confidence,
        }

    def row(self, index: int) -> int:
        """The number that a spreadsheet gives to a row."""
        return index + self.grid.table.first_row

    def entity(
        self,
        type_: str,
        name: str,
        cell: Cell,
        *,
        key: str,
        place: str | None = None,
        attributes: Mapping[str, object] | None = None,
        quote: str | None = None,
    ) -> str:
        """Declare an actor once; later mentions add only what is new."""
        known = self.entities.get(key)
        new = {k: v for k, v in (attributes or {}).items() if known is None or k not in known}
        if known is None or new:
            claim: Claim = {"kind": "entity", "key": key, "type": type_, "name": name}
            claim |= {"attributes": new} if new else {}
            claim |= {"place": place} if place else {}
            self.out.claims.append({**claim, "evidence": self.evidence(cell, quote)})
            self.entities[key] = {**(known or {}), **new}
            self.types[key] = type_
        return key

    def relation(
        self,
        subject: str,
        relation: str,
        object_: str,
        cell: Cell,
        *,
        attributes: Mapping[str, object] | None = None,
        term: Term | None = None,
        quote: str | None = None,
        confidence: float = 1.0,
    ) -> None:
        """Say once how two actors stand to each other."""
        term = term or Term()
        attributes = dict(attributes or {})
        said = subject, relation, object_, tuple(sorted(attributes.items())), term.valid
        if subject == object_ or said in self.relations:
            return
        self.relations.add(said)
        claim: Claim = {"kind": "relation", "subject": subject, "relation": relation, "object": object_}
        claim |= {"attributes": attributes} if attributes else {}
        claim |= {"valid": term.valid} if term.valid else {}
        claim |= {"valid_text": term.text} if term.text and term.text != term.valid else {}
        claim |= {"observed": self.published} if self._planned(term.valid) else {}
        first = self.evidence(cell, quote, confidence)
        dated = [self.evidence(at, None, confidence) for at in term.cells if at != cell]
        self.out.claims.append({**claim, "evidence": [first, *dated] if dated else first})

    def _planned(self, valid: str | None) -> bool:
        """An end that lies after the day of the register is a plan: only what it says of its own day is known."""
        end = (valid or "").partition("/")[2]
        return bool(self.published and end not in ("", "..") and end > self.published)

    def figure(self, value: int, unit: str, counted: str, place: str | None, cell: Cell) -> None:
        claim: Claim = {"kind": "figure", "value": value, "unit": unit, "qualifier": "exact", "counted": counted}
        claim |= {"scope": {"place": place}} if place else {}
        self.out.claims.append({**claim, "evidence": self.evidence(cell)})

    def refuse(self, cell: Cell, header: str, reason: str) -> None:
        where = f"sheet {self.grid.table.sheet}, column {letters(cell.column)}"
        text = printable(f"{where}, {header}: {reason}")
        refusal = f"{self.row(cell.row)}: {text if len(text) <= LONGEST else text[:LONGEST] + '…'}"
        if refusal not in self.refused:  # a merged cell stands in several rows
            self.refused.add(refusal)
            self.out.refusals.append(refusal)

    def refuse_table(self) -> None:
        grid = self.grid
        top = next((row for row in range(grid.height) if len(grid.own(row)) > 1), 0)
        seen = printable(", ".join(cell.text for cell in grid.own(top)[:12])) or "nothing"
        self.out.refusals.append(
            f"{self.row(top)}: sheet {grid.table.sheet} has no header that is known (found {seen}); expected "
            "columns such as 小区, 社区, 党支部, 业委会主任: rename them, or say with --map FILE what they mean"
        )

    def hide(self, text: str) -> bool:
        """Count telephone and identity numbers; whether there are any."""
        phones, identities = sensitive(text)
        self.hidden["telephone"] += phones
        self.hidden["identity"] += identities
        return bool(phones or identities)

    # --- at the end -------------------------------------------------------------------------------------------------
    def finish(self) -> None:
        """Say who holds which post, now that all rows are known; then what the user should hear."""
        same = Groups()
        rows: dict[tuple[int, str], tuple[str, str]] = {}
        marks: dict[tuple[str, str], tuple[str, str]] = {}
        for holding in self.holdings:
            same.join(rows.setdefault((holding.row, holding.name), holding.node), holding.node)
            if holding.mark:
                same.join(marks.setdefault((holding.mark, holding.name), holding.node), holding.node)
        first: dict[tuple[str, str], str] = {}
        for holding in self.holdings:
            root = same.root(holding.node)
            body = first.setdefault(root, holding.body.key)
            key = f"{self.source}/Person/{body.removeprefix(self.source + '/')}/{holding.name}"
            self.entity("Person", holding.name, holding.cell, key=key, attributes=holding.person, quote=holding.quote)
            self.relation(
                key,
                "HOLDS_POST",
                holding.body.key,
                holding.cell,
                attributes=holding.attributes,
                term=holding.term,
                quote=holding.quote,
                confidence=1.0 if body == holding.body.key else SAME_ROW,
            )
        self._notes(same)

    def _notes(self, same: Groups) -> None:
        if several := same.several():
            self.note(f"persons named for several bodies in one row, each read as one person: {several}")
        for kind, count in self.hidden.items():
            if count:
                self.note(f"{kind} numbers left out: {count}")
        for text, count in self.odd.items():
            self.note(f"{text}: {count}")

    def note(self, text: str) -> None:
        self.out.notes.append(f"sheet {self.grid.table.sheet}: {text}")

    def register(self, complete: Sequence[str], layout: Layout) -> None:
        """The table is all there is of these types: said by its title, else by its header."""
        if not complete:
            return
        titles = [cell for row in range(layout.header_row) for cell in self.grid.own(row)]
        cell = next(iter(titles), None) or next(iter(self.grid.own(layout.header_row)))
        if refused := len(self.out.refusals):
            self.note(f"declared complete, but cells were refused ({refused}): what they hold counts as missing")
        for name in dict.fromkeys(complete):
            claim: Claim = {"kind": "register", "of": name, "place": self.place, "valid": self.published}
            self.out.claims.append({**claim, "evidence": self.evidence(cell)})


def printable(text: str) -> str:
    """A text in one line without marks that a terminal would obey, whatever stood in a cell."""
    return "".join(c if c.isprintable() else "" for c in " ".join(text.split()))


class Groups:
    """Which (body, name) are one person."""

    def __init__(self) -> None:
        self.parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(self, node: tuple[str, str]) -> tuple[str, str]:
        while (above := self.parent.setdefault(node, node)) != node:
            self.parent[node] = self.parent[above]
            node = above
        return node

    def join(self, one: tuple[str, str], other: tuple[str, str]) -> None:
        self.parent[self.root(other)] = self.root(one)

    def several(self) -> int:
        """How many persons have more than one body."""
        return sum(count > 1 for count in Counter(self.root(node) for node in list(self.parent)).values())
