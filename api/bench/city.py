"""A made-up city of a chosen size, as claims: what registers of compounds, firms, committees, branches and posts hold.

The same size and seed give the same bytes. Everything grows together, compound by compound, so that a city of a million
relations is a city of ten thousand a hundred times over, with the same few findings for each pattern and compound. It
bears the name of a real one, under whose law the findings are judged; nothing else in it is real.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path

Row = dict[str, object]

SOURCE = "city"
NAME = "温州市"
"""What the city is called: all of it lies in the place of this name."""
PUBLISHED = "2022-03-31"
DAY = "2021-06-15"
"""The day that questions about the city ask for: most terms hold on it, not all."""
_BEFORE_COMPOUNDS = 30  # compounds of one community
_FORMS = ("单独建", "单独建", "单独建", "联合建", "区域建", "临时建", "派驻建", "行业建")
_FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明华国英文建志玉秀海波宁欣雨晨"
_SHARED = 20  # one person in so many bears a name that others bear as well


def write(relations: int, out: Path, seed: int = 1, changed: float = 0.0) -> tuple[int, int]:
    """Write the claims of a city of so many relations, one a line; give the numbers of claims and relations.

    With `changed` this share of the relations with a term ends a year earlier: a new edition of the same registers.
    """
    claims = made = 0
    edition = random.Random(seed + 1)
    with open(out, "w", encoding="utf-8") as file:
        for row in City(relations, seed).rows():
            if row["kind"] == "relation":
                made += 1
                if changed and edition.random() < changed:
                    row = row | {"valid": "2013-01-01/2016-01-01"}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
            claims += 1
    return claims, made


class City:
    """Rows come so that whatever a relation joins was said before it."""

    def __init__(self, relations: int, seed: int) -> None:
        self._wanted = relations
        self._random = random.Random(seed)
        self._line = 0
        self._relations = 0
        self._people = 0
        self._firms: list[str] = []
        self._managers: dict[str, str] = {}
        self._chair: str | None = None

    def rows(self) -> Iterator[Row]:
        """Claims until the city has all its relations."""
        yield {"kind": "source", "id": SOURCE, "title": "数城登记册", "type": "register", "published": PUBLISHED}
        for row in self._all():
            yield row
            if row["kind"] == "relation":
                self._relations += 1
                if self._relations == self._wanted:
                    return

    def _all(self) -> Iterator[Row]:
        yield self._entity("province", "Province", "浙江省")
        yield self._entity("city", "City", NAME)
        yield self._tie("city", "LOCATED_IN", "province")
        compound = community = 0
        while True:
            if community % 80 == 0:
                yield from self._district(community // 80)
            if community % 8 == 0:
                yield from self._town(community // 8, community // 80)
            yield from self._community(community, community // 8)
            for _ in range(_BEFORE_COMPOUNDS):
                yield from self._compound(compound, community)
                compound += 1
            community += 1

    # --- the levels ---------------------------------------------------------------------------------------------------
    def _district(self, number: int) -> Iterator[Row]:
        yield self._entity(f"d{number}", "District", f"第{number}区")
        yield self._tie(f"d{number}", "LOCATED_IN", "city")
        for of in ("PartyOrg", "OwnersCommittee", "PropertyFirm", "ServiceStation", "HOLDS_POST"):
            if self._random.random() < 0.5:
                yield {
                    "kind": "register",
                    "of": of,
                    "place": f"d{number}",
                    "valid": "2021",
                    "evidence": self._evidence(),
                }

    def _town(self, number: int, district: int) -> Iterator[Row]:
        yield self._entity(f"s{number}", "SubDistrict", f"第{number}街道")
        yield self._tie(f"s{number}", "LOCATED_IN", f"d{district}")
        yield self._entity(f"t{number}", "PartyOrg", f"第{number}街道党工委", subtype="街道党工委")
        yield self._tie(f"t{number}", "BASED_IN", f"s{number}", "2012-01-01/..")

    def _community(self, number: int, town: int) -> Iterator[Row]:
        yield self._entity(f"m{number}", "Community", f"第{number}社区")
        yield self._tie(f"m{number}", "LOCATED_IN", f"s{town}")
        yield self._entity(f"u{number}", "PartyOrg", f"第{number}社区党委", subtype="社区党委")
        yield self._tie(f"u{number}", "BASED_IN", f"m{number}", "2012-01-01/..")
        yield self._tie(f"t{town}", "GUIDES", f"u{number}", self._term())
        for role in ("党委书记", "党委委员", "党委委员"):
            yield from self._post(f"u{number}", role)
        for _ in range(4):
            firm = f"f{len(self._firms)}"
            yield self._entity(firm, "PropertyFirm", f"数城第{len(self._firms)}物业服务有限公司")
            yield from self._post(firm, "总经理")
            self._managers[firm] = f"p{self._people - 1}"
            self._firms.append(firm)
            if self._random.random() < 0.5:
                yield self._tie(f"u{number}", "RATES", firm, self._term())
                if self._chance(0.05):
                    yield self._holds(self._managers[firm], f"u{number}", "党委委员")

    def _compound(self, number: int, community: int) -> Iterator[Row]:
        k = f"k{number}"
        yield self._entity(k, "Compound", f"数城{number}号小区", category="商品房")
        yield self._tie(k, "LOCATED_IN", f"m{community}")
        managers = []
        firms = self._random.sample(self._firms[-40:], self._random.choice((1, 1, 1, 2))) if self._chance(0.9) else ()
        for firm in firms:
            yield self._tie(firm, "SERVES", k, self._term())
            for role in ("项目经理", "经理"):
                yield from self._post(firm, role)
                managers.append(f"p{self._people - 1}")
        committee = branch = None
        if self._chance(0.6):
            committee = f"c{number}"
            yield self._entity(committee, "OwnersCommittee", f"数城{number}号小区业主委员会")
            yield self._tie(committee, "BASED_IN", k, self._term())
            if self._chair and self._chance(0.02):  # of the last compound, and of this one too
                yield self._holds(self._chair, committee, "业委会主任")
            self._chair = f"p{self._people}"
            for member in range(5):
                yield from self._post(committee, "业委会委员" if member else "业委会主任")
            if self._chance(0.05) and managers:
                yield self._holds(managers[0], committee, "业委会委员")
            if self._chance(0.1):
                yield self._tie(
                    f"p{self._people - 1}", "FAMILY_OF", self._random.choice([*managers, f"p{self._people - 2}"])
                )
        if self._chance(0.7):
            branch = f"b{number}"
            form = self._random.choice(_FORMS)
            yield self._entity(branch, "PartyOrg", f"数城{number}号小区党支部", subtype="小区党支部", form=form)
            yield self._tie(branch, "BASED_IN", k, self._term())
            if form in ("联合建", "区域建") and number:
                yield self._tie(branch, "COVERS", f"k{number - 1}", self._term())
            yield self._tie(f"u{community}", "LEADS", branch, self._term())
            for member in range(3):
                yield from self._post(branch, "支部委员" if member else "支部书记")
            if self._chance(0.05) and managers:
                yield self._holds(managers[-1], branch, "支部委员")
        if self._chance(0.4):
            yield self._entity(f"v{number}", "ServiceStation", f"数城{number}号党群服务站")
            yield self._tie(f"v{number}", "BASED_IN", k, self._term())
        if committee and branch:
            yield from self._both(number, community, committee, branch)
        if committee and self._chance(0.02):
            yield from self._rare(number, committee, firms)

    def _both(self, number: int, community: int, committee: str, branch: str) -> Iterator[Row]:
        """What a branch and a committee of one compound have to do with each other, and who sits in both."""
        if self._chance(0.6):
            yield self._tie(branch, "SUPERVISES", committee, self._term())
        if self._chance(0.1):
            yield self._tie(f"u{community}", "HOLDS_SEAL_OF", committee, self._term())
        if self._chance(0.15):
            yield from self._post(branch, "支部书记")
            yield self._holds(f"p{self._people - 1}", committee, "业委会主任")
        if self._chance(0.03) and number:
            yield self._holds(f"p{self._people - 1}", f"u{community}", "党委委员")

    def _rare(self, number: int, committee: str, firms: object) -> Iterator[Row]:
        """The makings of the conflicts that few cities record at all."""
        yield from self._post(committee, "业委会委员")
        member = f"p{self._people - 1}"
        if isinstance(firms, list) and firms:
            yield self._tie(member, "INVESTS_IN", firms[0], self._term())
        matter = f"x{number}"
        yield self._entity(matter, "MajorMatter", f"数城{number}号小区公共收益使用")
        yield self._tie(committee, "PROPOSES", matter, self._term())
        yield self._tie(committee, "DELIBERATES", matter, self._term())
        board = f"w{number}"
        yield self._entity(board, "OwnersSupervisoryBoard", f"数城{number}号小区业主监督委员会")
        yield self._tie(board, "BASED_IN", f"k{number}", self._term())
        yield self._tie(board, "SUPERVISES", committee, self._term())
        yield self._holds(member, board, "监事")
        village = f"j{number}"
        yield self._entity(village, "JointStockCompany", f"数城第{number}股份合作公司")
        yield self._entity(f"g{number}", "ResidentsGroup", f"数城第{number}居民小组")
        yield self._tie(village, "BASED_IN", f"g{number}", self._term())
        yield self._entity(f"y{number}", "PartyOrg", f"数城第{number}居民小组党支部", subtype="居民小组党支部")
        yield self._tie(f"y{number}", "BASED_IN", f"g{number}", self._term())
        yield self._holds(member, f"g{number}", "居民小组组长")
        yield self._holds(member, village, "股份合作公司董事长")
        yield self._holds(member, f"y{number}", "支部书记")

    # --- the pieces ---------------------------------------------------------------------------------------------------
    def _post(self, body: str, role: str) -> Iterator[Row]:
        """Somebody new, with this post."""
        person = f"p{self._people}"
        name = self._random.choice(_FAMILY) + self._random.choice(_GIVEN) + self._random.choice(_GIVEN)
        yield self._entity(person, "Person", name if self._chance(1 / _SHARED) else f"{name}{self._people}")
        self._people += 1
        yield self._holds(person, body, role)

    def _holds(self, person: str, body: str, role: str) -> Row:
        return self._tie(person, "HOLDS_POST", body, self._term(), role=role)

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _term(self) -> str:
        """Three or five years, from a day or, less often, a month or a year; some have no end that is known."""
        r = self._random
        year, kind = r.randint(2014, 2020), r.random()
        start = f"{year}" if kind < 0.1 else f"{year}-{r.randint(1, 12):02}"
        if kind > 0.3:
            start += f"-{r.randint(1, 28):02}"
        return start + ("/.." if r.random() < 0.5 else f"/{year + r.choice((3, 5))}{start[4:]}")

    def _evidence(self) -> Row:
        self._line += 1
        locator = {"sheet": "登记册", "row": self._line, "column": "A"}
        return {
            "source": SOURCE,
            "locator": locator,
            "quote": f"登记册第{self._line}行",
            "method": "mapping",
            "version": "1",
        }

    def _entity(self, key: str, type: str, name: str, **attributes: str) -> Row:
        row: Row = {"kind": "entity", "key": key, "type": type, "name": name, "evidence": self._evidence()}
        return row | {"attributes": attributes} if attributes else row

    def _tie(self, subject: str, relation: str, object: str, valid: str | None = None, **attributes: str) -> Row:
        row: Row = {"kind": "relation", "subject": subject, "relation": relation, "object": object}
        row |= {"attributes": attributes} if attributes else {}
        row |= {"valid": valid} if valid else {}
        return row | {"evidence": self._evidence()}
