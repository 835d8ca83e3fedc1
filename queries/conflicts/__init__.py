"""Conflicts of interest: patterns find them in the graph, norm packs judge them.

`conflicts` gives the findings of a workspace, `conflict_patterns` what is looked for, `load_packs` the norms and
`problems` what is wrong with them. The verdict on facts without a graph is `judge.judge`.
"""

from .findings import conflicts
from .packs import Pack, Rule, load_packs, problems
from .pattern import Pattern, conflict_patterns

__all__ = ["Pack", "Pattern", "Rule", "conflict_patterns", "conflicts", "load_packs", "problems"]
