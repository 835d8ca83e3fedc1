// The legend, which filters: looks of actors and relations with their counts, places, and how certain.

import { look, outline } from "./look.js";
import { h, put, svg } from "./dom.js";
import { lookName, t } from "./words.js";

/** Draw the legend of a scene into an element and keep it up to date. */
export function legend(element, scene) {
  const draw = () => {
    const { looks, ties } = scene.filter;
    const nodes = counted([...scene.nodes.values()], "look");
    const links = counted([...scene.links.values()], "look");
    put(
      element,
      h("h3", {}, t("actors")),
      h("ul", { class: "legend" }, nodes.map(([name, n]) => entry(name, n, mark(name), looks, "look"))),
      h("h3", {}, t("relations")),
      h("ul", { class: "legend" }, links.map(([name, n]) => entry(name, n, stroke(name), ties, "tie"))),
      places(),
      scene.timeless ? null : [h("h3", {}, t("certainty")), dashes(), box("withPossible", "possible"), box("withUndated", "undated")],
    );
  };
  const refilter = (how) => {
    const focused = document.activeElement?.dataset?.key;
    how(scene.filter);
    scene.changed();
    element.querySelector(`[data-key="${CSS.escape(focused ?? "")}"]`)?.focus();
  };
  const entry = (name, n, sign, off, of) =>
    h("li", {}, h("label", {},
      h("input", {
        type: "checkbox",
        "data-key": `${of} ${name}`,
        checked: !off.has(name),
        onchange: (event) => refilter(() => (event.target.checked ? off.delete(name) : off.add(name))),
      }),
      sign, h("span", {}, lookName(name)), h("span", { class: "count" }, String(n))));
  const box = (word, key) =>
    h("label", { class: "box" },
      h("input", {
        type: "checkbox",
        "data-key": key,
        checked: scene.filter[key],
        onchange: (event) => refilter((filter) => (filter[key] = event.target.checked)),
      }),
      t(word));
  const places = () => {
    const found = counted([...scene.nodes.values()].filter((node) => node.place), "place");
    if (found.length < 2) return null;
    return h("label", { class: "box wide" }, h("span", {}, t("place")),
      h("select", { "data-key": "place", onchange: (event) => refilter((filter) => (filter.place = event.target.value)) },
        h("option", { value: "" }, t("allPlaces")),
        found.map(([name, n]) => h("option", { value: name, selected: scene.filter.place === name }, `${name} (${n})`))));
  };
  scene.addEventListener("change", draw);
  draw();
  return draw;
}

/** The sign of a look of actors. */
export function mark(name, size = 18) {
  const { colour, shape } = look(name);
  return svg("svg", { viewBox: "-13 -13 26 26", width: size, height: size, "aria-hidden": "true", class: "mark" },
    svg("path", { d: outline(shape, 9.5), fill: colour, stroke: "#fff", "stroke-width": 1 }));
}

function stroke(name) {
  const { colour, width } = look(name);
  return svg("svg", { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": "true", class: "mark" },
    svg("path", { d: "M1 6H21", stroke: colour, "stroke-width": width + 0.8, fill: "none" }));
}

function dashes() {
  const line = (word, dash) =>
    h("li", {}, svg("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" },
      svg("path", { d: "M1 5H33", stroke: "#1d2733", "stroke-width": 1.8, "stroke-dasharray": dash, fill: "none" })),
    h("span", {}, t(word)));
  return h("ul", { class: "legend dashes" }, line("sure", null), line("possibly", "7 5"), line("undated", "2 4"));
}

function counted(rows, name) {
  const counts = new Map();
  for (const row of rows) counts.set(row[name], (counts.get(row[name]) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (String(a[0]) < String(b[0]) ? -1 : 1));
}
