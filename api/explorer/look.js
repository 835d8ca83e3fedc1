// How nodes and links look: shape, colour and dashes, for the screen and for pictures.

import { languageNow, relationName, vocabularyNow } from "./words.js";

export const FACE =
  '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Hiragino Sans GB", sans-serif';
export const INK = "#1d2733";
export const DASHES = { yes: false, possibly: [7, 5], undated: [2, 4] };

export function lookOfType(type) {
  return vocabularyNow().types[type]?.look ?? "record";
}

export function lookOfRelation(relation) {
  return vocabularyNow().relations[relation]?.look ?? "other";
}

export function look(name) {
  return vocabularyNow().looks[name] ?? { colour: "#5f6b78", shape: "dot", size: 12, width: 1 };
}

/** Give every node and link of an answer its look. */
export function dress(nodes, links) {
  for (const node of nodes) node.look = lookOfType(node.type);
  for (const link of links) {
    link.look = lookOfRelation(link.relation);
    link.symmetric = Boolean(vocabularyNow().relations[link.relation]?.symmetric);
  }
  return [nodes, links];
}

/** A name short enough to stand below a node. */
export function short(name) {
  const text = String(name ?? "");
  const most = languageNow() === "en" && /^[\x20-\x7e]*$/.test(text) ? 24 : 14;
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

export function linkLabel(link) {
  return link.count ? `×${link.count}` : (link.role ?? relationName(link.relation));
}

/** The outline of a shape round (0, 0), as an SVG path. */
export function outline(shape, size) {
  const corners = (n, turn) =>
    Array.from({ length: n }, (_, i) => {
      const angle = turn + (i * 2 * Math.PI) / n;
      return [Math.cos(angle) * size, Math.sin(angle) * size];
    });
  const path = (points) => `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}Z`;
  if (shape === "square") return path(corners(4, Math.PI / 4).map(([x, y]) => [x * 1.25, y * 1.25]));
  if (shape === "diamond") return path(corners(4, 0));
  if (shape === "triangle") return path(corners(3, -Math.PI / 2).map(([x, y]) => [x * 1.15, y * 1.15]));
  if (shape === "triangleDown") return path(corners(3, Math.PI / 2).map(([x, y]) => [x * 1.15, y * 1.15]));
  if (shape === "hexagon") return path(corners(6, 0));
  if (shape === "star") {
    return path(corners(10, -Math.PI / 2).map(([x, y], i) => (i % 2 ? [x * 0.48, y * 0.48] : [x * 1.15, y * 1.15])));
  }
  return `M${-size} 0A${size} ${size} 0 1 1 ${size} 0A${size} ${size} 0 1 1 ${-size} 0Z`;
}
