"""What a run measured, as rows of a table, as JSON and as docs/performance.md; and which goals were met."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from .clock import Times, ratio
from .run import JUDGED, ROWS, Measure, Result

Row = dict[str, object]
GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal: what is compared, how large it may be, how large it is (None where it was not measured)."""

    text: str
    limit: float
    found: float | None

    @property
    def met(self) -> bool | None:
        return None if self.found is None else self.found <= self.limit


def goals(result: Result) -> list[Goal]:
    """The goals, all as a number that must not be above its limit."""
    at = {(m.group, m.name): m for m in result.measures}

    def against(group: str, name: str) -> float | None:
        """The ratio to the yardstick."""
        found = at.get((group, name))
        return _ratio(found.ours, found.yardstick) if found else None

    def median(group: str, name: str) -> float | None:
        found = at.get((group, name))
        return found.ours.median if found else None

    asked = [m for m in result.measures if m.group in ("coverage", "conflicts")]
    slower = [found for m in asked if (found := _ratio(m.engine, m.theirs)) is not None]
    again = [found for m in result.measures if m.group == "again" and (found := _ratio(m.ours, m.theirs)) is not None]
    scripts = [m for m in result.measures if m.name.startswith("against the script")]
    built = [found for m in scripts if (found := _ratio(m.ours, m.theirs)) is not None]
    (_, few, quick), (_, many, slow) = result.curve[0], result.curve[-1]
    memory = sum(result.memory.values()) / GIB
    return [
        Goal("build, against the better of the user's scripts", 0.2, max(built, default=None)),
        Goal(
            "build, against the engine's fast door with bare rows",
            2,
            against("build", "against the engine's fast door with bare rows"),
        ),
        Goal("load again with 1 % changed, against a build", 0.1, against("build", "again with 1 % changed")),
        Goal("slowest question in the engine, against the user's Cypher", 1, max(slower, default=None)),
        Goal("slowest conflict pattern asked again, against the user's Cypher", 1, max(again, default=None)),
        Goal("all questions in the engine, against the user's Cypher", 0.5, _sum(asked)),
        Goal("all rules judged, against reading all relations once", 1, against("rules", JUDGED)),
        Goal("all rules with every row, against reading all relations once", 1, against("rules", ROWS)),
        Goal("judging all findings, against finding them", 0.5, against("findings", "all, judged")),
        Goal("findings of one person, against a bare look-up", 10, against("findings", "of one person")),
        Goal("findings of one compound, against a bare look-up", 10, against("findings", "of one compound")),
        Goal("roles in the library, against the bare driver call", 1.5, against("roles", "in the library")),
        Goal("roles as one command, against python -c 'import neo4j'", 1.5, against("roles", "one command, engine up")),
        Goal("first paint of a picture of a sub-district (s)", 1, median("picture", "first paint")),
        Goal("a frame of it while it is moved (s)", 0.05, median("picture", "a frame while it is moved")),
        Goal("most memory, Python and Java together (GiB)", 4, memory),
        Goal(
            f"cost of a claim at {result.size} relations, against {result.curve[0][0]}",
            1.3,
            slow / many / (quick / few),
        ),
    ]


def _ratio(ours: Times | None, other: Times | None) -> float | None:
    return ratio(ours, other)["median"] if ours and other else None


def _sum(asked: Sequence[Measure]) -> float | None:
    pairs = [(m.engine.median, m.theirs.median) for m in asked if m.engine and m.theirs]
    return sum(a for a, _ in pairs) / sum(b for _, b in pairs) if pairs else None


# --- the three forms --------------------------------------------------------------------------------------------------
def rows(result: Result) -> list[Row]:
    """One row for each measure, then the curve, memory, disk, and the goals."""
    found: list[Row] = [_measured(m) for m in result.measures]
    for relations, claims, seconds in result.curve:
        found.append(
            {"group": "curve", "what": f"{relations} relations", "ours": f"{seconds / claims * 1e6:.0f} µs a claim"}
        )
    for group, sizes in (("memory", result.memory), ("disk", result.disk)):
        found += [
            {"group": group, "what": name, "ours": f"{bytes / (1 << 20):.0f} MiB"} for name, bytes in sizes.items()
        ]
    for goal in goals(result):
        met = {True: "met", False: "missed", None: "not measured"}[goal.met]
        said = "" if goal.found is None else f"{goal.found:.2f}"
        found.append({"group": "goal", "what": goal.text, "ours": said, "ratio": f"at most {goal.limit:g}: {met}"})
    return found + [{"group": "left out", "what": text} for text in result.left_out]


