"""What should be at a compound by the rules of its place, and what is: bodies and the posts at their head.

The rules are claims, not code: policy statements in loaded documents (each compound has a service station: must) and
the `must_exist` rules of norm packs. Whether a body is there is asked of `coverage`, so a gap is only called one inside
a register.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import cast

from govgraph.graph.period import ALWAYS, HIGH, Period, Span, covered, dates, from_bounds
from govgraph.graph.store import Store
from govgraph.graph.vocabulary import plain, vocabulary
from govgraph.graph.workspace import Workspace, consistent

from .conflicts import packs as norm_packs
from .conflicts import pattern as pattern_files
from .conflicts.packs import NATION, Pack, Rule, units
from .coverage import HERE, Body, Recorded, Seat, kind_of, recorded
from .evidence import Row, claims_of, with_evidence
from .names import places

STRENGTHS = ("must", "promoted")
"""What makes a body one that should be there; what is merely allowed, tried or practised does not."""
AS_STRENGTH = {"required": "must", "encouraged": "promoted"}
OF_A_COMPOUND = (
    "OwnersAssembly", "OwnersCommittee", "OwnersSupervisoryBoard", "PropertyManagementCommittee", "AffairsCouncil",
    "CompoundManagementCommittee", "ServiceStation",
)  # fmt: skip
"""Bodies that a compound has, where a norm does not say whose they are; a mediation committee is a community's."""
SHOWN = ("id", "place", "law", "article", "summary", "strength", "quote")
NO_UNITS = ("小区", "社区", "片区", "园区", "校区", "辖区")
"""How names end that look like a district's and are none."""
SEATS = ("BASED_IN", "COVERS", "SERVES")

STATEMENTS = """
MATCH (s:Statement) WHERE s.strength IN $strengths AND s.place IS NOT NULL
RETURN properties(s) AS s ORDER BY s.id
"""
SOURCES = "MATCH (s:Source) RETURN s.id AS id, s.title AS title, s.published AS published"
CATEGORIES = f"MATCH (k:Compound) WHERE {HERE} RETURN k.id AS id, k.category AS category, k.place_names AS names"
ON_HOST = """
UNWIND $hosts AS id MATCH (h:Entity {{id: id}})<-[r:BASED_IN]-(b:{type})
RETURN h.id AS host, b.id AS id, b.name AS name, b.type AS type, coalesce(r.form, b.form) AS form,
properties(r) AS seat
"""
POSTS = """
UNWIND $bodies AS id MATCH (b:Entity {id: id})<-[h:HOLDS_POST]-(p:Person)
RETURN b.id AS body, p.id AS id, p.name AS name, h.role AS role, properties(h) AS post
"""
ESTABLISHED = """
UNWIND $bodies AS id MATCH (b:Entity {id: id})<-[r:POST_IN]-(s:Post)
OPTIONAL MATCH (s)<-[f:FILLS]-(p:Person)
RETURN b.id AS body, coalesce(s.role, s.name) AS role, s.claims AS claims, properties(r) AS seat,
p.id AS id, p.name AS name, properties(f) AS post
"""


@dataclass(frozen=True, slots=True)
class Expected:
    """One of `types` should be there: at the compound, or on every body of the type `host` that is at it.

    `categories` are the kinds of compound that the rule speaks of, None for all. `norm` is the row that shows it.
    """

    types: tuple[str, ...]
    host: str | None
    categories: frozenset[str] | None
    strength: str
    norm: Row

    @property
    def key(self) -> tuple[tuple[str, ...], str | None]:
        return self.types, self.host


