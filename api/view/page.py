"""A scene as one page that opens from disk, asks nobody for anything, and is the same bytes for the same graph."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import cast

from govgraph.graph.workspace import write_text

from .. import explorer
from .look import Lang, Row, words
from .scene import Scene

PAGE = """<!doctype html>
<html lang="{html_lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="govgraph">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<noscript><p>{noscript}</p></noscript>
<script type="application/json" id="data">{data}</script>
<script>{library}</script>
<script>{script}</script>
</body>
</html>
"""
UNSAFE = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
NOSCRIPT = "这张图需要 JavaScript。This picture needs JavaScript."
TITLE = {"zh": "治理关系图", "en": "Governance map"}


def to_html(scene: Scene, *, lang: Lang = "zh", title: str | None = None) -> str:
    """The page. It holds all of the scene, also what its filters hide: give it only what may be shown."""
    return page(data_of(scene, lang, title), lang)


def data_of(scene: Scene, lang: Lang, title: str | None = None) -> Row:
    """What a page knows: the scene with places on the paper, and what its types and relations are called."""
    from .layout import positions  # with numpy, which nobody else needs

    at = positions(scene.names, scene.ends)
    sources = {str(quote.get("title")) for row in (*scene.nodes, *scene.links) for quote in _quotes(row)}
    return {
        "title": title or scene.title or TITLE[lang],
        "lang": lang,
        "day": scene.day or scene.newest,
        "shown": scene.day,
        "tier": scene.tier,
        "version": scene.version,
        "centre": scene.centre,
        "cut": scene.cut,
        "sources": len(sources),
        "nodes": [node | {"x": at[str(node["id"])][0], "y": at[str(node["id"])][1]} for node in scene.nodes],
        "links": scene.links,
        "words": words((str(n["type"]) for n in scene.nodes), (str(link["relation"]) for link in scene.links)),
    }


def page(data: Row, lang: Lang) -> str:
    """The page around data of the form that `data_of` gives."""
    library, script = explorer.library(), explorer.script()
    hashes = " ".join(f"'sha256-{explorer.digest(part)}'" for part in (library, script))
    style = explorer.text("explorer.css")
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src 'sha256-{explorer.digest(style)}' "
        f"{explorer.style_hashes()}; img-src data: blob:; base-uri 'none'; form-action 'none'"
    )
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True).translate(UNSAFE)
    return PAGE.format(
        html_lang="zh-CN" if lang == "zh" else "en",
        policy=escape(policy, quote=True).replace("&#x27;", "'"),
        title=escape(str(data["title"])),
        style=style,
        noscript=NOSCRIPT,
        data=text.encode("utf-8", "replace").decode(),
        library=library,
        script=script,
    )


def write(file: Path, text: str) -> None:
    """Write a picture whole or not at all, in UTF-8, whatever the locale."""
    file = file.resolve()
    write_text(file, text.encode("utf-8", "replace").decode())


def _quotes(row: Row) -> list[Row]:
    return cast("list[Row]", row.get("evidence") or [])
