"""Pictures of the graph that need nothing else: one file to open, to print, or to take to another program.

from govgraph.api.view import draw
draw(workspace, Path("out.html"), centre="望潮花园")
"""

from .draw import FORMATS, draw, rendered
from .page import to_html
from .scene import Scene, scene, seen_by

__all__ = ["FORMATS", "Scene", "draw", "rendered", "scene", "seen_by", "to_html"]
