// Findings: double posts and ties that close a circle, with the circle drawn, the clauses, and the words.

import { askAll } from "./ask.js";
import { h, put, svg } from "./dom.js";
import { quotes } from "./details.js";
import { look, lookOfRelation, lookOfType, outline, short } from "./look.js";
import { languageNow, periodText, relationName, t } from "./words.js";

const COLOUR = { forbidden: "#b5401f", must_declare: "#a15c00", unclear: "#7a6a1d", no_rule: "#5f6b78", allowed: "#1b7f6b", encouraged: "#1b7f6b", required: "#1b7f6b" };
const ORDER = ["forbidden", "must_declare", "unclear", "no_rule", "allowed", "encouraged", "required"];

/** Draw the findings into an element. `show` puts the path of a finding on the map. */
export async function findings(element, state, { show, changed }) {
  put(element, h("p", { role: "status" }, t("loading")));
  let rows;
  try {
    rows = (await askAll("conflicts", { lang: languageNow() })).items;
  } catch (refused) {
    return put(element, h("p", { class: "failed", role: "alert" }, t("failed", refused.message)));
  }
  rows.sort((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict));
  let chosen = "";
  const list = h("div", { class: "findings" });
  const draw = () => {
    const verdicts = ORDER.filter((verdict) => rows.some((row) => row.verdict === verdict));
    put(chips, [["", t("all"), rows.length], ...verdicts.map((v) => [v, t(v), rows.filter((row) => row.verdict === v).length])].map(([verdict, word, n]) =>
      h("button", { type: "button", "aria-pressed": String(chosen === verdict), onclick: () => {
        chosen = verdict;
        draw();
      } }, `${word} `, h("span", { class: "count" }, String(n)))));
    put(list, rows.filter((row) => !chosen || row.verdict === chosen).map((row) => card(row, state, { show, changed })));
  };
  const chips = h("div", { class: "chips" });
  put(element, h("h2", {}, t("findings")), h("p", { class: "under" }, t("findingsHint")), chips, list);
  draw();
  element.querySelector("[aria-expanded=true]")?.scrollIntoView({ block: "start" });
}

function card(row, state, { show, changed }) {
  const people = row.people.map((person) => person.name).join("、");
  const bodies = row.bodies.map((body) => body.name).join("、");
  const id = `finding-${row.id}`;
  const inside = h("div", { class: "body", id, hidden: true });
  const open = (opened) => {
    button.setAttribute("aria-expanded", String(opened));
    inside.hidden = !opened;
    if (opened && !inside.firstChild) put(inside, left(row, show), right(row));
  };
  const button = h("button", { type: "button", "aria-expanded": "false", "aria-controls": id, onclick: () => {
    const opened = inside.hidden;
    open(opened);
    state.finding = opened ? row.id : null;
    changed();
  } },
  h("span", { class: "verdict" }, t(row.verdict)),
  h("b", {}, `${people} — ${bodies}`),
  h("p", { class: "under" }, [row.title, row.place, `${t(row.holds === "yes" ? "sure" : "possibly")} ${periodText(row.sure ?? row.possible)}`].filter(Boolean).join(" · ")));
  if (state.finding === row.id) open(true);
  return h("article", { class: "finding", colour: COLOUR[row.verdict] }, button, inside);
}

function left(row, show) {
  return h("div", {},
    h("h3", {}, t("loop")), loop(row.path),
    h("div", { class: "actions" }, h("button", { type: "button", onclick: () => show(row) }, t("show"))),
    row.against?.length ? [h("h3", {}, t("against")), h("ul", {}, row.against.map((doubt) => h("li", {}, doubt)))] : null);
}

function right(row) {
  return h("div", {},
    h("h3", {}, t("clauses")),
    row.norms?.length ? row.norms.map(norm) : h("p", { class: "under" }, t("clauseNone")),
    h("h3", {}, t("quotes")), quotes(row));
}

function norm(one) {
  return h("div", { class: "norm" },
    h("b", {}, [one.name ?? one.law, one.article].filter(Boolean).join(" ")),
    h("span", { class: "under" }, ` ${t(one.verdict)}`),
    one.summary ? h("p", {}, one.summary) : null,
    one.quote ? h("q", {}, one.quote) : null,
    one.consequence ? h("p", { class: "under" }, one.consequence) : null);
}

/** A walk that comes back to where it began, as a ring. */
export function loop(path) {
  const nodes = path.map((step) => step.from);
  const [cx, cy, r] = [210, 132, 92];
  const at = (i) => {
    const angle = -Math.PI / 2 + (i * 2 * Math.PI) / nodes.length;
    return [cx + Math.cos(angle) * r * 1.5, cy + Math.sin(angle) * r];
  };
  const said = path.map((step) => `${step.from.name} ${step.role ?? relationName(step.relation)} ${step.to.name}`).join("；");
  const edges = path.map((step, i) => {
    const [[x1, y1], [x2, y2]] = [at(i), at(i + 1)];
    const { colour, width } = look(lookOfRelation(step.relation));
    return [
      svg("line", { x1, y1, x2, y2, stroke: colour, "stroke-width": width + 1, "stroke-dasharray": step.sure ? null : "7 5" }),
      svg("text", { x: (x1 + x2) / 2, y: (y1 + y2) / 2 - 4, class: "edge", "text-anchor": "middle", stroke: "#fff", "stroke-width": 4, "paint-order": "stroke" }, step.role ?? relationName(step.relation)),
    ];
  });
  const dots = nodes.map((node, i) => {
    const [x, y] = at(i);
    const { colour, shape, size } = look(lookOfType(node.type ?? "Person"));
    return svg("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})` },
      svg("path", { d: outline(shape, size * 0.85), fill: colour, stroke: "#fff", "stroke-width": 2 }),
      svg("text", { y: size + 13, "text-anchor": "middle", stroke: "#fff", "stroke-width": 4, "paint-order": "stroke" }, short(node.name)));
  });
  return svg("svg", { class: "loop", viewBox: "0 0 420 282", role: "img", "aria-label": said }, edges, dots);
}