@consistent
def structure(workspace: Workspace, place: str | None = None, as_of: str | None = None) -> list[Row]:
    """The bodies and posts that each compound of the place should have on a day, and whether it has them.

    `place` may be a compound itself. Rows, those of a compound together: `compound` {id, name}, `place`, `category`;
    `expected` {kind (body or post), types, role, on ({id, name, type} of the body it should be in, null for the
    compound)}; `strength` (must or promoted); `applies` (yes, or possibly where the rule is for a category and that of
    the compound is not known); `verdict`; `by` (bodies or people); `register`; `norms` [{id, place, law, article,
    summary, strength, quote}]; claims. The verdict is

        there, possibly_there   a body, or a holder of the post, is surely or possibly there
        missing                 none is, in a register that names all bodies of the type
        vacant                  nobody holds the post even possibly, in a register that names all posts
        unknown                 none is recorded, and no register says that all were; or the rule only possibly applies

    A body that should be on another (a branch on the owners' committee) is expected where that one is surely there. The
    post at the head of a body that should be there, and every established post of it (POST_IN), should be filled.
    Raises NotFound for a place nobody knows.
    """
    day = as_of or workspace.day()
    patterns = pattern_files.conflict_patterns((pattern_files.SHIPPED, workspace.root / "patterns"))
    packs = norm_packs.load_packs((norm_packs.SHIPPED, workspace.root / "packs"), patterns)
    with workspace.reader() as store:
        reading = _Reading(store, place, day)
        rules = [*_stated(store, day), *(e for pack in packs for e in _normed(pack, day))]
        rows = [row for compound in reading.compounds for row in _compound(reading, compound, rules)]
        rows += reading.posts(rows)
    at = {str(compound["id"]): number for number, compound in enumerate(reading.compounds)}
    rows.sort(key=lambda row: (at[str(_dict(row["compound"])["id"])], *_order(row)))
    return with_evidence(workspace, rows)


# --- what should be there --------------------------------------------------------------------------------------------
def _stated(store: Store, day: str) -> Iterator[Expected]:
    """The policy statements in force that say what a compound, or a body at it, should have."""
    sources = {str(row["id"]): row for row in store.read(SOURCES)}
    for row in store.read(STATEMENTS, {"strengths": list(STRENGTHS)}):
        s = _dict(row["s"])
        source = sources.get(str(_list(s["sources"])[0]), {})
        start, after = _span(s.get("valid"), s.get("observed") or source.get("published"))
        if not start <= day < after:
            continue
        seat = s["relation"] in SEATS
        founds = s["relation"] == "ESTABLISHED" and s["subject_type"] == "Compound"
        if not seat and not founds:
            continue
        body, host = (s["object_type"], s["subject_type"]) if founds else (s["subject_type"], s["object_type"])
        if not vocabulary().is_a(str(body), "Organization"):
            continue
        norm: Row = {
            "id": s["id"], "place": s["place"], "place_id": s.get("place_id"), "law": source.get("title"),
            "article": None, "summary": f"{s['subject_type']} {s['relation']} {s['object_type']}",
            "strength": s["strength"], "quote": s.get("quote"), "claims": s["claims"],
        }  # fmt: skip
        words = str(s.get("subject_text" if founds else "object_text") or s.get("quote") or "")
        on = None if host == "Compound" else str(host)
        if on is None or vocabulary().is_a(on, "Organization"):
            yield Expected((str(body),), on, _categories(words), str(s["strength"]), norm)


def _span(valid: object, said: object) -> Span:
    """When a statement is in force: as dated, else from the day it was said on; always, if nobody knows that day."""
    if valid is not None:
        return covered(str(valid))
    return (dates(str(said))[0], HIGH) if said else ALWAYS.possible


def _normed(pack: Pack, day: str) -> Iterator[Expected]:
    """The `must_exist` rules of a pack in force whose text of that day is held."""
    for rule in pack.rules:
        strength = AS_STRENGTH.get(rule.verdict or "")
        if rule.pattern == "must_exist" and strength and _within(day, rule.in_force, pack.in_force, pack.text_held):
            for host in rule.who.with_ or (None,):
                if host is None and not set(rule.who.body) <= set(OF_A_COMPOUND):
                    continue
                on = None if host in (None, "Compound") else host
                yield Expected(
                    rule.who.body, on, _categories(rule.who.that or ""), strength, _norm(pack, rule, strength)
                )


