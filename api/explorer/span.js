// The window of time: two handles over a strip that shows how many relations held, surely and possibly.

import { meets } from "./scene.js";
import { h, put, svg } from "./dom.js";
import { t } from "./words.js";

/** Draw the window of time of a scene into an element and keep it up to date. */
export function span(element, scene) {
  let years = null;
  const draw = () => {
    const now = scene.years();
    if (String(now) === String(years) && element.firstChild) return refresh();
    years = now;
    if (!years) return put(element);
    const [low, high] = months(years);
    const low_ = handle("begin", low, high, low);
    const high_ = handle("end", low, high, high);
    const strip = svg("svg", { class: "strip", viewBox: "0 0 100 30", preserveAspectRatio: "none", "aria-hidden": "true" });
    put(element,
      h("div", { class: "span-head" },
        h("strong", {}, t("time")),
        h("span", { class: "span-now", "aria-live": "polite" }),
        h("button", { type: "button", class: "quiet", onclick: () => set(null) }, t("allTime")),
        h("button", { type: "button", class: "quiet", onclick: oneDay }, t("oneDay")),
        h("label", {}, h("span", { class: "away" }, t("begin")), day(0)),
        h("label", {}, h("span", { class: "away" }, t("end")), day(1))),
      h("div", { class: "tracks" }, strip, low_, high_),
      h("div", { class: "ticks", "aria-hidden": "true" }, ticks(years)));
    refresh();
  };
  const handle = (word, low, high, at) =>
    h("input", { type: "range", min: low, max: high, value: at, step: 1, "aria-label": `${t("time")}: ${t(word)}`, "data-end": word, oninput: slid });
  const day = (i) =>
    h("input", { type: "date", "data-day": i, onchange: (event) => {
      const window = [...(scene.filter.window ?? bounds())];
      window[i] = event.target.value || window[i];
      if (window[0] > window[1]) window[1 - i] = window[i];
      set(window);
    } });
  const bounds = () => [`${years[0]}-01-01`, `${years[1]}-12-31`];
  const slid = (event) => {
    const [a, b] = [...element.querySelectorAll("[type=range]")].map((input) => Number(input.value));
    const [low, high] = event.target.dataset.end === "begin" ? [a, Math.max(a, b)] : [Math.min(a, b), b];
    set([dayOf(low), lastOf(high)]);
  };
  const oneDay = () => {
    const at = scene.filter.window?.[1] ?? scene.day ?? bounds()[1];
    set([at, at]);
  };
  const set = (window) => {
    const full = window && years && window[0] <= bounds()[0] && window[1] >= bounds()[1];
    scene.filter.window = full ? null : window;
    scene.changed();
  };
  const refresh = () => {
    const window = scene.filter.window;
    const [low, high] = months(years);
    const shown = window ? window.map(monthOf) : [low, high];
    element.querySelectorAll("[type=range]").forEach((input, i) => (input.value = shown[i]));
    element.querySelectorAll("[type=date]").forEach((input, i) => (input.value = (window ?? bounds())[i]));
    const text = !window ? t("allTime") : window[0] === window[1] ? window[0] : window.join(" – ");
    element.querySelector(".span-now").textContent = text;
    element.querySelectorAll("[type=range]").forEach((input, i) => input.setAttribute("aria-valuetext", window ? window[i] : t("allTime")));
    put(element.querySelector(".strip"), bars(scene, years, window));
  };
  scene.addEventListener("change", draw);
  draw();
}

function months([low, high]) {
  return [low * 12, high * 12 + 11];
}

function monthOf(day) {
  return Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
}

function dayOf(month) {
  return `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;
}

function lastOf(month) {
  return new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).toISOString().slice(0, 10);
}

/** How many links hold in each part of the years: surely below, possibly above. */
function bars(scene, years, window) {
  const [low, high] = months(years);
  const step = Math.max(1, Math.ceil((high - low + 1) / 96));
  const parts = [];
  for (let at = low; at <= high; at += step) {
    const part = [dayOf(at), lastOf(Math.min(at + step - 1, high))];
    let [sure, possible] = [0, 0];
    for (const link of scene.links.values()) {
      if (meets(link.sure, part)) sure += 1;
      else if (link.possible && (link.possible[0] ?? link.possible[1]) && meets(link.possible, part)) possible += 1;
    }
    parts.push({ part, sure, possible });
  }
  const most = Math.max(1, ...parts.map(({ sure, possible }) => sure + possible));
  const wide = 100 / parts.length;
  return parts.flatMap(({ part, sure, possible }, i) => {
    const inside = !window || (part[0] <= window[1] && window[0] <= part[1]);
    const [a, b] = [(sure / most) * 28, (possible / most) * 28];
    const bar = (y, height, kind) =>
      height ? svg("rect", { x: (i * wide).toFixed(2), y: y.toFixed(2), width: (wide * 0.86).toFixed(2), height: height.toFixed(2), class: `${kind}${inside ? "" : " outside"}` }) : null;
    return [bar(30 - a, a, "sure"), bar(30 - a - b, b, "possible")];
  });
}

function ticks([low, high]) {
  const step = Math.max(1, Math.ceil((high - low + 1) / 8));
  const found = [];
  for (let year = low; year <= high; year += step) found.push(h("span", {}, String(year)));
  return found;
}
