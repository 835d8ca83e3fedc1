"""What a run of the service measured, as rows, as JSON and as docs/service-performance.md; and which goals were met."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from pathlib import Path

from .clock import Times, ratio
from .load import Taken
from .report import Goal
from .service import MIXED, RATE, Served

Row = dict[str, object]


def goals(result: Served) -> list[Goal]:
    """The goals, all as a number that must not be above its limit."""
    p95, most = result.look_up.get, result.most.get
    during = result.mixed.between(*result.reload)
    span = result.reload[1] - result.reload[0]
    start = result.start
    return [
        *(
            Goal(f"p95 of a look-up at {RATE:g} a second, against {what}: {who}", limit, _ratio(p95(name), p95(other)))
            for other, what, limit in (("empty", "an empty endpoint", 3), *((*rival, 0.2) for rival in _RIVALS.items()))
            for name, who in _WHO.items()
        ),
        *(
            Goal(f"look-ups a second, {what} against {this}: {who}", 0.2, _ratio(most(other), most(f"{name}{each}")))
            for other, what in _RIVALS.items()
            for each, this in (("", "one process"), ("_each", "a worker for each core"))
            for name, who in _WHO.items()
        ),
        Goal("coverage of a district, against its queries in the engine", 1.5, _ratio(result.coverage, result.engine)),
        Goal("mixed load with a full reload in the middle: errors", 0, float(result.mixed.errors)),
        Goal(
            "longest request during the reload, against the reload",
            0.1,
            max(during.seconds) / span if during.seconds else None,
        ),
        Goal("start on a built workspace, the engine up (s)", 2, start["up"].median if start else None),
        Goal(
            "start on a built workspace, the engine down, beyond the engine's own (s)",
            2,
            start["down"].median - start["engine"].median if start else None,
        ),
    ]


def _ratio(ours: Times | None, other: Times | None) -> float | None:
    return ratio(ours, other)["median"] if ours and other else None


def rows(result: Served) -> list[Row]:
    """One row for each figure, then the goals."""
    found: list[Row] = [{"group": group, "what": what, "found": said} for group, what, said in _figures(result)]
    for goal in goals(result):
        met = {True: "met", False: "missed", None: "not measured"}[goal.met]
        said = "" if goal.found is None else f"{goal.found:.2f}"
        found.append({"group": "goal", "what": goal.text, "found": said, "limit": f"at most {goal.limit:g}: {met}"})
    return found + [{"group": "left out", "what": text} for text in result.left_out]


def data(result: Served) -> Row:
    """Everything that was measured but single requests, for programs."""
    whole = asdict(result)
    whole["mixed"] = {"requests": len(result.mixed.seconds), "ended": dict(result.mixed.ended)}
    whole["goals"] = [asdict(goal) | {"met": goal.met} for goal in goals(result)]
    return whole


def _figures(result: Served) -> Iterator[tuple[str, str, str]]:
    for name, times in result.look_up.items():
        yield f"p95 of a look-up at {RATE:g} a second", _NAMES[name], _spread(times)
    for name, rates in result.most.items():
        yield "look-ups a second at most", _NAMES[name], _spread(rates, "")
    if result.coverage and result.engine:
        yield "coverage of a district", "over HTTP, on another day each time", _spread(result.coverage)
        yield "coverage of a district", "its queries in the engine", _spread(result.engine)
    for name, times in result.start.items():
        yield "start", _STARTS[name], _spread(times)
    start, end = result.reload
    parts = {"before the reload": (0.0, start), "during it": (start, end), "after it": (end, result.mixed.lasted)}
    for name, (a, b) in parts.items():
        if (part := result.mixed.between(a, b)).seconds:
            yield f"mixed load, {MIXED:g} requests a second", f"{name} ({b - a:.0f} s)", _told(part)


_RIVALS = {"naive": "the naive service", "cypher": "a service with Cypher by hand"}
_WHO = {"again": "a thousand people, in turn", "govgraph": "nobody twice"}
_NAMES = {
    "again": "govgraph, a thousand people in turn",
    "govgraph": "govgraph, nobody asked for twice",
    "again_each": "govgraph with a worker for each core, a thousand people in turn",
    "govgraph_each": "govgraph with a worker for each core, nobody asked for twice",
    "bare": "the server alone, no framework, always the same answer",
    "empty": "an empty FastAPI endpoint",
    "naive": "naive: FastAPI + py2neo's matchers on Neo4j, nobody asked for twice",
    "cypher": "FastAPI + py2neo with one Cypher statement on Neo4j, nobody asked for twice",
}
_STARTS = {
    "engine": "the engine alone",
    "up": "the service, from the command to the first answer, the engine up",
    "down": "the same, the engine down",
}


def _told(part: Taken) -> str:
    p50, p95 = (f"{1000 * part.share(share):.1f} ms" for share in (0.5, 0.95))
    return f"{len(part.seconds)} requests, half within {p50}, 95 % within {p95}, the longest {max(part.seconds):.2f} s"


def _spread(times: Times, unit: str = "s") -> str:
    def one(value: float) -> str:
        return f"{1000 * value:.1f} ms" if unit and value < 1 else f"{value:.1f} s" if unit else f"{value:.0f}"

    return f"{one(times.median)} ({one(min(times.seconds))} – {one(max(times.seconds))})"


def _why(goal: Goal, result: Served) -> str:
    """What the page says of a goal that a run misses, with what the run found of the reason."""
    if rival := next((name for name, what in _RIVALS.items() if what in goal.text), None):
        least, slow = (_ratio(result.look_up.get(name), result.look_up.get(rival)) for name in ("bare", "empty"))
        many = _ratio(result.most.get("empty"), result.most.get(rival))
        return (
            f"Against {_RIVALS[rival]}: the server alone, an application of ten lines that always sends the same, takes"
            f" {least or 0:.2f} of its p95, an endpoint of the same framework that does nothing at all {slow or 0:.2f} (and it answers"
            f" {many or 0:.2f} times as many). What is asked for again is answered before the framework is reached, a look-up without"
            " the engine; each still looks whether the graph is the newest and who asks, and shares the cores with the load."
        )
    if goal.text.startswith("start"):
        return (
            "The start: most of it is Python importing the framework and describing the doors; nothing is read of the city before"
            " it is asked for."
        )
    if goal.text.startswith("coverage"):
        return "Coverage: what is beside the engine is Python, which makes each row and its JSON."
    return f"{goal.text}: other work on the machine, or a fault; measure it again on one that is quiet."


def write_document(result: Served, out: Path) -> None:
    """Write docs/service-performance.md."""
    out.write_text("\n".join(_lines(result)) + "\n", "utf-8")


def _lines(result: Served) -> Iterator[str]:
    told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in result.machine.items())
    ended = ", ".join(f"{n:,} × {status or 'no answer'}" for status, n in sorted(result.mixed.ended.items()))
    yield from (
        "# How fast the service is",
        "",
        "This page is written by `govgraph bench-service --document docs/service-performance.md`; nothing in it is",
        "written by hand.",
        "",
        f"A made-up city of {result.size:,} relations, one run, {date.today()}; {told}. Everything, the load included,",
        "ran on this machine over loopback. What is compared ran in turn; a figure is the median (least – most) of the",
        "turns, a ratio the median of the ratios of each turn. Look-ups are for a thousand people in turn, of whom the",
        "service knows the answer after the first time, or for nobody twice. A request that had to wait for a connection",
        "counts from when it was due, every other from when it left.",
        "",
        "What it is compared with tells the dates as they are written and a quote, for no day, and masks nothing; it runs",
        "in one process, and those with py2neo have their Neo4j, which takes the other cores.",
        "",
        "| goal | at most | found | |",
        "|---|---|---|---|",
    )
    for goal in goals(result):
        found = "" if goal.found is None else f"{goal.found:.2f}"
        met = {True: "met", False: f"**missed** {goal.found or 0:.2f} : {goal.limit:g}", None: "not measured"}[goal.met]
        yield f"| {goal.text} | {goal.limit:g} | {found} | {met} |"
    if reasons := list(dict.fromkeys(_why(goal, result) for goal in goals(result) if goal.met is False)):
        yield from ("", "Why a goal is missed:", "", *(f"- {reason}" for reason in reasons))
    yield from ("", "| | | |", "|---|---|---|")
    for group, what, said in _figures(result):
        yield f"| {group} | {what} | {said} |"
    yield from (
        "",
        f"The mixed load ended so: {ended}. In the middle `govgraph rebuild` threw the graph away and built it",
    )
    yield f"again in {result.reload[1] - result.reload[0]:.0f} s, while requests went on."
    if result.left_out:
        yield from ("", "Left out:", *(f"- {text}" for text in result.left_out))
