// What is on the screen, as tables: for readers of text, for sorting, and for a spreadsheet.

import { download, h, put } from "./dom.js";
import { mark } from "./legend.js";
import { periodText, relationName, t, typeName } from "./words.js";

const MOST = 500;

/** Draw the tables of a scene into an element and keep them up to date while it is shown. */
export function table(element, scene, open = () => {}) {
  const draw = () => {
    if (element.hidden) return;
    const { nodes, links } = scene.visible();
    const name = (id) => scene.nodes.get(id)?.name ?? id;
    const pick = (id) => {
      scene.select(id);
      open(id);
    };
    put(element,
      h("div", { class: "table-head" }, h("p", {}, t("drawn", nodes.length, links.length)),
        h("button", { type: "button", onclick: () => save(scene) }, t("csv"))),
      h("h2", {}, t("actors")),
      grid([t("actor"), t("type"), t("place")], nodes.slice(0, MOST).map((node) => [
        h("button", { type: "button", class: "end", onclick: () => pick(node.id) }, mark(node.look, 15), node.name), typeName(node.type), node.place ?? ""])),
      h("h2", {}, t("relations")),
      grid([t("from"), t("relation"), t("to"), t("sure"), t("possibly"), t("source")], links.slice(0, MOST).map((link) => [
        name(link.from),
        h("button", { type: "button", class: "end", onclick: () => pick(link.id) }, [relationName(link.relation), link.role].filter(Boolean).join(" · ")),
        name(link.to), periodText(link.sure), link.possible?.some(Boolean) ? periodText(link.possible) : "", link.evidence?.[0]?.title ?? ""])),
    );
  };
  scene.addEventListener("change", draw);
  draw();
  return draw;
}

function grid(heads, rows) {
  return h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": heads[0] }, h("table", {},
    h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
    h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell) => h("td", {}, cell)))))));
}

/** The relations on the screen, and the actors without any, as CSV that a spreadsheet takes for text. */
export function csv(scene) {
  const { nodes, links } = scene.visible();
  const at = (id) => scene.nodes.get(id) ?? { name: id };
  const lines = [["from", "from_type", "relation", "role", "to", "to_type", "valid", "sure_from", "sure_to", "possible_from", "possible_to", "source", "quote", "claims"]];
  for (const link of links) {
    const [a, b] = [at(link.from), at(link.to)];
    const one = link.evidence?.[0];
    lines.push([a.name, a.type, link.relation, link.role, b.name, b.type, link.valid, link.sure?.[0], link.sure?.[1], link.possible?.[0], link.possible?.[1], one?.title, one?.quote, (link.claims ?? []).join(" ")]);
  }
  const tied = new Set(links.flatMap((link) => [link.from, link.to]));
  for (const node of nodes) if (!tied.has(node.id)) lines.push([node.name, node.type]);
  return `\ufeff${lines.map((line) => line.map(cell).join(",")).join("\r\n")}\r\n`;
}

function cell(value) {
  const text = String(value ?? "");
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

export function save(scene) {
  download(`${fileName(scene)}.csv`, "text/csv;charset=utf-8", csv(scene));
}

/** A name for what is saved: who is in the middle. */
export function fileName(scene) {
  const [first] = scene.centre;
  const name = scene.nodes.get(first)?.name ?? "govgraph";
  return name.replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_").slice(0, 60);
}
