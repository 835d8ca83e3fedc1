"""The name of an entity: one form for all the ways in which a document writes it."""

import re
from functools import lru_cache

_FORMS = (
    ("业主委员会", "业委会"),
    ("居民委员会", "居委会"),
    ("村民委员会", "村委会"),
    ("党支部委员会", "党支部"),
    ("住房和城乡建设局", "住建局"),
    ("住房和建设局", "住建局"),
    ("住房城乡建设局", "住建局"),
    ("街道办事处", "街道办"),
    ("小区管理委员会", "管委会"),
    ("小区管委会", "管委会"),
    ("人民调解委员会", "调委会"),
    ("调解委员会", "调委会"),
)
_COMPANIES = frozenset({"PropertyFirm", "Enterprise", "JointStockCompany"})
# the city in a firm's full name, which the text drops later
_SEAT = re.compile(r"^(?:[\u4e00-\u9fff]{2,4}省)?(?:[\u4e00-\u9fff]{2,3}市)(?=[\u4e00-\u9fff]{6,})")
_ESTATE = re.compile(r"(花园|新村|家园|公寓|[豪名雅嘉佳新花]苑|豪园|华庭|豪庭|花城|苑|园|大院)小区")


@lru_cache(maxsize=8192)
def core(type_: str, name: str) -> str:
    """Names of one type with the same core are one actor within a document: 东岸花园小区业主委员会, 东岸花园业委会."""
    for long, short in _FORMS:
        name = name.replace(long, short)
    if type_ == "PartyOrg":
        name = re.sub(r"(?<!党)(总支|支部)$", r"党\1", name).replace("工作委员会", "党工委")
    if type_ in _COMPANIES:
        name = _SEAT.sub("", name)
    if type_ not in ("Policy", "Award"):
        name = _ESTATE.sub(r"\1", name)
    return re.sub(r"[\s“”\"'‘’（）()《》·]", "", name)
