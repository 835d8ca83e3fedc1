// Where new nodes go. What already stands somewhere stays there; the rest finds its place round it.

const LENGTH = 110;
const ROOM = [76, 58];
const [LETTER, WIDEST] = [16, 220];
const CELL = LENGTH * 3;

/** Give x and y to all nodes that have none. The same graph gets the same places. */
export function settle(nodes, links, rounds = nodes.length > 600 ? 60 : 160) {
  const fixed = new Set(nodes.filter((node) => node.x !== undefined).map((node) => node.id));
  const moving = nodes.filter((node) => !fixed.has(node.id));
  if (!moving.length) return;
  const at = new Map(nodes.map((node) => [node.id, node]));
  const near = new Map(nodes.map((node) => [node.id, []]));
  const ties = [];
  const once = new Set();
  for (const link of links) {
    const pair = link.from < link.to ? `${link.from} ${link.to}` : `${link.to} ${link.from}`;
    if (!at.has(link.from) || !at.has(link.to) || link.from === link.to || once.has(pair)) continue;
    once.add(pair);
    near.get(link.from).push(link.to);
    near.get(link.to).push(link.from);
    ties.push([at.get(link.from), at.get(link.to)]);
  }
  start(moving, near, at, fixed);
  for (let step = 0; step < rounds; step++) round(nodes, ties, near, fixed, (1 - step / rounds) ** 1.5);
  apart(nodes, fixed);
  for (const node of moving) [node.x, node.y] = [Math.round(node.x), Math.round(node.y)];
}

/** First places: round the neighbour that stands already, else in a spiral, hubs first. */
function start(moving, near, at, fixed) {
  const placed = new Set(fixed);
  const order = [...moving].sort((a, b) => near.get(b.id).length - near.get(a.id).length || (a.id < b.id ? -1 : 1));
  const xs = [...fixed].map((id) => at.get(id).x);
  const left = xs.length ? Math.max(...xs) + LENGTH * 2 : 0;
  let i = 0;
  const queue = [...order];
  const done = new Set();
  while (queue.length) {
    const node = queue.shift();
    if (done.has(node.id)) continue;
    done.add(node.id);
    const anchor = near.get(node.id).map((id) => at.get(id)).find((other) => placed.has(other.id));
    const angle = i * 2.399963;
    const far = anchor ? LENGTH * (0.8 + 0.03 * (i % 20)) : LENGTH * 0.8 * Math.sqrt(i);
    const from = anchor ?? { x: left, y: 0 };
    node.x = from.x + Math.cos(angle) * far;
    node.y = from.y + Math.sin(angle) * far * 0.8;
    placed.add(node.id);
    i += 1;
    queue.unshift(...near.get(node.id).map((id) => at.get(id)).filter((other) => !placed.has(other.id)));
  }
}

/** Ties pull, neighbours in space push. */
function round(nodes, ties, near, fixed, heat) {
  const move = new Map(nodes.map((node) => [node, [0, 0]]));
  for (const [a, b] of pairs(nodes, CELL)) {
    const [dx, dy] = [b.x - a.x || 0.1, (b.y - a.y) * 1.25 || 0.1];
    const squared = dx * dx + dy * dy + 25;
    const push = (LENGTH * LENGTH * 0.42) / squared;
    const [weightA, weightB] = [Math.sqrt(1 + near.get(a.id).length), Math.sqrt(1 + near.get(b.id).length)];
    shift(move.get(a), -dx * push * weightB, -dy * push * weightB);
    shift(move.get(b), dx * push * weightA, dy * push * weightA);
  }
  for (const [a, b] of ties) {
    const [dx, dy] = [b.x - a.x, b.y - a.y];
    const loose = Math.sqrt(Math.min(near.get(a.id).length, near.get(b.id).length));
    const pull = Math.hypot(dx, dy) / LENGTH / loose;
    shift(move.get(a), dx * pull, dy * pull);
    shift(move.get(b), -dx * pull, -dy * pull);
  }
  for (const [node, [x, y]] of move) {
    if (fixed.has(node.id)) continue;
    const length = Math.hypot(x, y) || 1;
    const reach = Math.min(length, LENGTH * heat + 1);
    node.x += (x / length) * reach;
    node.y += (y / length) * reach;
  }
}

/** Part what stands on each other's labels. */
function apart(nodes, fixed) {
  const half = new Map(nodes.map((node) => [node, wideOf(node.name) / 2]));
  for (let step = 0; step < 80; step++) {
    let moved = false;
    for (const [a, b] of pairs(nodes, WIDEST)) {
      const [dx, dy] = [b.x - a.x, b.y - a.y];
      const [wide, high] = [half.get(a) + half.get(b) - Math.abs(dx), ROOM[1] - Math.abs(dy)];
      if (wide <= 0.5 || high <= 0.5 || (fixed.has(a.id) && fixed.has(b.id))) continue;
      moved = true;
      const aside = wide < high;
      const [x, y] = aside ? [Math.sign(dx || 1) * wide, 0] : [0, Math.sign(dy || 1) * high];
      const [shareA, shareB] = fixed.has(a.id) ? [0, 1] : fixed.has(b.id) ? [1, 0] : [0.5, 0.5];
      a.x -= x * shareA;
      a.y -= y * shareA;
      b.x += x * shareB;
      b.y += y * shareB;
    }
    if (!moved) return;
  }
}

/** How much room the name below a node takes. */
function wideOf(name) {
  const letters = [...String(name ?? "").slice(0, 14)].reduce((sum, letter) => sum + (letter > "\u2e80" ? 1 : 0.55), 0);
  return Math.min(Math.max(letters * LETTER + 12, ROOM[0]), WIDEST);
}

/** All pairs of nodes that are no farther apart than a cell or two. */
function* pairs(nodes, size) {
  const cells = new Map();
  for (const node of nodes) {
    const key = `${Math.floor(node.x / size)} ${Math.floor(node.y / size)}`;
    if (!cells.has(key)) cells.set(key, []);
    cells.get(key).push(node);
  }
  for (const [key, here] of cells) {
    const [x, y] = key.split(" ").map(Number);
    for (let i = 0; i < here.length; i++) for (let j = i + 1; j < here.length; j++) yield [here[i], here[j]];
    for (const [dx, dy] of [[1, 0], [-1, 1], [0, 1], [1, 1]]) {
      for (const b of cells.get(`${x + dx} ${y + dy}`) ?? []) for (const a of here) yield [a, b];
    }
  }
}

function shift(move, x, y) {
  move[0] += x;
  move[1] += y;
}
