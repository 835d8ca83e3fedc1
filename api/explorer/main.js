// The explorer: search first, then the map of who is tied to whom, the board of coverage, the findings, the table.

import { readAddress, writeAddress } from "./address.js";
import { ask, useKey } from "./ask.js";
import { board } from "./board.js";
import { Canvas } from "./canvas.js";
import { linkDetails, nodeDetails } from "./details.js";
import { h, put, svg } from "./dom.js";
import { savePng, saveSvg } from "./export.js";
import { findings } from "./findings.js";
import { legend, mark } from "./legend.js";
import { dress, lookOfType } from "./look.js";
import { Scene } from "./scene.js";
import { search } from "./search.js";
import { span } from "./span.js";
import { save, table } from "./table.js";
import { languageNow, periodText, relationName, setLanguage, setVocabulary, t, typeName } from "./words.js";

const TABS = ["graph", "board", "findings", "table"];
const NEAR = 400; // neighbours of one node that are read at once
const FIRST = 60; // nodes of a neighbourhood that are drawn unasked
const PART = 25; // neighbours that one press of a button adds
const MOST = 2000; // nodes drawn unless more are asked for
const CLOSED = 300; // nodes among which all relations are asked for

const scene = new Scene();
let about;
let state;
let parts;
let canvas;
let pathFrom = null;

async function begin() {
  state = readAddress();
  try {
    about = await ask("about");
  } catch (refused) {
    setLanguage(state.lang ?? "zh");
    put(document.body, h("main", { class: "start" }, h("p", { class: "failed", role: "alert" }, t("failed", refused.message)), keyForm()));
    return;
  }
  setVocabulary(about);
  setLanguage(state.lang ?? (navigator.language.startsWith("zh") ? "zh" : "en"));
  scene.day = about.as_of;
  draw();
  await restore();
}

// --- the page --------------------------------------------------------------------------------------------------------
function draw() {
  document.title = `govgraph ${t("title")}`;
  parts = {
    rail: h("nav", { class: "rail", id: "rail", "aria-label": t("legend") }),
    map: h("div", { class: "map" }),
    drawn: h("p", { class: "drawn", "aria-live": "polite" }),
    start: start(),
    board: h("section", { class: "sheet", "aria-label": t("board"), hidden: true, tabindex: -1 }),
    findings: h("section", { class: "sheet", "aria-label": t("findings"), hidden: true, tabindex: -1 }),
    table: h("section", { class: "sheet", "aria-label": t("table"), hidden: true, tabindex: -1 }),
    panel: h("aside", { class: "panel", "aria-label": t("details"), hidden: true, tabindex: -1 }),
    time: h("section", { class: "span", "aria-label": t("time") }),
    cut: h("div", { class: "cut", role: "status", hidden: true }),
    tabs: h("div", { class: "tabs", role: "tablist" }, TABS.map((tab) =>
      h("button", { type: "button", role: "tab", id: `tab-${tab}`, "aria-selected": "false", onclick: () => turn(tab) }, t(tab)))),
  };
  const tool = (word, how, more = {}) => h("button", { type: "button", onclick: how, ...more }, t(word));
  parts.tools = h("div", { class: "map-tools" },
    tool("undo", () => scene.undo()),
    tool("fit", () => canvas.fit()),
    tool("png", () => savePng(canvas, scene, caption())),
    tool("svg", () => saveSvg(scene, caption())),
    tool("csv", () => save(scene)));
  parts.wrap = h("div", { class: "map-wrap" }, parts.map, parts.start, parts.tools, parts.drawn);
  put(document.body,
    h("a", { class: "skip", href: "#rail" }, t("skip")),
    h("header", { class: "bar" },
      h("button", { type: "button", class: "brand", "aria-label": `govgraph ${t("title")}`, onclick: home }, logo(), h("span", {}, t("title"))),
      search((found) => show(found)),
      parts.tabs,
      h("div", { class: "tools" },
        h("span", { class: "badge" }, `${t(`tier_${about.tier}`)} · ${about.as_of}`),
        tool("menu", () => parts.rail.classList.toggle("open"), { class: "only-narrow", "aria-controls": "rail" }),
        about.tier === "restricted" ? null : tool("key", () => askKey()),
        tool("lang", () => {
          state.lang = languageNow() === "zh" ? "en" : "zh";
          writeAddress(state, scene);
          location.reload();
        }))),
    parts.cut,
    h("main", { class: "stage" }, parts.rail, parts.wrap, parts.board, parts.findings, parts.table, parts.panel),
    parts.time);
  canvas = new Canvas(parts.map, scene, expandAll);
  legend(parts.rail, scene);
  span(parts.time, scene);
  parts.drawTable = table(parts.table, scene, () => {});
  scene.addEventListener("change", () => {
    state.place = scene.nodes.size && state.place === parts.whole ? state.place : null;
    refresh();
  });
  scene.addEventListener("select", () => {
    details();
    remember();
  });
  globalThis.govgraph = { scene, canvas };
}

