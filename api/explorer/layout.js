// Where new nodes go. What already stands somewhere stays there; the rest finds its place round it.

const LENGTH = 110;
const FAR = (LENGTH * 8) ** 2;
const ROOM = [76, 58];
const [LETTER, WIDEST] = [16, 220];

/** How often forces are applied: seldom where there are many, for each time looks at all pairs. */
function roundsFor(n) {
  return n > 3000 ? 10 : n > 1500 ? 28 : n > 600 ? 60 : 160;
}

/** Give x and y to all nodes that have none. The same graph gets the same places. */
export function settle(nodes, links) {
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
    ties.push([link.from, link.to]);
  }
  start(moving, near, at, fixed);
  forces(nodes, ties, near, fixed);
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

/** Ties pull, all push, by less and less. */
function forces(nodes, ties, near, fixed) {
  const n = nodes.length;
  const index = new Map(nodes.map((node, i) => [node.id, i]));
  const ends = ties.map(([a, b]) => [index.get(a), index.get(b)]);
  const degree = Float64Array.from(nodes, (node) => near.get(node.id).length);
  const weight = degree.map((ties_) => Math.sqrt(1 + ties_));
  const still = nodes.map((node) => fixed.has(node.id));
  const [x, y] = [Float64Array.from(nodes, (node) => node.x), Float64Array.from(nodes, (node) => node.y)];
  const rounds = roundsFor(n);
  for (let step = 0; step < rounds; step++) {
    const [moveX, moveY] = [new Float64Array(n), new Float64Array(n)];
    for (let i = 0; i < n; i++) {
      for (let j = i + 1; j < n; j++) {
        const dx = x[j] - x[i] || 0.1;
        const dy = (y[j] - y[i]) * 1.25 || 0.1;
        const squared = dx * dx + dy * dy + 25;
        const push = ((LENGTH * LENGTH * 0.42) / squared) * (squared > FAR ? 0.35 : 1);
        moveX[i] -= dx * push * weight[j];
        moveY[i] -= dy * push * weight[j];
        moveX[j] += dx * push * weight[i];
        moveY[j] += dy * push * weight[i];
      }
    }
    for (const [a, b] of ends) {
      const [dx, dy] = [x[b] - x[a], y[b] - y[a]];
      const pull = Math.hypot(dx, dy) / LENGTH / Math.sqrt(Math.min(degree[a], degree[b]));
      moveX[a] += dx * pull;
      moveY[a] += dy * pull;
      moveX[b] -= dx * pull;
      moveY[b] -= dy * pull;
    }
    const [middleX, middleY] = [x, y].map((all) => all.reduce((sum, one) => sum + one, 0) / n);
    const gravity = 0.03 * Math.sqrt(n);
    for (let i = 0; i < n; i++) {
      moveX[i] -= (x[i] - middleX) * gravity;
      moveY[i] -= (y[i] - middleY) * gravity;
    }
    const heat = LENGTH * (1 - step / rounds) ** 1.5 + 1;
    for (let i = 0; i < n; i++) {
      if (still[i]) continue;
      const length = Math.hypot(moveX[i], moveY[i]) || 1;
      const reach = Math.min(length, heat) / length;
      x[i] += moveX[i] * reach;
      y[i] += moveY[i] * reach;
    }
  }
  nodes.forEach((node, i) => still[i] || ([node.x, node.y] = [x[i], y[i]]));
}

/** Part what stands on each other's labels. */
function apart(nodes, fixed) {
  const half = new Map(nodes.map((node) => [node, wideOf(node.name) / 2]));
  for (let step = 0; step < (nodes.length > 600 ? 20 : 80); step++) {
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
