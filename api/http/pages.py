"""Pages for people: the explorer with its files, and the description of the doors. All of them is from here."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse, Response

from .. import explorer
from .problems import Problem

DOCS = (Path(__file__).parent / "docs.html").read_text("utf-8")
KINDS = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
SAFE = {"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-cache"}


def add_pages(app: FastAPI) -> None:
    """Put the pages on an app."""
    files = {
        str(file.relative_to(explorer.FOLDER)): file for file in explorer.FOLDER.rglob("*") if file.suffix in KINDS
    }
    start = {"Content-Security-Policy": explorer.policy()} | SAFE

    @app.get("/", include_in_schema=False)
    def explore() -> HTMLResponse:
        return HTMLResponse(explorer.text("index.html"), headers=start)

    @app.get("/explorer/{name:path}", include_in_schema=False)
    def part(name: str) -> Response:
        if name not in files:
            raise Problem(404, f"the explorer has no file {name}")
        return Response(files[name].read_bytes(), media_type=KINDS[files[name].suffix], headers=SAFE)

    @app.get("/docs", include_in_schema=False)
    def docs() -> HTMLResponse:
        return HTMLResponse(DOCS, headers={"Content-Security-Policy": _docs_policy()} | SAFE)


def _docs_policy() -> str:
    digests = [
        base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        for part in re.findall(r"<(?:script|style)>(.*?)</(?:script|style)>", DOCS, re.DOTALL)
    ]
    sources = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; connect-src 'self'; script-src {sources}; style-src {sources}; base-uri 'none'"
