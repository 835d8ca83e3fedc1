"""Numbers as Chinese texts write them: 1,200, 8.1万, 三百六十二, 两千八百万, 十余."""

import re

DIGITS = {c: i for i, c in enumerate("〇一二三四五六七八九")} | {"零": 0, "两": 2, "俩": 2, "廿": 20, "卅": 30}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

CHINESE = r"[〇零一二三四五六七八九十百千万亿两廿卅]"
ARABIC = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
NUMBER = rf"(?:(?:{ARABIC})[十百千]?[万亿]{{0,2}}|{CHINESE}+(?:点[〇零一二三四五六七八九]+[万亿]?)?)"


def parse(text: str) -> float | int | None:
    """The value, or None if the text is no number (一二, 百)."""
    text = text.replace(",", "").replace("，", "")
    m = re.fullmatch(r"(\d+(?:\.\d+)?)([十百千]?)([万亿]{0,2})", text)
    if m:
        value = float(m[1]) * _SCALES.get(m[2], 1)
        for c in m[3]:
            value *= _MYRIADS[c]
        return _whole(value)
    m = re.fullmatch(rf"({CHINESE}+?)点([〇零一二三四五六七八九]+)([万亿]?)", text)
    if m:
        whole = _chinese(m[1])
        if whole is None:
            return None
        fraction = float("0." + "".join(str(DIGITS[c]) for c in m[2]))
        return _whole((whole + fraction) * _MYRIADS.get(m[3], 1))
    return _chinese(text)


def _chinese(text: str) -> int | None:
    if not re.fullmatch(f"{CHINESE}+", text):
        return None
    if re.fullmatch(r"[〇零一二三四五六七八九]{2,}", text):
        return int("".join(str(DIGITS[c]) for c in text)) if len(text) in (3, 4) and set(text) & set("〇零") else None
    total = section = digit = 0
    seen = False
    for c in text:
        if c in DIGITS:
            digit, seen = DIGITS[c] + (digit if DIGITS[c] and digit >= 20 else 0), True
        elif c in _SCALES:
            if not digit and c != "十":
                return None  # 百 and 千 alone are words (近千)
            section += (digit or 1) * _SCALES[c]
            digit, seen = 0, True
        else:
            if not section and not digit:
                return None
            total = (total + section + digit) * _MYRIADS[c]
            section = digit = 0
    return total + section + digit if seen else None


def _whole(value: float) -> float | int:
    value = round(value, 6)
    return int(value) if value == int(value) else value
