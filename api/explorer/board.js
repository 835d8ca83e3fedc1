// The board of coverage: every compound with its branch, committee, firm and station; gaps first; each cell with its why.

import { ask, askAll } from "./ask.js";
import { h, put, svg } from "./dom.js";
import { quotes } from "./details.js";
import { mark } from "./legend.js";
import { lookOfType } from "./look.js";
import { t, typeName } from "./words.js";

export const KINDS = ["branch", "committee", "firm", "station"];
const ORDER = ["covered", "covered_jointly", "covered_by_area", "covered_temporarily", "covered_by_dispatch", "possibly_covered", "hollow", "uncovered", "unknown"];
const COLOUR = {
  covered: "#1b7f6b", covered_jointly: "#43997f", covered_by_area: "#6db39b", covered_temporarily: "#93c7b4",
  covered_by_dispatch: "#b3d6c8", possibly_covered: "#d9c98a", hollow: "#dd8452", uncovered: "#b5401f", unknown: "#c9c4b8",
};
const MOST = 600;

/** Draw the board into an element. `state` holds what it is narrowed to; `tell` shows a panel, `open` an actor. */
export async function board(element, state, { tell, open, changed }) {
  put(element, h("p", { role: "status" }, t("loading")));
  let answer;
  try {
    answer = await askAll("board");
  } catch (refused) {
    return put(element, h("p", { class: "failed", role: "alert" }, t("failed", refused.message)));
  }
  const body = h("div", {});
  const narrow = h("input", { type: "search", value: state.within, placeholder: t("filterCompounds"), "aria-label": t("filterCompounds"), oninput: (event) => {
    state.within = event.target.value;
    changed();
    draw();
  } });
  const gaps = h("label", { class: "box" }, h("input", { type: "checkbox", checked: state.gaps, onchange: (event) => {
    state.gaps = event.target.checked;
    changed();
    draw();
  } }), t("onlyGaps"));
  const draw = () => {
    const text = state.within.trim();
    const named = (row) => [row.compound.name, row.place, row.community?.name, row.sub_district?.name].some((name) => name?.includes(text));
    const rows = answer.items.filter((row) => named(row) && (!state.gaps || row.gaps > 0));
    put(body, sums(rows), matrix(rows, answer.as_of, { tell, open }));
  };
  put(element,
    h("div", { class: "board-head" }, h("h2", {}, t("board")), h("span", { class: "badge" }, `${t("asOf")} ${answer.as_of}`), narrow, gaps),
    h("p", { class: "under" }, t("boardHint")),
    body);
  draw();
}

/** For each kind how many compounds have which verdict. */
function sums(rows) {
  return h("div", { class: "sums" }, KINDS.map((kind) => {
    const counts = counted(rows, kind);
    return h("div", {}, h("h3", {}, t(kind)), stack(counts, rows.length),
      h("dl", {}, counts.map(([verdict, n]) => h("div", {}, h("dt", {}, sign(verdict, 12), " ", t(verdict)), h("dd", {}, String(n))))));
  }));
}

function counted(rows, kind) {
  const counts = new Map();
  for (const row of rows) counts.set(row[kind].verdict, (counts.get(row[kind].verdict) ?? 0) + 1);
  return ORDER.filter((verdict) => counts.has(verdict)).map((verdict) => [verdict, counts.get(verdict)]);
}

function stack(counts, all) {
  const bar = h("div", { class: "stack", "aria-hidden": "true" });
  for (const [verdict, n] of counts) {
    const part = h("span", { colour: COLOUR[verdict] });
    part.style.width = `${(n / Math.max(all, 1)) * 100}%`;
    bar.append(part);
  }
  return bar;
}

/** Sub-districts, in them communities, in them compounds; those with most gaps first. */
function matrix(rows, day, actions) {
  const streets = grouped(rows, (row) => row.sub_district?.name ?? t("noPlace"));
  const parts = streets.map(([street, inside]) => h("tbody", {},
    heading("street", street, inside),
    grouped(inside, (row) => row.community?.name ?? t("noPlace")).map(([quarter, compounds]) => [
      heading("quarter", quarter, compounds),
      compounds.map((row) => h("tr", {},
        h("th", { scope: "row", class: "name" }, h("button", { type: "button", class: "end", onclick: () => actions.open(row.compound) }, mark("compound", 14), row.compound.name)),
        KINDS.map((kind) => h("td", {}, cell(row, kind, day, actions))))),
    ])));
  const shown = rows.length > MOST ? h("p", { class: "under" }, t("compounds", rows.length)) : null;
  return [shown, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": t("board") }, h("table", { class: "board" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col", class: "name" }, t("compound")), KINDS.map((kind) => h("th", { scope: "col" }, t(kind))))), parts))];
}