function logo() {
  return svg("svg", { viewBox: "0 0 32 32", width: 26, height: 26, "aria-hidden": "true" },
    svg("path", { d: "M8 23 16 8l9 14M8 23l17-1", fill: "none", stroke: "#0b6b74", "stroke-width": 2.4 }),
    svg("path", { d: "M16 3l5 5-5 5-5-5z", fill: "#26323f" }),
    svg("circle", { cx: 8, cy: 23, r: 4.6, fill: "#0072b2" }),
    svg("path", { d: "M20.5 17.5h9v9h-9z", fill: "#e69f00" }));
}

/** What is seen before anything is chosen: what is here, and where to begin. */
function start() {
  return h("div", { class: "start" },
    h("h2", {}, t("start")),
    h("p", {}, t("startHint")),
    h("div", { class: "examples" }, h("span", { class: "under" }, t("examples")),
      about.examples.map((one) => h("button", { type: "button", onclick: () => show(one) }, mark(lookOfType(one.type), 15), " ", one.name))),
    h("div", { class: "doors" },
      h("button", { type: "button", onclick: () => turn("board") }, h("b", {}, t("board")), h("span", {}, t("askBoard"))),
      h("button", { type: "button", onclick: () => turn("findings") }, h("b", {}, t("findings")), h("span", {}, t("askFindings")))),
    h("ul", { class: "numbers" }, Object.entries(about.counts).slice(0, 6).map(([type, n]) =>
      h("li", {}, h("b", {}, String(n)), h("span", {}, typeName(type))))));
}

function refresh() {
  const { nodes, links } = scene.visible();
  const empty = !scene.nodes.size;
  parts.start.hidden = !empty;
  parts.tools.hidden = parts.map.hidden = empty;
  parts.rail.hidden = parts.time.hidden = empty || state.tab !== "graph";
  parts.drawn.textContent = empty ? "" : t("drawn", nodes.length, links.length);
  remember();
}

let remembered = 0;
function remember() {
  clearTimeout(remembered);
  remembered = setTimeout(() => writeAddress(state, scene), 120);
}

/** Go to another tab. */
function turn(tab) {
  state.tab = TABS.includes(tab) ? tab : "graph";
  for (const name of TABS) {
    document.getElementById(`tab-${name}`).setAttribute("aria-selected", String(name === state.tab));
    if (name !== "graph") parts[name].hidden = name !== state.tab;
  }
  parts.panel.hidden = true;
  if (state.tab === "graph") {
    details();
    if (scene.nodes.size) canvas.network.redraw();
  }
  if (state.tab === "board") board(parts.board, state, { tell, open: show, changed: remember });
  if (state.tab === "findings") findings(parts.findings, state, { show: showFinding, changed: remember });
  if (state.tab === "table") parts.drawTable();
  refresh();
}

function home() {
  parts.whole = null;
  scene.clear();
  scene.changed();
  turn("graph");
}

function caption() {
  const [first] = scene.centre;
  const titles = new Set([...scene.links.values()].flatMap((link) => (link.evidence ?? []).map((one) => one.title)));
  return { title: scene.nodes.get(first)?.name ?? state.place ?? t("title"), day: about.as_of, sources: titles.size || "…", window: scene.filter.window };
}

function say(message, wrong = false) {
  const box = h("p", { class: `status${wrong ? " wrong" : ""}`, role: wrong ? "alert" : "status" }, message);
  document.body.append(box);
  setTimeout(() => box.remove(), 4000);
}

/** Do what needs the service, and say so if it fails. */
async function trying(how) {
  try {
    return await how();
  } catch (refused) {
    say(t("failed", refused.message), true);
    return null;
  }
}

