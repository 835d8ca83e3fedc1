"""Norm packs as a user sees them: which there are, what they say, what one would change before it is switched on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from govgraph.graph.errors import BadInput

from ..evidence import Row
from .findings import folders, known_patterns, look
from .judge import NO_RULE, Lang, written
from .packs import SHIPPED, Pack, Rule, chosen, load_packs, problems, read_pack, tried
from .quotes import quote_norms

if TYPE_CHECKING:
    from govgraph.graph.workspace import Workspace


def packs(workspace: Workspace) -> list[Row]:
    """The packs that count in a workspace, one row each: law, name, level, place, in_force, text_held, rules, own.

    Raises BadInput, with one line for each problem, if one cannot be read.
    """
    known = known_patterns(workspace)
    shipped = {pack.law: pack for pack in load_packs((SHIPPED,), known)}
    return [
        {
            "law": pack.law,
            "name": pack.name,
            "level": pack.level,
            "place": pack.place,
            "in_force": written(pack.in_force),
            "text_held": written(pack.text_held),
            "rules": len(pack.rules),
            "own": pack != shipped.get(pack.law),
        }
        for pack in load_packs(folders(workspace), known)
    ]


def rules(workspace: Workspace, law: str, lang: Lang = "en") -> list[Row]:
    """The rules of one pack, with the exact words of the article where the law has been loaded as a source."""
    (pack,) = chosen(load_packs(folders(workspace), known_patterns(workspace)), [law])
    rows = [_rule(pack, rule, lang) for rule in pack.rules]
    quote_norms(workspace, [pack], rows)
    return rows


def _rule(pack: Pack, rule: Rule, lang: Lang) -> Row:
    summary, consequence = rule.told(lang)
    start, end = (
        max(rule.in_force[0], pack.text_held[0]),
        min(rule.in_force[1], pack.text_held[1]),
    )
    return {
        "id": f"{pack.law}-{rule.id}",
        "law": pack.law,
        "article": rule.article,
        "pattern": rule.pattern,
        "who": {key: value for key, value in _who(rule) if value},
        "verdict": rule.verdict,
        "strength": rule.strength,
        "depends_on": rule.depends_on,
        "valid": written((start, end)),
        "value": rule.value,
        "summary": summary,
        "consequence": consequence,
        "exceptions": [f"{pack.law}-{id}" for id in rule.exceptions],
        "quote": None,
    }


def _who(rule: Rule) -> Iterator[tuple[str, object]]:
    who = rule.who
    for name in ("member_of", "body", "roles", "with_", "with_roles", "kin", "tie"):
        yield name.rstrip("_"), list(cast("Sequence[str]", getattr(who, name)))
    for name in ("post", "with_post", "subsidiaries", "that"):
        yield name, getattr(who, name)


def check(workspace: Workspace, files: Sequence[Path] = ()) -> list[Row]:
    """What is wrong with these packs, or without any with all that count: file, line, problem with its remedy."""
    known = known_patterns(workspace)
    if not files:
        return [_problem(line) for line in problems(folders(workspace), known)]
    found: list[str] = []
    for file in files:
        try:
            read_pack(file, known)
            tried(folders(workspace), file, known)
        except BadInput as error:
            found += str(error).splitlines()
    return [_problem(line) for line in dict.fromkeys(found)]


def _problem(line: str) -> Row:
    file, number, text = line.split(":", 2)
    return {"file": file, "line": int(number), "problem": text.strip()}


def try_pack(workspace: Workspace, file: Path, lang: Lang = "en") -> list[Row]:
    """What the pack in `file` changes among the findings: `gained` a verdict where there was no rule, `lost` it, or
    `changed` the verdict or the norms it rests on. Nothing is written.

    The findings without the pack are compared with those with it, whether or not it is switched on already. Raises
    BadInput if it cannot be read.
    """
    known = known_patterns(workspace)
    without, with_it = tried(folders(workspace), file, known)
    found = look(workspace, list(known.values()))
    before = found.rows((*without, *found.policies), lang)
    after = found.rows((*with_it, *found.policies), lang)
    return [
        {
            "change": change,
            "id": new["id"],
            "pattern": new["pattern"],
            "people": new["people"],
            "bodies": new["bodies"],
            "place": new["place"],
            "before": old["verdict"],
            "after": new["verdict"],
            "norms_before": _ids(old),
            "norms_after": _ids(new),
        }
        for old, new in zip(before, after, strict=True)
        if (change := _change(old, new))
    ]


def _change(old: Row, new: Row) -> str | None:
    if old["verdict"] == new["verdict"] and _ids(old) == _ids(new) and old["parts"] == new["parts"]:
        return None
    if old["verdict"] == NO_RULE != new["verdict"]:
        return "gained"
    return "lost" if new["verdict"] == NO_RULE != old["verdict"] else "changed"


def _ids(row: Row) -> list[str]:
    return [str(norm["id"]) for norm in cast("list[Mapping[str, object]]", row["norms"])]
