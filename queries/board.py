"""A district at a glance: every compound with its verdicts for all kinds, under its community and sub-district."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from govgraph.graph.workspace import Workspace

from .coverage import COVERED, KINDS, kind_of, recorded
from .evidence import Row, claims_of

if TYPE_CHECKING:
    from govgraph.graph.store import Store

LEVELS = {"sub_district": ("SubDistrict", ("街道", "镇", "乡")), "community": ("Community", ("社区", "村"))}
"""The levels of place that a board is sorted into: their type, and how a name ends that a source only wrote."""
MISSING = ("uncovered", "hollow")
AREAS = "MATCH (p:{type}) RETURN p.id AS id, p.name AS name"
CHAINS = "MATCH (k:Compound) RETURN k.id AS id, k.places AS places, k.place_names AS names"


def board(workspace: Workspace, place: str | None = None, as_of: str | None = None) -> list[Row]:
    """One row for each compound of the place: what `coverage` says of each kind on the day, those with most gaps first.

    Rows are `compound` {id, name}, `sub_district` and `community` (the same or null), for each kind {verdict, by,
    register}, `gaps` (kinds known to be missing), `unknown` (kinds of which nothing is known), and `claims`. The
    evidence of a cell is that of `coverage`. Raises NotFound for a place nobody knows.
    """
    day = as_of or workspace.day()
    with workspace.reader() as store:
        found = {kind: recorded(store, kind_of(kind), place).at(day) for kind in KINDS}
        above = _above(store)
    rows = [_row(cells, above) for cells in zip(*found.values(), strict=True)]
    return sorted(rows, key=_order)


def _above(store: Store) -> dict[str, Row]:
    """For each compound its community and its sub-district."""
    areas = {
        level: {str(row["id"]): str(row["name"]) for row in store.read(AREAS.format(type=type))}
        for level, (type, _) in LEVELS.items()
    }
    return {
        str(row["id"]): {
            level: _area(_texts(row["places"]), _texts(row["names"]), areas[level], endings)
            for level, (_, endings) in LEVELS.items()
        }
        for row in store.read(CHAINS)
    }


def _area(places: Sequence[str], names: Sequence[str], known: dict[str, str], endings: tuple[str, ...]) -> Row | None:
    for id in places:
        if id in known:
            return {"id": id, "name": known[id]}
    written = next((name for name in names if name.endswith(endings)), None)
    return {"id": None, "name": written} if written else None


def _row(cells: Sequence[Row], above: dict[str, Row]) -> Row:
    compound = cast("Row", cells[0]["compound"])
    verdicts = [str(cell["verdict"]) for cell in cells]
    kept = ("verdict", "by", "register")
    return {
        "compound": compound,
        "place": cells[0]["place"],
        **above[str(compound["id"])],
        **{kind: {name: cell[name] for name in kept} for kind, cell in zip(KINDS, cells, strict=True)},
        "gaps": sum(verdict in MISSING for verdict in verdicts),
        "unknown": verdicts.count("unknown"),
        "covered": sum(verdict in COVERED for verdict in verdicts),
        "claims": claims_of(*(cast("list[object]", cell["claims"]) for cell in cells)),
    }


def _order(row: Row) -> tuple[object, ...]:
    compound = cast("Row", row["compound"])
    return -cast("int", row["gaps"]), -cast("int", row["unknown"]), str(compound["name"]), str(compound["id"])


def _texts(value: object) -> list[str]:
    return cast("list[str]", value) if isinstance(value, list) else []
