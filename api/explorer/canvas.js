// The map: what is visible of the scene, drawn with vis-network, moved by mouse, finger and keys.

import { DASHES, FACE, INK, linkLabel, look, short } from "./look.js";
import { settle } from "./layout.js";
import { t } from "./words.js";

const FEW = 60; // links whose labels are all shown
const MANY = 300; // nodes above which links are hidden while the map moves

const OPTIONS = {
  autoResize: true,
  physics: false,
  layout: { improvedLayout: false },
  interaction: { hover: true, multiselect: false, tooltipDelay: 10000, zoomSpeed: 0.7 },
  nodes: { font: { face: FACE, size: 16, color: INK, strokeWidth: 4, strokeColor: "#fbfaf7" }, borderWidth: 1.5 },
  edges: {
    arrows: { to: { enabled: true, scaleFactor: 0.45 } },
    font: { face: FACE, size: 12, color: "#4a5663", strokeWidth: 4, strokeColor: "#fbfaf7", align: "middle" },
    selectionWidth: 1.5,
    hoverWidth: 0.5,
    smooth: false,
  },
};

export class Canvas {
  /** Draw a scene in an element. `open` is called with the id of a node that is opened (double click, Enter). */
  constructor(element, scene, open = () => {}) {
    this.element = element;
    this.scene = scene;
    const { DataSet, Network } = globalThis.vis;
    this.nodes = new DataSet();
    this.edges = new DataSet();
    this.network = new Network(element, { nodes: this.nodes, edges: this.edges }, structuredClone(OPTIONS));
    this.network.on("click", ({ nodes, edges }) => scene.select(nodes[0] ?? edges[0] ?? null));
    this.network.on("doubleClick", ({ nodes }) => nodes[0] && open(nodes[0]));
    this.network.on("dragEnd", ({ nodes }) => this.dropped(nodes));
    element.tabIndex = 0;
    element.setAttribute("role", "application");
    element.addEventListener("keydown", (event) => this.key(event, open));
    scene.addEventListener("change", () => this.sync());
    scene.addEventListener("select", () => this.light());
  }

  /** Bring the map to what is visible now. */
  sync() {
    const seen = this.scene.visible();
    settle(seen.nodes, seen.links);
    for (const { id, x, y } of seen.nodes) Object.assign(this.scene.nodes.get(id), { x, y });
    const bends = bent(seen.links);
    this.labelled = seen.links.length <= FEW;
    this.lit = this.litNow(seen);
    this.landmarks = landmarks(seen);
    replace(this.nodes, seen.nodes.map((node) => this.nodeItem(node)));
    replace(this.edges, seen.links.map((link) => this.edgeItem(link, bends.get(link.id))));
    this.network.setOptions({ interaction: { hideEdgesOnDrag: seen.nodes.length > MANY, hideEdgesOnZoom: seen.nodes.length > MANY } });
    this.element.setAttribute("aria-label", t("canvasLabel", seen.nodes.length, seen.links.length));
    this.mark();
    if (!this.shown && seen.nodes.length) this.fit(false);
    this.shown = seen.nodes.length > 0;
  }

  /** Show what belongs to the selected node, link or path, and pale the rest. */
  light() {
    const seen = this.scene.visible();
    const before = this.lit;
    this.lit = this.litNow(seen);
    this.mark();
    if (!before && !this.lit) return;
    const bends = bent(seen.links);
    this.nodes.update(seen.nodes.map((node) => this.nodeItem(node)));
    this.edges.update(seen.links.map((link) => this.edgeItem(link, bends.get(link.id))));
  }

  litNow({ links }) {
    const { path, selected } = this.scene;
    if (path) return { nodes: new Set(path.nodes), links: new Set(path.links) };
    if (!selected) return null;
    const near = links.filter((link) => [link.id, link.from, link.to].includes(selected));
    if (!this.scene.links.has(selected) && !this.scene.nodes.has(selected)) return null;
    return {
      nodes: new Set([...(this.scene.nodes.has(selected) ? [selected] : []), ...near.flatMap((l) => [l.from, l.to])]),
      links: new Set(near.map((link) => link.id)),
    };
  }

  mark() {
    const { selected } = this.scene;
    if (selected && this.nodes.get(selected)) this.network.selectNodes([selected], false);
    else if (selected && this.edges.get(selected)) this.network.setSelection({ nodes: [], edges: [selected] });
    else this.network.unselectAll();
  }