def _norm(pack: Pack, rule: Rule, strength: str) -> Row:
    return {
        "id": f"{pack.law}/{rule.id}", "place": pack.place, "place_id": None, "law": pack.name, "article": rule.article,
        "summary": rule.summary, "strength": strength, "quote": None, "claims": [],
    }  # fmt: skip


def _within(day: str, *spans: Span) -> bool:
    return all(start <= day < after for start, after in spans)


@cache
def _category_words() -> tuple[tuple[str, str], ...]:
    """Every word for a kind of compound with its value, the longest first."""
    attribute = vocabulary().attribute("Compound", "category")
    values = attribute.values.values() if attribute else ()
    words = [(plain(word), value.name) for value in values for word in (value.name, *value.synonyms)]
    return tuple(sorted(words, key=lambda pair: (-len(pair[0]), pair)))


def _categories(text: str) -> frozenset[str] | None:
    """The kinds of compound that a rule's words name; None if they name none, for then it is for all."""
    left, found = plain(text), set[str]()
    for word, value in _category_words():
        if word in left:
            found.add(value)
            left = left.replace(word, " ")
    return frozenset(found) or None


def _category(text: object) -> str | None:
    """The canonical kind of a compound."""
    value = vocabulary().value("Compound", "category", str(text)) if text else None
    return value.name if value else str(text) if text else None


# --- what is there ---------------------------------------------------------------------------------------------------
class _Reading:
    """What the graph says of a place on a day, read when it is first asked for."""

    def __init__(self, store: Store, place: str | None, day: str) -> None:
        self.store, self.place, self.day = store, place, day
        self._recorded: dict[str, Recorded] = {}
        self._hosted: dict[tuple[str, str], dict[str, list[Body]]] = {}
        rows = store.read(CATEGORIES, {"places": places(store, place)})
        self.category = {str(row["id"]): _category(row["category"]) for row in rows}
        self.names = {str(row["id"]): _names(map(str, _list(row["names"]))) for row in rows}
        self.compounds = self.recorded("branch").compounds

    def recorded(self, of: str) -> Recorded:
        if of not in self._recorded:
            self._recorded[of] = recorded(self.store, kind_of(of), self.place)
        return self._recorded[of]

    def there(self, type: str, compound: str) -> list[Body]:
        """The bodies of a type at a compound that day, surely or possibly."""
        found = self.recorded(type).bodies.get(compound, ())
        return [body for body in found if body.there(self.day) != "no"]

    def on(self, host: str, host_type: str, type: str) -> list[Body]:
        """The bodies of a type that are based in another body that day, surely or possibly."""
        if (host_type, type) not in self._hosted:
            hosts = {b.id for bodies in self.recorded(host_type).bodies.values() for b in bodies}
            found: dict[str, dict[str, Body]] = defaultdict(dict)
            for row in self.store.read(ON_HOST.format(type=type), {"hosts": sorted(hosts)}):
                id, form = str(row["id"]), row["form"]
                body = found[str(row["host"])].setdefault(id, Body(id, str(row["name"]), str(row["type"])))
                seat = _dict(row["seat"])
                body.seats.append(
                    Seat(from_bounds(seat), str(form) if form else None, claims_of(_list(seat["claims"])))
                )
            self._hosted[host_type, type] = {at: list(bodies.values()) for at, bodies in found.items()}
        bodies = self._hosted[host_type, type].get(host, [])
        return sorted((b for b in bodies if b.there(self.day) != "no"), key=lambda b: b.id)

    def register(self, type: str, compound: Row) -> Row | None:
        """The register that names every body of the type (or every post) at the compound on that day."""
        of_posts = type == "HOLDS_POST"
        for row in self.recorded("branch" if of_posts else type).registers:
            on = str(row["from"] or "") <= self.day < str(row["to"] or HIGH)
            if on and (row["of"] == "HOLDS_POST") == of_posts and row["place"] in _list(compound["places"]):
                return row
        return None

    def posts(self, rows: Sequence[Row]) -> list[Row]:
        """A row for the head's post, and every established post, of each body that should be there and is."""
        compounds = {str(compound["id"]): compound for compound in self.compounds}
        bodies = {str(body["id"]) for row in rows for body in map(_dict, _list(row["by"]))}
        held, established = _held(self.store, bodies), _established(self.store, bodies)
        found: dict[tuple[str, str, str], Row] = {}
        for row in rows:
            compound = compounds[str(_dict(row["compound"])["id"])]
            for body in map(_dict, _list(row["by"])):
                seats = {"、".join(heads): _of(held[str(body["id"])], heads) for heads in _heads(body)}
                for role, seat in {**seats, **established[str(body["id"])]}.items():
                    key = str(compound["id"]), str(body["id"]), role
                    if key not in found or found[key]["strength"] != "must":
                        found[key] = self._post(row, compound, body, role, seat)
        return list(found.values())

    def _post(self, row: Row, compound: Row, body: Row, role: str, seat: _Post) -> Row:
        answers = {holder: seat.holds(holder, self.day) for holder in seat.holders}
        by = [holder for holder, answer in answers.items() if answer != "no"]
        register = None if by else self.register("HOLDS_POST", compound)
        verdict = "vacant" if register else "unknown"
        if by:
            verdict = "there" if "yes" in answers.values() else "possibly_there"
        proof = [claims for holder in by for claims in seat.claims(holder, self.day)]
        return row | {
            "expected": {"kind": "post", "types": [], "role": role, "on": {n: body[n] for n in ("id", "name", "type")}},
            "verdict": verdict,
            "by": [{"id": id, "name": name} for id, name in sorted(by, key=lambda holder: holder[::-1])],
            "register": register["id"] if register else None,
            "claims": claims_of(seat.proof, *proof, _list(register["claims"]) if register else _list(row["claims"])),
        }


