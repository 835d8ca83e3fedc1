"""How long a picture of a city takes: to make, and to appear and move in a browser, where there is one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from govgraph.api.view import scene, to_html
from govgraph.graph.errors import GovgraphError
from govgraph.graph.workspace import Workspace

from .clock import Times, timed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

PLACE = "第0街道"
_ROUNDS = 5
_FIRST_PAINT = """() => new Promise(done => new PerformanceObserver(found => {
    const first = found.getEntriesByName('first-contentful-paint')[0];
    if (first) done(first.startTime);
}).observe({ type: 'paint', buffered: true }))"""
_DRAWN = (
    """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"""
)
_FRAME = """() => {
    const { network } = govgraph.canvas;
    const start = performance.now();
    network.moveTo({ offset: { x: 8, y: 4 } });
    network.redraw();
    return performance.now() - start;
}"""


class NoBrowser(GovgraphError):
    """There is no browser that a program may drive."""


def measured(workspace: Workspace, folder: Path) -> Iterator[tuple[str, Times]]:
    """Name and times (seconds) of each thing: making the picture of a sub-district, its first paint, all of it drawn,
    a frame while it is moved. Raises NoBrowser after the first where there is none.
    """
    file = folder / "picture.html"

    def make() -> None:
        file.write_text(to_html(scene(workspace, place=PLACE)), "utf-8")

    yield "making the file", Times((timed(make),))
    paint: list[float] = []
    drawn: list[float] = []
    frames: list[float] = []
    for _ in range(_ROUNDS):
        with _opened(file.as_uri()) as page:
            drawn.append(page.evaluate(_DRAWN) / 1000)
            paint.append(page.evaluate(_FIRST_PAINT) / 1000)
            frames += [page.evaluate(_FRAME) / 1000 for _ in range(10)]
    yield "first paint", Times(tuple(paint))
    yield "all drawn", Times(tuple(drawn))
    yield "a frame while it is moved", Times(tuple(frames))


@contextmanager
def _opened(address: str) -> Iterator[Page]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NoBrowser("playwright is not installed (pip install playwright)") from None
    with sync_playwright() as playwright:
        browser = launched(playwright)
        if browser is None:
            raise NoBrowser("no Chromium was found (name one in GOVGRAPH_CHROMIUM)")
        page = browser.new_page(viewport={"width": 1360, "height": 860})
        page.goto(address)
        yield page
        browser.close()


def launched(playwright: Playwright) -> Browser | None:
    """Chromium without a window: the one that GOVGRAPH_CHROMIUM names, else one of the machine's, else playwright's."""
    from playwright.sync_api import Error

    named = os.environ.get("GOVGRAPH_CHROMIUM")
    ours = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    for path in [named] if named else [*filter(None, ours), None]:
        try:
            return playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--lang=zh-CN"])
        except Error:
            continue
    return None
