"""Slips of the pen are looked for by parts of a name: what is found so has to be all that a comparison of each finds."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import DamerauLevenshtein

from govgraph.queries.search import Forms

NAMES = st.text("甲乙丙丁", min_size=3, max_size=9)


@settings(max_examples=500)
@given(st.lists(NAMES, max_size=40), NAMES, st.integers(1, 2))
@example(["乙甲丙丁甲乙"], "甲乙丁丙甲乙", 2)  # two pairs have changed places
@example(["甲丙乙丁"], "甲乙丙丁", 1)  # in the middle, where the name is cut
@example(["甲乙丁丙甲乙"], "甲乙丙丁甲丙", 2)
def test_no_slip_is_overlooked(names: list[str], wanted: str, slips: int) -> None:
    if slips == 2 and len(wanted) < 6:
        slips = 1
    by_length: dict[int, list[int]] = {}
    for line, name in enumerate(names):
        by_length.setdefault(len(name), []).append(line)
    forms = [
        Forms([names[line] for line in lines], lines)
        for length, lines in by_length.items()
        if abs(length - len(wanted)) <= slips
    ]
    distances = {line: DamerauLevenshtein.distance(name, wanted) for line, name in enumerate(names)}
    within = {line: apart for line, apart in distances.items() if apart <= slips}
    assert dict(found for some in forms for found in some.within(wanted, slips)) == within
