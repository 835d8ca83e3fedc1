"""Pictures in one file: what is in them, what is not, and that they open in a real browser and ask nobody."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as XML
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx
import pytest
from browsing import browser as launched
from browsing import opened, picture, serious
from playwright.sync_api import Browser, Page, expect
from serving import RESEARCH, RESTRICTED, claims, load, serving

from govgraph.api import explorer
from govgraph.api.view import FORMATS, draw, scene, seen_by, to_html
from govgraph.api.view.layout import positions
from govgraph.api.view.look import look_of_relation, look_of_type, looks, words
from govgraph.api.view.scene import Scene
from govgraph.graph.errors import BadInput, NotFound
from govgraph.graph.settings import Settings
from govgraph.graph.vocabulary import vocabulary
from govgraph.graph.workspace import Workspace

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(2)>",
    '"><svg onload=alert(3)>',
    "href <b onmouseover=alert(4)>",
    "{{7*7}} ${alert(5)} \u2028 \u2029 &amp; ]]>",
    '=HYPERLINK("http://evil.example")',
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as found:
        yield found


@pytest.fixture(scope="module")
def workspace(private_server: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A compound with something to hide for every tier."""
    root = tmp_path_factory.mktemp("view")
    (root / "engine").symlink_to(private_server, target_is_directory=True)
    found = Workspace(root, Settings())
    found.rebuild()
    load(found, claims())
    return found


@pytest.fixture(scope="module")
def city(demo: Any) -> Workspace:
    return Workspace(demo.root, Settings())


def made(name: str = "甲", n: int = 2, links: int = 1) -> Scene:
    """A scene out of thin air: `n` nodes with names that begin so."""
    chance = random.Random(7)
    nodes: list[dict[str, object]] = [
        {
            "id": f"n{i}",
            "name": f"{name}{i}",
            "type": "Person" if i % 2 else "PartyOrg",
            "place": name,
            "hops": 0,
            "claims": [],
        }
        for i in range(n)
    ]
    tied: list[dict[str, object]] = [
        {
            "id": f"r{i}", "from": f"n{chance.randrange(n)}", "to": f"n{i % n}", "relation": "HOLDS_POST", "role": name, "valid": None,
            "sure": [f"20{10 + i % 15}-01-01", None], "possible": [f"20{10 + i % 15}-01-01", None], "claims": ["c"],
            "evidence": [{"title": name, "quote": name, "locator": {"line": 1}}],
        }
        for i in range(links)
    ]  # fmt: skip
    return Scene(name, ["n0"], nodes, tied, "public", "v", "2025-06-30")


