"""Findings of all kinds, noted as claims."""

import re
from collections.abc import Sequence
from itertools import groupby

from govgraph.graph.vocabulary import vocabulary

from . import areas, articles, figures, kin, lexicon, posts, relations
from .document import Document, Passage
from .masks import Masked, mask
from .mentions import LEVELS, Mention
from .verify import Collector

_FIRMS = frozenset({"PropertyFirm", "Enterprise"})
_CITY_OF_FIRM = re.compile("[一-龥]{2,3}[市县](?=[一-龥]{6})")
_SMALL_PLACES = frozenset({"Compound", "Community", "Area"})
_NO_LONGER_NAME = "(?![居村]民|股份|经济|[社小园片]区|[一-龥]{0,2}[村路街道镇乡巷桥站河山园苑校店])"


def everything(document: Document, collector: Collector) -> None:
    """Entities first, then what holds between them."""
    for passage in document.passages:
        for mention in passage.mentions:
            if mention.named and (mention.basis == "stated" or mention.host or mention.count):
                _entity(document, collector, mention)
    first: dict[str, int] = {}  # a block that is printed twice says the same thing twice
    dated: dict[tuple[object, ...], str | None] = {}
    for index, passage in enumerate(document.passages):
        masked = mask(passage)
        for post in posts.find(document, index, masked):
            _post(document, collector, post)
        relations.note(document, index, masked, collector)
        _kin(passage, masked, collector)
        _figures(document, first.setdefault(passage.text, index), passage, collector, dated)
    _called_short(document, collector)
    _own_areas(document, collector)
    _scope(document, collector)
    _article(document, collector)


def _article(document: Document, collector: Collector) -> None:
    """The article, the place it is about, and the people of its byline, who hold no post by that."""
    span = articles.headline(document, document.title)
    about = _about_key(document, collector)
    if span is None or about is None:
        return
    name = document.text.clean[slice(*span)].strip()
    key = collector.entity("Document", name, span)
    collector.relation(key, "ABOUT", about, span)
    for maker in articles.makers(document):
        where = (maker.start, maker.end)
        person = collector.entity("Person", maker.name, where, attributes={"governance_actor": False})
        collector.relation(person, "AUTHOR_OF", key, where, attributes={"role": maker.role})


def _about_key(document: Document, collector: Collector) -> str | None:
    for name in reversed(document.about):
        for kind in ("SubDistrict", "District", "Community", "City"):
            key = collector.key(kind, name)
            if collector.has(key):
                return key
    return None


def _entity(document: Document, collector: Collector, mention: Mention) -> str | None:
    attributes: dict[str, object] = {} if mention.basis == "stated" else {"name_basis": "composed"}
    if mention.count:
        attributes = {"collective": True, "count": mention.count, "name_basis": "normalised"}
    if mention.many:
        attributes = {"collective": True, "name_basis": "normalised"}
    host = mention.host
    subtype = posts.subtype(mention.type, mention.name, host.type if host else None)
    if subtype:
        attributes["subtype"] = subtype
    name = full_name(mention.type, mention.name)
    key = collector.entity(
        mention.type,
        name,
        collector.clause(mention.start, mention.end),
        says=posts.says(mention),
        attributes=attributes,
        place=_place(document, collector, mention),
        basis=mention.basis,
        aliases=[] if name == mention.name else [mention.name],
    )
    if mention.count:
        _seat_of_several(document, collector, mention, key)
    seat = host or mention.parent
    if "部门（" in mention.name:
        seat = None  # which offices these are is not said
    if key and not seat and mention.type in _FIRMS:
        _seat_of_firm(collector, mention, key)
    if key and seat:
        relation = "LOCATED_IN" if mention.is_place else "BASED_IN"
        if mention.basis != "stated" and mention.type == "PropertyFirm":
            relation = "SERVES"
        to = collector.key(seat.type, seat.name)
        span = (mention.first, mention.end)
        _relate(collector, key, relation, to, span, [mention.ending or mention.core], basis=mention.basis)
    return key


def _seat_of_firm(collector: Collector, mention: Mention, key: str) -> None:
    """The city at the front of a firm's name."""
    m = _CITY_OF_FIRM.match(mention.name)
    if m and m[0] not in lexicon.words("names", "not_names"):
        span = mention.start, mention.end
        city = collector.entity("District" if m[0].endswith("县") else "City", m[0], span)
        if city:
            _relate(collector, key, "BASED_IN", city, span, [mention.name])


