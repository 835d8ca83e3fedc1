"""Conflicts of interest: patterns find them in the graph, norm packs judge them.

`conflicts` gives the findings of a workspace, `conflict_patterns` what is looked for, `load_packs` the norms, `problems`
what is wrong with packs, `judge` the verdict on facts without a graph.
"""

from .findings import conflicts
from .judge import Facts, Seat, Verdict, judge
from .packs import Pack, Rule, load_packs, problems
from .pattern import Pattern, conflict_patterns

__all__ = [
    "Facts",
    "Pack",
    "Pattern",
    "Rule",
    "Seat",
    "Verdict",
    "conflict_patterns",
    "conflicts",
    "judge",
    "load_packs",
    "problems",
]
