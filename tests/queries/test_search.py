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
    forms: dict[int, Forms] = {}
    for line, name in enumerate(names):
        forms.setdefault(len(name), Forms(len(name))).add(name, line)
    lengths = range(len(wanted) - slips, len(wanted) + slips + 1)
    near = {forms[n].lines[number] for n in lengths if n in forms for number in forms[n].near(wanted, slips)}
    within = {line for line, name in enumerate(names) if DamerauLevenshtein.distance(name, wanted) <= slips}
    assert within <= near
