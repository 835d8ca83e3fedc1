"""A scene as a still picture for reports: names stay text, so that they can be searched and set in another font."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from html import escape

from .look import Lang, Look, look_of_relation, look_of_type, relation_name
from .scene import Scene

FACE = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
INK, SOFT, PAPER = "#1d2733", "#5f6b78", "#fbfaf7"
DASHES = {"yes": "", "possibly": ' stroke-dasharray="7 5"', "undated": ' stroke-dasharray="2 4"'}
EDGE, HEAD, FOOT = 64, 56, 84
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "sure": "确定",
        "possibly": "可能",
        "undated": "未注明日期",
        "of": "截至 {}　{} 份材料　govgraph",
        "cut": "未画出 {} 个",
    },
    "en": {
        "sure": "certain",
        "possibly": "possible",
        "undated": "undated",
        "of": "as of {} · {} documents · govgraph",
        "cut": "{} left out",
    },
}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def to_svg(scene: Scene, *, lang: Lang = "zh", title: str | None = None) -> str:
    """The picture with a legend, the day, and how many documents it rests on. The same bytes for the same scene."""
    from .layout import positions  # with numpy, which nobody else needs

    at = positions(scene.names, scene.ends)
    width = max([x for x, _ in at.values()], default=0) + 2 * EDGE
    width, height = max(width, 760), max([y for _, y in at.values()], default=0) + 2 * EDGE
    place = {id: (x + EDGE, y + EDGE + HEAD) for id, (x, y) in at.items()}
    full = height + HEAD + FOOT
    named = text(title or scene.title or "govgraph")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {full}" width="{width}" height="{full}" '
        f'font-family="{FACE}" role="img">',
        f"<title>{named}</title>",
        f'<rect width="{width}" height="{full}" fill="{PAPER}"/>',
        f'<text x="24" y="38" font-size="22" font-weight="700" fill="{INK}">{named}</text>',
        '<g fill="none" stroke-opacity="0.85">',
        *_lines(scene, place),
        "</g>",
        f'<g font-size="10.5" fill="{SOFT}" text-anchor="middle" paint-order="stroke" stroke="{PAPER}" '
        'stroke-width="3">',
        *(_names_of_lines(scene, place, lang) if len(scene.links) <= 200 else ()),
        "</g>",
        f'<g font-size="14" fill="{INK}" text-anchor="middle">',
        *_dots(scene, place),
        "</g>",
        *_legend(scene, lang, height + HEAD + 22, width),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def text(value: object) -> str:
    """A text that may stand in XML, whatever it is."""
    return escape(_CONTROL.sub("\ufffd", str(value)))


def _holds(link: dict[str, object]) -> str:
    if link["sure"]:
        return "yes"
    possible = link["possible"]
    return "possibly" if isinstance(possible, list) and any(possible) else "undated"


def _lines(scene: Scene, place: dict[str, tuple[int, int]]) -> Iterator[str]:
    for link in scene.links:
        look = look_of_relation(str(link["relation"]))
        (x, y), (to_x, to_y) = place[str(link["from"])], place[str(link["to"])]
        dash = DASHES[_holds(link)]
        yield f'<path d="M{x} {y}L{to_x} {to_y}" stroke="{look.colour}" stroke-width="{look.width}"{dash}/>'


def _names_of_lines(scene: Scene, place: dict[str, tuple[int, int]], lang: Lang) -> Iterator[str]:
    for link in scene.links:
        (x, y), (to_x, to_y) = place[str(link["from"])], place[str(link["to"])]
        said = text(link["role"] or relation_name(str(link["relation"]), lang))
        yield f'<text x="{(x + to_x) // 2}" y="{(y + to_y) // 2 - 3}">{said}</text>'


def _dots(scene: Scene, place: dict[str, tuple[int, int]]) -> Iterator[str]:
    for node in scene.nodes:
        look, (x, y) = look_of_type(str(node["type"])), place[str(node["id"])]
        centre = node["id"] in scene.centre
        size = look.size * (1.35 if centre else 1)
        stroke = f'stroke="{INK}" stroke-width="2.5"' if centre else 'stroke="#fff" stroke-width="1.5"'
        name = str(node["name"])
        short = name if len(name) <= 14 else f"{name[:13]}…"
        weight = ' font-weight="700"' if centre else ""
        yield (
            f'<g transform="translate({x} {y})"><title>{text(name)}</title>'
            f'<path d="{outline(look.shape, size)}" fill="{look.colour}" {stroke}/>'
            f'<text y="{look.size + 17:g}" paint-order="stroke" stroke="{PAPER}" stroke-width="4"{weight}>{text(short)}'
            "</text></g>"
        )


def _legend(scene: Scene, lang: Lang, y: int, width: int) -> Iterator[str]:
    words, x = WORDS[lang], 24.0
    yield f'<g font-size="12" fill="{INK}">'
    for look in _used(look_of_type(str(node["type"])) for node in scene.nodes):
        name = look.zh if lang == "zh" else look.en
        yield f'<path d="{outline(look.shape, 7)}" transform="translate({x + 8:g} {y})" fill="{look.colour}"/>'
        yield f'<text x="{x + 20:g}" y="{y + 4}">{name}</text>'
        x += 34 + _wide(name)
    x, y = 24.0, y + 22
    for look in _used(look_of_relation(str(link["relation"])) for link in scene.links):
        name = look.zh if lang == "zh" else look.en
        yield f'<path d="M{x:g} {y}h20" stroke="{look.colour}" stroke-width="{look.width + 0.6:g}"/>'
        yield f'<text x="{x + 26:g}" y="{y + 4}">{name}</text>'
        x += 42 + _wide(name)
    for holds, word in (("yes", "sure"), ("possibly", "possibly"), ("undated", "undated")):
        yield f'<path d="M{x:g} {y}h26" stroke="{INK}" stroke-width="1.6"{DASHES[holds]}/>'
        yield f'<text x="{x + 32:g}" y="{y + 4}">{words[word]}</text>'
        x += 50 + _wide(words[word])
    titles = {str(one.get("title")) for row in (*scene.nodes, *scene.links) for one in _quotes(row)}
    said = words["of"].format(scene.day or scene.newest, len(titles))
    if scene.cut:
        said += " · " + words["cut"].format(sum(scene.cut.values()))
    yield f'<text x="24" y="{y + 28}" font-size="11" fill="{SOFT}">{said}</text></g>'


def _quotes(row: dict[str, object]) -> list[dict[str, object]]:
    found = row.get("evidence")
    return found if isinstance(found, list) else []


def _used(looks: Iterator[Look]) -> list[Look]:
    return list(dict.fromkeys(looks))


def _wide(name: str) -> float:
    return sum(12 if letter > "\u2e80" else 6.6 for letter in name)


def outline(shape: str, size: float) -> str:
    """The outline of a shape round (0, 0), as explorer/look.js draws it."""
    if shape == "star":
        return _path(
            [(r * x, r * y) for (x, y), r in zip(_corners(10, -90), [1.15 * size, 0.48 * size] * 5, strict=True)]
        )
    if shape in ("square", "diamond", "hexagon", "triangle", "triangleDown"):
        corners = {"square": (4, 45, 1.25), "diamond": (4, 0, 1), "hexagon": (6, 0, 1)}
        n, turn, grown = corners.get(shape, (3, 90 if shape == "triangleDown" else -90, 1.15))
        return _path([(x * size * grown, y * size * grown) for x, y in _corners(n, turn)])
    return f"M{-size:g} 0A{size:g} {size:g} 0 1 1 {size:g} 0A{size:g} {size:g} 0 1 1 {-size:g} 0Z"


def _corners(n: int, turn: float) -> list[tuple[float, float]]:
    angles = [math.radians(turn + i * 360 / n) for i in range(n)]
    return [(math.cos(angle), math.sin(angle)) for angle in angles]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"
