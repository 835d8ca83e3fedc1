"""Rates of coverage by sub-district, community or any other kind of place, with bounds instead of a guess.

Where a source is silent a share is not a number but an interval: from what is surely so to what is not ruled out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import cast

from govgraph.graph.errors import BadInput
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .coverage import COVERED, VERDICTS, Recorded, kind_of, recorded
from .evidence import Row, claims_of, with_evidence

UNITS = "MATCH (p:{by}) RETURN p.id AS id, p.name AS name, p.type AS type, p.places AS places"
COMPLETE = """
MATCH (r:Register) WHERE r.of IN $of
RETURN r.id AS id, r.place_id AS place, r.from AS `from`, r.to AS to, r.claims AS claims ORDER BY id
"""


@consistent
def rates(
    workspace: Workspace,
    of: str = "branch",
    by: str = "SubDistrict",
    place: str | None = None,
    as_of: str | None = None,
) -> list[Row]:
    """What share of the compounds of each place has a body of the kind `of`: one row for each place of the type `by`.

    For a place with n recorded compounds, of which S are surely covered (one of the five `covered…` verdicts) and X
    surely not, on that day:

        lowest = S / n          highest = (n - X) / n

    A compound counts in X if no body may be there with its head in post: it is `uncovered`, or it is `hollow`, a
    register of the type names every body there is, and none of them may be headed. So S <= n - X, the two bounds meet
    where nothing is unknown or only possible, and any true state of affairs that the sources allow has a share within
    them (worst-case bounds: Manski, Partial Identification of Probability Distributions, 2003).

    Rows: `place` {id, name, type} (null for compounds that no place of the type is known to contain), `compounds` (n),
    `verdicts` (how many compounds by verdict), `lowest`, `highest` (fractions of 1), `register` (the claim that lists
    all compounds of the place, or null: then the share is one of the recorded compounds, the total is not known).
    A compound in two places counts in each. Raises BadInput for an unknown kind or type, NotFound for a place.
    """
    kind, day, v = kind_of(of), as_of or workspace.day(), vocabulary()
    word = v.by_word(by)
    if word is None or not v.is_a(word.type, "Place"):
        raise BadInput(f"{by} is no kind of place; use one of {', '.join(v.descendants('Place'))}")
    with workspace.reader() as store:
        found = recorded(store, kind, place)
        units = {str(row["id"]): row for row in store.read(UNITS.format(by=word.type))}
        complete = _complete(store, day)
    groups: dict[str, list[Row]] = defaultdict(list)
    for compound in found.compounds:
        within = [unit for unit in _list(compound["places"]) if unit in units]
        for unit in within or [""]:
            groups[str(unit)].append(compound)
    rows = [_rate(units.get(unit), inside, found, day, complete) for unit, inside in groups.items()]
    return with_evidence(workspace, sorted(rows, key=_order))


def _rate(unit: Row | None, compounds: Sequence[Row], found: Recorded, day: str, complete: Mapping[str, Row]) -> Row:
    answers = [found.on(compound, day) for compound in compounds]
    counts = Counter(str(answer["verdict"]) for answer in answers)
    surely = sum(counts[verdict] for verdict in COVERED)
    excluded = sum(not found.open(compound, day) for compound in compounds)
    total = len(compounds)
    around = _list(unit["places"]) if unit else []
    register = next((complete[str(place)] for place in around if place in complete), None)
    return {
        "place": {"id": unit["id"], "name": unit["name"], "type": unit["type"]} if unit else None,
        "compounds": total,
        "verdicts": {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]},
        "lowest": surely / total,
        "highest": (total - excluded) / total,
        "register": register["id"] if register else None,
        "claims": claims_of(*(_list(a["claims"]) for a in answers), _list(register["claims"]) if register else ()),
    }


def _complete(store: Store, day: str) -> Mapping[str, Row]:
    """The registers that list every compound of a place on that day, by place."""
    rows = store.read(COMPLETE, {"of": list(vocabulary().labels("Compound"))})
    on = [row for row in rows if str(row["from"] or "") <= day < str(row["to"] or "~")]
    return {str(row["place"]): row for row in reversed(on)}


def _order(row: Row) -> tuple[bool, str, str]:
    place = row["place"]
    if place is None:
        return True, "", ""
    named = cast("Row", place)
    return False, str(named["name"]), str(named["id"])


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
