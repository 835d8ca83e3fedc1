// Pictures of the map: PNG and SVG, each with legend, date and where it comes from.

import { DASHES, FACE, INK, linkLabel, look, outline, short } from "./look.js";
import { download, h, svg } from "./dom.js";
import { fileName } from "./table.js";
import { languageNow, lookName, t } from "./words.js";

const EDGE = 60;
const PAPER = "#fbfaf7";

/** The visible part of a scene as an SVG text. `about` holds title, day and sources for the line below. */
export function asSvg(scene, about) {
  const { nodes, links } = scene.visible();
  const xs = nodes.map((node) => node.x);
  const ys = nodes.map((node) => node.y);
  const [left, top] = [Math.min(0, ...xs) - EDGE, Math.min(0, ...ys) - EDGE];
  const wide = Math.max(720, Math.max(0, ...xs) - left + EDGE);
  const high = Math.max(0, ...ys) - top + EDGE;
  const at = new Map(nodes.map((node) => [node.id, node]));
  const root = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `${left} ${top - 56} ${wide} ${high + 130}`, width: Math.round(wide), height: Math.round(high + 130), "font-family": FACE, role: "img" },
    svg("title", {}, about.title),
    svg("rect", { x: left, y: top - 56, width: wide, height: high + 130, fill: PAPER }),
    svg("text", { x: left + 24, y: top - 20, "font-size": 22, "font-weight": 700, fill: INK }, about.title),
    svg("g", { fill: "none" }, links.map((link) => edge(link, at))),
    svg("g", { "font-size": 10.5, fill: "#4a5663", "text-anchor": "middle", "paint-order": "stroke", stroke: PAPER, "stroke-width": 3 },
      links.length <= 150 ? links.map((link) => edgeName(link, at)) : []),
    svg("g", { "font-size": 13, fill: INK, "text-anchor": "middle" }, nodes.map((node) => dot(node, scene))),
    key(nodes, links, left + 24, top + high + 24),
    svg("text", { x: left + 24, y: top + high + 58, "font-size": 11, fill: "#5f6b78" }, sourceLine(about)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(root)}\n`;
}

/** The line below a picture: when it is of, who it is from. */
export function sourceLine(about) {
  const window = about.window ? `${about.window[0]} – ${about.window[1]}` : t("allTime");
  const day = about.day ? `${t("asOf")} ${about.day}` : "";
  return ["govgraph", window, day, t("made", about.sources)].filter(Boolean).join(languageNow() === "zh" ? "　" : " · ");
}

function edge(link, at) {
  const [a, b] = [at.get(link.from), at.get(link.to)];
  const { colour, width } = look(link.look);
  const dash = DASHES[link.holds];
  return svg("path", { d: `M${a.x} ${a.y}L${b.x} ${b.y}`, stroke: colour, "stroke-width": width, "stroke-opacity": 0.85, "stroke-dasharray": dash ? dash.join(" ") : null });
}

function edgeName(link, at) {
  const [a, b] = [at.get(link.from), at.get(link.to)];
  return svg("text", { x: Math.round((a.x + b.x) / 2), y: Math.round((a.y + b.y) / 2) - 3 }, linkLabel(link));
}

function dot(node, scene) {
  const { colour, shape, size } = look(node.look);
  const centre = scene.centre.has(node.id);
  return svg("g", { transform: `translate(${node.x} ${node.y})` },
    svg("title", {}, node.name),
    svg("path", { d: outline(shape, centre ? size * 1.35 : size), fill: colour, stroke: centre ? INK : "#fff", "stroke-width": centre ? 2.5 : 1.5 }),
    svg("text", { y: size + 17, "font-weight": centre ? 700 : null, "paint-order": "stroke", stroke: PAPER, "stroke-width": 4 }, short(node.name)));
}

function key(nodes, links, x, y) {
  const drawn = svg("g", { "font-size": 12, fill: INK });
  let at = x;
  for (const name of [...new Set(nodes.map((node) => node.look))]) {
    const { colour, shape } = look(name);
    drawn.append(svg("path", { d: outline(shape, 7), transform: `translate(${at + 8} ${y})`, fill: colour }), svg("text", { x: at + 20, y: y + 4 }, lookName(name)));
    at += 34 + width(lookName(name));
  }
  for (const name of [...new Set(links.map((link) => link.look))]) {
    drawn.append(svg("path", { d: `M${at} ${y}h20`, stroke: look(name).colour, "stroke-width": look(name).width + 0.6 }), svg("text", { x: at + 26, y: y + 4 }, lookName(name)));
    at += 42 + width(lookName(name));
  }
  return drawn;
}

function width(text) {
  return [...text].reduce((sum, letter) => sum + (letter > "\u2e80" ? 12 : 6.6), 0);
}

export function saveSvg(scene, about) {
  download(`${fileName(scene)}.svg`, "image/svg+xml", asSvg(scene, about));
}

/** The map as it stands on the screen, at twice its size, with title, legend and source line. */
export async function savePng(canvas, scene, about) {
  const image = await asPng(canvas, scene, about);
  download(`${fileName(scene)}.png`, "image/png", image);
}

export async function asPng(canvas, scene, about) {
  const map = canvas.element.querySelector("canvas");
  const ratio = map.width / map.clientWidth || 1;
  const paper = h("canvas", { width: map.width, height: map.height + 130 * ratio });
  const pen = paper.getContext("2d");
  pen.fillStyle = PAPER;
  pen.fillRect(0, 0, paper.width, paper.height);
  canvas.network.redraw();
  pen.drawImage(map, 0, 60 * ratio);
  pen.scale(ratio, ratio);
  pen.fillStyle = INK;
  pen.font = `700 22px ${FACE}`;
  pen.fillText(about.title, 24, 38);
  const { nodes, links } = scene.visible();
  const base = map.clientHeight + 84;
  let at = 24;
  pen.font = `12px ${FACE}`;
  for (const name of [...new Set(nodes.map((node) => node.look))]) {
    const { colour, shape } = look(name);
    pen.save();
    pen.translate(at + 8, base);
    pen.fillStyle = colour;
    pen.fill(new Path2D(outline(shape, 7)));
    pen.restore();
    pen.fillText(lookName(name), at + 20, base + 4);
    at += 34 + width(lookName(name));
  }
  for (const name of [...new Set(links.map((link) => link.look))]) {
    pen.fillStyle = look(name).colour;
    pen.fillRect(at, base - 1.5, 20, 3);
    pen.fillStyle = INK;
    pen.fillText(lookName(name), at + 26, base + 4);
    at += 42 + width(lookName(name));
  }
  pen.fillStyle = "#5f6b78";
  pen.font = `11px ${FACE}`;
  pen.fillText(sourceLine(about), 24, base + 30);
  return new Promise((resolve) => paper.toBlob(resolve, "image/png"));
}
