"""`pyvis.network.Network` with pages that are safe and need no network: change the import, keep the rest.

    from govgraph.api.view.pyvis import Network      # was: from pyvis.network import Network

What is added with `add_node`, `add_edge` or `from_nx` is drawn by the page of this package: names are text wherever
they come from, places are computed here, the file is UTF-8 in every locale and written whole or not at all. Options of
the physics and the menus of pyvis have no meaning there. Needs `pip install 'govgraph[pyvis]'`.
"""

from __future__ import annotations

import webbrowser
from collections import Counter
from pathlib import Path
from typing import Any

from pyvis.network import Network as Plain

from .frame import Frame
from .layout import positions
from .look import Lang, Row
from .page import page, write
from .scene import MOST, Scene

SHAPES = ("dot", "square", "diamond", "triangle", "triangleDown", "star", "hexagon")
COLOURS = ("#0072b2", "#c8452c", "#009e73", "#e69f00", "#8a4f9e", "#56b4e9", "#7a9a01", "#26323f")
USUAL = "#97c2fc"
"""The colour that pyvis gives to what was given none."""


class Network(Plain):  # type: ignore[misc]  # pyvis has no types
    """A network as pyvis knows it, drawn as govgraph draws. `lang` is that of buttons and legend."""

    def __init__(self, *given: Any, lang: Lang = "zh", **options: Any) -> None:
        super().__init__(*given, **options)
        self.lang: Lang = lang

    @classmethod
    def of(cls, scene: Scene, lang: Lang = "zh") -> Network:
        """What a scene shows, to be gone on with by the methods of pyvis."""
        from .look import look_of_relation, look_of_type, relation_name, type_name

        made = cls(directed=True, notebook=False, lang=lang, heading=scene.title)
        for node in scene.nodes:
            look, group = look_of_type(str(node["type"])), type_name(str(node["type"]), lang)
            made.add_node(node["id"], label=node["name"], group=group, color=look.colour, shape=look.shape)
        for link in scene.links:
            said = link["role"] or relation_name(str(link["relation"]), lang)
            made.add_edge(link["from"], link["to"], label=said, color=look_of_relation(str(link["relation"])).colour)
        return made

    def generate_html(self, name: str = "index.html", local: bool = True, notebook: bool = False) -> str:
        """The page. The parameters are those of pyvis and change nothing: nothing is ever fetched."""
        return page(self._data(), self.lang)

    def write_html(self, name: str, local: bool = True, notebook: bool = False, open_browser: bool = False) -> None:
        """Write the page to a file."""
        write(Path(name), self.generate_html(name))
        if open_browser:
            webbrowser.open(Path(name).resolve().as_uri())

    def show(self, name: str, local: bool = True, notebook: bool = True) -> Frame | None:
        """Write the page to a file; in a notebook also show it, from the page itself and not from the file."""
        self.write_html(name)
        print(name)
        if not notebook:
            return None
        return Frame(self.generate_html(name), str(self.height or "600px"))

    def _data(self) -> Row:
        nodes, cut = self._most()
        ids = {node["id"]: str(i) for i, node in enumerate(nodes)}
        edges = [edge for edge in self.edges if edge["from"] in ids and edge["to"] in ids]
        names = {ids[node["id"]]: str(node.get("label", node["id"])) for node in nodes}
        ends = [(ids[edge["from"]], ids[edge["to"]]) for edge in edges]
        given = {i: (node["x"], node["y"]) for i, node in zip(names, nodes, strict=True) if _placed(node)}
        at = given if len(given) == len(nodes) else positions(names, ends)
        groups = list(dict.fromkeys(_group(node) for node in nodes))
        looks = [_look(groups.index(_group(node)), node) for node in nodes]
        kinds = {edge_kind: f"e{i}" for i, edge_kind in enumerate(dict.fromkeys(_kind(edge) for edge in edges))}
        return {
            "title": str(self.heading or ("关系图" if self.lang == "zh" else "Network")),
            "lang": self.lang,
            "day": "",
            "timeless": True,
            "shown": None,
            "centre": [],
            "cut": cut,
            "sources": 0,
            "nodes": [
                {"id": i, "name": name, "type": _group(node), "place": None, "x": at[i][0], "y": at[i][1]}
                | ({"attributes": {"title": str(node["title"])}} if node.get("title") else {})
                for (i, name), node in zip(names.items(), nodes, strict=True)
            ],
            "links": [
                {"id": f"l{i}", "from": a, "to": b, "relation": _kind(edge), "role": None, "valid": None, "claims": []}
                | {"sure": None, "possible": None}
                | ({"evidence": [{"quote": str(edge["title"])}]} if edge.get("title") else {})
                for i, ((a, b), edge) in enumerate(zip(ends, edges, strict=True))
            ],
            "words": {
                "types": {group: {"zh": group, "en": group, "look": f"n{i}"} for i, group in enumerate(groups)},
                "relations": {
                    kind: {"zh": kind, "en": kind, "look": look} | ({} if self.directed else {"symmetric": True})
                    for kind, look in kinds.items()
                },
                "looks": {str(look["name"]): look for look in looks}
                | {look: _line(kind, look, edges) for kind, look in kinds.items()},
            },
        }

    def _most(self) -> tuple[list[dict[str, Any]], dict[str, int]]:
        """The nodes that are drawn, and by group how many are not: those with fewest ties."""
        if len(self.nodes) <= MOST:
            return list(self.nodes), {}
        ties = Counter(edge[end] for edge in self.edges for end in ("from", "to"))
        order = sorted(self.nodes, key=lambda node: (-ties[node["id"]], str(node["id"])))
        return order[:MOST], dict(sorted(Counter(_group(node) for node in order[MOST:]).items()))


def _group(node: dict[str, Any]) -> str:
    return str(node.get("group", node.get("type", "·")))


def _placed(node: dict[str, Any]) -> bool:
    return all(isinstance(node.get(axis), (int, float)) for axis in ("x", "y"))


def _look(number: int, node: dict[str, Any]) -> Row:
    """How the nodes of a group look: as the last of them was asked to, else as the group's number gives it."""
    name, colour, shape = _group(node), node.get("color"), node.get("shape")
    asked = isinstance(colour, str) and colour.casefold() != USUAL
    return {
        "name": f"n{number}",
        "zh": name,
        "en": name,
        "colour": colour if asked else COLOURS[number % len(COLOURS)],
        "shape": shape if shape in SHAPES[1:] else SHAPES[number % len(SHAPES)],
        "size": 14,
    }


def _kind(edge: dict[str, Any]) -> str:
    return str(edge.get("label") or edge.get("title") or "—")


def _line(kind: str, look: str, edges: list[dict[str, Any]]) -> Row:
    colour = next(
        (edge["color"] for edge in edges if _kind(edge) == kind and isinstance(edge.get("color"), str)), "#5f6b78"
    )
    return {"name": look, "zh": kind, "en": kind, "colour": colour, "width": 1.5}