def _measured(m: Measure) -> Row:
    other = m.theirs or m.yardstick
    return {
        "group": m.group,
        "what": m.name,
        "ours": _time(m.ours),
        "in the engine": _time(m.engine),
        "instead": _time(m.theirs),
        "yardstick": _time(m.yardstick),
        "floor": _time(m.floor),
        "ratio": _ratios(m.engine if m.engine and m.theirs else m.ours, other),
        "rows": " : ".join(map(str, m.rows)) if m.rows else None,
    }


def _time(times: Times | None) -> str | None:
    if times is None:
        return None
    seconds = times.median
    spread = f" ({_seconds(min(times.seconds))} – {_seconds(max(times.seconds))})" if len(times.seconds) > 1 else ""
    return _seconds(seconds) + spread


def _seconds(seconds: float) -> str:
    return (
        f"{seconds * 1000:.1f} ms"
        if seconds < 0.1
        else f"{seconds * 1000:.0f} ms"
        if seconds < 1
        else f"{seconds:.1f} s"
    )


def _ratios(ours: Times, other: Times | None) -> str | None:
    if other is None:
        return None
    found = ratio(ours, other)
    spread = f" ({found['least']:.2f} – {found['most']:.2f})" if len(ours.seconds) > 1 else ""
    return f"{found['median']:.2f}{spread}"


def data(result: Result) -> Row:
    """Everything that was measured, for programs: seconds and bytes, ratios and goals."""
    whole = asdict(result)
    whole["measures"] = [
        {"group": m.group, "name": m.name, "rows": m.rows}
        | {name: times.row() for name in _KINDS if (times := getattr(m, name)) is not None}
        | {f"ratio to {name}": ratio(m.ours, times) for name in _KINDS[2:] if (times := getattr(m, name)) is not None}
        for m in result.measures
    ]
    whole["goals"] = [asdict(goal) | {"met": goal.met} for goal in goals(result)]
    return whole


_KINDS = ("ours", "engine", "theirs", "floor", "yardstick")


