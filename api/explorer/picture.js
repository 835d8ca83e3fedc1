// A picture in one file: the data stand in the page, and nothing is asked of anybody.

import { Canvas } from "./canvas.js";
import { linkDetails, nodeDetails } from "./details.js";
import { h, put } from "./dom.js";
import { savePng, saveSvg } from "./export.js";
import { legend, mark } from "./legend.js";
import { dress } from "./look.js";
import { Scene } from "./scene.js";
import { span } from "./span.js";
import { save, table } from "./table.js";
import { setLanguage, setVocabulary, t, typeName } from "./words.js";

const data = JSON.parse(document.getElementById("data").textContent);
const scene = new Scene();

function begin() {
  setVocabulary(data.words);
  setLanguage(data.lang);
  scene.day = data.day;
  scene.timeless = Boolean(data.timeless);
  for (const link of data.links) link.timeless = scene.timeless;
  scene.add(...dress(data.nodes, data.links));
  for (const id of data.centre) scene.centre.add(id);
  if (data.shown) scene.filter.window = [data.shown, data.shown];
  draw();
}

function draw() {
  const about = () => ({ title: data.title, day: data.day, sources: data.sources, window: scene.filter.window });
  const map = h("div", { class: "map" });
  const panel = h("aside", { class: "panel", "aria-label": t("details"), tabindex: -1, hidden: true });
  const rail = h("nav", { class: "rail", "aria-label": t("legend") });
  const time = h("section", { class: "span", "aria-label": t("time") });
  const list = h("section", { class: "sheet", "aria-label": t("table"), hidden: true });
  const button = (word, how, more = {}) => h("button", { type: "button", onclick: how, ...more }, t(word));
  const cut = Object.entries(data.cut).map(([type, n]) => `${typeName(type)} ${n}`).join("、");
  put(document.body,
    h("header", { class: "bar" },
      h("h1", {}, data.title),
      finder(),
      h("div", { class: "tools" },
        button("menu", () => rail.classList.toggle("open"), { class: "only-narrow" }),
        button("fit", () => canvas.fit()),
        button("table", (event) => {
          list.hidden = !list.hidden;
          event.target.setAttribute("aria-pressed", String(!list.hidden));
          showTable();
        }, { "aria-pressed": "false" }),
        button("csv", () => save(scene)),
        button("png", () => savePng(canvas, scene, about())),
        button("svg", () => saveSvg(scene, about())),
        button("lang", () => {
          location.hash = data.lang === "en" ? "zh" : "en";
          location.reload();
        }))),
    cut ? h("p", { class: "cut", role: "status" }, t("cutHint", cut)) : null,
    h("main", { class: "stage" }, rail, map, list, panel),
    time,
    data.day ? h("footer", { class: "foot" }, `govgraph · ${t("asOf")} ${data.day} · ${t("made", data.sources)}`) : null);
  const canvas = new Canvas(map, scene);
  legend(rail, scene);
  span(time, scene);
  const showTable = table(list, scene);
  scene.addEventListener("select", () => {
    details(panel);
    const { name } = scene.nodes.get(scene.selected) ?? {};
    if (parent !== globalThis) parent.postMessage({ govgraph: "selected", id: scene.selected, name }, "*");
  });
  globalThis.govgraph = { scene, canvas };
  scene.changed();
}

/** Look for a name among those in the picture, with type and place to tell namesakes apart. */
function finder() {
  const found = h("ul", { class: "hits", hidden: true });
  const look = (event) => {
    const text = event.target.value.trim().toLowerCase();
    const fits = (node) => [node.name, ...(node.aliases ?? [])].some((name) => name.toLowerCase().includes(text));
    const hits = text ? [...scene.nodes.values()].filter(fits).slice(0, 30) : [];
    found.hidden = !text;
    put(found, hits.length ? hits.map((node) => h("li", {}, h("button", { type: "button", onclick: () => pick(node) },
      mark(node.look), h("span", {}, node.name), h("small", {}, [typeName(node.type), node.place].filter(Boolean).join(" · "))))) : h("li", { class: "under" }, t("nothing")));
  };
  const pick = (node) => {
    found.hidden = true;
    scene.select(node.id);
    globalThis.govgraph.canvas.focus(node.id);
  };
  return h("div", { class: "finder", onkeydown: (event) => event.key === "Escape" && (found.hidden = true) },
    h("input", { type: "search", "aria-label": t("search"), placeholder: t("search"), oninput: look }), found);
}

function details(panel) {
  const node = scene.nodes.get(scene.selected);
  const link = scene.links.get(scene.selected);
  panel.hidden = !node && !link;
  if (panel.hidden) return;
  put(panel,
    h("button", { type: "button", class: "close", "aria-label": t("close"), onclick: () => scene.select(null) }, "×"),
    node ? nodeDetails(node, scene.linksOf(node.id), scene) : linkDetails(link, scene));
  panel.scrollTop = 0;
}

if (["#en", "#zh"].includes(location.hash)) data.lang = location.hash.slice(1);
begin();