def _seat_of_several(document: Document, collector: Collector, mention: Mention, key: str | None) -> None:
    """Where bodies that are only counted are: in the place that the text is about, unless they are of the past."""
    if "个原" in mention.name:
        return
    founded = len(mention.parts) > 1
    for kind in ("SubDistrict", "District", "Community"):
        to = collector.key(kind, document.about[-1])
        if key and collector.has(to):
            span = collector.clause(mention.start, mention.end)
            ends = (to, "ESTABLISHED", key) if founded else (key, "BASED_IN", to)
            _relate(collector, *ends, span, mention.parts, basis="document_scope")
            return


def full_name(type_: str, name: str) -> str:
    """支部 and 总支 stand for 党支部 and 党总支."""
    return re.sub(r"(?<!党)(总支|支部)$", r"党\1", name) if type_ == "PartyOrg" else name


def _called_short(document: Document, collector: Collector) -> None:
    """Bodies called by characters of the place they serve (月广社康中心 of 月亮广场), where a paragraph names one such."""
    for _, passages in groupby(document.passages, key=lambda passage: passage.paragraph):
        mentions = [m for passage in passages for m in passage.mentions if m.named]
        places = {n.name: n for m in mentions for n in [m, *m.up()] if n.named and n.type in _SMALL_PLACES}
        for m in mentions:
            bare = m.basis == "stated" and not (m.host or m.parent or m.is_place)
            if bare and m.ending and 2 <= len(m.core) <= 3:
                fitting = [place for name, place in places.items() if _shortens(m.core, name)]
                if len(fitting) == 1:
                    key = collector.key(m.type, full_name(m.type, m.name))
                    to, span = collector.key(fitting[0].type, fitting[0].name), collector.clause(m.start, m.end)
                    _relate(collector, key, "BASED_IN", to, span, [m.name], basis="resolved")


def _shortens(core: str, name: str) -> bool:
    """Whether a name begins with the first character and has the others in this order, not all at its front."""
    rest = iter(name)
    return name[0] == core[0] and not name.startswith(core) and all(c in rest for c in core)


def _own_areas(document: Document, collector: Collector) -> None:
    """What a residents' group manages: the place that the text calls by the group's own name without the word for it."""
    groups = {m.core: m for p in document.passages for m in p.mentions if m.type == "ResidentsGroup" and m.named}
    groups = {core: m for core, m in groups.items() if len(core) > 1 and core[0] != "第"}
    if not groups:
        return
    cores = "|".join(map(re.escape, sorted(groups, key=lambda core: (-len(core), core))))
    taken = {i for p in document.passages for m in p.mentions if m.named for i in range(m.start, m.end)}
    alone: dict[str, tuple[int, int]] = {}
    for found in re.finditer(f"(?:{cores}){_NO_LONGER_NAME}", document.text.clean):
        if taken.isdisjoint(range(*found.span())):
            alone.setdefault(found[0], found.span())
    for core, here in alone.items():
        _own_area(collector, groups[core], here)


def _own_area(collector: Collector, group: Mention, here: tuple[int, int]) -> None:
    key = collector.key(group.type, group.name)
    area = collector.entity("Compound", group.core, collector.clause(*here)) if collector.has(key) else None
    if area is None:
        return
    span = collector.clause(group.start, group.end)
    _relate(collector, key, "MANAGES", area, span, [group.core], basis="resolved")
    above = next((m for m in group.up() if m.is_place and m.named), None)
    if above and not collector.placed(area):
        to = collector.key(above.type, above.name)
        _relate(collector, area, "LOCATED_IN", to, span, [group.core], basis="resolved")
        collector.set_place(area, to)


def _place(document: Document, collector: Collector, mention: Mention) -> str | None:
    """Key or name of the nearest place it lies in: written before it, known of a district, or the document's own."""
    for above in mention.up():
        if above.is_place and above.named:
            return collector.key(above.type, above.name)
    if mention.type in ("Province", "City", "District"):
        return _known_place(document, collector, mention)
    return None


