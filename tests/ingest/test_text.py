"""Cleaning a text and finding the way back to it."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govgraph.ingest.text import UNREADABLE, Text, flatten, normalise, simplify

SEEDS = Path(__file__).parents[2] / "../shared/seeds"
WORDS = "东岸社区党支部书记管理服务居民楼栋委员会"
PINYIN = ["(dōng)", "(àn )", "(shè)", "(huì )", "(lǐng)"]


def raw_of(text: Text, passage: str) -> str:
    at = text.clean.index(passage)
    start, end = text.span(at, at + len(passage))
    return text.raw[start:end]


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("共有小区３７个", "共有小区37个"),
        ("　　东岸社区\r\n北湖社区\r\n", "东岸社区\n北湖社区\n"),
        ("\ufeff东\u200b岸社区", "东岸社区"),
        ("党委,支部;(试行)", "党委，支部；（试行）"),
        ("ratio 1:2, not more", "ratio 1:2, not more"),
        ("第 12 栋，共 30 户", "第12栋，共30户"),
        ("南塘社区 开展活动", "南塘社区 开展活动"),
        ("<p>东岸<b>社区</b>&nbsp;</p>", "\n东岸社区\n"),
        ("社區業委會選舉", "社区业委会选举"),
        ("# 标题\n正文。", "标题\n正文。"),
    ],
)
def test_forms_of_one_text(raw: str, clean: str) -> None:
    assert normalise(raw).clean == clean


def test_zhu_follows_its_meaning() -> None:
    assert simplify("著眼於著名的社區") == "着眼于著名的社区"


def test_pinyin_goes_only_where_a_document_is_full_of_it() -> None:
    once = "重庆(qìng)路小区"
    assert normalise(once).clean == "重庆(qìng)路小区".replace("(", "（").replace(")", "）")
    many = "東(dōng)岸(àn)社(shè)區(qū)業(yè)委會(huì )(黨支部)"
    assert normalise(many).clean == "东岸社区业委会（党支部）"
    assert raw_of(normalise(many), "业委会") == "業(yè)委會"


PROSE = "这一条有二十五个字以上，说的是小区党支部怎样同业主委员会一起商量"


@pytest.mark.parametrize(
    ("between", "joined"),
    [("\n", True), ("\n\n", True), ("\n\n\n", False), ("\n　　", False)],
)
def test_a_sentence_cut_by_a_page_is_joined_across_one_empty_line(between: str, joined: bool) -> None:
    text = normalise(f"{PROSE}{between}电梯维修的事。")
    assert ("商量电梯" in text.clean) is joined


def test_headings_and_lists_stay_lines_of_their_own() -> None:
    raw = "理顺院里的事 办好楼上的事情\n\n青石街道今年把支部建到每个小区。\n一、成立支部\n二、选举"
    assert normalise(raw).clean.count("\n") == 4


def test_a_column_of_narrow_lines_is_one_paragraph() -> None:
    lines = [
        "青石街道今年把支部建到小区，各",
        "个社区党委都派了人，先后走访了",
        "两千多户居民，听取业主和物业公",
        "司的意见，然后一起商量怎样修好",
        "电梯，怎样管好车库和楼道里的灯。",
    ]
    assert normalise("\n".join(lines)).clean == "".join(lines)


@pytest.mark.parametrize("mark", ["??", "?jì)", "\ufffd", "?!?/span>"])
def test_what_cannot_be_read_is_flagged_and_not_guessed(mark: str) -> None:
    raw = f"第一句没有问题。第二句突出{mark}总之坏了。第三句也好。"
    text = normalise(raw)
    assert UNREADABLE in text.clean
    (span,) = text.damaged
    assert "第二句" in raw[slice(*span)]
    assert "第一句" not in raw[slice(*span)]
    assert "第三句" not in raw[slice(*span)]
    assert text.is_damaged(*span)


def test_a_question_is_no_damage() -> None:
    assert normalise("怎样破题?街道有什么办法?有人问。").damaged == ()


def test_an_empty_or_outer_span_is_refused() -> None:
    text = normalise("东岸社区")
    for start, end in [(0, 0), (2, 9), (-1, 2)]:
        with pytest.raises(ValueError, match=r"clean span"):
            text.span(start, end)


@st.composite
def noisy(draw: st.DrawFn) -> tuple[str, str]:
    """A clean text, and the same with inserts, line breaks, wide digits and invisible characters put in."""
    clean = "".join(draw(st.lists(st.sampled_from([*WORDS, "，", "37", "。"]), min_size=30, max_size=120)))
    out = ["(shè)".join("社社社社社社"), "(shè)。"]
    for c in clean:
        out.append(chr(ord(c) + 0xFEE0) if c.isdigit() and draw(st.booleans()) else c)
        if c in WORDS and draw(st.integers(0, 3)) == 0:
            out.append(draw(st.sampled_from(PINYIN)))
        if draw(st.integers(0, 20)) == 0:
            out.append(draw(st.sampled_from(["\u200b", "\n", "\r\n", " ", "\u3000"])))
    return "社社社社社社。" + clean, "".join(out)


@given(noisy(), st.data())
def test_every_clean_span_leads_to_raw_text_that_says_the_same(pair: tuple[str, str], data: st.DataObject) -> None:
    clean, raw = pair
    text = normalise(raw)
    assert re.sub(r"\s", "", text.clean) == clean
    start = data.draw(st.integers(0, len(text.clean) - 1))
    end = data.draw(st.integers(start + 1, len(text.clean)))
    low, high = text.span(start, end)
    assert flatten(raw[low:high]) == flatten(text.clean[start:end])


@given(st.text(max_size=300))
def test_any_text_comes_through_with_ordered_offsets(raw: str) -> None:
    text = normalise(raw)
    assert len(text.starts) == len(text.ends) == len(text.clean) <= len(raw)
    assert list(text.starts) == sorted(text.starts)
    assert all(0 <= a < b <= len(raw) for a, b in zip(text.starts, text.ends, strict=True))


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the seed documents (../shared/seeds) are not here")
def test_the_seed_documents_come_through() -> None:
    for file in sorted(SEEDS.glob("*.txt")):
        raw = file.read_text(encoding="utf-8")
        text = normalise(raw)
        for start in range(0, len(text.clean) - 40, 97):
            low, high = text.span(start, start + 40)
            assert UNREADABLE in text.clean[start : start + 40] or flatten(raw[low:high]) == flatten(
                text.clean[start : start + 40]
            )
