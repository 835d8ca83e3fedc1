"""The explorer as people use it: a real browser, on a desktop and on a phone, against the demo city."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import time
import urllib.request
import xml.etree.ElementTree as XML
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import browser as launched
from browsing import opened, picture, serious
from playwright.sync_api import Browser, Page, Route, expect


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def explorer(demo: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the explorer over the demo city."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("GOVGRAPH_")}
    command = [demo.command, "--workspace", demo.root, "--lang", "zh", "serve", "--port", "0"]
    log = tmp_path_factory.mktemp("serve") / "log"  # a pipe that nobody reads would fill up and stop the service
    with (
        log.open("wb") as said,
        subprocess.Popen(command, stderr=said, stdout=subprocess.DEVNULL, env=clean) as process,
    ):
        end = time.monotonic() + 120
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+/) ", log.read_text("utf-8"))):
            assert time.monotonic() < end and process.poll() is None, log.read_text("utf-8")
            time.sleep(0.1)
        while True:
            try:
                urllib.request.urlopen(f"{found[1]}readyz", timeout=10).close()
                break
            except OSError:
                assert time.monotonic() < end, log.read_text("utf-8")
                time.sleep(0.2)
        yield found[1]
        process.terminate()


@pytest.fixture(params=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def find(page: Page, name: str) -> None:
    """Look for a name and open the first hit."""
    box = page.locator("input[role=combobox]")
    box.fill(name)
    page.locator("#hits li button").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".panel h2")).to_have_text(name)


def until(page: Page, true: str) -> None:
    """Wait for a condition. (`wait_for_function` would need what the policy forbids.)"""
    end = time.monotonic() + 10
    while not page.evaluate(true):
        assert time.monotonic() < end, true
        page.wait_for_timeout(50)


def tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name).click()


def downloaded(page: Page, button: str) -> bytes:
    with page.expect_download() as found:
        page.locator(".map-tools").get_by_role("button", name=button).click()
    return Path(found.value.path()).read_bytes()


# --- the journeys -----------------------------------------------------------------------------------------------------
def test_find_a_person_and_see_the_posts_of_a_day(browser: Browser, explorer: str, size: str) -> None:
    with opened(browser, explorer, size) as page:
        expect(page.get_by_role("heading", name="从一个名字开始")).to_be_visible()
        picture(page, f"start-{size}")
        find(page, "林望舒")
        panel = page.locator(".panel")
        expect(panel).to_contain_text("业委会主任")
        expect(panel.locator(".timeline")).to_be_visible()
        expect(panel.locator("q").first).not_to_be_empty()
        expect(panel.locator("cite").first).not_to_be_empty()
        assert len(page.evaluate("govgraph.scene.visible().links")) >= 3
        picture(page, f"person-{size}")
        if size == "phone":
            page.get_by_role("button", name="关闭").click()
        page.get_by_role("button", name="只看这一天").click()
        holding = page.evaluate(
            "govgraph.scene.visible().links.filter(l => l.relation === 'HOLDS_POST').map(l => [l.role, l.holds])"
        )
        assert ["业委会主任", "yes"] in holding and all(holds != "no" for _, holds in holding)
        expect(page.locator(".span-now")).to_have_text("2025-06-30")


def test_find_the_uncovered_compounds_of_a_sub_district_and_read_why(
    browser: Browser, explorer: str, size: str
) -> None:
    with opened(browser, explorer, size) as page:
        tab(page, "覆盖")
        page.get_by_label("筛选小区").fill("潮埠街道")
        street = page.locator(".board .street th").first
        expect(street).to_contain_text("潮埠街道")
        expect(page.locator(".board .street")).to_have_count(1)
        gaps = page.locator(".board tr td:nth-of-type(1) .cell.uncovered")
        expect(gaps).to_have_count(5)
        picture(page, f"board-{size}")
        gaps.first.click()
        panel = page.locator(".panel")
        expect(panel).to_contain_text("名册声明列出了当地全部党组织")
        expect(panel.locator("q").first).not_to_be_empty()
        expect(panel.locator("cite").filter(has_text="台账").first).to_be_visible()
        picture(page, f"board-why-{size}")
        unknown = page.locator(".board .cell.unknown")
        assert unknown.count() < page.locator(".board .cell").count()


def test_open_a_finding_and_read_the_clause(browser: Browser, explorer: str, size: str) -> None:
    with opened(browser, explorer, size) as page:
        tab(page, "发现")
        first = page.locator(".finding").filter(has_text="沈慧敏").first
        first.get_by_role("button").first.click()
        expect(first.locator(".norm").first).to_contain_text("第十七条")
        expect(first.locator(".loop")).to_be_visible()
        expect(first.locator("q").first).not_to_be_empty()
        picture(page, f"finding-{size}")
        first.get_by_role("button", name="在图中查看").click()
        expect(page.locator(".drawn")).to_contain_text("条关系")
        path = page.evaluate("({nodes: govgraph.scene.path.nodes.length, links: govgraph.scene.path.links.length})")
        assert path["nodes"] >= 4 and path["links"] >= path["nodes"] - 1
        picture(page, f"finding-map-{size}")


# --- the map ----------------------------------------------------------------------------------------------------------
def test_expand_collapse_hide_pin_and_undo(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "望潮花园")
        size = "govgraph.scene.nodes.size"
        before = page.evaluate(size)
        committee = "[...govgraph.scene.nodes.values()].find(n => n.name === '望潮花园业主委员会').id"
        page.evaluate(f"govgraph.scene.select({committee})")
        expect(page.locator(".panel h2")).to_have_text("望潮花园业主委员会")
        page.locator(".panel .badge").first.wait_for()
        assert re.search(r"\+\d+ / \d+", page.locator(".panel .badge").first.inner_text())
        page.get_by_role("button", name="全部展开").click()
        until(page, f"{size} > {before}")
        grown = page.evaluate(size)
        page.get_by_role("button", name="收起").click()
        assert page.evaluate(size) < grown
        page.get_by_role("button", name="撤销").click()
        assert page.evaluate(size) == grown
        page.get_by_role("button", name="固定", exact=True).click()
        expect(page.get_by_role("button", name="取消固定")).to_be_visible()
        page.get_by_role("button", name="隐藏").click()
        assert page.evaluate("govgraph.scene.visible().nodes.length") == grown - 1
        page.get_by_role("button", name="撤销").click()
        assert page.evaluate("govgraph.scene.visible().nodes.length") == grown


def test_filters_leave_out_what_they_say(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "望潮花园")
        page.locator('[data-key="look place"]').uncheck()
        assert "place" not in page.evaluate("govgraph.scene.visible().nodes.map(n => n.look)")
        page.locator('[data-key="tie seat"]').uncheck()
        page.get_by_label("包括未注明日期的").uncheck()
        assert "undated" not in page.evaluate("govgraph.scene.visible().links.map(l => l.holds)")


def test_the_path_between_two(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "周岚")
        page.get_by_role("button", name="从这里找路径").click()
        find(page, "吴桂明")
        page.get_by_role("button", name="周岚 → 吴桂明").click()
        expect(page.locator(".panel ol li").first).to_contain_text("步")
        assert page.evaluate("govgraph.scene.path.links.length") >= 2
        picture(page, "path-desktop")


def test_a_whole_place_and_groups(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "潮埠街道")
        page.get_by_role("button", name="画出全部").click()
        until(page, "govgraph.scene.nodes.size > 100")
        page.wait_for_timeout(300)
        picture(page, "place-desktop")
    with urllib.request.urlopen(f"{explorer}v1/graph?place={quote('潮埠街道')}&grouped=true") as answer:
        groups = json.load(answer)
    assert {"Compound", "Person"} <= {node["type"] for node in groups["nodes"]}
    assert sum(node["count"] for node in groups["nodes"] if node["type"] == "Compound") == 28
    assert all(node["place"].endswith(("社区", "街道")) for node in groups["nodes"]), (
        "grouped by what lies right within"
    )
    assert any(link["count"] > 1 for link in groups["links"])


def test_too_much_is_grouped_and_more_is_offered(browser: Browser, explorer: str) -> None:
    def answer(route: Route) -> None:
        if "grouped" in route.request.url or "limit=5000" in route.request.url:
            return route.continue_()
        return route.fulfill(
            json={"centre": [], "nodes": [], "links": [], "cut": {"Person": 9000}, "complete": False, "version": "v"}
        )

    with opened(browser, explorer) as page:
        page.route(re.compile(r"/v1/graph\?place="), answer)
        find(page, "潮埠街道")
        page.get_by_role("button", name="画出全部").click()
        until(page, "[...govgraph.scene.nodes.values()].some(n => n.count > 1)")
        expect(page.locator(".cut")).to_contain_text("9000")
        page.get_by_role("button", name="最多画 5000 个").click()
        until(page, "govgraph.scene.nodes.size > 100 && [...govgraph.scene.nodes.values()].every(n => !n.count)")


def test_a_link_restores_the_view(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "望潮花园")
        page.locator('[data-key="look place"]').uncheck()
        page.wait_for_timeout(400)
        seen = "JSON.stringify(govgraph.scene.visible().nodes.map(n => [n.id, n.x, n.y]).sort())"
        before, address = page.evaluate(seen), page.url
        assert "nodes=" in address and "off=" in address
    with opened(browser, address) as page:
        expect(page.locator(".panel h2")).to_have_text("望潮花园")
        assert page.evaluate(seen) == before


def test_exports_are_not_empty(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        find(page, "望潮花园")
        png = downloaded(page, "PNG")
        assert png.startswith(b"\x89PNG") and len(png) > 20_000
        root = XML.fromstring(downloaded(page, "SVG"))
        texts = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
        assert "望潮花园" in texts and "小区" in texts and any("2025-06-30" in text for text in texts)
        rows = list(csv.DictReader(io.StringIO(downloaded(page, "CSV").decode("utf-8-sig"))))
        assert len(rows) == page.evaluate("govgraph.scene.visible().links.length") and rows[0]["claims"]


# --- for everybody ----------------------------------------------------------------------------------------------------
def test_by_keyboard_alone(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer) as page:
        page.locator("input[role=combobox]").focus()
        page.keyboard.type("林望舒")
        page.locator("#hits li button").first.wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator(".panel h2")).to_have_text("林望舒")
        page.locator(".map").focus()
        for key in ("ArrowDown", "ArrowRight", "ArrowUp", "ArrowLeft"):
            page.keyboard.press(key)
        assert page.evaluate("govgraph.scene.nodes.has(govgraph.scene.selected)")
        page.keyboard.press("Escape")
        expect(page.locator(".panel")).to_be_hidden()
        page.get_by_role("tab", name="表格").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="林望舒")).to_be_visible()
        picture(page, "table-desktop")


@pytest.mark.parametrize("lang", ["zh-CN", "en-GB"])
def test_nothing_serious_hinders_anybody(browser: Browser, explorer: str, size: str, lang: str) -> None:
    with opened(browser, explorer, size, lang) as page:
        page.locator(".start h2").wait_for()
        assert serious(page) == []
        find(page, "林望舒")
        page.locator(".panel .timeline").wait_for()
        assert serious(page) == []
        for name, ready in (("board", ".board"), ("findings", ".finding"), ("table", ".sheet:not([hidden]) table")):
            page.locator(f"#tab-{name}").click()
            page.locator(ready).first.wait_for()
            if name == "findings":
                page.locator(".finding button").first.click()
            assert serious(page) == []


def test_in_english(browser: Browser, explorer: str) -> None:
    with opened(browser, explorer, lang="en-GB") as page:
        expect(page.get_by_role("heading", name="Start from a name")).to_be_visible()
        page.get_by_role("button", name="中文").click()
        expect(page.get_by_role("heading", name="从一个名字开始")).to_be_visible()


def test_the_policy_lets_nothing_else_run(explorer: str) -> None:
    with urllib.request.urlopen(explorer) as answer:
        policy, page = answer.headers["Content-Security-Policy"], answer.read().decode()
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert not re.search(r"<script>|<style|\son\w+=|style=", page)