def _known_place(document: Document, collector: Collector, mention: Mention) -> str | None:
    """Where the document puts a district; else where the country has it, unless the document names other cities."""
    parent = document.parents.get(mention.name)
    if parent:
        return collector.key(parent.type, parent.name)
    if mention.name in document.given:
        above = document.given[: document.given.index(mention.name)]
        chain = areas.chain_of(mention.name, frozenset(above))
        return "".join(chain if chain and set(chain) & set(above) else above) or None
    cities = document.cities - {mention.name}
    chain = areas.chain_of(mention.name, cities)
    return "".join(chain) or None if chain and (not cities or cities & set(chain)) else None


def _scope(document: Document, collector: Collector) -> None:
    """Places that the text does not place lie in the place the document is about."""
    if not document.about:
        return
    column: Mention | None = None  # 【某镇】: what the paragraph is about
    paragraph = -1
    streets = _streets(document)
    for passage in document.passages:
        if passage.paragraph != paragraph:
            paragraph, column = passage.paragraph, _column(passage)
        for mention in passage.mentions:
            if mention.named and mention.basis == "stated" and mention.type in LEVELS and not mention.parent:
                _within_column(collector, mention, column)
                _within_paragraph(collector, mention, streets[passage.paragraph])
                _within_scope(document, collector, mention)


def _column(passage: Passage) -> Mention | None:
    first = next((m for m in passage.mentions if m.named and m.is_place), None)
    opened = passage.text.startswith("【") and first is not None and first.start == passage.sentence.start + 1
    return first if opened else None


def _within_column(collector: Collector, mention: Mention, column: Mention | None) -> None:
    if column is None or LEVELS[column.type] >= LEVELS[mention.type]:
        return
    key, to = collector.key(mention.type, mention.name), collector.key(column.type, column.name)
    if collector.has(key) and collector.has(to) and not collector.placed(key):
        span = column.start, mention.end
        _relate(collector, key, "LOCATED_IN", to, span, [mention.name, column.name], basis="document_scope")
        collector.set_place(key, to)


def _streets(document: Document) -> dict[int, frozenset[str]]:
    """The sub-districts that each paragraph names."""
    found: dict[int, set[str]] = {}
    for passage in document.passages:
        named = (n for m in passage.mentions if m.named for n in [m, *m.up()] if n.type == "SubDistrict")
        found.setdefault(passage.paragraph, set()).update(n.name for n in named)
    return {paragraph: frozenset(names) for paragraph, names in found.items()}


def _within_paragraph(collector: Collector, mention: Mention, streets: frozenset[str]) -> None:
    """A community or compound lies in the one sub-district that its paragraph names."""
    key = collector.key(mention.type, mention.name)
    if (
        mention.type not in ("Community", "Compound")
        or len(streets) != 1
        or not collector.has(key)
        or collector.placed(key)
    ):
        return
    to = collector.key("SubDistrict", *streets)
    if collector.has(to):
        span = collector.clause(mention.start, mention.end)
        _relate(collector, key, "LOCATED_IN", to, span, [mention.name], basis="document_scope")
        collector.set_place(key, to)


def _within_scope(document: Document, collector: Collector, mention: Mention) -> None:
    if LEVELS[mention.type] <= 3:
        return
    key = collector.key(mention.type, mention.name)
    above = [*document.about]
    if mention.name in above:
        above = above[: above.index(mention.name)]
    for name in reversed(above):
        for kind in ("Community", "SubDistrict", "District", "City"):
            to = collector.key(kind, name)
            if collector.has(to) and LEVELS[kind] < LEVELS[mention.type] and not collector.placed(key):
                span = collector.clause(mention.start, mention.end)
                _relate(collector, key, "LOCATED_IN", to, span, [mention.name], basis="document_scope")
                collector.set_place(key, to)
                return


def _relate(
    collector: Collector,
    subject: str,
    relation: str,
    object_: str,
    span: tuple[int, int],
    says: Sequence[str],
    basis: str = "stated",
    **more: object,
) -> None:
    if not (collector.has(subject) and collector.has(object_)):
        return
    if not vocabulary().allows(relation, collector.type_of(subject), collector.type_of(object_)):
        return
    attributes = more | ({} if basis == "stated" else {"basis": basis})
    collector.relation(subject, relation, object_, span, says=says, attributes=attributes)


