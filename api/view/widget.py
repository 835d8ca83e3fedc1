"""A picture as a notebook widget: what is clicked in it is known to Python."""

from __future__ import annotations

from pathlib import Path

import anywidget
import traitlets


class Picture(anywidget.AnyWidget):
    """The page of a picture. `selected` is the id of what was clicked, `name` what it is called."""

    _esm = (Path(__file__).parent / "widget.js").read_text("utf-8")
    page = traitlets.Unicode().tag(sync=True)
    height = traitlets.Unicode("620px").tag(sync=True)
    selected = traitlets.Unicode("").tag(sync=True)
    name = traitlets.Unicode("").tag(sync=True)
