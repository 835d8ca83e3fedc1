"""What 该街道, 党支部 or 业委会 mean where the text has just named the one place they can belong to.

A class word becomes a body of that place only if the sentence tells what happened there, and names no other place of
that kind; every such mention is marked `resolved`. Rules, aims and lists (各小区党支部要…) stay statements about classes.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import cast

from . import lexicon
from .mentions import LEVELS, Mention

_THIS = re.compile("(?:该|本|我)(街道|镇|乡|社区|村|区(?![域内级委])|县|市(?!场|民)|小区|花园)")
_ACTS = "制定|印发|出台|建立|推行|搭建|组建|成立|创新|首创|率先|还|先后|累计|投入"
_STREET_ACTS = re.compile(f"(?:^|[，；。])(街道)(?={_ACTS})")
_COMMUNITY_ACTS = re.compile(f"(?:^|[，；。])(社区)(?={_ACTS}|引进|聘请|选聘|筹集|协调|召集)")
_COMPOUND_ACTS = re.compile(f"(?:^|[，；。])(小区|大院|宿舍)(?={_ACTS}|选出|推选|选举|引进|聘请|选聘|开展|获评|被评为)")
_FOUNDS = re.compile(
    "(?:先后|率先|顺利|正式|依法|已|也|又|还|共同)*(?:成立|组建|设立|选举产生)了?(?:首届|第[一二三四五六七八九十]+届|新一届)?$"
)
_KIND = {"街道": "SubDistrict", "镇": "SubDistrict", "乡": "SubDistrict", "社区": "Community", "村": "Community"}
_KIND |= {"区": "District", "县": "District", "市": "City", "小区": "Compound", "花园": "Compound"}
_SEVERAL = re.compile(r"(?<![\d第.])(\d{1,4})个")
_QUALIFIES = re.compile("(?:原|一级|二级|城市|辖区|新|老旧)?")
_AND_SEVERAL = re.compile(r"[和及、]\d{1,4}个")
_ALL_HAVE = re.compile(
    r"(?<![\d第.])(\d{1,4})个(“[^“”]{1,8}”|[\u4e00-\u9fff]{2,6}?)(?:已经|已)?(?:全部|均已|均|都)(?:组建|成立|建立)了?(党支部|党组织|业委会|业主委员会)"
)
_AUTHORITY = re.compile(
    "[镇乡](?:党委|人民政府|政府)|[市区县](?:委|政府|人民政府|委组织部|委政法委|委宣传部|委社会工作部|[\u4e00-\u9fff]{2,8}局)"
)
_SEVERAL_TYPES = frozenset(
    {"PartyOrg", "GuidanceCommittee", "ResidentsCommittee", "AffairsCouncil", "JointStockCompany"}
)
_CLAUSE = re.compile("[，；：。]")
_BACK = 2  # sentences of the paragraph in which the place may have been named


class Line:
    """One paragraph under reading: what it has named so far, sentence by sentence."""

    def __init__(self, about: Sequence[str], named: Mapping[str, frozenset[str]], rules: bool = False) -> None:
        self.about, self.named = about, named  # `named`: the names that the document has anywhere, by type
        self.rules = rules  # it is made of articles, which speak of classes
        self.last: dict[str, Mention] = {}  # of each type, over the whole document
        self.earlier: list[list[Mention]] = []

    def new_paragraph(self) -> None:
        self.earlier = []

    def read(self, text: str, base: int, mentions: list[Mention], classes: list[Mention]) -> None:
        """Replace the class mentions of a sentence whose one possible meaning is known."""
        self._pronouns(text, base, mentions)
        self._departments(text, base, mentions)
        self._several(text, base, mentions, classes)
        self._authorities(text, base, mentions, classes)
        for group in (mentions, classes):
            for i, m in enumerate(group):
                place = None if m.named else self._place(text, base, m, mentions)
                if place:
                    group[i] = self._named_before(m, mentions) or _body_of(place, m)
        mentions += [m for m in classes if m.named]
        classes[:] = [m for m in classes if not m.named]
        mentions.sort(key=lambda m: (m.start, m.end))
        named = [m for m in mentions if m.named and m.basis == "stated"]
        self.last |= {m.type: m for m in named}
        self.earlier.append([m for m in mentions if m.named])

    def _named_before(self, m: Mention, mentions: Sequence[Mention]) -> Mention | None:
        """党总支 soon after 东岸社区党总支 is that one, whatever place was named between."""
        near = [n for n in mentions if n.end <= m.start]
        for here in [near, *reversed(self.earlier[-_BACK:])]:
            same = [n for n in here if n.named and n.type == m.type and n.name.endswith(m.name) and n.host]
            if same:
                n = same[-1]
                return Mention(
                    m.start,
                    m.end,
                    m.start,
                    n.type,
                    n.name,
                    n.core,
                    n.ending,
                    True,
                    host=n.host,
                    parts=(m.name,),
                    basis="resolved",
                )
        return None

    def _pronouns(self, text: str, base: int, mentions: list[Mention]) -> None:
        for m in _THIS.finditer(text):
            kind = _KIND[m[1]]
            low, high = base + m.start(), base + m.end()
            seen = [n for n in mentions if n.named and n.type == kind and n.end <= low]
            meant = seen[-1] if seen else self.last.get(kind)
            if meant is None or any(n.named and n.start < high and low < n.end for n in mentions):
                continue
            longer = [n for n in mentions if n.start <= high - len(m[1]) and n.end > high]
            if longer:  # 该社区党委: a body of it
                continue
            mentions[:] = [n for n in mentions if not (n.start < high and low < n.end)]
            mentions.append(
                Mention(
                    low,
                    high,
                    low,
                    kind,
                    meant.name,
                    meant.core,
                    meant.ending,
                    True,
                    meant.parent,
                    parts=(m[0],),
                    basis="resolved",
                )
            )
        self._bare_places(text, base, mentions)
        mentions.sort(key=lambda n: (n.start, n.end))

    def _bare_places(self, text: str, base: int, mentions: list[Mention]) -> None:
        """街道制定…, where the document is about one sub-district; 社区引进…, where it names one community."""
        street = self.about[-1] if self.about else ""
        if street.endswith(("街道", "镇", "乡")):
            self._acting("SubDistrict", street, _STREET_ACTS.finditer(text), base, mentions)
        compounds = self.named.get("Compound", frozenset())
        if len(compounds) == 1 and "Compound" in self.last:
            self._acting("Compound", next(iter(compounds)), _COMPOUND_ACTS.finditer(text), base, mentions)
        communities = self.named.get("Community", frozenset())
        if len(communities) == 1 and "Community" in self.last:
            self._acting("Community", next(iter(communities)), _COMMUNITY_ACTS.finditer(text), base, mentions)

    def _acting(self, kind: str, name: str, found: Iterable[re.Match[str]], base: int, mentions: list[Mention]) -> None:
        for m in found:
            low, high = base + m.start(1), base + m.end(1)
            if any(n.named and n.start < high and low < n.end for n in mentions):
                continue
            mentions[:] = [n for n in mentions if not (n.start < high and low < n.end)]
            mentions.append(
                Mention(
                    low,
                    high,
                    low,
                    kind,
                    name,
                    name[:-1],
                    name[-1],
                    True,
                    parts=(m[1],),
                    basis="resolved",
                )
            )

    def _departments(self, text: str, base: int, mentions: list[Mention]) -> None:
        """区委组织部联合政法、住建等部门: the departments of that district."""
        for m in _departments().finditer(text):
            before = [n for n in mentions if n.named and n.end <= base + m.start(1) and n.end >= base + m.start() - 4]
            place = next((p for p in _with_chains(before[-1:]) if p.type in ("District", "City")), None)
            if place is None:
                continue
            mentions[:] = [n for n in mentions if n.end <= base + m.start(1) or n.start >= base + m.end(1)]
            for word in re.finditer("[^、和与及]+", m[1]):
                low, high = base + m.start(1) + word.start(), base + m.start(1) + word.end()
                name = f"{word[0]}部门（{place.name}）"
                mentions.append(
                    Mention(
                        low,
                        high,
                        low,
                        "GovDepartment",
                        name,
                        word[0],
                        "",
                        True,
                        host=place,
                        parts=(word[0],),
                        basis="resolved",
                    )
                )
        mentions.sort(key=lambda n: (n.start, n.end))

    def _authorities(self, text: str, base: int, mentions: list[Mention], classes: list[Mention]) -> None:
        """市委, 区住建局 with nothing before them: those of the city or district that the text is about."""
        for group in (mentions, classes):
            for i, m in enumerate(group):
                level = m.name[:1]
                name = next((n for n in self.about if level in _KIND and n.endswith(level)), None)
                if (
                    m.named
                    or not name
                    or not _one_of_a_kind(m)
                    or text[m.start - base - 1 : m.start - base] in ("各", "”")
                ):
                    continue
                kind = _KIND[level]
                place = Mention(m.start, m.start, m.start, kind, name, name[:-1], level, True)
                group[i] = Mention(
                    m.start,
                    m.end,
                    m.start,
                    m.type,
                    name + m.name[1:],
                    m.name[1:],
                    "",
                    True,
                    host=place,
                    parts=(m.name,),
                    basis="resolved",
                )

    def _several(self, text: str, base: int, mentions: list[Mention], classes: list[Mention]) -> None:
        """18个社区党委: one mention that stands for so many, of the place the text is about."""
        if not self.about or "个" not in text:
            return
        words = sorted([*mentions, *classes], key=lambda n: (n.start, n.end))
        for m in _ALL_HAVE.finditer(text):
            low, high = base + m.start(3), base + m.end(3)
            kind = next((n.type for n in words if n.start <= low and high <= n.end and not n.named), None)
            clause = base + m.start() - len(_CLAUSE.split(text[: m.start()])[-1])
            others = (
                n for n in words if n.is_place and not n.named and clause <= n.start and n.end <= base + m.start()
            )
            if kind and not any(others):
                mentions[:] = [n for n in mentions if n.end <= low or n.start >= high]
                name, parts = f"{m[1]}个{m[2]}{m[3]}", (f"{m[1]}个{m[2]}", m[3])
                several = Mention(low, high, low, kind, name, name, "", True, parts=parts, basis="resolved")
                several.count = int(m[1])
                mentions.append(several)
        for m in _SEVERAL.finditer(text):
            end = _end_of_class(text, base, words, m.end())
            if end is None:
                continue
            high, kind = end
            name = text[m.start() : high]
            if kind != "PartyOrg" and (more := _AND_SEVERAL.match(text, high)):  # 4个居委会和14个居民小组党支部
                other = _end_of_class(text, base, words, more.end())
                if other and other[1] == "PartyOrg":
                    tail = re.search("(?:党支部|党总支|党委|党组织)$", text[: other[0]])
                    kind, name = "PartyOrg", name + (tail[0] if tail else "")
            if kind not in _SEVERAL_TYPES or len(name) - len(m[0]) < 4:
                continue
            low = base + m.start()
            mentions[:] = [n for n in mentions if n.end <= low or n.start >= base + high]
            classes[:] = [n for n in classes if n.end <= low or n.start >= base + high]
            mentions.append(
                Mention(
                    low,
                    base + high,
                    low,
                    kind,
                    name,
                    name,
                    "",
                    True,
                    parts=(text[m.start() : high],),
                    basis="resolved",
                    count=int(m[1]),
                )
            )
        mentions.sort(key=lambda n: (n.start, n.end))

    def _place(self, text: str, base: int, m: Mention, mentions: Sequence[Mention]) -> Mention | None:
        hosts = _hosts(m)
        if m.type == "PropertyFirm" and "PropertyFirm" in self.named:
            return None  # the firm has a name, and this one may be it
        owner = _owner(text, base, m, mentions)
        if owner:
            return owner
        founder = _founder(text, base, m, mentions)
        if founder and founder.type in hosts:
            return founder
        if self.rules or not hosts or _spoken_of_as_class(text, m.start - base, m.end - base):
            return None
        before = [n for n in mentions if n.named and n.end <= m.start]
        for here in [before, *reversed(self.earlier[-_BACK:])]:
            places = {n.name: n for n in _with_chains(here) if n.type in hosts}
            if len(places) > 1:
                lowest = max(LEVELS.get(p.type, 9) for p in places.values())
                places = {k: p for k, p in places.items() if LEVELS.get(p.type, 9) == lowest}
            if len(places) == 1:
                return next(iter(places.values()))
            if places or any(n.is_place and LEVELS[n.type] < 4 for n in here):
                return None
        return None


@cache
def _departments() -> re.Pattern[str]:
    words = "|".join(sorted(lexicon.words("classes", "departments"), key=len, reverse=True))
    return re.compile(
        f"(?:联合|会同|协调|统筹|组织|牵头|牵头组织)((?:{words})(?:[、和与及](?:{words}))*)(?=等[^，。；]{{0,4}}部门|等?部门)"
    )


def _one_of_a_kind(m: Mention) -> bool:
    """Whether a district has one such body only."""
    return bool(_AUTHORITY.fullmatch(m.name)) and m.type in (
        "PartyOrg",
        "Government",
        "PartyDepartment",
        "GovDepartment",
    )


def _end_of_class(text: str, base: int, mentions: Sequence[Mention], start: int) -> tuple[int, str] | None:
    """Where the class words end that begin within a few characters after `start`, and what they are at last."""
    found: tuple[int, str] | None = None
    at = start
    for n in mentions:
        if n.named or n.end - base <= at:
            continue
        gap = text[at : n.start - base]
        if not _QUALIFIES.fullmatch(gap):
            break
        found = n.end - base, n.type
        at = n.end - base
    return found


def _with_chains(mentions: Sequence[Mention]) -> Iterator[Mention]:
    for m in mentions:
        yield m
        yield from m.up()


def _hosts(m: Mention, how: str = "belongs") -> tuple[str, ...]:
    table = cast(Mapping[str, Mapping[str, list[str]]], lexicon.table("classes")[how])
    return tuple(table.get(m.type, {}).get(m.name, ()))


def _founder(text: str, base: int, m: Mention, mentions: Sequence[Mention]) -> Mention | None:
    """东岸花园成立党支部: the named place directly before the verb, in a sentence that tells what happened."""
    verb = _FOUNDS.search(text, 0, m.start - base)
    if not verb or any(w in text for w in lexicon.words("classes", "general_anywhere")):
        return None
    return next((n for n in mentions if n.named and n.is_place and n.end - base == verb.start()), None)


def _owner(text: str, base: int, m: Mention, mentions: Sequence[Mention]) -> Mention | None:
    """东岸社区的党群服务中心: the place that 的 ties a class word to."""
    if text[m.start - base - 1 : m.start - base] != "的":
        return None
    hosts = _hosts(m, "possessed")
    return next((n for n in mentions if n.named and n.end == m.start - 1 and n.type in hosts), None)


def _spoken_of_as_class(text: str, start: int, end: int) -> bool:
    """Whether the sentence gives a rule or an aim, or speaks of several such bodies."""
    clause = _CLAUSE.split(text[:start])[-1]
    if any(w in clause for w in lexicon.words("classes", "general")):
        return True
    if any(w in text for w in lexicon.words("classes", "general_anywhere")):
        return True
    return bool(lexicon.role_pattern().match(text, end)) or text[end : end + 1] in ("”", "+", "＋", "—")


def _body_of(place: Mention, m: Mention) -> Mention:
    ending = {"支部": "党支部", "总支": "党总支"}.get(m.name, m.name)
    for level in ("社区", "小区", "居民小组", "住宅小区"):
        if ending.startswith(level) and ending != level:
            ending = ending.removeprefix(level)
    described = m.type == "ResidentOrg" or (m.type == "PropertyFirm" and ending != "物业")
    name = f"{ending}（{place.name}）" if described else place.name + ending
    many = m.name in lexicon.words("classes", "several")
    if many:
        name = f"{place.name}的{ending}"
    return Mention(
        m.start,
        m.end,
        m.start,
        m.type,
        name,
        ending,
        "",
        True,
        host=place,
        parts=(m.name,),
        basis="resolved",
        many=many,
    )
