"""A finding in plain sentences, each of which can be traced: to the claims it rests on, to a norm, or to the pattern.

The wording is neutral: what is recorded, when, which rule speaks of it, and what speaks against it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import cast

from govgraph.graph.workspace import Workspace

from ..evidence import Row
from .doubts import relation_in_words
from .findings import known_patterns
from .judge import Lang, messages
from .worklist import one


def explain(workspace: Workspace, finding: str, lang: Lang = "en") -> Row:
    """The finding of that id in words.

    `sentences` is `[{"text", "claims", "norms", "about"}]`, `about` one of pattern, fact, period, norm, verdict,
    against, limits; `text` is all of them with numbers in brackets that stand in `evidence`, where the same words of a
    source have one number; `claims` and `evidence` are those of the finding. Raises NotFound for an id that no pattern
    finds now.
    """
    row = one(workspace, finding, lang)
    return told(row, known_patterns(workspace)[str(row["pattern"])].does_not_show, lang)


def told(row: Row, limits: str, lang: Lang) -> Row:
    """A row of `conflicts` in words. `limits` is what the pattern does not show, in English."""
    sentences = list(_sentences(row, limits, messages(lang)))
    known: dict[tuple[object, object], int] = {}
    numbers: dict[str, set[int]] = defaultdict(set)
    evidence: list[Row] = []
    for quoted in _rows(row["evidence"]):
        number = known.setdefault((quoted["source"], quoted["quote"]), len(known) + 1)
        numbers[str(quoted["claim"])].add(number)
        evidence.append(quoted | {"number": number})
    return {
        "id": row["id"],
        "pattern": row["pattern"],
        "verdict": row["verdict"],
        "text": ("" if lang == "zh" else " ").join(_numbered(sentence, numbers) for sentence in sentences),
        "sentences": sentences,
        "claims": row["claims"],
        "evidence": evidence,
    }


def _numbered(sentence: Row, numbers: Mapping[str, set[int]]) -> str:
    found = sorted(set().union(*(numbers.get(claim, ()) for claim in cast("list[str]", sentence["claims"]))))
    return f"{sentence['text']}{''.join(f'[{n}]' for n in found)}"


def _sentences(row: Row, limits: str, say: Mapping[str, str]) -> Iterator[Row]:
    names = {key: say["and"].join(str(one["name"]) for one in _rows(row[key])) for key in ("people", "bodies")}
    yield _sentence("pattern", say["about"].format(title=row["title"], **names))
    seen: list[object] = []
    for step in _rows(row["path"]):
        ends = sorted((str(_row(step["from"])["id"]), str(_row(step["to"])["id"])))
        if (fact := [step["relation"], step["role"], *ends]) not in seen:
            seen.append(fact)
            text = say["fact"].format(fact=_fact(step, say), when=_when(step, say))
            yield _sentence("fact", text, cast("list[str]", step["claims"]))
    yield _sentence("period", say["together"].format(when=_when(row, say)))
    for norm in _rows(row["norms"]):
        yield _sentence("norm", _norm(norm, say), cast("list[str]", norm["claims"]), [str(norm["id"])])
    concluded = say["concluded"].format(verdict=say[str(row["verdict"])])
    yield _sentence("verdict", concluded, (), [str(norm["id"]) for norm in _rows(row["norms"])])
    for part in _rows(row["parts"]):
        span = _span([part["from"], part["to"]], say)
        text = say["part"].format(span=span, verdict=say[str(part["verdict"])])
        yield _sentence("verdict", text, (), cast("list[str]", part["norms"]))
    for text in cast("list[str]", row["against"]):
        yield _sentence("against", say["counter"].format(text=text.rstrip(".。")))
    if say["lang"] == "en":
        yield _sentence("limits", say["limits"].format(text=limits))


def _sentence(about: str, text: str, claims: Sequence[str] = (), norms: Sequence[str] = ()) -> Row:
    return {"text": text, "claims": list(claims), "norms": list(norms), "about": about}


def _fact(step: Row, say: Mapping[str, str]) -> str:
    start, end = _row(step["from"]), _row(step["to"])
    if step["reversed"]:
        start, end = end, start
    if step["relation"] == "HOLDS_POST" and step["role"]:
        return say["post"].format(person=start["name"], role=step["role"], body=end["name"])
    if step["relation"] == "FAMILY_OF":
        kinship = step["kinship"] or say["not_told"]
        return say["kinship"].format(a=start["name"], b=end["name"], kinship=kinship)
    return relation_in_words(str(step["relation"]), str(start["name"]), str(end["name"]), cast("Lang", say["lang"]))


def _norm(norm: Row, say: Mapping[str, str]) -> str:
    parts = [
        say["norm"].format(
            cited=f"《{norm['name']}》{norm['article']}",
            place=norm["place"],
            valid=norm["valid"],
            summary=norm["summary"],
            verdict=say[str(norm["verdict"])],
        )
    ]
    if norm["quote"]:
        parts.append(say["norm_quote"].format(quote=norm["quote"]))
    if norm["consequence"]:
        parts.append(say["consequence"].format(text=norm["consequence"]))
    return ("" if say["lang"] == "zh" else " ").join(parts)


def _when(row: Row, say: Mapping[str, str]) -> str:
    if row["sure"]:
        return say["surely"].format(span=_span(row["sure"], say))
    return say["only_possibly"].format(span=_span(row["possible"], say)) if row["possible"] else say["never"]


def _span(span: object, say: Mapping[str, str]) -> str:
    """A half-open span of days in words, its last day included."""
    start, after = cast("list[str | None]", span)
    end = (date.fromisoformat(after) - timedelta(1)).isoformat() if after else None
    name = "from_to" if start and end else "since" if start else "until" if end else "at_any_time"
    return say[name].format(start=start, end=end)


def _rows(value: object) -> list[Row]:
    return cast("list[Row]", value)


def _row(value: object) -> Row:
    return cast("Row", value)