  nodeItem(node) {
    const { colour, shape, size } = look(node.look);
    const centre = this.scene.centre.has(node.id);
    const pale = this.lit && !this.lit.nodes.has(node.id);
    const grown = this.landmarks.grown;
    const border = centre || this.scene.pinned.has(node.id) ? INK : "#ffffff";
    return {
      id: node.id,
      label: short(node.name),
      x: node.x,
      y: node.y,
      shape,
      size: (centre ? size * 1.35 : size) * Math.sqrt(grown) * (node.count ? 1 + Math.min(Math.log10(node.count), 3) * 0.5 : 1),
      opacity: pale ? 0.18 : 1,
      borderWidth: centre ? 3 : 1.5,
      color: { background: colour, border, highlight: { background: colour, border: INK }, hover: { background: colour, border: INK } },
      font: {
        color: pale ? "rgba(29,39,51,0.25)" : INK,
        strokeWidth: pale ? 0 : 4,
        size: 16 * (this.landmarks.ids.has(node.id) ? grown : 1),
      },
    };
  }

  edgeItem(link, bend) {
    const { colour, width } = look(link.look);
    const pale = this.lit && !this.lit.links.has(link.id);
    const named = !pale && (this.labelled || this.lit?.links.has(link.id));
    return {
      id: link.id,
      from: link.from,
      to: link.to,
      label: named || this.labelled ? linkLabel(link) : "",
      font: { color: named ? "#4a5663" : "rgba(0,0,0,0)", strokeWidth: named ? 4 : 0 },
      dashes: DASHES[link.holds],
      width: this.scene.path && !pale ? width + 2 : link.count ? 1 + Math.log2(link.count) : width,
      color: { color: colour, highlight: colour, hover: colour, opacity: pale ? 0.1 : link.holds === "yes" ? 0.95 : 0.7 },
      arrows: { to: { enabled: !link.symmetric && !link.count } },
      smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : false,
    };
  }

  dropped(ids) {
    const places = this.network.getPositions(ids);
    for (const [id, place] of Object.entries(places)) Object.assign(this.scene.nodes.get(id) ?? {}, place);
  }

  key(event, open) {
    const { selected } = this.scene;
    const ways = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
    if (ways[event.key]) {
      event.preventDefault();
      const next = this.next(selected, ways[event.key]);
      if (next) {
        this.scene.select(next);
        this.network.moveTo({ position: this.network.getPosition(next) });
      }
    } else if (event.key === "Enter" && selected) open(selected);
    else if (event.key === "Escape") this.scene.select(null);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25);
    else if (event.key === "-") this.zoom(0.8);
    else if (event.key === "0") this.fit();
  }

  /** The nearest node in a direction; without a selected one the first. */
  next(id, [x, y]) {
    const { nodes } = this.scene.visible();
    const here = this.scene.nodes.get(id);
    if (!here || here.x === undefined) return nodes[0]?.id;
    let best = null;
    for (const node of nodes) {
      const [dx, dy] = [node.x - here.x, node.y - here.y];
      const along = dx * x + dy * y;
      const aside = Math.abs(dx * y) + Math.abs(dy * x);
      const cost = along + aside * 2;
      if (along > 0 && aside <= along * 1.5 && (!best || cost < best.cost)) best = { id: node.id, cost };
    }
    return best?.id;
  }

  zoom(factor) {
    this.network.moveTo({ scale: this.network.getScale() * factor });
  }

  fit(animated = true) {
    const still = !animated || matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.network.fit({ animation: still ? false : { duration: 300 }, maxZoomLevel: 1.4 });
  }

  focus(id) {
    if (!this.nodes.get(id)) return;
    this.network.moveTo({ position: this.network.getPosition(id), scale: Math.max(this.network.getScale(), 0.8) });
  }
}

/** How far each of several links between the same two nodes is bent, so that none covers another. */
function bent(links) {
  const between = new Map();
  for (const link of links) {
    const key = link.from < link.to ? `${link.from} ${link.to}` : `${link.to} ${link.from}`;
    if (!between.has(key)) between.set(key, []);
    between.get(key).push(link);
  }
  const bends = new Map();
  for (const same of between.values()) {
    if (same.length < 2) continue;
    same.forEach((link, i) => {
      const turned = link.from < link.to ? 1 : -1;
      bends.set(link.id, (i - (same.length - 1) / 2) * 0.3 * turned);
    });
  }
  return bends;
}

/** In a large map the nodes with most ties get a name that can be read from afar. */
function landmarks({ nodes, links }) {
  const ties = new Map();
  for (const { from, to } of links) for (const id of [from, to]) ties.set(id, (ties.get(id) ?? 0) + 1);
  const grown = Math.min(3, Math.max(1, Math.sqrt(nodes.length / 50)));
  const most = [...ties].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 22);
  return { grown, ids: new Set(most.map(([id]) => id)) };
}

/** Make a data set hold just these items, with as few changes as need be. */
function replace(set, items) {
  const ids = new Set(items.map((item) => item.id));
  set.remove(set.getIds().filter((id) => !ids.has(id)));
  set.update(items);
}
