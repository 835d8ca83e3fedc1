"""A real browser for the tests. Each page that it opens must ask nobody outside, and have nothing to complain of."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from govgraph.api.bench.picture import launched

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
SIZES = {"desktop": (1360, 860), "phone": (390, 844)}
REMEDY = "no Chromium is to be had: run `apt-get install chromium fonts-noto-cjk`, or name one in GOVGRAPH_CHROMIUM"


@contextmanager
def browser() -> Iterator[Browser]:
    """Chromium without a window. Where there is none the test is skipped with the remedy, under CI it fails."""
    with sync_playwright() as playwright:
        found = launched(playwright)
        if found is None:
            if os.environ.get("CI") == "true":
                pytest.fail(REMEDY)
            pytest.skip(REMEDY)
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, address: str, size: str = "desktop", lang: str = "zh-CN") -> Iterator[Page]:
    """A page at an address. When it is left it must not have asked outside, complained, or run what it was not to."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale=lang,
        has_touch=size == "phone",
        device_scale_factor=1.5 if os.environ.get("GOVGRAPH_PICTURES") else 1,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    wrong: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    page.on(
        "console", lambda said: wrong.append(f"console: {said.text}") if said.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
    page.on("dialog", dismissed)
    page.on("request", lambda request: wrong.append(f"asked {request.url}") if not _ours(request.url) else None)
    page.goto(address)
    yield page
    page.wait_for_timeout(100)
    context.close()
    assert not wrong, wrong


def _ours(url: str) -> bool:
    return url.startswith(("file:", "data:", "blob:", "http://127.0.0.1:"))


def picture(page: Page, name: str) -> None:
    """Keep what the page shows for the documentation, where GOVGRAPH_PICTURES asks for it."""
    if os.environ.get("GOVGRAPH_PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        page.wait_for_timeout(500)
        page.screenshot(path=PICTURES / f"{name}.png")


def serious(page: Page) -> list[str]:
    """What axe finds of serious or critical hindrances."""
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[(node['html'][:120], node['failureSummary'][-160:]) for node in one['nodes'][:4]]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]
