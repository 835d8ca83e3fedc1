"""Bringing the view of a tier up to date, as a process: `python -m govgraph.api.http.beside WORKSPACE TIER`."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Literal, cast

from govgraph.graph.errors import Busy
from govgraph.graph.workspace import Workspace
from govgraph.queries.tiers import View


def main(root: str, tier: str) -> None:
    os.nice(5)  # whoever asks goes first
    view = View(Workspace(Path(root)), cast("Literal['public', 'research']", tier))
    with contextlib.suppress(Busy), view.writing("bring the view up to date"):
        view.refresh()


if __name__ == "__main__":
    main(*sys.argv[1:])
