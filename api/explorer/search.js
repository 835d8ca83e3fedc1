// The search box: hits with what tells namesakes apart, by mouse, finger or arrow keys.

import { ask } from "./ask.js";
import { h, put } from "./dom.js";
import { mark } from "./legend.js";
import { lookOfType } from "./look.js";
import { t, typeName } from "./words.js";

const WAIT = 160;
const MOST = 12;

/** A search box. `open` is called with the hit that was chosen. */
export function search(open) {
  let [timer, asked, at] = [0, 0, -1];
  const list = h("ul", { class: "hits", id: "hits", role: "listbox", "aria-label": t("search"), hidden: true });
  const input = h("input", {
    type: "search",
    role: "combobox",
    "aria-expanded": "false",
    "aria-controls": "hits",
    "aria-autocomplete": "list",
    "aria-label": t("search"),
    placeholder: t("searchHint"),
    autocomplete: "off",
    oninput: () => {
      clearTimeout(timer);
      timer = setTimeout(look, WAIT);
    },
    onkeydown: key,
    onfocus: () => input.value.trim() && look(),
  });
  const show = (shown) => {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) at = -1;
    mark_();
  };
  const look = async () => {
    const text = input.value.trim();
    const turn = ++asked;
    if (!text) return show(false);
    let hits;
    try {
      hits = (await ask("actors", { q: text, limit: MOST })).items;
    } catch (refused) {
      put(list, h("li", { class: "failed" }, t("failed", refused.message)));
      return show(true);
    }
    if (turn !== asked) return;
    at = -1;
    put(list, hits.length ? hits.map(hit) : h("li", { class: "under", role: "option" }, t("nothing")));
    show(true);
    tellApart(hits, list, () => turn === asked);
  };
  const hit = (found, i) =>
    h("li", { role: "option", id: `hit-${i}`, "aria-selected": "false" },
      h("button", { type: "button", tabindex: -1, onclick: () => choose(found) },
        mark(lookOfType(found.type)),
        h("span", {}, found.name),
        h("small", {}, [typeName(found.type), found.place].filter(Boolean).join(" · "))));
  const choose = (found) => {
    show(false);
    input.value = "";
    open(found);
  };
  function key(event) {
    const options = [...list.querySelectorAll("[role=option] button")];
    if (event.key === "Escape") show(false);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look();
      at = Math.max(0, Math.min(options.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)));
      mark_();
    } else if (event.key === "Enter" && options.length) options[Math.max(at, 0)].click();
  }
  function mark_() {
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    if (at >= 0) {
      input.setAttribute("aria-activedescendant", `hit-${at}`);
      list.children[at]?.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }
  document.addEventListener("click", (event) => !box.contains(event.target) && show(false));
  const box = h("div", { class: "finder", role: "search" }, input, list);
  return box;
}

/** People have no place: say which post each of them holds. */
async function tellApart(hits, list, current) {
  const people = hits.map((found, i) => [found, i]).filter(([found]) => found.type === "Person").slice(0, 6);
  for (const [found, i] of people) {
    try {
      const [post] = (await ask(`actors/${encodeURIComponent(found.id)}/roles`, { limit: 1 })).items;
      const small = list.querySelector(`#hit-${i} small`);
      if (current() && small && post) small.textContent = [post.organization?.name, post.post?.role].filter(Boolean).join(" ");
    } catch {
      return;
    }
  }
}