# --- what is shipped --------------------------------------------------------------------------------------------------
def test_the_library_is_the_one_that_the_manifest_names() -> None:
    for library in explorer.manifest():
        file = explorer.FOLDER / "vendor" / library["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == library["sha256"]
        assert f"@version {library['version']}" in file.read_text("utf-8")[:600]
        assert list(file.parent.glob(f"{library['name']}.LICENSE*"))


def test_every_module_is_in_the_page_after_those_it_uses() -> None:
    seen: list[str] = []
    for name in explorer.PICTURE:
        assert set(re.findall(r'from "\./(\w+\.js)"', explorer.text(name))) <= set(seen), name
        seen.append(name)


def test_everything_of_the_explorer_is_shipped() -> None:
    shipped = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    suffixes = {pattern.removeprefix("**/*") for pattern in shipped["package-data"]["*"]} | {".py"}
    files = [file for file in explorer.FOLDER.rglob("*") if file.is_file() and "__pycache__" not in file.parts]
    assert len(files) > 20 and {file.suffix for file in files} <= suffixes
    named = set(
        re.findall(r'from "\./([\w.]+)"', "".join(file.read_text("utf-8") for file in files if file.suffix == ".js"))
    )
    assert named <= {file.name for file in files}


def test_looks_speak_of_what_the_vocabulary_has() -> None:
    actors, relations = looks()
    assert {type for look in actors for type in look.members} <= set(vocabulary().types)
    assert {name for look in relations for name in look.members} <= set(vocabulary().relations)
    assert len({(look.colour, look.shape) for look in actors}) == len(actors)
    assert look_of_type("PropertyFirm").name == "firm" and look_of_type("Nonsense").name == "record"
    assert look_of_relation("FAMILY_OF").name == "kin" and words()["types"]["Compound"]["zh"] == "住宅小区"


# --- places on the paper ----------------------------------------------------------------------------------------------
def test_the_layout_is_the_same_again_and_leaves_room() -> None:
    names = {f"n{i}": f"望潮花园第{i}党支部" for i in range(120)}
    chance = random.Random(3)
    links = [(f"n{i}", f"n{chance.randrange(i)}") for i in range(1, 100)]
    at = positions(names, links)
    assert at == positions(dict(reversed(names.items())), list(reversed(links)))
    assert len(set(at.values())) == len(names)
    close = [
        (a, b) for a in at for b in at if a < b and abs(at[a][0] - at[b][0]) < 40 and abs(at[a][1] - at[b][1]) < 25
    ]
    assert not close


def test_two_thousand_nodes_are_placed_in_seconds() -> None:
    chance = random.Random(5)
    names = {f"n{i}": "小区" for i in range(2000)}
    links = [(f"n{i}", f"n{chance.randrange(max(1, i // 3), i) if i > 1 else 0}") for i in range(1, 2000)]
    start = time.process_time()
    positions(names, links)
    assert time.process_time() - start < 30  # about 3 on a quiet machine


# --- what a picture holds ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("suffix", FORMATS)
def test_a_picture_is_the_same_bytes_and_holds_what_is_public(
    workspace: Workspace, tmp_path: Path, suffix: str
) -> None:
    a, b = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    assert draw(workspace, a).nodes and draw(workspace, b).nodes
    text = a.read_text("utf-8")
    assert a.read_bytes() == b.read_bytes() and "测试花园" in text
    assert not [word for word in (*RESTRICTED, *RESEARCH) if word in text]
    assert "祁连山" in text and "FAMILY_OF" not in text and "亲属" not in text.replace('"kin"', "").split("<style>")[0]
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted((a.name, b.name))


def test_a_picture_for_the_owner_holds_more(workspace: Workspace, tmp_path: Path) -> None:
    draw(workspace, tmp_path / "a.html", tier="restricted")
    text = (tmp_path / "a.html").read_text("utf-8")
    assert "FAMILY_OF" in text and "SECRETPHONE" in text
    draw(workspace, tmp_path / "b.html", tier="research")
    assert "SECRETNOTE" in (tmp_path / "b.html").read_text("utf-8") and "SECRETPHONE" not in (
        tmp_path / "b.html"
    ).read_text("utf-8")


def test_the_doors_of_the_explorer_hide_it_too(workspace: Workspace) -> None:
    with serving(workspace, exposed=True) as client:
        found = client.get("/v1/graph", params={"place": "云城街道", "evidence": True}).json()
        assert client.get("/v1/about").json()["tier"] == "public" and found["nodes"] and found["links"][0]["evidence"]
        ids = [node["id"] for node in found["nodes"]]
        doors: list[tuple[str, Any]] = [
            ("about", {}),
            ("board", {}),
            ("graph", {"id": ids, "evidence": True}),
            ("graph", {"place": "云城街道", "grouped": True}),
            ("graph", {"centre": "测试花园", "hops": 3, "evidence": True}),
        ]
        for door, asked in doors:
            answer = client.get(f"/v1/{door}", params=asked)
            assert answer.status_code == 200, answer.text
            assert not [word for word in (*RESTRICTED, *RESEARCH) if word in answer.text], door
            assert door == "about" or "FAMILY_OF" not in answer.text
        assert client.get("/v1/graph", params={"place": "云城街道", "centre": "测试花园"}).status_code == 400


def test_what_is_drawn(city: Workspace) -> None:
    seen = seen_by(city, "public")
    around = scene(seen, centre="望潮花园")
    names = {str(node["name"]) for node in around.nodes}
    assert (
        around.title == "望潮花园" and {"望潮花园", "望潮花园业主委员会", "望潮社区"} <= names and "林望舒" not in names
    )
    farther = scene(seen, centre="望潮花园", hops=2)
    assert "林望舒" in {str(node["name"]) for node in farther.nodes}
    day = scene(seen, centre="望潮花园", hops=2, as_of="2019-01-01")
    assert len(day.links) < len(farther.links) and day.day == "2019-01-01"
    district = scene(seen, place="望江区")
    assert sum(node["type"] == "Compound" for node in district.nodes) == 28 and any(
        n["type"] == "Person" for n in district.nodes
    )
    few = scene(seen, most=10)
    assert len(few.nodes) == 10 and sum(few.cut.values()) > 100 and all(link["evidence"] for link in few.links)
    asked = scene(city, query="Q05 person=林望舒", tier="restricted")
    assert "林望舒" in {str(node["name"]) for node in asked.nodes} and asked.links
    with pytest.raises(NotFound, match="无此人"):
        scene(seen, centre="无此人")
    with pytest.raises(NotFound, match="无此地"):
        scene(seen, place="无此地")
    with pytest.raises(BadInput, match="one of them"):
        scene(seen, centre="甲", place="乙")


def test_svg_gexf_and_graphml_are_whole(city: Workspace, tmp_path: Path) -> None:
    drawn = draw(city, tmp_path / "a.svg", place="望江区")
    root = XML.parse(tmp_path / "a.svg").getroot()
    titles = [node.text for node in root.iter("{http://www.w3.org/2000/svg}title")]
    assert {str(node["name"]) for node in drawn.nodes} <= set(titles)
    for suffix, read in ((".gexf", networkx.read_gexf), (".graphml", networkx.read_graphml)):
        draw(city, tmp_path / f"a{suffix}", place="望江区")
        graph = read(tmp_path / f"a{suffix}")
        assert (graph.number_of_nodes(), graph.number_of_edges()) == (len(drawn.nodes), len(drawn.links))
        labels = {data["label"] for _, data in graph.nodes(data=True)}
        types = {data["type"] for _, data in graph.nodes(data=True)}
        roles = {data.get("role") for _, _, data in graph.edges(data=True)}
        assert "望潮花园" in labels and "Compound" in types and "支部书记" in roles
        assert any(data.get("sure_from") for _, _, data in graph.edges(data=True))


@pytest.mark.parametrize("suffix", FORMATS)
def test_hostile_names_stay_text(tmp_path: Path, suffix: str) -> None:
    for name in (*HOSTILE, "\x00\ud800\ufffe"):
        text = FORMATS[suffix](made(name), "zh").encode("utf-8", "replace").decode()
        if suffix == ".html":
            data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
            assert (
                data
                and not set(data[1]) & set("<>&\u2028\u2029")
                and json.loads(data[1])["title"][:5] == name[:5].replace("\ud800", "?")
            )
            assert text.count("<script") == 3
        else:
            assert (
                name in "".join(XML.fromstring(text).itertext())
                or any(name in value for node in XML.fromstring(text).iter() for value in node.attrib.values())
                or "\x00" in name
                or "\u2028" in name
            )


def test_the_page_names_no_other_address() -> None:
    page = to_html(made())
    assert not re.search(r"""(?:src|href)\s*=\s*["']|@import|sourceMappingURL""", page.replace(explorer.library(), ""))
    assert not re.search(r"""url\((?!["']?data:|\))""", page)
    assert "default-src 'none'" in page and "unsafe" not in page.split("<style>")[0]


def test_a_picture_is_written_whole_in_any_locale(city: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text("the picture before", "utf-8")
    script = """
import sys; from pathlib import Path
from govgraph.api.view import draw; from govgraph.graph.workspace import Workspace
assert open(sys.argv[2]).encoding.lower() not in ("utf-8", "utf8")
draw(Workspace(Path(sys.argv[1])), Path(sys.argv[2]), centre="\\u671b\\u6f6e\\u82b1\\u56ed")"""
    plain = os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    done = subprocess.run(
        [sys.executable, "-c", script, str(city.root), str(tmp_path / "a.html")], env=plain, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "望潮花园业主委员会" in (tmp_path / "a.html").read_text("utf-8")
    command = [str(Path(sys.executable).with_name("govgraph")), "--workspace", str(city.root), "view"]
    done = subprocess.run([*command, str(tmp_path / "a.html"), "--centre", "无此人"], capture_output=True)
    assert done.returncode == 2 and "望潮花园业主委员会" in (tmp_path / "a.html").read_text("utf-8")
    done = subprocess.run([*command, str(tmp_path / "a.pdf")], capture_output=True)
    assert done.returncode == 2 and b".html, .svg, .gexf, .graphml" in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["a.html"]


# --- in a browser -----------------------------------------------------------------------------------------------------
def test_it_opens_from_disk_and_asks_nobody(browser: Browser, city: Workspace, tmp_path: Path) -> None:
    draw(city, tmp_path / "a.html", centre="望潮花园", hops=2)
    with opened(browser, (tmp_path / "a.html").as_uri()) as page:
        expect(page.get_by_role("heading", name="望潮花园")).to_be_visible()
        page.wait_for_timeout(300)
        picture(page, "picture-desktop")
        page.get_by_role("searchbox").fill("林望")
        hit = page.locator(".hits button").first
        expect(hit).to_contain_text("人员")
        hit.click()
        expect(page.locator(".panel")).to_contain_text("业委会主任")
        expect(page.locator(".panel q").first).not_to_be_empty()
        assert serious(page) == []
        before = page.evaluate("govgraph.scene.visible().links.length")
        slider = page.get_by_label("时间: 止")
        slider.focus()
        page.keyboard.press("Home")
        assert page.evaluate("govgraph.scene.visible().links.length") < before
        page.get_by_label("包括未注明日期的").uncheck()
        assert page.evaluate("govgraph.scene.visible().links.every(l => l.holds !== 'undated')")
        with page.expect_download() as found:
            page.get_by_role("button", name="PNG").click()
        assert len(Path(found.value.path()).read_bytes()) > 20_000
    with opened(browser, (tmp_path / "a.html").as_uri() + "#en", "phone") as page:
        page.get_by_role("button", name="Legend").click()
        expect(page.get_by_label("people")).to_be_visible()
        assert serious(page) == []


def test_the_whole_demo_for_the_wall(browser: Browser, city: Workspace, tmp_path: Path) -> None:
    draw(city, tmp_path / "a.svg", place="潮埠街道")
    with opened(browser, (tmp_path / "a.svg").as_uri()) as page:
        expect(page.locator("text=安澜里物业服务有限公司").first).to_be_attached()
    draw(city, tmp_path / "a.html", place="潮埠街道")
    with opened(browser, (tmp_path / "a.html").as_uri()) as page:
        page.wait_for_timeout(300)
        picture(page, "sub-district-desktop")


def _poke(page: Page) -> None:
    """Do whatever could make a hostile name run."""
    page.locator(".map").hover(position={"x": 300, "y": 200})
    page.get_by_role("searchbox").fill("0")
    page.locator(".hits button").first.click()
    page.evaluate("govgraph.scene.select([...govgraph.scene.links.keys()][0])")
    page.get_by_role("button", name="表格").click()
    page.get_by_role("button", name="表格").click()
    for x in range(200, 1000, 120):
        page.mouse.move(x, 400)
    page.wait_for_timeout(150)


def test_hostile_names_do_nothing(browser: Browser, tmp_path: Path) -> None:
    for name in HOSTILE:
        (tmp_path / "a.html").write_text(to_html(made(name, 4, 4)), "utf-8")
        with opened(browser, (tmp_path / "a.html").as_uri()) as page:
            _poke(page)
            assert page.evaluate("document.querySelectorAll('img,b[onmouseover],svg[onload]').length") == 0


def test_two_thousand_are_drawn_at_once_and_move(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(to_html(made("甲", 2000, 3800)), "utf-8")
    with opened(browser, (tmp_path / "a.html").as_uri()) as page:
        assert page.evaluate("govgraph.scene.visible().nodes.length") == 2000
        before = page.evaluate("govgraph.canvas.network.getViewPosition()")
        page.evaluate("govgraph.canvas.network.moveTo({ offset: { x: 80, y: 40 } })")
        assert page.evaluate("govgraph.canvas.network.getViewPosition()") != before


# --- instead of pyvis -------------------------------------------------------------------------------------------------
def test_pyvis_code_is_drawn_by_changing_an_import(
    browser: Browser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("pyvis", reason="run: pip install 'govgraph[pyvis]'")
    from govgraph.api.view.pyvis import Network

    net = Network(
        height="600px",
        directed=True,
        notebook=True,
        heading=HOSTILE[0],
        bgcolor=HOSTILE[2],
        select_menu=True,
        filter_menu=True,
    )
    for i, name in enumerate(HOSTILE):
        net.add_node(name, label=name, title=name, group=name, shape="star")
        net.add_edge(name, HOSTILE[i - 1], label=name, title=name) if i else None
    net.set_options(json.dumps({"nodes": {"font": {"face": HOSTILE[0]}}}))
    shown = net.show(str(tmp_path / "a.html"))
    assert shown and "<iframe" in shown._repr_html_() and capsys.readouterr().out.strip().endswith("a.html")
    assert net.generate_html() == net.generate_html() == (tmp_path / "a.html").read_text("utf-8")
    with opened(browser, (tmp_path / "a.html").as_uri()) as page:
        assert page.evaluate("govgraph.scene.visible().nodes.length") == len(HOSTILE)
        page.get_by_role("searchbox").fill("a")
        page.locator(".hits button").first.click()
        page.get_by_role("button", name="表格").click()
        page.wait_for_timeout(100)
    karate = Network()
    karate.from_nx(networkx.karate_club_graph())
    karate.write_html(str(tmp_path / "b.html"))
    with opened(browser, (tmp_path / "b.html").as_uri()) as page:
        assert page.evaluate("[govgraph.scene.nodes.size, govgraph.scene.visible().links.length]") == [34, 78]


def test_a_scene_goes_on_as_a_pyvis_network(city: Workspace) -> None:
    pytest.importorskip("pyvis", reason="run: pip install 'govgraph[pyvis]'")
    from govgraph.api.view.pyvis import Network

    net = Network.of(scene(seen_by(city, "public"), centre="望潮花园"))
    assert "望潮花园业主委员会" in net.generate_html() and net.num_nodes() > 5


def test_too_many_are_cut_and_told(browser: Browser, tmp_path: Path) -> None:
    pytest.importorskip("pyvis", reason="run: pip install 'govgraph[pyvis]'")
    from govgraph.api.view.pyvis import Network

    net = Network()
    net.add_nodes(list(range(2100)), label=[f"甲{i}" for i in range(2100)])
    net.add_edges([(0, i) for i in range(1, 50)])
    net.write_html(str(tmp_path / "a.html"))
    with opened(browser, (tmp_path / "a.html").as_uri()) as page:
        expect(page.locator(".cut")).to_contain_text("100")
        assert page.evaluate("govgraph.scene.nodes.size") == 2000