// --- the map ---------------------------------------------------------------------------------------------------------
/** Put an actor with its neighbourhood on the map. */
async function show(found) {
  parts.whole = null;
  const person = found.type === "Person"; // two steps show the bodies with their compounds and colleagues
  const near = await trying(() => (person ? ask("graph", { centre: found.id, hops: 2, limit: FIRST, evidence: true }) : around(found.id)));
  if (!near) return;
  turn("graph");
  const nodes = near.nodes.length > FIRST ? foremost(near, found.id) : near.nodes;
  parts.cut.hidden = true;
  scene.change(() => {
    if (!scene.nodes.has(found.id)) scene.clear();
    scene.add(...dress(nodes, near.links));
    scene.centre.add(found.id);
  });
  await closed();
  scene.select(found.id);
  setTimeout(() => canvas.fit(false), 150); // the panel has taken its room by then
}

function around(id) {
  return ask("graph", { centre: id, hops: 1, limit: NEAR, evidence: true });
}

/** Of a large neighbourhood a few of each kind, so that no hub floods the map. */
function foremost(near, id) {
  const kinds = new Map();
  for (const node of near.nodes) {
    if (node.id === id) continue;
    const kind = lookOfType(node.type);
    kinds.set(kind, [...(kinds.get(kind) ?? []), node]);
  }
  const each = Math.max(4, Math.floor(FIRST / Math.max(kinds.size, 1)));
  return [near.nodes.find((node) => node.id === id), ...[...kinds.values()].flatMap((nodes) => nodes.slice(0, each))];
}

/** Ask for the relations among all that is on the map, so that none is missing between neighbours. */
async function closed() {
  const ids = [...scene.nodes.values()].filter((node) => !node.count).map((node) => node.id);
  if (ids.length < 2 || ids.length > CLOSED) return;
  const answer = await trying(() => ask("graph", { id: ids, limit: ids.length }));
  if (!answer) return;
  const known = scene.links.size;
  scene.add(...dress([], answer.links));
  if (scene.links.size !== known) scene.changed();
}

/** What a node is tied to, by kind of relation and of actor, with how many of each are not on the map. */
function branches(near, id) {
  const groups = new Map();
  for (const link of near.links) {
    const other = link.from === id ? link.to : link.to === id ? link.from : null;
    const node = other && near.nodes.find((one) => one.id === other);
    if (!node) continue;
    const key = `${link.relation} ${node.type}`;
    if (!groups.has(key)) groups.set(key, { relation: link.relation, type: node.type, nodes: new Map() });
    groups.get(key).nodes.set(node.id, node);
  }
  return [...groups.values()].map((group) => ({ ...group, missing: [...group.nodes.values()].filter((node) => !scene.nodes.has(node.id) || scene.hidden.has(node.id)) }));
}

async function grow(id, near, nodes) {
  parts.whole = null;
  scene.change(() => scene.add(...dress([...nodes], near.links)));
  await closed();
  details();
}

async function expandAll(id) {
  const near = await trying(() => around(id));
  if (near) await grow(id, near, near.nodes.length > FIRST ? foremost(near, id) : near.nodes);
}

/** Draw all of a place, in groups where it is too much. */
async function whole(name, limit = MOST, grouped = false) {
  const answer = await trying(() => ask("graph", { place: name, limit, grouped: grouped || undefined }));
  if (!answer) return;
  if (!grouped) {
    const left = Object.entries(answer.cut);
    const instead = limit === MOST;
    put(parts.cut, instead ? t("grouped", left.reduce((sum, [, n]) => sum + n, 0)) : t("cutHint", left.map(([type, n]) => `${typeName(type)} ${n}`).join("、")), " ",
      instead ? h("button", { type: "button", class: "quiet", onclick: () => whole(name, 5000) }, t("draw5000")) : "");
    parts.cut.hidden = answer.complete;
    if (!answer.complete && instead) return whole(name, MOST, true);
  }
  if (grouped) for (const node of answer.nodes) node.name = `${node.name} ${typeName(node.type)} ×${node.count}`.trim();
  turn("graph");
  scene.change(() => {
    scene.clear();
    scene.add(...dress(answer.nodes, answer.links));
  });
  [state.place, parts.whole] = [name, name];
  canvas.fit(false);
  remember();
}

/** Put the closed path of a finding on the map, the rest pale. */
async function showFinding(row) {
  turn("graph");
  await drawPath(row.path);
}