def _compound(reading: _Reading, compound: Row, rules: Iterable[Expected]) -> Iterator[Row]:
    """The rows of one compound, one for each thing that should be there."""
    id = str(compound["id"])
    wanted: dict[tuple[tuple[str, ...], str | None], list[Expected]] = defaultdict(list)
    for rule in rules:
        category = reading.category[id]
        if rule.categories and category and category not in rule.categories:
            continue
        if _applies(rule.norm, compound, reading.names[id]):
            wanted[rule.key].append(replace(rule, categories=None if category else rule.categories))
    for (types, host), same in wanted.items():
        if host is None:
            yield _expected(reading, compound, same, None, [b for type in types for b in reading.there(type, id)])
            continue
        for body in reading.there(host, id):
            if body.there(reading.day) == "yes":
                yield _expected(reading, compound, same, body, [b for t in types for b in reading.on(body.id, host, t)])


def _expected(
    reading: _Reading, compound: Row, rules: Sequence[Expected], host: Body | None, there: Sequence[Body]
) -> Row:
    types = rules[0].types
    surely = any(rule.categories is None for rule in rules)
    registers = [reading.register(type, compound) for type in types]
    register = registers[0] if not there and all(registers) else None
    verdict = "missing" if register and surely else "unknown"
    if there:
        verdict = "there" if any(body.there(reading.day) == "yes" for body in there) else "possibly_there"
    norms = sorted(
        (rule.norm for rule in rules), key=lambda norm: (STRENGTHS.index(str(norm["strength"])), str(norm["id"]))
    )
    own = () if there else _list(compound["claims"])
    bodies = [*there, *([host] if host else [])]
    return {
        "compound": {"id": compound["id"], "name": compound["name"]},
        "place": compound["place"],
        "category": reading.category[str(compound["id"])],
        "expected": {"kind": "body", "types": list(types), "role": None, "on": _host(host)},
        "strength": norms[0]["strength"],
        "applies": "yes" if surely else "possibly",
        "verdict": verdict,
        "by": [body.row(reading.day) for body in there],
        "register": register["id"] if register else None,
        "norms": [{name: norm[name] for name in SHOWN} for norm in norms],
        "claims": claims_of(
            own,
            *(body.claims(reading.day) for body in bodies),
            *(_list(norm["claims"]) for norm in norms),
            _list(register["claims"]) if register else (),
        ),
    }


