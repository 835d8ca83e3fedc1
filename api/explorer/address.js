// The state in the address, so that a link restores what is seen. It stands behind the #, which no server is sent.

const MOST = 120;

/** What the address says: tab, nodes with their places, filters, selection. */
export function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  const list = (name) => (given.get(name) ? given.get(name).split(",") : []);
  return {
    tab: given.get("tab") ?? "graph",
    lang: given.get("lang"),
    place: given.get("place"),
    nodes: list("nodes").map((part) => {
      const [id, x, y] = part.split("~");
      return x === undefined ? { id } : { id, x: Number(x), y: Number(y) };
    }),
    centre: list("centre"),
    pinned: list("pinned"),
    hidden: list("hidden"),
    offLooks: list("off"),
    offTies: list("without"),
    at: given.get("at") ?? "",
    window: list("time").length === 2 ? list("time") : null,
    possible: given.get("possible") !== "no",
    undated: given.get("undated") !== "no",
    selected: given.get("selected"),
    finding: given.get("finding"),
    within: given.get("within") ?? "",
    gaps: given.get("gaps") === "yes",
  };
}

/** Write the state of a page into the address, without a step back in the history unless the tab changes. */
export function writeAddress(state, scene) {
  const said = new URLSearchParams();
  const put = (name, value) => value && said.set(name, value);
  put("tab", state.tab === "graph" ? "" : state.tab);
  put("lang", state.lang);
  put("within", state.within);
  put("gaps", state.gaps ? "yes" : "");
  put("finding", state.finding);
  if (state.place) put("place", state.place);
  else {
    const nodes = [...scene.nodes.values()].filter((node) => !node.count).slice(0, MOST * 2);
    const placed = nodes.length <= MOST;
    put("nodes", nodes.map(({ id, x, y }) => (placed && x !== undefined ? `${id}~${Math.round(x)}~${Math.round(y)}` : id)).join(","));
  }
  put("centre", [...scene.centre].join(","));
  put("pinned", [...scene.pinned].join(","));
  put("hidden", [...scene.hidden].join(","));
  const { looks, ties, place, possible, undated, window } = scene.filter;
  put("off", [...looks].join(","));
  put("without", [...ties].join(","));
  put("at", place);
  put("possible", possible ? "" : "no");
  put("undated", undated ? "" : "no");
  put("time", window?.join(","));
  put("selected", scene.selected);
  const hash = `#${said}`;
  if (hash === location.hash || (hash === "#" && !location.hash)) return;
  const before = new URLSearchParams(location.hash.slice(1)).get("tab") ?? "graph";
  if (before === state.tab) history.replaceState(null, "", hash);
  else history.pushState(null, "", hash);
}
