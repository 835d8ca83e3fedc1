"""A document taken apart: sentences, the mentions, persons, posts and dates in each, and the places it is about."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..text import Text
from . import areas, classes, lexicon, mentions, persons
from .dates import Date
from .dates import find as find_dates
from .mentions import LEVELS, Mention, Sentence
from .persons import Person
from .resolve import Line
from .tag import PlainTagger, Tagger

_END = re.compile(r"[。！？；](?:[”’」』）]*)|\n")
_SHORT_STREETS = re.compile("街党工委|镇街|街办事处|[区县][\u4e00-\u9fff]{2,3}街(?!道|坊|区|头)")
_ARTICLE = re.compile("第[一二三四五六七八九十百]{1,4}条")
_LONG = 400  # characters: what has no full stop for so long is a table or a list, and is cut at a comma
_CUE = re.compile("|".join([*lexicon.endings(), *lexicon.roles(), "同志", "省", "市", "区", "县", "名企"]))
_SEARCHED = frozenset({*LEVELS, "ResidentsGroup", "PropertyFirm", "JointStockCompany"})
_SISTERS = {"社区": "Community", "小区": "Compound", "花园": "Compound", "大院": "Compound"}  # called by the same name
# a line that says who made the text
BYLINE = re.compile(
    r"(?:本报|特约)?(?:记者|通讯员|作者|编辑|责编|策划|统筹|文/图|文|图|摄影|校对|撰文|来源|供稿|审核|监制)[：:／/]|^（?(?:本报|见习|实习|[\u4e00-\u9fff]{2,8}(?:报|网|社|台|中心|客户端)(?:融媒体?)?)?(?:记者|通讯员) [\u4e00-\u9fff]{2,4}(?: |）|$)"
)


@dataclass(frozen=True)
class Role:
    """text[start:end] of the sentence is a word for a post."""

    start: int
    end: int
    word: str


@dataclass
class Passage:
    """One sentence with all that was found in it. Mentions have positions in the document, the rest in the sentence."""

    sentence: Sentence
    mentions: list[Mention]
    persons: list[Person] = field(default_factory=list)
    roles: list[Role] = field(default_factory=list)
    dates: list[Date] = field(default_factory=list)
    heading: bool = False
    classes: list[Mention] = field(default_factory=list)
    paragraph: int = 0

    @property
    def text(self) -> str:
        return self.sentence.text


@dataclass(frozen=True)
class Document:
    text: Text
    passages: list[Passage]
    published: str | None
    given: Sequence[str]  # the caller's place, from wide to narrow
    about: Sequence[str]  # the place the document is about, from wide to narrow; from the caller or from the text
    cities: frozenset[str]  # names of cities and provinces in it and from the caller: they tell namesakes apart
    parents: Mapping[str, Mention]  # name of a place → the place that the document writes before it
    title: str | None = None

    def before(self, index: int, count: int = 3) -> Iterator[Passage]:
        """The passages before one, nearest first."""
        yield from reversed(self.passages[max(0, index - count) : index])


def read(text: Text, tagger: Tagger, *, published: str | None, place: str | None, title: str | None) -> Document:
    given = split_place(place)
    known = {n: mentions.admin_type(n) for n in given if len(n) > 1}
    short = bool(_SHORT_STREETS.search(text.clean))
    passages: list[Passage] = []
    for start, end in sentences(text.clean):
        body = text.clean[start:end]
        tokens = (tagger if _CUE.search(body) else PlainTagger()).tag(body)
        sentence = Sentence(start, end, body, tokens)
        passages.append(
            Passage(sentence, mentions.find(sentence, known, short), paragraph=_paragraph(text.clean, passages, start))
        )
    _again(passages, known, short)
    for passage in passages:
        _fill(passage, published)
    cities = frozenset(m.name for p in passages for m in p.mentions if m.type in ("City", "Province"))
    parents: dict[str, Mention] = {}
    for p in passages:
        for m in p.mentions:
            if m.is_place and m.parent:
                parents.setdefault(m.name, m.parent)
    about = given or _about(passages, cities, parents, title or (passages[0].text if passages else None))
    _resolve(passages, about)
    return Document(text, passages, published, given, about, cities | frozenset(given), parents, title)


def _paragraph(clean: str, passages: Sequence[Passage], start: int) -> int:
    if not passages:
        return 0
    return passages[-1].paragraph + (clean.find("\n", passages[-1].sentence.end, start) >= 0)


def _resolve(passages: Sequence[Passage], about: Sequence[str]) -> None:
    found: dict[str, set[str]] = {}
    for m in (m for p in passages for m in p.mentions if m.named):
        found.setdefault(m.type, set()).add(m.name)
    named = {kind: frozenset(names) for kind, names in found.items()}
    articles = sum(1 for p in passages if _ARTICLE.match(p.text))
    line, paragraph = Line(about, named, articles > 1), -1
    for p in passages:
        if p.paragraph != paragraph:
            line.new_paragraph()
            paragraph = p.paragraph
        if not p.heading:
            line.read(p.text, p.sentence.start, p.mentions, p.classes)


def sentences(clean: str) -> Iterator[tuple[int, int]]:
    """Spans of sentences, without the blanks around them."""
    start = 0
    for stop in [*(m.end() for m in _END.finditer(clean)), len(clean)]:
        yield from _cut(clean, start, stop)
        start = stop


def _cut(clean: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    while stop - start > _LONG:
        comma = max(clean.rfind("，", start, start + _LONG), clean.rfind("、", start, start + _LONG))
        middle = comma + 1 if comma > start else start + _LONG
        yield from _cut(clean, start, middle)
        start = middle
    body = clean[start:stop]
    if body.strip():
        yield start + len(body) - len(body.lstrip()), start + len(body.rstrip())


def split_place(place: str | None) -> list[str]:
    """江州市青溪区 → 江州市, 青溪区; a name that is no chain stays whole."""
    if not place:
        return []
    parts = re.findall(r".+?(?:省|自治区|自治州|市|(?<![社小园片])区|县|旗|街道|镇|乡|社区|小区)", place)
    return parts if parts and "".join(parts) == place else [place]


def _again(passages: list[Passage], known: Mapping[str, str], short: bool) -> None:
    """What is a name in one sentence is a name in every other, even where the tagger saw nothing proper there."""
    proved = {m.name: m.type for p in passages for m in p.mentions if m.named and m.ending and not m.host}
    cores = {m.core for p in passages for m in p.mentions if m.named and m.is_place and m.ending and len(m.core) > 1}
    proved |= {core + ending: kind for core in cores for ending, kind in _SISTERS.items()}
    proved = {n: t for n, t in proved.items() if t in _SEARCHED and len(n) >= 4}
    names = {n: proved.get(n) or known[n] for n in sorted({*proved, *known}, key=lambda n: (-len(n), n))}
    search = re.compile("|".join(map(re.escape, names))) if names else None
    for p in passages:
        seen = {(m.start, m.end) for m in p.mentions if m.named}
        base = p.sentence.start
        here = [m for m in search.finditer(p.text)] if search else []
        if any((m.start() + base, m.end() + base) not in seen for m in here):
            p.mentions[:] = mentions.find(p.sentence, {m[0]: names[m[0]] for m in here}, short)


def _fill(passage: Passage, published: str | None) -> None:
    text, base = passage.text, passage.sentence.start
    spans = [(m.start - base, m.end - base) for m in passage.mentions]
    passage.dates = list(find_dates(text, published))
    passage.roles = [
        Role(m.start(), m.end(), m[0])
        for m in lexicon.role_pattern().finditer(text)
        if not any(a < m.end() and m.start() < b for a, b in spans)
    ]
    passage.heading = bool(BYLINE.search(text))
    _classes(passage)
    if not passage.heading:
        passage.persons = persons.find(passage.sentence, [r.end for r in passage.roles], spans)


def _classes(passage: Passage) -> None:
    """Class words; a longer one takes the place of a mention of a class within it: 社区民警, not 社区."""
    base = passage.sentence.start
    taken = [(m.start - base, m.end - base) for m in passage.mentions if m.named]
    taken += [(r.start, r.end) for r in passage.roles] + [(d.start, d.end) for d in passage.dates]
    found = classes.find(passage.text, base, taken)
    kept = []
    for m in passage.mentions:
        over = [c for c in found if c.start < m.end and m.start < c.end]
        if m.named or not any(c.end - c.start > m.end - m.start for c in over):
            kept.append(m)
            found = [c for c in found if c not in over]
    passage.mentions[:] = kept
    passage.classes = found


def _about(
    passages: Sequence[Passage], cities: frozenset[str], parents: Mapping[str, Mention], title: str | None
) -> Sequence[str]:
    """The district or sub-district that the document clearly names most often, with what it lies in."""
    count: Counter[str] = Counter()
    level: dict[str, int] = {}
    for p in passages:
        for m in p.mentions:
            for place in [m, *m.up()]:
                if place.named and LEVELS.get(place.type, 9) in (3, 4):
                    count[place.name] += 3 if title and place.name in title else 1
                    level[place.name] = LEVELS[place.type]
    district = _leader(Counter({n: c for n, c in count.items() if level[n] == 3}))
    street = _leader(Counter({n: c for n, c in count.items() if level[n] == 4}))
    city = next((c for c in sorted(cities) if title and c in title), None)
    if city and title and not any(place and place in title for place in (district, street)):
        return [*(areas.chain_of(city) or ()), city]  # the headline decides
    above: list[str] = []
    if district:
        written = parents.get(district)
        chain = [written.name, *(m.name for m in written.up())][::-1] if written else areas.chain_of(district, cities)
        if not written and chain and cities and not cities & set(chain):
            chain = None  # a namesake elsewhere
        above = [*(chain or ()), district]
    rest = (title or "").replace(f"{district}{street}", "").replace(street or "", "")
    headed = bool(title and street and street in title and not (district and district in rest))
    if street and (headed or count[street] >= count[district or ""]):  # the district only stands before it, or less
        return [*above, street]
    return above


def _leader(count: Counter[str]) -> str | None:
    ranked = sorted(count.items(), key=lambda x: (-x[1], x[0]))[:2]
    if ranked and (len(ranked) == 1 or ranked[0][1] >= 2 * ranked[1][1]):
        return ranked[0][0]
    return None
