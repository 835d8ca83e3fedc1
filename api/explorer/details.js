// The panel of one node or one relation: what it is, its posts over time, its relations, each with its words.

import { h, svg } from "./dom.js";
import { linkLabel, look } from "./look.js";
import { mark } from "./legend.js";
import { periodText, relationName, t, typeName } from "./words.js";

/** What there is to say of a node. `node` may hold `attributes`, `aliases`, `evidence`; links may hold `evidence`. */
export function nodeDetails(node, links, scene, actions = []) {
  const nameOf = (id) => scene.nodes.get(id) ?? links.find((link) => link.other?.id === id)?.other ?? { name: id };
  const posts = links.filter((link) => link.relation === "HOLDS_POST");
  const rest = links.filter((link) => link.relation !== "HOLDS_POST");
  const title = node.type === "Person" ? t("posts") : t("holders");
  return [
    h("header", { class: "card-head" }, mark(node.look, 26),
      h("div", {}, h("h2", {}, node.name), h("p", { class: "under" }, [typeName(node.type), node.place].filter(Boolean).join(" · ")))),
    actions.length ? h("div", { class: "actions" }, actions) : null,
    node.aliases?.length ? h("p", { class: "under" }, `${t("aliases")} ${node.aliases.join("、")}`) : null,
    attributes(node.attributes),
    posts.length ? [h("h3", {}, title), timeline(posts, node, nameOf), items(posts, node, nameOf, scene)] : null,
    rest.length ? [h("h3", {}, t("ties")), items(rest, node, nameOf, scene)] : null,
    node.evidence?.length ? [h("h3", {}, t("quotes")), quotes(node)] : null,
  ];
}

/** What there is to say of one relation. */
export function linkDetails(link, scene) {
  const end = (id) => scene.nodes.get(id) ?? { name: id };
  const person = (node) =>
    h("button", { type: "button", class: "end", onclick: () => scene.select(node.id) }, mark(node.look ?? "record"), node.name);
  return [
    h("header", { class: "card-head" }, h("div", {},
      h("h2", {}, linkLabel(link)),
      h("p", { class: "under" }, relationName(link.relation)))),
    h("p", { class: "ends" }, person(end(link.from)), h("span", { "aria-hidden": "true" }, "→"), person(end(link.to))),
    times(link),
    h("h3", {}, t("quotes")),
    quotes(link),
  ];
}

function attributes(values) {
  const shown = Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== "");
  if (!shown.length) return null;
  return h("dl", { class: "attributes" }, shown.map(([name, value]) => [h("dt", {}, name.replaceAll("_", " ")), h("dd", {}, String(value))]));
}

function items(links, node, nameOf, scene) {
  const holds = (link) => scene.holds(link);
  const order = { yes: 0, possibly: 1, undated: 2, no: 3 };
  const sorted = [...links].sort(
    (a, b) => order[holds(a)] - order[holds(b)] || (a.relation < b.relation ? -1 : a.relation > b.relation ? 1 : 0) || ((a.possible?.[0] ?? "") < (b.possible?.[0] ?? "") ? 1 : -1),
  );
  return h("ul", { class: "ties" }, sorted.map((link) => item(link, node, nameOf, holds(link), scene)));
}

function item(link, node, nameOf, holds, scene) {
  const other = nameOf(link.from === node.id ? link.to : link.from);
  return h("li", { class: `tie ${holds}` },
    h("button", { type: "button", class: "tie-name", onclick: () => scene.select(scene.nodes.has(other.id) ? other.id : link.id) },
      h("span", { class: "arrow", "aria-hidden": "true" }, link.symmetric ? "–" : link.from === node.id ? "→" : "←"),
      h("span", { class: "tie-label" }, linkLabel(link)),
      h("span", { class: "tie-other" }, other.name)),
    times(link),
    quotes(link));
}

function times(link) {
  if (link.timeless) return null;
  const sure = link.sure ? [h("span", { class: "sure" }, t("sure")), " ", h("span", { class: "day" }, periodText(link.sure))] : null;
  const open = link.possible && (link.possible[0] || link.possible[1]);
  const possible = open ? [h("span", { class: "possible" }, t("possibly")), " ", h("span", { class: "day" }, periodText(link.possible))] : null;
  if (!sure && !possible) return h("p", { class: "when" }, t("undated"));
  return h("p", { class: "when" }, sure, sure && possible ? " · " : null, possible);
}

/** The words behind something, each with its source. */
export function quotes(thing) {
  const found = thing.evidence;
  if (!found) return null;
  return h("ul", { class: "quotes" },
    found.map((one) => h("li", {},
      one.quote === undefined ? h("em", {}, t("noQuote")) : h("q", {}, one.quote),
      h("cite", {}, [one.title, where(one)].filter(Boolean).join("，")))),
    thing.more ? h("li", { class: "under" }, t("moreQuotes", thing.more)) : null);
}

function where({ locator, title }) {
  if (!locator) return "";
  if (locator.row !== undefined) {
    return `${locator.sheet === title ? "" : (locator.sheet ?? "")} ${locator.column ?? ""}${locator.row}`.trim();
  }
  const page = locator.page ? `${t("page", locator.page)} ` : "";
  return locator.line ? page + t("line", locator.line) : page;
}

/** Posts as bars over the years: dark while certain, light while possible. */
export function timeline(posts, node, nameOf) {
  const days = posts.flatMap((link) => [...(link.sure ?? []), ...(link.possible ?? [])]).filter(Boolean);
  if (!days.length) return null;
  const low = Number(days.reduce((a, b) => (a < b ? a : b)).slice(0, 4));
  const high = Number(days.reduce((a, b) => (a > b ? a : b)).slice(0, 4)) + 1;
  const at = (day, otherwise) => {
    if (!day) return otherwise;
    const year = Number(day.slice(0, 4)) + (Number(day.slice(5, 7)) - 1) / 12 + Number(day.slice(8, 10)) / 366;
    return ((year - low) / (high - low)) * 300;
  };
  const rows = [...posts].sort((a, b) => ((a.possible?.[0] ?? "") < (b.possible?.[0] ?? "") ? -1 : 1)).slice(0, 12);
  const bar = (span, y, height, opacity, colour) => {
    if (!span) return null;
    const [from, to] = [at(span[0], 0), at(span[1], 300)];
    return svg("rect", { x: from.toFixed(1), y, width: Math.max(to - from, 3).toFixed(1), height, rx: 2, fill: colour, "fill-opacity": opacity });
  };
  const { colour } = look("posts");
  const text = rows
    .map((link) => `${nameOf(link.from === node.id ? link.to : link.from).name} ${linkLabel(link)} ${periodText(link.possible)}`)
    .join("；");
  return svg("svg", { class: "timeline", viewBox: `0 0 300 ${rows.length * 20 + 14}`, role: "img", "aria-label": text },
    rows.map((link, i) => [
      bar(link.possible, i * 20 + 11, 6, 0.28, colour),
      bar(link.sure, i * 20 + 11, 6, 1, colour),
      svg("text", { x: Math.min(at(link.possible?.[0] ?? link.sure?.[0], 0), 190).toFixed(1), y: i * 20 + 8, class: "bar-name" },
        `${linkLabel(link)} ${nameOf(link.from === node.id ? link.to : link.from).name}`.slice(0, 22)),
    ]),
    svg("text", { x: 0, y: rows.length * 20 + 13, class: "axis" }, String(low)),
    svg("text", { x: 300, y: rows.length * 20 + 13, class: "axis", "text-anchor": "end" }, String(high - 1)));
}
