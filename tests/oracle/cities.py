"""Random small cities, as claims: every kind of body, post and bond that an answer asks about, in dates of all shapes.

The pools are small on purpose, so that people meet in several bodies and bodies in one compound. `§` stands in every
name and key for the number of a city, so that many lie side by side in one graph and have nothing to do with each other.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from hypothesis import strategies as st

from govgraph.graph.vocabulary import vocabulary

Row = dict[str, object]
T = TypeVar("T")


@dataclass(frozen=True)
class City:
    """Claims in the order in which they are loaded, and the sources that are taken back afterwards."""

    claims: list[Row]
    retracted: list[str]

    def numbered(self, token: str) -> City:
        claims = json.loads(json.dumps(self.claims, ensure_ascii=False).replace("§", token))
        return City(claims, [source.replace("§", token) for source in self.retracted])

    def lines(self) -> str:
        said = [json.dumps(claim, ensure_ascii=False) for claim in self.claims]
        return "\n".join([*said, *(f"# retract {source}" for source in self.retracted)])


PLACES = {
    "c": ("City", "城§市"), "d": ("District", "东§区"), "e": ("District", "西§区"), "s": ("SubDistrict", "南§街道"),
    "m": ("Community", "北§社区"), "k0": ("Compound", "甲§院"), "k1": ("Compound", "乙§院"), "k2": ("Compound", "甲§院"),
}  # fmt: skip
BODIES = {
    "o0": ("OwnersCommittee", "甲§业委会"), "o1": ("OwnersCommittee", "乙§业委会"),
    "b0": ("PartyOrg", "一§党支部"), "b1": ("PartyOrg", "二§党支部"), "b2": ("PartyOrg", "三§党支部"), "u": ("PartyOrg", "四§党组织"),
    "f0": ("PropertyFirm", "风§物业"), "f1": ("PropertyFirm", "雨§物业"), "z": ("ServiceStation", "驿§站"),
    "v": ("OwnersSupervisoryBoard", "监§会"), "w": ("VillageSupervisoryCommittee", "村§监委"), "j": ("JointStockCompany", "股§公司"),
    "g": ("ResidentsGroup", "组§居民小组"), "r": ("ResidentsCommittee", "居§会"), "x": ("GovDepartment", "局§局"),
}  # fmt: skip
PEOPLE = {"p0": ("Person", "张§"), "p1": ("Person", "李§"), "p2": ("Person", "张§"), "p3": ("Person", "王§")}
RECORDS = {
    "q": ("MajorMatter", "事§项"),
    "y": ("Policy", "文§件"),
    "h": ("Mechanism", "四位一体§"),
    "gc": ("GovernanceCase", "案§件"),
    "mt": ("Meeting", "会§议"),
}
OTHERS = {  # bodies that a question or two asks about
    "a": ("GuidanceCommittee", "指§委"), "l": ("LandlordCouncil", "房§理事会"), "n": ("CompoundManagementCommittee", "管§委"),
    "i": ("IndustryAssociation", "协§会"), "pg": ("PreparatoryGroup", "筹§组"), "pm": ("PropertyManagementCommittee", "物§管委"), "f2": ("PropertyFirm", "雪§物业"), "t": ("OwnersAssembly", "业§大会"), "ac": ("AffairsCouncil", "议§事会"),
}  # fmt: skip
ALL = PLACES | BODIES | OTHERS | PEOPLE | RECORDS

COMPOUNDS, COMMITTEES, BRANCHES, FIRMS = ("k0", "k1", "k2"), ("o0", "o1"), ("b0", "b1", "b2", "u"), ("f0", "f1")
FORMS = ("单独建", "联合建", "区域建", "连片组建", "临时建", "派驻建", "行业建", "一体化", None, None)
SUBTYPES = ("小区党支部", "街道党工委", "社区党委", "党小组", None, None)
IN_BRANCH = ("支部书记", "党支部书记", "党总支书记", "副书记", "支部委员", "党建指导员", "第一书记")
IN_COMMITTEE = ("业委会主任", "主任", "业委会委员", "业委会委员", None)
BONDS: tuple[tuple[int, tuple[str, ...], tuple[str, ...], tuple[str, ...]], ...] = (  # how often, from, relation, to
    (5, COMMITTEES, ("BASED_IN",), COMPOUNDS),
    (5, BRANCHES, ("BASED_IN", "BASED_IN", "COVERS"), COMPOUNDS),
    (2, BRANCHES, ("BASED_IN",), (*COMMITTEES, "g", *FIRMS)),
    (1, ("z",), ("BASED_IN",), COMPOUNDS),
    (1, ("v",), ("BASED_IN",), COMPOUNDS),
    (1, ("pg",), ("BASED_IN",), COMPOUNDS),
    (1, ("n",), ("BASED_IN",), COMPOUNDS),
    (1, FIRMS, ("MEMBER_OF",), ("n",)),
    (1, ("l",), ("BASED_IN",), COMPOUNDS),
    (2, ("l",), ("REPORTS_TO", "ESCALATES_TO"), BRANCHES),
    (2, tuple(PEOPLE), ("MEMBER_OF", "CHECKS_IN_WITH"), BRANCHES),
    (2, tuple(PEOPLE), ("LIVES_IN", "OWNS_HOME_IN"), COMPOUNDS),
    (1, ("f2",), ("SUBSIDIARY_OF",), FIRMS),
    (1, ("x", "r"), ("PURCHASES_SERVICE_FROM",), FIRMS),
    (1, ("q",), ("BENEFITS",), FIRMS),
    (1, ("j",), ("BASED_IN",), ("g",)),
    (5, FIRMS, ("SERVES",), COMPOUNDS),
    (2, tuple(PEOPLE), ("FAMILY_OF",), tuple(PEOPLE)),
    (4, (*BRANCHES, "r", "x"), ("SUPERVISES", "GUIDES", "LEADS"), (*BRANCHES, *COMMITTEES, "j", *FIRMS)),
    (1, ("x", "r"), ("RATES", "INSPECTS", "REGULATES"), FIRMS),
    (2, ("p0", "p1", "o0", "b0", "j"), ("INVESTS_IN",), FIRMS),
    (4, (*COMMITTEES, *BRANCHES, "r"), ("PROPOSES", "DELIBERATES", "REVIEWS", "RESOLVES", "DECIDED"), ("q",)),
    (1, ("r", "x", "b0"), ("HOLDS_SEAL_OF",), COMMITTEES),
    (2, ("v", "w"), ("AUDITS", "SUPERVISES"), (*COMMITTEES, "j")),
    (2, ("s", "m", "u", "d", "x"), ("DISPATCHES",), tuple(PEOPLE)),
    (2, BRANCHES, ("PAIRED_WITH",), (*BRANCHES, *COMPOUNDS, "r")),
    (1, FIRMS, ("HAS_OWN_BRANCH", "JOINS_JOINT_BRANCH"), BRANCHES),
    (1, ("x", "d", "u"), ("ISSUED",), ("y",)),
)  # fmt: skip
POSTS: tuple[tuple[int, tuple[str, ...], tuple[str | None, ...]], ...] = (  # how often, in which bodies, as what
    (7, BRANCHES, IN_BRANCH),
    (7, COMMITTEES, IN_COMMITTEE),
    (5, FIRMS, ("项目经理", "总经理", "保洁")),
    (1, ("g",), ("居民小组组长",)),
    (2, ("x", "pg", "f2"), ("主管", "网格员", None)),
    (1, ("pm",), ("物业管理委员会主任",)),
    (1, ("n",), ("小区管理委员会会长",)),
    (1, ("l",), ("理事",)),
    (1, ("j",), ("股份合作公司董事长", "监事")),
    (2, ("v", "w", "r", "x", "m"), ("居委会主任", "业主监事会成员", "杂役", None)),
)
PLOTS: tuple[tuple[tuple[str, ...], ...], ...] = (  # what chance alone would hardly bring together; P is some person
    (("P", "HOLDS_POST", "g", "居民小组组长"), ("P", "HOLDS_POST", "j", "股份合作公司董事长"), ("P", "HOLDS_POST", "b0", "支部书记"), ("b0", "SUPERVISES", "j"), ("j", "BASED_IN", "g")),
    (("P", "HOLDS_POST", "n", "小区管理委员会会长"), ("P", "HOLDS_POST", "o0", "业委会主任"), ("P", "HOLDS_POST", "b0", "支部书记"), ("n", "BASED_IN", "k0"), ("o0", "BASED_IN", "k0"), ("b0", "BASED_IN", "k0"), ("f0", "MEMBER_OF", "n")),
    (("P", "HOLDS_POST", "x", "主管"), ("P", "HOLDS_POST", "f0", "总经理"), ("f0", "FUNDS", "P")),
    (("P", "HOLDS_POST", "j", "监事"), ("P", "HOLDS_POST", "b1", "支部书记"), ("b1", "COVERS", "k1"), ("f0", "SERVES", "k1"), ("j", "INVESTS_IN", "f0")),
    (("P", "LIVES_IN", "k0"), ("b0", "BASED_IN", "k0"), ("P", "CHECKS_IN_WITH", "b0")),
    (("P", "HOLDS_POST", "o1", "业委会主任"), ("P", "HOLDS_POST", "b1", "支部书记"), ("o1", "BASED_IN", "k1"), ("b1", "BASED_IN", "o1"), ("b1", "HOLDS_SEAL_OF", "o1")),
    (("P", "HOLDS_POST", "b2", "党总支书记"), ("b2", "BASED_IN", "k0"), ("P", "OWNS_HOME_IN", "k0"), ("P", "HOLDS_POST", "b1", "党总支书记"), ("b1", "COVERS", "k1")),
    (("P", "HOLDS_POST", "u", "支部书记"), ("u", "LEADS", "b0"), ("b0", "GUIDES", "b1"), ("b1", "SUPERVISES", "o0"), ("P", "HOLDS_POST", "o0", "业委会委员")),
)  # fmt: skip
ANYWHERE = (  # between any two that the vocabulary lets them join
    "MEMBER_OF", "MEMBER_OF", "MEMBER_OF", "OWNS_HOME_IN", "LIVES_IN", "CHECKS_IN_WITH", "REPORTS_TO", "REPORTS_TO", "ESCALATES_TO", "SUBORDINATE_TO",
    "CANDIDATE_FOR", "MANAGES", "ADOPTED", "CONVENES", "LEADS", "BENEFITS", "DISCLOSES", "OWNS_SHARE_IN", "PURCHASES_SERVICE_FROM", "INVOLVED_IN",
    "HANDLED", "ATTENDED", "HELD", "LISTED_IN", "COORDINATES", "RECOMMENDS", "DECIDES_ON", "TRANSFERS_MEMBERSHIP_TO", "BASED_IN", "ESTABLISHED",
    "GUIDES", "RESOLVES", "HOLDS_POST", "HOLDS_POST", "FUNDS", "SUBSIDIARY_OF",
)  # fmt: skip
COUNTED = ("小区", "业主委员会", "物业服务企业", "党群服务站", "垃圾桶")
REGISTERED = (
    "PartyOrg",
    "OwnersCommittee",
    "PropertyFirm",
    "ServiceStation",
    "HOLDS_POST",
    "HOLDS_POST",
    "Organization",
    "Compound",
)


@dataclass
class Maker:
    """Puts a city together by chance."""

    chance: Random
    claims: list[Row] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)  # the short name of an actor → its key

    def of(self, choices: Sequence[T]) -> T:
        return self.chance.choice(choices)

    def maybe(self, percent: int) -> bool:
        return self.chance.randrange(100) < percent

    # dates ------------------------------------------------------------------------------------------------------------
    def date(self) -> str:
        year, month, day = self.of((2018, 2019, 2020, 2021)), self.of((1, 2, 6, 12)), self.of((1, 15, 28))
        return self.of((f"{year}", f"{year}-{month:02}", f"{year}-{month:02}-{day:02}", f"{year}-{month:02}-{day:02}"))

    def valid(self) -> str | None:
        start, end = sorted((self.date(), self.date()))
        shapes = (
            None,
            f"{start}/..",
            f"{start}/..",
            f"{start}/",
            f"{start}/{end}",
            f"{start}/{end}",
            f"/{end}",
            f"../{end}",
            "../..",
            "../",
            "/..",
            start,
        )
        return self.of(shapes)

    def seen(self, percent: int) -> str | None:
        return self.date() if self.maybe(percent) else None

    # claims -----------------------------------------------------------------------------------------------------------
    def say(self, kind: str, source: str | None = None, **fields: object) -> None:
        number = len(self.claims)
        sources = [source or self.of(self.sources)]
        if self.maybe(12):
            sources.append(self.of(self.sources))
        evidence = [
            {"source": s, "locator": {"row": number}, "quote": fields.pop("quote", None) or f"row {number}"}
            for s in dict.fromkeys(sources)
        ]
        said = {name: value for name, value in fields.items() if value not in (None, [], {})}
        self.claims.append(
            {"kind": kind, "id": f"§:{number}", **said, "evidence": evidence[0] if len(evidence) == 1 else evidence}
        )

    def actor(self, short: str, source: str, key: str, *, place: str | None = None, again: bool = False) -> None:
        type_, name = ALL[short]
        attributes: Row = {}
        if short == "u" or type_ == "PartyOrg":
            attributes = {"form": self.of(FORMS), "subtype": self.of(SUBTYPES)}
        if type_ == "Compound":
            attributes = {"category": self.of(("城中村", "花园小区", None))}
            attributes["formal_members"] = self.of((None, 0, 2, 3, 5))
        if type_ == "Policy":
            attributes = {"issued": self.seen(60)}
        if type_ == "Person":
            attributes = {"party_member": self.of((None, True, False)), "kind": self.of((None, None, "房东"))}
        if type_ == "PropertyFirm":
            attributes = {"stars": self.of((None, 1, 3, 5))}
        if type_ == "MajorMatter":
            attributes = {"kind": self.of((None, "选聘物业公司", "使用维修资金")), "date": self.seen(50)}
        attributes = {name: value for name, value in attributes.items() if value is not None}
        aliases = [f"别{name}"] if self.maybe(15) else []
        self.say(
            "entity",
            source,
            key=key,
            type=type_,
            name=f"又{name}" if again and self.maybe(30) else name,
            aliases=aliases,
            attributes=attributes,
            place=place,
        )

    def bond(self, subject: str, object_: str, relation: str, **attributes: object) -> None:
        if subject == object_ or subject not in self.known or object_ not in self.known:
            return
        ends = {"subject": self.known[subject], "object": self.known[object_]}
        valid = self.valid()
        for _ in range(2 if self.maybe(15) else 1):  # the same term, seen on another day
            self.say(
                "relation",
                relation=relation,
                attributes={k: v for k, v in attributes.items() if v is not None},
                valid=valid,
                observed=self.seen(55),
                **ends,
            )

    def bond_anywhere(self, relation: str) -> None:
        for _ in range(8):
            subject, object_ = self.of(tuple(self.known)), self.of(tuple(self.known))
            if vocabulary().allows(relation, ALL[subject][0], ALL[object_][0]):
                attributes = {"date": self.seen(30)} | (
                    {"role": self.of(("联络员", None))} if relation == "HOLDS_POST" else {}
                )
                return self.bond(subject, object_, relation, **attributes)

    def attributes(self, relation: str) -> Row:
        if relation in ("BASED_IN", "COVERS") and self.maybe(15):
            return {"form": self.of(FORMS)}
        if relation == "FAMILY_OF":
            return {"kinship": self.of(("配偶", "父母", None))}
        if relation == "DISPATCHES":
            return {"role": self.of((None, None, "支部书记"))}
        if relation in ("PROPOSES", "DELIBERATES", "REVIEWS", "RESOLVES", "DECIDED"):
            return {"date": self.seen(40)}
        if relation == "ISSUED":
            return {"role": self.of(("lead", "joint", None))}
        return {}

    def where(self, short: str) -> str | None:
        """The place that an entity claim names: a key, a name that is known, or one that nobody describes."""
        above = {"c": (), "d": ("c",), "e": ("c",), "s": ("d",), "m": ("s", "d")}.get(short, ("m", "s", "d", "e", "c"))
        choices = [place for place in above if place in self.known]
        if not choices or self.maybe(15):
            return "外§区" if short not in above and short not in "cdesm" and self.maybe(60) else None
        place = self.of(choices)
        return ALL[place][1] if self.maybe(30) else self.known[place]

    def city(self) -> City:
        self.sources = ["§/s0", "§/s1", "§/s2"][: self.of((1, 2, 2, 3))]
        for source in self.sources:
            said: Row = {"kind": "source", "id": source, "title": source, "type": self.of(("table", "article"))}
            if published := self.seen(70):
                said["published"] = published
            self.claims.append(said)
        for short in ALL:
            if short in PLACES or self.maybe(85):
                self.known[short] = key = f"{self.sources[0]}/{short}"
                home = self.sources[0] if short in PLACES else self.of(self.sources)
                by_relation = short not in PEOPLE and short != "c" and self.maybe(15)
                in_place = short not in PEOPLE and (short in PLACES or self.maybe(60))
                place = self.where(short) if in_place and not by_relation else None
                self.actor(short, home, key, place=place)
                if by_relation and short in (*COMPOUNDS, *BODIES, *OTHERS):
                    self.bond(short, self.of(("d", "m", "e")), "LOCATED_IN")
        for short in list(self.known):
            if len(self.sources) > 1 and self.maybe(12):  # said again, under the same key or one of another source
                source = self.of(self.sources[1:])
                own = short not in PLACES and self.maybe(50)
                key = f"{source}/{short}" if own else self.known[short]
                self.actor(
                    short, source, key, place=self.where(short) if own and short in BODIES else None, again=not own
                )
                if own and self.maybe(70):
                    self.known[short] = key  # what follows is said of the other key
        for often, subjects, relations, objects in BONDS:
            for _ in range(often):
                if self.maybe(75):
                    relation = self.of(relations)
                    self.bond(self.of(subjects), self.of(objects), relation, **self.attributes(relation))
        for often, bodies, roles in POSTS:
            for _ in range(often):
                if self.maybe(80):
                    manner = self.of((None, None, None, "concurrent", "dispatched"))
                    post = {"role": self.of(roles), "manner": manner}
                    self.bond(
                        self.of(tuple(PEOPLE)),
                        self.of(bodies),
                        "HOLDS_POST",
                        **(post if self.maybe(50) else dict(reversed(post.items()))),
                    )
        for _ in range(self.of((0, 1, 1, 2))):
            person = self.of(tuple(PEOPLE))
            for subject, relation, object_, *role in self.of(PLOTS):
                start, end = (person if end == "P" else end for end in (subject, object_))
                self.bond(start, end, relation, **({"role": role[0]} if role else {}))
        for _ in range(self.of((4, 8, 12))):
            self.bond_anywhere(self.of(ANYWHERE))
        for _ in range(self.of((1, 2, 3))):
            place = self.of((*(self.known[k] for k in ("c", "d", "m", "k0", "e")), "东§区", "外§区"))
            start, end = sorted((self.date(), self.date()))
            self.say(
                "register",
                of=self.of(REGISTERED),
                place=place,
                valid=self.of((start, end, f"{start}/{end}", f"{start}/{end}", "2018/2021", "2019/..")),
            )
        for _ in range(self.of((0, 1, 2))):
            value, counted = self.of((0, 1, 2, 3)), self.of(COUNTED)
            place = self.of((self.known["d"], "东§区", "外§区", self.known["c"], "远§区"))
            self.say("figure", value=value, counted=counted, unit=self.of(("个", "家", "元")), scope={"place": place}, observed=self.seen(50),
                     qualifier=self.of((None, "exact", "at_least", "more_than", "about", "at_most", "less_than")), quote=f"共有{value}个{counted}。")  # fmt: skip
        taken = [self.sources[-1]] if len(self.sources) > 1 and self.maybe(30) else []
        return City(self.claims, taken)


def cities() -> st.SearchStrategy[City]:
    """Cities, each from a seed that hypothesis draws. It draws no claims: what it varies a little it asks again and
    again. The smallest claims of a city that fails are found by leaving claims out."""
    return st.randoms(use_true_random=True).map(lambda chance: Maker(chance).city())
