"""Words of the answers in Chinese. In English they are the words of the contract, without underscores."""

from __future__ import annotations

ZH = {
    "covered": "已覆盖",
    "covered_jointly": "联合覆盖",
    "covered_by_area": "区域覆盖",
    "covered_temporarily": "临时覆盖",
    "covered_by_dispatch": "派驻覆盖",
    "hollow": "有组织、负责人空缺",
    "possibly_covered": "可能覆盖",
    "uncovered": "未覆盖",
    "unknown": "不明（名册不全）",
    "forbidden": "禁止",
    "must_declare": "须申报",
    "allowed": "允许",
    "encouraged": "鼓励",
    "required": "应当",
    "unclear": "不明确",
    "no_rule": "无规定",
    "yes": "是",
    "possibly": "可能",
    "no": "否",
    "met": "符合",
    "broken": "违反",
    "listed": "列出",
    "agrees": "一致",
    "fewer_recorded": "在册较少",
    "more_recorded": "在册较多",
    "not_countable": "无法计数",
    "new": "新",
    "already": "已有",
    "confirmed": "属实",
    "explained": "已说明",
    "dismissed": "不成立",
    "declared": "已申报",
    "gone": "已不存在",
    "norms": "条款",
    "claims": "依据",
    "sure": "确定期间",
    "possible": "可能期间",
    "verdict": "结论",
    "open": "待审",
    "accepted": "已接受",
    "corrected": "已更正",
    "rejected": "已否决",
    "document_scope": "由全文推定",
    "resolved": "由上下文推定",
    "subject_inferred": "主语为推定",
    "low_confidence": "把握不大",
    "damaged": "字符受损",
    "sum": "合计",
    "share": "占比",
    "repeat": "重复",
    "per": "对应",
    "recorded": "在册",
}


def label(word: object, lang: str) -> str:
    """A word of the contract as a person reads it."""
    text = str(word or "")
    return ZH.get(text, text) if lang == "zh" else text.replace("_", " ")


def both(word: str) -> str:
    """The word in both languages."""
    return f"{label(word, 'zh')} {label(word, 'en')}"