function onRing(i, n) {
  const angle = -Math.PI / 2 + (i * 2 * Math.PI) / n;
  const far = 90 + n * 32;
  return { x: Math.round(Math.cos(angle) * far * 1.5), y: Math.round(Math.sin(angle) * far) };
}

function onLine(i) {
  return { x: i * 210, y: (i % 2) * 110 };
}

async function drawPath(path) {
  parts.whole = null;
  const nodes = [...new Map(path.flatMap((step) => [step.from, step.to]).filter((node) => node.id).map((node) => [node.id, { ...node }])).values()];
  const answer = await trying(() => ask("graph", { id: nodes.map((node) => node.id), limit: nodes.length, evidence: true }));
  if (!answer) return;
  const closed = path.at(-1).to.id === path[0].from.id;
  const places = new Map(nodes.map((node, i) => [node.id, closed ? onRing(i, nodes.length) : onLine(i)]));
  for (const node of answer.nodes) Object.assign(node, places.get(node.id));
  const fits = (link) => path.some((step) => {
    const [from, to] = step.reversed ? [step.to.id, step.from.id] : [step.from.id, step.to.id];
    const same = link.relation === step.relation && (step.role ?? null) === (link.role ?? null) && (step.valid ?? null) === (link.valid ?? null);
    return same && ((link.from === from && link.to === to) || (link.symmetric && link.from === to && link.to === from));
  });
  scene.change(() => {
    scene.clear();
    scene.add(...dress(answer.nodes, answer.links));
    const links = answer.links.filter(fits).map((link) => link.id);
    scene.path = { nodes: nodes.map((node) => node.id), links };
    scene.centre.add(path[0].from.id);
  });
  setTimeout(() => canvas.fit(false), 150);
}

// --- the panel -------------------------------------------------------------------------------------------------------
function tell(...content) {
  parts.panel.hidden = false;
  put(parts.panel, h("button", { type: "button", class: "close", "aria-label": t("close"), onclick: () => {
    parts.panel.hidden = true;
    scene.select(null);
  } }, "×"), content);
}

let shown = 0;
async function details() {
  const turnOf = ++shown;
  const { selected } = scene;
  const link = scene.links.get(selected);
  const node = scene.nodes.get(selected);
  if (!link && !node) {
    if (state.tab === "graph") parts.panel.hidden = true;
    return;
  }
  if (node?.count) return tell(h("header", { class: "card-head" }, mark(node.look, 26), h("div", {}, h("h2", {}, node.name))));
  if (link) {
    if (!link.evidence && link.claims?.length) {
      const near = await trying(() => around(link.from));
      Object.assign(link, near?.links.find((one) => one.id === link.id) ?? {});
    }
    if (turnOf === shown) tell(linkDetails(link, scene));
    return;
  }
  tell(nodeDetails(node, [], scene), h("p", { role: "status" }, t("loading")));
  const got = await trying(() => Promise.all([ask(`actors/${encodeURIComponent(node.id)}`), around(node.id)]));
  if (!got || turnOf !== shown) return;
  const [actor, near] = got;
  const byId = new Map(near.nodes.map((one) => [one.id, { ...one, look: lookOfType(one.type) }]));
  const links = dress([], near.links.filter((one) => [one.from, one.to].includes(node.id)))[1];
  for (const one of links) one.other = byId.get(one.from === node.id ? one.to : one.from);
  for (const one of links) if (scene.links.has(one.id)) scene.links.get(one.id).evidence = one.evidence;
  tell(nodeDetails({ ...actor, look: node.look, place: node.place, evidence: actor.evidence?.slice(0, 3) }, links, scene, actions(node, near)), more(node, near));
  parts.panel.scrollTop = 0;
}

function actions(node, near) {
  const button = (word, how, more_ = {}) => h("button", { type: "button", onclick: how, ...more_ }, t(word));
  const pinned = scene.pinned.has(node.id);
  return [
    button("expandAll", () => expandAll(node.id)),
    button("collapse", () => scene.change(() => scene.collapse(node.id))),
    button(pinned ? "unpin" : "pin", () => {
      scene.change(() => (pinned ? scene.pinned.delete(node.id) : scene.pinned.add(node.id)));
      details();
    }, { "aria-pressed": String(pinned) }),
    button("hide", () => {
      scene.change(() => scene.hidden.add(node.id));
      scene.select(null);
    }),
    button("pathFrom", () => {
      pathFrom = node;
      details();
    }),
    pathFrom && pathFrom.id !== node.id ? h("button", { type: "button", onclick: () => paths(pathFrom, node) }, `${pathFrom.name} → ${node.name}`) : null,
    about.types[node.type] && ["place"].includes(node.look) ? h("button", { type: "button", onclick: () => whole(node.id) }, t("wholePlace", node.name)) : null,
  ];
}

