"""The files of the explorer, which one-file pictures share: plain modules of JavaScript, a style sheet, one library.

Nothing is built and nothing is fetched. `vendor/manifest.json` says what the library is, by version and hash.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
LIBRARY = "vendor/vis-network.min.js"
PICTURE = (
    "words.js",
    "dom.js",
    "scene.js",
    "look.js",
    "layout.js",
    "canvas.js",
    "legend.js",
    "span.js",
    "details.js",
    "table.js",
    "export.js",
    "picture.js",
)
"""The modules of a picture, each after those that it uses."""
_INJECTED = re.compile(r"""\bA\(("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\)""")


@cache
def text(name: str) -> str:
    """A file of the explorer."""
    return (FOLDER / name).read_text("utf-8")


@cache
def library() -> str:
    """The library as it may stand inside a page: without the address of its source map, which a browser would fetch."""
    return re.sub(r"\n//# sourceMappingURL=.*", "\n", text(LIBRARY))


@cache
def script() -> str:
    """The modules of a picture as one script: a page that is opened from disk may not load modules."""
    return '"use strict";\n' + "\n".join(_inlined(name) for name in PICTURE)


def _inlined(name: str) -> str:
    """A module as a function that gives what the module exports. Modules import each other by name and in no circle."""
    body = re.sub(r"^import (\{[^}]*\}) from \"\./(\w+)\.js\";$", r"const \1 = \2_js;", text(name), flags=re.MULTILINE)
    exported = re.findall(r"^export (?:async )?(?:function\*?|const|class) (\w+)", body, flags=re.MULTILINE)
    body = re.sub(r"^export ", "", body, flags=re.MULTILINE)
    return f"const {name.removesuffix('.js')}_js = (() => {{\n{body}return {{ {', '.join(exported)} }};\n}})();"


@cache
def style_hashes() -> str:
    """What a policy must allow for the style sheets that the library brings along in its own text."""
    sheets = ["", *(ast.literal_eval(found) for found in _INJECTED.findall(text(LIBRARY)))]  # put in empty, then filled
    return " ".join(f"'sha256-{digest(sheet)}'" for sheet in dict.fromkeys(sheets) if not sheet or "{" in sheet)


def digest(content: str) -> str:
    """A hash as a Content-Security-Policy names it."""
    return base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()


def policy() -> str:
    """The policy of the explorer: everything from the service itself, no script or style inside a page."""
    return (
        "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data: blob:; "
        f"style-src 'self' {style_hashes()}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def manifest() -> list[dict[str, str]]:
    """The libraries that are shipped: file, name, version, licence and SHA-256."""
    found: list[dict[str, str]] = json.loads(text("vendor/manifest.json"))
    return found