function heading(level, name, rows) {
  const missing = (kind) => rows.filter((row) => ["uncovered", "hollow"].includes(row[kind].verdict)).length;
  return h("tr", { class: level },
    h("th", { scope: "rowgroup" }, name, " ", h("span", { class: "badge" }, t("compounds", rows.length))),
    KINDS.map((kind) => h("th", {}, missing(kind) ? `${t("missing")} ${missing(kind)}` : "")));
}

function grouped(rows, by) {
  const groups = new Map();
  for (const row of rows.slice(0, MOST)) {
    const name = by(row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(row);
  }
  const gaps = (group) => group.reduce((sum, row) => sum + row.gaps, 0);
  return [...groups].sort((a, b) => gaps(b[1]) - gaps(a[1]) || b[1].length - a[1].length || (a[0] < b[0] ? -1 : 1));
}

function cell(row, kind, day, actions) {
  const { verdict, by } = row[kind];
  const bodies = by?.map((body) => body.name).join("、");
  return h("button", { type: "button", class: `cell ${verdict}`, title: bodies || null, "aria-label": `${row.compound.name} ${t(kind)} ${t(verdict)}`, onclick: () => why(row, kind, day, actions) },
    sign(verdict), h("span", { class: "word" }, t(verdict)));
}

/** A sign for a verdict that can be told apart without its colour. */
export function sign(verdict, size = 16) {
  const colour = COLOUR[verdict] ?? "#c9c4b8";
  const ring = (more) => svg("circle", { cx: 8, cy: 8, r: 6, fill: "none", stroke: colour, "stroke-width": 2, ...more });
  const drawn = {
    covered: [svg("circle", { cx: 8, cy: 8, r: 7, fill: colour })],
    covered_jointly: [svg("circle", { cx: 5.5, cy: 8, r: 5, fill: colour }), svg("circle", { cx: 11, cy: 8, r: 4.4, fill: colour, stroke: "#fff" })],
    covered_by_area: [ring(), svg("circle", { cx: 8, cy: 8, r: 3, fill: colour })],
    covered_temporarily: [ring({ "stroke-dasharray": "3 2" }), svg("circle", { cx: 8, cy: 8, r: 3, fill: colour })],
    covered_by_dispatch: [svg("path", { d: "M1 8h9M7 4l5 4-5 4", stroke: "#43997f", "stroke-width": 2.4, fill: "none" })],
    possibly_covered: [ring({ "stroke-dasharray": "2 2", stroke: "#94771b" }), svg("path", { d: "M8 3a5 5 0 0 1 0 10z", fill: "#94771b" })],
    hollow: [ring({ stroke: "#b3561f" }), svg("path", { d: "M4 12 12 4", stroke: "#b3561f", "stroke-width": 2 })],
    uncovered: [svg("path", { d: "M3 3l10 10M13 3 3 13", stroke: colour, "stroke-width": 3, fill: "none" })],
  }[verdict] ?? [svg("text", { x: 8, y: 13, "text-anchor": "middle", "font-size": 14, fill: "#6b665b" }, "?")];
  return svg("svg", { viewBox: "0 0 16 16", width: size, height: size, "aria-hidden": "true" }, drawn);
}

/** Why a cell says what it says: the bodies, the register, the words. */
async function why(row, kind, day, { tell, open }) {
  const { verdict, by, register } = row[kind];
  const head = [
    h("header", { class: "card-head" }, sign(verdict, 26), h("div", {}, h("h2", {}, row.compound.name),
      h("p", { class: "under" }, [t(kind), t(verdict), `${t("asOf")} ${day}`].join(" · ")))),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: () => open(row.compound) }, t("show"))),
    verdict === "uncovered" ? h("p", {}, t("uncoveredWhy", t(kind))) : verdict === "unknown" ? h("p", {}, t("unknownWhy")) : null,
    by?.length ? h("ul", { class: "ties" }, by.map((body) => h("li", { class: "tie" },
      h("button", { type: "button", class: "tie-name", onclick: () => open(body) }, mark(lookOfType(body.type)),
        h("span", { class: "tie-other" }, body.name), h("span", { class: "tie-label" }, [typeName(body.type), body.form].filter(Boolean).join(" · "))))) ) : null,
  ];
  tell(head, h("p", { role: "status" }, t("loading")));
  try {
    const answer = await askAll("coverage", { of: kind, place: row.community?.id ?? row.community?.name ?? row.place, as_of: day });
    const found = answer.items.find((one) => one.compound.id === row.compound.id);
    tell(head, h("h3", {}, t("why")), register ? h("p", { class: "under" }, `${t("register")} ${register}`) : null, found ? quotes(found) : null);
  } catch (refused) {
    tell(head, h("p", { class: "failed", role: "alert" }, t("failed", refused.message)));
  }
}