def document(result: Result) -> str:
    """docs/performance.md."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    machine = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.machine.items())
    yield from (
        "# How fast it is",
        "",
        "This page is written by `govgraph bench --document docs/performance.md`; nothing in it is written by hand.",
        "",
        f"A made-up city of {result.size:,} relations in {result.claims:,} claims, one run, {date.today()}; {machine}.",
        "Machines are noisy: what is compared ran in turn, a figure is the median (least – most), and a ratio is the",
        "median of the ratios of each turn. Absolute times are those of this machine under that load; ratios travel.",
        "",
        "- **govgraph**: the whole answer, each row with the quotes it rests on; **in the engine**: the part of it that",
        "  the graph engine and its connection took.",
        "- **instead**: what a user would write: a script with `UNWIND … MERGE` and Cypher by hand, on a Neo4j server on",
        "  the same machine. It reads dates as they are written, answers yes or no, and quotes without the place.",
        "- **floor**: DuckDB, without a graph, on the same rows. **yardstick**: what a goal names and is none of these.",
        "- **rows**: found by govgraph : by the user's Cypher. They differ where a date is uncertain, which govgraph reads as",
        "  possible and the user's Cypher as a text, and where several terms of one finding are several rows there. Of rules",
        "  they are those of the rule or rules : the relations of the graph; their yardstick is to read all these once through",
        "  the driver, each with its properties. The slowest five rules are named, each timed beside another.",
        "",
        "## Goals",
        "",
        "| goal | at most | found | |",
        "|---|---|---|---|",
    )
    for goal in goals(result):
        found = "" if goal.found is None else f"{goal.found:.2f}"
        met = {True: "met", False: f"**missed** {goal.found or 0:.2f} : {goal.limit:g}", None: "not measured"}[goal.met]
        yield f"| {goal.text} | {goal.limit:g} | {found} | {met} |"
    missed = dict.fromkeys(_WHY[goal.text] for goal in goals(result) if goal.met is False and goal.text in _WHY)
    if missed:
        yield from ("", "## Why a goal is missed, and what was tried", "", *(f"- {why}" for why in missed))
    for group, heading in _HEADINGS.items():
        yield from (
            "",
            f"## {heading}",
            "",
            "| | govgraph | in the engine | instead | yardstick | floor | ratio | rows |",
        )
        yield "|---|---|---|---|---|---|---|---|"
        for m in (m for m in result.measures if m.group == group):
            cells = _measured(m)
            yield "| " + " | ".join(str(cells[name] or "") for name in _COLUMNS) + " |"
    yield from ("", "## What a claim costs", "", "| relations | claims | build | a claim |", "|---|---|---|---|")
    for relations, claims, seconds in result.curve:
        yield f"| {relations:,} | {claims:,} | {_seconds(seconds)} | {seconds / claims * 1e6:.0f} µs |"
    yield from ("", "## Memory and disk", "", "| | MiB |", "|---|---|")
    for name, bytes in (*((f"most memory: {k}", v) for k, v in result.memory.items()), *result.disk.items()):
        yield f"| {name} | {bytes / (1 << 20):,.0f} |"
    if result.left_out:
        yield from ("", "Left out:", *(f"- {text}" for text in result.left_out))


_RULES = (
    "**All rules.** Many rules list what lacks a record, and a city without that record is one row for each body: most"
    " of the time goes into the rows. Tried and kept: two rules asked at a time, rows put into order outside the"
    " engine, one look for a body's seat, two steps in one pattern from the rarer side, ties looked for row by row."
)
_WHY = {
    "build, against the better of the user's scripts": "**Build, against a script.** The engine's door alone takes for bare rows what the"
    " third line of the next table says, and the script meets a server that is up and warm, where a build starts its own. What is left is"
    " the checking of each claim, the log, compiling (places, terms, disputes, quotes), and rows with all their properties. Tried and kept:"
    " lines checked on all cores, the indexes made after the rows (a fifth of the engine's time), smaller pieces, the server started while"
    " claims are read, look-ups written by DuckDB alone, light compression. Tried without gain: sizes of Java's young generation, the first"
    " compiler alone, no preallocation of edge lists, other sizes of those.",
    "build, against the engine's fast door with bare rows": "**Build, against bare rows.** A full row is three times the bytes of a bare"
    " one, which costs the engine about half as much again; the rest is checking, log and compile, none of which overlaps with the load,"
    " since nothing may be loaded before all is compiled.",
    "load again with 1 % changed, against a build": "**Load again.** The graph gets only the difference, but every line is checked and everything"
    " is compiled again. Compiling only what changed would need to know what each row rests on; that is not done.",
    "slowest question in the engine, against the user's Cypher": "**The slowest question.** A row of ours carries each relation of the walk with its"
    " period, claims and sources, the user's a name and a quote; where both find many rows, that is most of the time. Tried and kept: marks to begin with"
    " (docs/queries.md), terms that never meet left out by the engine, only what holds on the day, one connection kept open.",
    "slowest conflict pattern asked again, against the user's Cypher": "**The slowest pattern asked again.** What is kept are the rows of all time; those"
    " of a day are taken out of them in Python, which reads each relation of each walk. The user's Cypher finds the few of that day in the engine.",
    "judging all findings, against finding them": "**Judging.** It is Python, one finding after the other, and makes the rows of the answer as well.",
    "most memory, Python and Java together (GiB)": "**Memory.** The server's heap (2 GiB at most, GOVGRAPH_ENGINE_MEMORY) holds what a scan of a"
    " whole city groups; compiling takes a gigabyte and a half and puts what is more on disk.",
    "all questions in the engine, against the user's Cypher": "**All questions.** As for the slowest one.",
    "all rules judged, against reading all relations once": _RULES,
    "all rules with every row, against reading all relations once": _RULES,
    "roles in the library, against the bare driver call": "**Roles in the library.** Names, posts and quotes"
    " come from files of look-ups, not from the graph; what is left is asking whether these are of the newest claims.",
}
"""What the page says of a goal that a run misses."""

_HEADINGS = {
    "build": "Building the graph from claims",
    "coverage": "Coverage of every compound on a day",
    "conflicts": "Every conflict on a day, by pattern, when asked for the first time",
    "again": "The rows of a pattern asked for again: kept since the first time, beside the compiled tables",
    "findings": "Findings of all time: all of them judged, and those of one",
    "rules": "All rules over the whole city",
    "roles": "The posts of one person",
    "picture": "The picture of a sub-district, 2,000 actors at most, in Chromium without a graphics card",
}
_COLUMNS = ("what", "ours", "in the engine", "instead", "yardstick", "floor", "ratio", "rows")


def write_document(result: Result, out: Path) -> None:
    """Write docs/performance.md, or a page like it elsewhere."""
    out.write_text(document(result), "utf-8")
