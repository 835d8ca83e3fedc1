"""A scene for other programs: GEXF and GraphML, as Gephi opens them, with labels, types and periods."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from .look import Lang, Row, look_of_relation, look_of_type, relation_name, type_name
from .scene import Scene
from .svg import text

NODE = ("type", "type_name", "place")
EDGE = (
    "relation",
    "relation_name",
    "role",
    "valid",
    "sure_from",
    "sure_to",
    "possible_from",
    "possible_to",
    "claims",
    "source",
    "quote",
)


def to_gexf(scene: Scene, *, lang: Lang = "zh") -> str:
    """GEXF 1.3 with colours, positions and time: an edge exists as long as it possibly holds."""
    from .layout import positions  # with numpy, which nobody else needs

    at = positions(scene.names, scene.ends)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<gexf xmlns="http://gexf.net/1.3" xmlns:viz="http://gexf.net/1.3/viz" version="1.3">',
        "<meta><creator>govgraph</creator>",
        f"<description>{text(scene.title)} {scene.day or scene.newest}</description></meta>",
        '<graph defaultedgetype="directed" mode="dynamic" timeformat="date" timerepresentation="interval">',
        *_declared("node", NODE),
        *_declared("edge", EDGE),
        "<nodes>",
    ]
    for node in scene.nodes:
        x, y = at[str(node["id"])]
        look = look_of_type(str(node["type"]))
        parts.append(
            f'<node id="{text(node["id"])}" label="{text(node["name"])}">{_values(NODE, _of_node(node, lang))}'
        )
        parts.append(
            f'{_colour(look.colour)}<viz:position x="{x}" y="{-y}" z="0"/><viz:size value="{look.size}"/></node>'
        )
    parts += ["</nodes>", "<edges>"]
    for link in scene.links:
        ends = f'source="{text(link["from"])}" target="{text(link["to"])}"'
        label = text(link["role"] or relation_name(str(link["relation"]), lang))
        parts.append(f'<edge id="{text(link["id"])}" {ends} label="{label}" weight="1"{_time(link)}>')
        parts.append(
            f"{_values(EDGE, _of_link(link, lang))}{_colour(look_of_relation(str(link['relation'])).colour)}</edge>"
        )
    return "\n".join([*parts, "</edges>", "</graph>", "</gexf>"]) + "\n"


def to_graphml(scene: Scene, *, lang: Lang = "zh") -> str:
    """GraphML with the same fields as texts."""
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
        *(f'<key id="n_{name}" for="node" attr.name="{name}" attr.type="string"/>' for name in ("label", *NODE)),
        *(f'<key id="e_{name}" for="edge" attr.name="{name}" attr.type="string"/>' for name in ("label", *EDGE)),
        '<graph id="govgraph" edgedefault="directed">',
    ]
    for node in scene.nodes:
        values = {"label": node["name"], **_of_node(node, lang)}
        parts.append(f'<node id="{text(node["id"])}">{_data("n", values)}</node>')
    for link in scene.links:
        values = {"label": link["role"] or relation_name(str(link["relation"]), lang), **_of_link(link, lang)}
        ends = f'source="{text(link["from"])}" target="{text(link["to"])}"'
        parts.append(f'<edge id="{text(link["id"])}" {ends}>{_data("e", values)}</edge>')
    return "\n".join([*parts, "</graph>", "</graphml>"]) + "\n"


def _of_node(node: Row, lang: Lang) -> Row:
    return {"type": node["type"], "type_name": type_name(str(node["type"]), lang), "place": node["place"]}


def _of_link(link: Row, lang: Lang) -> Row:
    sure, possible = _span(link["sure"]), _span(link["possible"])
    quotes = cast("list[Row]", link.get("evidence") or [])
    first = quotes[0] if quotes else {}
    return {
        "relation": link["relation"],
        "relation_name": relation_name(str(link["relation"]), lang),
        "role": link["role"],
        "valid": link["valid"],
        "sure_from": sure[0],
        "sure_to": sure[1],
        "possible_from": possible[0],
        "possible_to": possible[1],
        "claims": " ".join(cast("list[str]", link["claims"])),
        "source": first.get("title"),
        "quote": first.get("quote"),
    }


def _span(value: object) -> tuple[object, object]:
    found = cast("list[object]", value) if isinstance(value, list) else [None, None]
    return found[0], found[1]


def _time(link: Row) -> str:
    start, end = _span(link["possible"])
    given = [("start", start), ("endopen", end)]
    return "".join(f' {name}="{value}"' for name, value in given if value)


def _declared(of: str, names: Iterable[str]) -> Iterator[str]:
    yield f'<attributes class="{of}" mode="static">'
    yield from (f'<attribute id="{name}" title="{name}" type="string"/>' for name in names)
    yield "</attributes>"


def _values(names: Iterable[str], values: Row) -> str:
    given = (f'<attvalue for="{name}" value="{text(values[name])}"/>' for name in names if values[name] is not None)
    return f"<attvalues>{''.join(given)}</attvalues>"


def _data(kind: str, values: Row) -> str:
    return "".join(f'<data key="{kind}_{k}">{text(v)}</data>' for k, v in values.items() if v is not None)


def _colour(colour: str) -> str:
    r, g, b = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f'<viz:color r="{r}" g="{g}" b="{b}"/>'