def _host(body: Body | None) -> Row | None:
    return {"id": body.id, "name": body.name, "type": body.type} if body else None


def _applies(norm: Row, compound: Row, names: frozenset[str]) -> bool:
    """Whether a rule is in force where the compound lies.

    A pack names its units from the province down: the last has to be there, and no other of the rank of those above,
    for districts of several cities share names.
    """
    if norm["place_id"] in _list(compound["places"]):
        return True
    place = str(norm["place"])
    if place == NATION or place in names:
        return True
    *above, own = units(place) or (place,)
    rank = {unit[-1]: unit for unit in above}
    others = (name for name in names - {own} if units(name) == (name,) and not name.endswith(NO_UNITS))
    return own in names and all(rank.get(name[-1], name) == name for name in others)


def _names(written: Iterable[str]) -> frozenset[str]:
    """The names of the places around; one that is written 深圳市龙岗区 is two."""
    return frozenset(part for name in written for part in (name, *units(name)))


# --- posts -----------------------------------------------------------------------------------------------------------
@dataclass(slots=True)
class _Post:
    """A post of a body, whoever may hold it: terms by holder (id and name)."""

    proof: list[object]
    holders: dict[tuple[str, str], list[tuple[Period, list[object]]]]

    def add(self, row: Row) -> None:
        if row["id"]:
            post = _dict(row["post"])
            holder = str(row["id"]), str(row["name"])
            self.holders.setdefault(holder, []).append((from_bounds(post), _list(post["claims"])))

    def holds(self, holder: tuple[str, str], day: str) -> str:
        answers = {term.holds(day) for term, _ in self.holders[holder]}
        return next(answer for answer in ("yes", "possibly", "no") if answer in answers)

    def claims(self, holder: tuple[str, str], day: str) -> list[list[object]]:
        return [claims for term, claims in self.holders[holder] if term.holds(day) != "no"]


def _held(store: Store, bodies: Iterable[str]) -> dict[str, list[Row]]:
    """The posts held in each body, by whom and when."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in store.read(POSTS, {"bodies": sorted(bodies)}):
        found[str(row["body"])].append(row)
    return found


def _of(held: Iterable[Row], roles: Iterable[str]) -> _Post:
    seat, wanted = _Post([], {}), set(roles)
    for row in held:
        if row["role"] in wanted:
            seat.add(row)
    return seat


def _established(store: Store, bodies: Iterable[str]) -> dict[str, dict[str, _Post]]:
    """The established posts of each body, filled or not, by their role."""
    found: dict[str, dict[str, _Post]] = defaultdict(dict)
    for row in store.read(ESTABLISHED, {"bodies": sorted(bodies)}):
        seat = found[str(row["body"])].setdefault(str(row["role"]), _Post(_list(row["claims"]), {}))
        seat.add(row)
    return found


def _heads(body: Row) -> list[list[str]]:
    """The words for the post at the head of such a body, in the order of the vocabulary; nothing for a headless one."""
    v = vocabulary()
    posts = [p for p in v.posts.values() if p.head_of and any(v.is_a(str(body["type"]), one) for one in p.bodies)]
    found = [role for post in posts for role in (post.name, *post.titles)]
    return [found] if found else []


def _order(row: Row) -> tuple[object, ...]:
    expected = _dict(row["expected"])
    on = expected["on"]
    return (
        expected["kind"] == "post", STRENGTHS.index(str(row["strength"])), str(expected["types"]),
        str(_dict(on)["name"]) if on else "", str(expected["role"] or ""),
    )  # fmt: skip


def _dict(value: object) -> Row:
    assert isinstance(value, dict)
    return cast("Row", value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value) if isinstance(value, list) else []