def _body(document: Document, collector: Collector, body: posts.Body) -> str | None:
    if body.mention:
        return collector.key(body.type, body.name)
    attributes: dict[str, object] = {"name_basis": "composed"}
    subtype = posts.subtype(body.type, body.name, body.host.type if body.host else None)
    if subtype:
        attributes["subtype"] = subtype
    span = collector.clause(body.start, body.end)
    host = collector.key(body.host.type, body.host.name) if body.host else None
    key = collector.entity(
        body.type,
        body.name,
        span,
        says=body.says,
        attributes=attributes,
        place=_host_place(collector, body),
        basis="resolved",
    )
    if key and host:
        _relate(collector, key, "BASED_IN", host, span, body.says, basis="resolved")
    return key


def _host_place(collector: Collector, body: posts.Body) -> str | None:
    if body.host is None:
        return None
    places = [m for m in [body.host, *body.host.up()] if m.is_place]
    return collector.key(places[0].type, places[0].name) if places else None


def _post(document: Document, collector: Collector, post: posts.Post) -> None:
    body = _body(document, collector, post.body)
    if body is None:
        return
    body_span = collector.clause(post.body.start, post.body.end)
    near = _same_sentence(document, post)
    low, high = (min(post.start, post.body.start), max(post.end, post.body.end)) if near else (post.start, post.end)
    person = collector.entity("Person", post.person, collector.clause(post.start, post.end))
    attributes: dict[str, object] = {"role": post.role}
    if post.manner:
        attributes["manner"] = post.manner
    if post.body.basis != "stated":
        attributes["basis"] = post.body.basis
    if not vocabulary().allows("HOLDS_POST", "Person", post.body.type):
        return
    collector.relation(
        person,
        "HOLDS_POST",
        body,
        collector.clause(low, high),
        says=[post.person, post.written, *(post.body.says if near else ())],
        attributes=attributes,
        valid=post.valid,
        observed=post.observed,
        extra={"valid_text": post.valid_text} if post.valid_text else {},
        also=[*([] if near else [(body_span, post.body.says)]), *([(post.term, ())] if post.term else [])],
    )
    if post.sender and person:
        sender = collector.key(post.sender.type, post.sender.name)
        _relate(collector, sender, "DISPATCHES", person, collector.clause(post.sender.first, post.end), [post.person])


def _kin(passage: Passage, masked: Masked, collector: Collector) -> None:
    base = passage.sentence.start
    for one, other, kinship, low, high in kin.find(masked):
        span = collector.clause(base + masked.at[low], base + masked.at[high])
        keys = [collector.entity("Person", person.name, span) for person in (one, other)]
        says = [one.name, other.name]
        collector.relation(keys[0], "FAMILY_OF", keys[1], span, says=says, attributes={"kinship": kinship})


def _same_sentence(document: Document, post: posts.Post) -> bool:
    return not re.search(
        r"[。！？\n]", document.text.clean[min(post.start, post.body.start) : max(post.end, post.body.end)]
    )


def _figures(
    document: Document,
    index: int,
    passage: Passage,
    collector: Collector,
    dated: dict[tuple[object, ...], str | None],
) -> None:
    """The numbers of a sentence; `dated` remembers the day of each."""
    base = passage.sentence.start
    names = [(m.start - base, m.end - base) for m in passage.mentions if m.named and m.ending and not m.count]
    taken = [*names, *((d.start, d.end) for d in passage.dates)]
    nouns = [(m.start - base, m.end - base) for m in [*passage.mentions, *passage.classes]]
    before: dict[str, str] = {}  # by unit
    for figure in figures.find(passage.text, taken):
        counted, low, high = figures.counted(
            passage.text, figure, before.get(figure.unit), passage.sentence.tokens, nouns
        )
        if not figure.counted:
            before.setdefault(figure.unit, counted)
        scope = figures.scope(document, index, figure)
        observed = figures.observed(passage, figure)
        claim: dict[str, object] = {"kind": "figure", "value": figure.value, "value_to": figure.value_to}
        claim |= {"unit": figure.unit, "qualifier": figure.qualifier, "counted": counted, "scope": scope}
        claim |= {"value_text": figure.text}
        span = collector.clause(base + low, base + high)
        same = (figure.value, figure.value_to, figure.unit, counted, str(scope))
        observed = observed or dated.get(same)  # said again without the day
        dated.setdefault(same, observed)
        claim["observed"] = observed
        identity = (*same, observed)
        collector.other(claim, identity, span, [figure.text])