/** The kinds of neighbours that are not on the map yet, each with a button. */
function more(node, near) {
  const found = branches(near, node.id).filter((group) => group.missing.length);
  const left = Object.entries(near.cut ?? {});
  if (!found.length && !left.length) return null;
  return [h("h3", {}, t("expand")),
    h("ul", { class: "ties" }, found.map((group) => h("li", {}, h("button", { type: "button", class: "end", onclick: () => grow(node.id, near, group.missing.slice(0, PART)) },
      mark(lookOfType(group.type), 15), `${relationName(group.relation)} · ${typeName(group.type)}`, h("span", { class: "badge" }, ` +${Math.min(group.missing.length, PART)} / ${group.missing.length}`))))),
    left.length ? h("p", { class: "under" }, t("cutHint", left.map(([type, n]) => `${typeName(type)} ${n}`).join("、"))) : null];
}

/** The ways from one actor to another, the first of them drawn. */
async function paths(from, to) {
  const answer = await trying(() => ask("paths", { from: from.id, to: to.id, limit: 10 }));
  if (!answer) return;
  pathFrom = null;
  if (!answer.items.length) return say(t("noPath"));
  await drawPath(answer.items[0].path);
  const walk = (row) => row.path.map((step) => `${step.reversed ? "←" : "→"} ${step.role ?? relationName(step.relation)} ${step.to.name}`).join(" ");
  tell(h("header", { class: "card-head" }, h("div", {}, h("h2", {}, `${from.name} — ${to.name}`), h("p", { class: "under" }, t("paths")))),
    h("ol", { class: "ties" }, answer.items.map((row) => h("li", { class: "tie" },
      h("button", { type: "button", class: "tie-name", onclick: () => drawPath(row.path) }, `${row.path[0].from.name} ${walk(row)}`),
      h("p", { class: "when" }, `${row.length} ${t("steps")} · ${t(row.holds)}`),
      h("ul", { class: "quotes" }, (row.evidence ?? []).slice(0, 4).map((one) => h("li", {}, h("q", {}, one.quote ?? t("noQuote")), h("cite", {}, one.title))))))));
}

// --- keys, and the way back ------------------------------------------------------------------------------------------
function keyForm(done = () => {}) {
  const field = h("input", { type: "password", "aria-label": t("key"), autocomplete: "off", name: "key" });
  return h("form", { onsubmit: (event) => {
    event.preventDefault();
    useKey(field.value.trim());
    done();
    location.reload();
  } }, h("label", {}, t("key"), field), h("p", { class: "under" }, t("keyHint")), h("button", { type: "submit" }, t("use")));
}

function askKey() {
  const dialog = h("dialog", { "aria-label": t("key") }, keyForm(() => dialog.close()));
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

/** Bring back what the address says. */
async function restore() {
  const { filter } = scene;
  filter.looks = new Set(state.offLooks);
  filter.ties = new Set(state.offTies);
  Object.assign(filter, { place: state.at, possible: state.possible, undated: state.undated, window: state.window });
  const tab = state.tab;
  if (state.place) await whole(state.place);
  else if (state.nodes.length) {
    const ids = state.nodes.map((node) => node.id);
    const answer = await trying(() => ask("graph", { id: ids, limit: ids.length, evidence: ids.length <= 150 || undefined }));
    if (answer) {
      const places = new Map(state.nodes.filter((node) => node.x !== undefined).map((node) => [node.id, node]));
      const nodes = answer.nodes.map((node) => ({ ...node, ...places.get(node.id) }));
      for (const id of state.centre) scene.centre.add(id);
      for (const id of state.pinned) scene.pinned.add(id);
      scene.add(...dress(nodes, answer.links));
      for (const id of state.hidden) scene.hidden.add(id);
    }
  }
  const { selected } = state;
  scene.changed();
  turn(tab);
  if (selected && tab === "graph" && (scene.nodes.has(selected) || scene.links.has(selected))) scene.select(selected);
}

addEventListener("popstate", () => location.reload());
begin();
