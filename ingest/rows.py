"""One row of a table to claims: places, then the compound, its bodies, then the posts in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from govgraph.graph.vocabulary import vocabulary

from .cells import (
    BadCell,
    clean,
    is_formula,
    is_open,
    is_vacant,
    is_void,
    is_yes,
    later,
    names,
    number,
    partial,
    people,
    span,
    years,
)
from .headers import PLACES, Cell, Column, Layout
from .sheet import Body, Holding, Sheet, Term
from .text import simplify
from .words import words

TYPES = {
    "province": "Province",
    "city": "City",
    "district": "District",
    "sub_district": "SubDistrict",
    "community": "Community",
}


class Block:
    """What the rows of one table share: the columns, the place named above them, the cells to be repeated downward."""

    def __init__(self, sheet: Sheet, layout: Layout, filled: Sequence[Column]) -> None:
        self.sheet, self.layout, self.grid = sheet, layout, sheet.grid
        self.filled = {column.index for column in filled}
        self.above: dict[int, Cell] = {}
        self.section: dict[str, Cell] = {}
        self.traditional = any(simplify(column.header.text) != column.header.text for column in layout.columns)

    def cell(self, row: int, column: Column) -> Cell:
        """The cell of a column, or the last filled one above it where the map says so."""
        cell = self.grid.cell(row, column.index)
        if is_formula(cell.text):
            self.sheet.refuse(cell, column.title, "a formula; open the file in a spreadsheet and save its values")
            return Cell(cell.row, cell.column, "")
        if column.index not in self.filled:
            return cell
        if cell.text:
            self.above[column.index] = cell
        return self.above.get(column.index, cell)

    def name(self, text: str) -> str:
        """A name as claims have it: simplified where the table is traditional."""
        return simplify(clean(text)) if self.traditional else clean(text)

    def figure(self, cell: Cell, column: Column, place: str | None) -> None:
        """A number about a place, of what the column counts."""
        what = counted(column)
        if what is None:
            return
        try:
            self.sheet.figure(number(cell.text), what[1], what[0], place, cell)
        except BadCell as bad:
            self.sheet.refuse(cell, column.title, str(bad))

    def open_section(self, row: int, cell: Cell) -> bool:
        """Take the only cell of a row as the place of the rows below it ("一、北湖街道"), or pass over a remark.

        False where it may be a compound of which nothing else is known.
        """
        text = self.name(cell.text)
        name = section_name(text)
        compound = self.layout.by_field.get("compound")
        across = self.grid.cell(row, cell.column + 1) == cell
        alone = bool(compound and compound.index == cell.column and not across and name == text)
        for level, endings in SECTIONS.items():
            if alone and level != "sub_district":
                continue  # a village is a compound as well
            if name.endswith(endings) and not name.endswith(("小区", "园区")) and len(name) <= LONGEST_PLACE:
                for lower in PLACES[PLACES.index(level) :]:
                    self.section.pop(lower, None)
                self.section[level] = cell
                return True
        if alone and len(name) <= LONGEST_NAME and not re.search("[，。：；]", name):
            return False
        self.sheet.odd["rows with a single cell that names no place, passed over"] += 1
        return True


SECTIONS = {"community": ("社区", "村"), "sub_district": ("街道", "镇", "乡"), "district": ("区", "县")}
LONGEST_PLACE, LONGEST_NAME = 12, 20
ROLE_FRONTS = ("业委会", "支部", "党总支", "党委", "物管公司")
"""What a post says of its body, which stands before it in the name of the post anyway."""


def section_name(text: str) -> str:
    """The name in the heading of a section, without its number."""
    return re.sub(r"^[一二三四五六七八九十0-9（）、.． ]+[、.．） ]", "", text)


class Row:
    """One row: places, then the compound, its bodies, then the posts in them."""

    def __init__(self, table: Block, row: int) -> None:
        self.table, self.sheet, self.layout, self.row = table, table.sheet, table.layout, row
        self.bodies: dict[str, list[Body]] = {}
        self.absent: dict[str, Cell] = {}
        self.seat: str | None = None
        self.compound: tuple[str, str, Cell] | None = None
        self.chain: list[str] = []
        self.terms: dict[str, Term] = {}

    def read(self) -> None:
        self._places()
        self._compound()
        self._counts()
        for scope in words().bodies:
            self._declared(scope)
        for column in self.layout.columns:
            if column.meaning.field in words().posts:
                self._posts(column)
        self._person()
        for column in self.layout.columns:
            if column.meaning.field in words().posts:
                self._vacancy(column)
        for body in [body for found in self.bodies.values() for body in found]:
            self._seat(body)

    def cell(self, field_: str) -> Cell | None:
        """The cell of a field in this row, where it says anything."""
        column = self.layout.by_field.get(field_)
        cell = self.table.cell(self.row, column) if column else None
        return cell if cell and not is_void(cell.text) else None

    # --- where ------------------------------------------------------------------------------------------------------
    def _places(self) -> None:
        above: str | None = None
        for level in PLACES:
            own, above_it = self.cell(level), self.table.section.get(level)
            cell = own or above_it
            if cell is None:
                continue
            text = self.table.name(cell.text)
            name, basis = _place_name(level, text if own else section_name(text))
            self.chain.append(name)
            key = f"{self.sheet.source}/{TYPES[level]}/{'/'.join(self.chain)}"
            attributes = {"name_basis": basis} if basis else None
            place = above or self._outer(name)
            self.sheet.entity(TYPES[level], name, cell, key=key, place=place, attributes=attributes)
            if above:
                self.sheet.relation(key, "LOCATED_IN", above, cell)
            above = key
        self.seat = above

    def _outer(self, name: str) -> str | None:
        """The place that the table is about, as the place of the highest thing in a row, unless it is that thing."""
        outer = (self.sheet.place or "").removesuffix(name)
        return outer or None

    def _compound(self) -> None:
        cell = self.cell("compound")
        if cell is None:
            return
        name = self.table.name(cell.text)
        if not name or name.isdigit():
            title = self.layout.by_field["compound"].title
            self.sheet.refuse(cell, title, f"{name} is a number; write the name of the compound")
            return
        self._set_compound(name, cell, self._attributes())

    def _set_compound(self, name: str, cell: Cell, attributes: Mapping[str, object]) -> None:
        key = self._key("Compound", name)
        self.sheet.entity("Compound", name, cell, key=key, place=self.seat or self._outer(name), attributes=attributes)
        if self.seat:
            self.sheet.relation(key, "LOCATED_IN", self.seat, cell)
        self.compound = key, name, cell

    def _attributes(self) -> dict[str, object]:
        found: dict[str, object] = {}
        households, category = self.cell("households"), self.cell("category")
        if households and self.table.grid.begins(households, self.row):  # a merged cell counts several compounds
            self._tried(households, "households", lambda: found.update(households=number(households.text)))
        if category:
            word = vocabulary().by_word(self.table.name(category.text))
            known = word.value if word and word.attribute == "category" else None
            found["category"] = known or self.table.name(category.text)
        return found

    def _counts(self) -> None:
        place = self.compound[0] if self.compound else self.seat or self.sheet.place
        for column in self.layout.of("count"):
            cell = self.table.cell(self.row, column)
            if self.table.grid.begins(cell, self.row) and (cell.text == "0" or not is_void(cell.text)):
                self.table.figure(cell, column, place)

    def _key(self, type_: str, name: str) -> str:
        return "/".join([self.sheet.source, type_, *self.chain, name])

    # --- bodies -----------------------------------------------------------------------------------------------------
    def _declared(self, scope: str) -> None:
        """The bodies that the row names, or says to be there."""
        body = words().bodies[scope]
        for column in self.layout.columns:
            cell = self.table.cell(self.row, column)
            if column.meaning.scope != scope or column.meaning.field not in (scope, "exists") or not cell.text:
                continue
            if is_void(cell.text, of=scope):
                self.absent.setdefault(scope, cell)
            elif is_yes(cell.text) or (column.meaning.field == "exists" and self._is_date(cell)):
                self._unnamed(scope, cell)
            elif column.meaning.field == "exists":
                self.sheet.refuse(cell, column.title, f"{cell.text} is neither yes nor no; write 是 or 否")
            elif clean(cell.text).isdigit():
                self.sheet.refuse(cell, column.title, f"{cell.text} is a number; write the name of the body")
            else:
                for name in names(cell.text, body.endings):
                    self._named(scope, self.table.name(name), cell)

    def _is_date(self, cell: Cell) -> bool:
        try:
            partial(cell.text)
        except BadCell:
            return False
        return True

    def _named(self, scope: str, name: str, cell: Cell) -> Body | None:
        if self.sheet.hide(name):
            self.sheet.refuse(cell, "name", "a number of a person stands in it; write the name alone")
            return None
        plain = name.removeprefix("本").removeprefix("该")
        if plain in words().bodies[scope].generic or (self.compound and name == self.compound[1]):
            return self._unnamed(scope, cell, plain)
        return self._add(scope, name, cell, {})

    def _unnamed(self, scope: str, cell: Cell, word: str = "") -> Body | None:
        """A body known by its compound alone: its name is put together, and says so."""
        if self.compound is None:
            return None
        if not word and (known := self.bodies.get(scope)):
            return known[0]
        name = words().bodies[scope].unnamed.format(self.compound[1])
        if scope == "branch" and word in words().bodies[scope].generic:  # the first and the second branch are two
            name = self.compound[1] + word.removeprefix("小区").replace("党组织", "党支部")
        return self._add(scope, name, cell, {"name_basis": "composed"})

    def _add(self, scope: str, name: str, cell: Cell, attributes: Mapping[str, object]) -> Body:
        type_ = words().bodies[scope].type
        found: dict[str, object] = dict(attributes)
        if scope == "branch":
            found |= {"subtype": self._subtype(name)} if self._subtype(name) else {}
            found |= {"form": form} if (form := self._form()) else {}
        key = f"{self.sheet.source}/{type_}/{name}" if scope == "firm" else self._key(type_, name)
        self.sheet.entity(type_, name, cell, key=key, place=self._place_of(scope, name), attributes=found)
        body = Body(key, scope, type_, name, cell)
        if body.key not in {known.key for known in self.bodies.get(scope, [])}:
            self.bodies.setdefault(scope, []).append(body)
        return body

    def _place_of(self, scope: str, name: str) -> str | None:
        """What locates a body: its compound, for a shared branch the area around, for a firm nothing."""
        if scope == "firm":
            return None
        if self.compound and not (scope == "branch" and self._shared()):
            return self.compound[0]
        return self.seat or self._outer(name)

    def _subtype(self, name: str) -> str | None:
        fits = (value for ending, value in words().subtypes if name.endswith(ending))
        return next(fits, "小区党支部" if self.compound else None)

    def _form(self) -> str | None:
        cell = self.cell("form")
        if cell is None:
            return None
        text = self.table.name(cell.text)
        return next((form for form, said in words().forms.items() if text in said), text)

    def _shared(self) -> bool:
        return self._form() in words().shared_forms

    def _seat(self, body: Body) -> None:
        """The tie of a body to its compound, or else to the smallest place of the row."""
        if self.compound:
            target = self.compound[0]
        elif self.seat and body.scope != "firm":
            target = self.seat
        else:
            return
        if body.scope == "firm":
            self.sheet.relation(body.key, "SERVES", target, body.cell, term=self._term("firm"))
        elif body.type in {known.type for known in words().bodies.values()}:
            form = self._form() if body.scope == "branch" else None
            relation = "COVERS" if form and self._shared() and self.compound else "BASED_IN"
            attributes = {"form": form} if form else {}
            term = self._founded(body.scope)
            self.sheet.relation(body.key, relation, target, body.cell, attributes=attributes, term=term)
        else:
            self.sheet.relation(body.key, "BASED_IN", target, body.cell)

    # --- when -------------------------------------------------------------------------------------------------------
    def _founded(self, scope: str) -> Term:
        column = self.layout.terms.get(scope, {}).get("founded")
        cell = self.table.cell(self.row, column) if column else None
        day = self._date(column, cell) if column and cell and not is_void(cell.text) else None
        return Term(f"{day}/..", cell.text, (cell,)) if day and cell else Term()

    def _term(self, scope: str) -> Term:
        """The term of a kind of post, or of the service; each cell is read, and refused, once."""
        if scope not in self.terms:
            self.terms[scope] = self._read_term(self.layout.terms.get(scope, {}))
        return self.terms[scope]

    def _read_term(self, dates: Mapping[str, Column]) -> Term:
        start: str | None = None
        end: str | None = None
        used: list[Cell] = []
        length: int | None = None
        for kind in ("range", "from", "to"):
            column = dates.get(kind)
            cell = self.table.cell(self.row, column) if column else None
            if column is None or cell is None or is_void(cell.text):
                continue
            if is_open(cell.text):
                end = ".." if kind == "to" else end
            elif count := years(cell.text):
                length = count
                used.append(cell)
            elif kind == "range":
                found: tuple[str | None, str | None] = (None, None)
                try:
                    found = span(self._unambiguous(column, cell))
                except BadCell as bad:
                    self.sheet.refuse(cell, column.title, str(bad))
                start, end = found
                used += [cell] if start else []
            elif day := self._date(column, cell):
                start, end = (day, end) if kind == "from" else (start, day)
                used.append(cell)
        if start and length and not end:
            end = later(start, length)
        return self._interval(start, end, used, dates)

    def _interval(self, start: str | None, end: str | None, used: Sequence[Cell], dates: Mapping[str, Column]) -> Term:
        if start and end and end != ".." and end < start[: len(end)]:
            column = dates.get("to") or dates["range"]
            cell = self.table.cell(self.row, column)
            reason = f"{cell.text} lies before {start}, the beginning; correct one of them"
            self.sheet.refuse(cell, column.title, reason)
            end, used = None, [at for at in used if at != cell]
        if not start and end in (None, ".."):
            return Term()
        valid = f"{start}/{end or '..'}" if start else f"/{end}"
        return Term(valid, " – ".join(cell.text for cell in used), tuple(used))

    def _date(self, column: Column, cell: Cell) -> str | None:
        try:
            return partial(self._unambiguous(column, cell))
        except BadCell as bad:
            self.sheet.refuse(cell, column.title, str(bad))
            return None

    def _unambiguous(self, column: Column, cell: Cell) -> str:
        """A number 2019.1 may have been typed as 2019.10: only its year is sure."""
        if (cell.row, cell.column) in self.sheet.grid.table.numbers and cell.text.endswith(".1"):
            self.sheet.odd[f"{column.title}: numbers such as {cell.text}, January or October, read as the year"] += 1
            return cell.text[:4]
        return cell.text

    # --- who --------------------------------------------------------------------------------------------------------
    def _posts(self, column: Column) -> None:
        cell = self.table.cell(self.row, column)
        if is_void(cell.text):
            return
        post = words().posts[column.meaning.field]
        self._tried(cell, column.title, lambda: self._hold(column, cell, post.body, post.role))

    def _hold(self, column: Column, cell: Cell, scope: str, role: str) -> None:
        hidden = self.sheet.hide(cell.text)
        for word, part in _headed(cell.text, scope):
            found = people(part)
            if not found:
                continue
            body = self._body(scope, cell)
            if body is None:
                raise BadCell(f"it is not known of which body; add a column with the {scope} or the compound")
            named = self._role_of(self.table.name(word), body) if word else None
            body, said = named or (body, self._post(column, role))
            for name, remark in found:
                if is_vacant(name):
                    continue
                attributes = {**said, "role": self._role(body, str(said["role"]), remark)}
                if manner := _manner(remark):
                    attributes["manner"] = manner
                quote = _quote(cell, name) if hidden else cell.text
                term = self._term((column.meaning.scope or scope) if body.scope == scope else body.scope)
                self._add_holding(body, self.table.name(name), quote, cell, attributes, term)

    def _post(self, column: Column, role: str) -> dict[str, object]:
        """The post that a column is about, with the word of its header where that tells more."""
        title = clean(column.header.text).removesuffix("姓名").split("（")[0]
        if not words().posts[column.meaning.field].title or not title:
            return {"role": role}
        return {"role": role, "title": title} if (written := _titled(role, title)) == role else {"role": written}

    def _vacancy(self, column: Column) -> None:
        """A post that nobody holds, of a body that the row knows: said only where a word says it, never by a gap."""
        cell = self.table.cell(self.row, column)
        field_, post = column.meaning.field, words().posts[column.meaning.field]
        bodies = self.bodies.get(post.body)
        if bodies and is_vacant(cell.text, head=field_ in words().heads_of_body):
            self._say_vacant(bodies[0], self._role(bodies[0], post.role), cell)

    def _say_vacant(self, body: Body, role: str, cell: Cell) -> None:
        word = next((w for w in ROLE_FRONTS if role.startswith(w)), "")
        name = body.name + role.removeprefix(word)
        key = f"{body.key}/Post/{role}"
        self.sheet.entity("Post", name, cell, key=key, place=self._place_of(body.scope, ""), attributes={"role": role})
        self.sheet.relation(key, "POST_IN", body.key, cell, attributes={"role": role, "vacant": True})

    def _body(self, scope: str, cell: Cell) -> Body | None:
        """The body of a post in this row: named, or put together from the compound."""
        if known := self.bodies.get(scope):
            return known[0]
        if scope in self.absent:
            raise BadCell(f"a person, but the row says that there is no {scope}; correct the one or the other")
        return self._unnamed(scope, cell)

    def _role(self, body: Body, role: str, remark: str = "") -> str:
        if role == "支部书记":
            role = next((head for ending, head in words().heads.items() if body.name.endswith(ending)), role)
        for word in remark.split("，"):
            role = _listed(body.scope, word) or role
        return role

    def _add_holding(
        self,
        body: Body,
        name: str,
        quote: str,
        cell: Cell,
        attributes: Mapping[str, object],
        term: Term,
        person: Mapping[str, object] | None = None,
        mark: str = "",
    ) -> None:
        self.sheet.holdings.append(Holding(self.row, body, name, quote, cell, attributes, term, person or {}, mark))

    def _person(self) -> None:
        """A table with one row for each person: name, post, organisation."""
        column, post = self.layout.by_field.get("person"), self.layout.by_field.get("post")
        roles = self.cell("post")
        if column is None:
            return
        if (cell := self.cell("person")) is None:
            cell = self.table.cell(self.row, column)
            if post and roles and is_vacant(cell.text, head=True):
                self._tried(cell, column.title, lambda: self._person_vacancy(cell, roles))
            return
        if post is None or roles is None:
            self.sheet.refuse(cell, column.title, "a person without a post; fill the column 职务")
            return
        self._tried(cell, column.title, lambda: self._person_posts(cell, roles, post))

    def _person_vacancy(self, cell: Cell, roles: Cell) -> None:
        body = self._organization() or self._only_body()
        for word in _roles(self.table.name(roles.text)):
            if found := self._role_of(word, body):
                self._say_vacant(found[0], str(found[1]["role"]), cell)

    def _person_posts(self, cell: Cell, roles: Cell, post: Column) -> None:
        hidden = self.sheet.hide(cell.text)
        body = self._organization() or self._only_body()
        person: dict[str, object] = {}
        if (face := self.cell("party_member")) and clean(face.text).endswith("党员"):
            person["party_member"] = True
        marked = self.cell("id_number") or self.cell("phone")
        for name, _ in people(cell.text):
            for word in _roles(self.table.name(roles.text)):
                found = self._role_of(word, body)
                if found is None:
                    reason = f"{word}: in which body is not known; fill a column 组织 or 小区"
                    self.sheet.refuse(roles, post.title, reason)
                    continue
                self._add_holding(
                    found[0],
                    self.table.name(name),
                    _quote(cell, name) if hidden else cell.text,
                    cell,
                    found[1],
                    _joined(self._term("person"), roles),
                    person,
                    clean(marked.text) if marked else "",
                )

    def _role_of(self, word: str, body: Body | None) -> tuple[Body, dict[str, object]] | None:
        """The body and the attributes of a post as it is written."""
        plain, _, remark = word.partition("（")
        manner = _manner(remark.rstrip("）"))
        attributes: dict[str, object] = {"manner": manner} if manner else {}
        scope, rest = _role_scope(plain, body)
        if scope and (body is None or body.scope != scope):
            body = self._body(scope, self.cell("post") or self.cell("person") or Cell(0, 0, ""))
        if body is None:
            return None
        listed = _listed(body.scope, rest)
        attributes["role"] = self._role(body, listed or plain)
        if listed and listed != rest and (body.scope == "firm" or (rest.endswith("委员") and rest not in listed)):
            attributes["title"] = rest
        return body, attributes

    def _organization(self) -> Body | None:
        cell = self.cell("organization")
        column = self.layout.by_field.get("organization")
        if cell is None or column is None:
            return None
        name = self.table.name(cell.text)
        for scope, kind in words().bodies.items():
            if name in kind.generic:
                return self._unnamed(scope, cell, name)
        for entry in words().organizations:
            if name.endswith(tuple(entry.get("ending", ()))) or any(w in name for w in entry.get("containing", ())):
                return self._organization_of(entry, name, cell)
        raise BadCell(f"the kind of organisation {name} is not known; write its full name")

    def _only_body(self) -> Body | None:
        """The body of which a row speaks that names just one, the firm that serves it aside."""
        bodies = [body for found in self.bodies.values() for body in found]
        inner = [body for body in bodies if body.scope in ("committee", "branch")]
        return next((found[0] for found in (inner, bodies) if len(found) == 1), None)

    def _organization_of(self, entry: Mapping[str, object], name: str, cell: Cell) -> Body:
        scope, type_ = entry.get("body"), entry.get("type")
        if isinstance(scope, str):
            if scope == "committee" and self.compound is None:
                self._from_committee(name, cell)
            return self._add(scope, name, cell, {})
        key = self._key(str(type_), name)
        place = self.compound[0] if self.compound else self.seat or self._outer(name)
        self.sheet.entity(str(type_), name, cell, key=key, place=place)
        body = Body(key, "", str(type_), name, cell)
        self.bodies.setdefault("", []).append(body)
        return body

    def _from_committee(self, name: str, cell: Cell) -> None:
        """A committee is that of a compound, and is called after it."""
        endings = sorted(words().bodies["committee"].generic, key=len, reverse=True)
        rest = next((name.removesuffix(ending) for ending in endings if name.endswith(ending)), "")
        if rest and not rest.endswith(("社区", "街道", "联合")):
            self._set_compound(rest, cell, {"name_basis": "normalised"})

    def _tried(self, cell: Cell, header: str, act: Callable[[], None]) -> None:
        try:
            act()
        except BadCell as bad:
            self.sheet.refuse(cell, header, str(bad))


def counted(column: Column) -> tuple[str, str] | None:
    """What a number in a column counts, and the unit."""
    known = words()
    kinds = {
        "compound": "住宅小区",
        "committee": "业主委员会",
        "branch": "小区党支部",
        "firm": "物业服务企业",
        "station": "党群服务站",
    }
    if column.meaning.field == "households":
        return "住户", "户"
    what = column.meaning.scope if column.meaning.field == "count" else kinds.get(column.meaning.field)
    return (what, known.counts[what]) if what else None


def _place_name(level: str, name: str) -> tuple[str, str | None]:
    """A community or sub-district by its usual name, and how it was made where it is not what stands there."""
    if level == "community":
        for office in ("居民委员会", "居委会"):
            if name.endswith(office):
                name = name.removesuffix(office).removesuffix("社区") + "社区"
                return name, "normalised"
        return (name, None) if name.endswith(("社区", "村", "居", "园", "委会")) else (name + "社区", "normalised")
    if level == "sub_district":
        if name.endswith("办事处"):
            return name.removesuffix("办事处"), "normalised"
        usual = name.endswith(("街道", "镇", "乡", "街", "区", "苏木"))
        return (name, None) if usual else (name + "街道", "normalised")
    return name, None


def _listed(scope: str, word: str) -> str | None:
    """The post that a word means in a kind of body; a title of it stays as it is written."""
    roles = words().roles.get(scope, {})
    return next((_titled(role, word) for role, said in roles.items() if word == role or word in said), None)


def _titled(role: str, word: str) -> str:
    post = vocabulary().posts.get(role)
    return word if post and word in post.titles else role


def _role_scope(word: str, body: Body | None) -> tuple[str | None, str]:
    """The kind of body of a post, and the post without the word for the body."""
    known = words()
    pairs = [(scope, w) for scope, all_ in known.role_words.items() for w in all_]
    for scope, front in sorted(pairs, key=lambda pair: -len(pair[1])):
        if word.startswith(front) and _listed(scope, word.removeprefix(front)):
            return scope, word.removeprefix(front)
    if body and _listed(body.scope, word):
        return body.scope, word
    scope_ = next((scope for scope in known.roles if word in known.roles[scope]), None) or known.role_bodies.get(word)
    return scope_, word


def _headed(text: str, scope: str) -> list[tuple[str, str]]:
    """The parts of a cell that names posts before people ("书记：张三；委员：李四、王五"), each with its post."""
    heads = [m for m in _HEAD.finditer(text) if _is_role(clean(m[1]), scope)]
    if not heads:
        return [("", text)]
    ends = [*(m.start() for m in heads[1:]), len(text)]
    parts = [(clean(m[1]), text[m.end() : end]) for m, end in zip(heads, ends, strict=True)]
    return [("", text[: heads[0].start()]), *parts]


_HEAD = re.compile(r"([^\s、，,；;：:（）()。|/]{2,12})\s*[：:]")


def _is_role(word: str, scope: str) -> bool:
    return bool(_listed(scope, word)) or _role_scope(word, None)[0] is not None


def _roles(text: str) -> list[str]:
    """The posts of a cell: "党支部书记兼业委会主任" are two."""
    parts = text.replace("兼任", "、").replace("兼职委员", "\0").replace("兼", "、").replace("\0", "兼职委员")
    for sign in ("，", ",", "；", ";", "/", "\n", " ", "及", "和"):
        parts = parts.replace(sign, "、")
    return [part for part in parts.split("、") if part]


def _manner(remark: str) -> str | None:
    return next((manner for manner, said in words().manners.items() if remark in said), None) if remark else None


def _joined(term: Term, cell: Cell) -> Term:
    """The cell of the post stands beside that of the name as evidence."""
    return Term(term.valid, term.text, (cell, *term.cells))


def _quote(cell: Cell, name: str) -> str:
    """The name as it stands in a cell that holds a number of a person as well."""
    width = len(cell.text)
    spots = ((i, j) for i in range(width) for j in range(i + len(name), min(width, i + 2 * len(name) + 2) + 1))
    return next((cell.text[i:j] for i, j in spots if clean(cell.text[i:j]) == name), name)


def squeezed(text: str) -> str:
    return "".join(clean(text).split())
