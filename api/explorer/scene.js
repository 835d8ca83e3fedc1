// What is on the screen: nodes and links, what is hidden, pinned or filtered, and the way back.

export class Scene extends EventTarget {
  constructor() {
    super();
    this.nodes = new Map();
    this.links = new Map();
    this.hidden = new Set();
    this.pinned = new Set();
    this.centre = new Set();
    this.filter = { looks: new Set(), ties: new Set(), place: "", possible: true, undated: true, window: null };
    this.path = null;
    this.selected = null;
    this.past = [];
    this.timeless = false; // no link of this scene has a time
  }

  /** Do something that can be undone. */
  change(how) {
    this.past.push({
      nodes: new Map(this.nodes),
      links: new Map(this.links),
      hidden: new Set(this.hidden),
      pinned: new Set(this.pinned),
      centre: new Set(this.centre),
      path: this.path,
    });
    if (this.past.length > 50) this.past.shift();
    how();
    this.changed();
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    Object.assign(this, before);
    if (this.selected && !this.nodes.has(this.selected) && !this.links.has(this.selected)) this.selected = null;
    this.changed();
  }

  changed() {
    this.seen = null;
    this.dispatchEvent(new Event("change"));
  }

  select(id) {
    this.selected = id;
    this.dispatchEvent(new Event("select"));
  }

  add(nodes, links) {
    for (const node of nodes) {
      const old = this.nodes.get(node.id);
      this.nodes.set(node.id, old ? { ...node, x: old.x, y: old.y } : { ...node });
      this.hidden.delete(node.id);
    }
    for (const link of links) {
      if (this.nodes.has(link.from) && this.nodes.has(link.to)) {
        this.links.set(link.id, { ...this.links.get(link.id), ...link });
      }
    }
  }

  clear() {
    for (const part of [this.nodes, this.links, this.hidden, this.pinned, this.centre]) part.clear();
    this.path = null;
    this.selected = null;
  }

  linksOf(id) {
    return [...this.links.values()].filter((link) => link.from === id || link.to === id);
  }

  /** Take out what hangs on a node alone. */
  collapse(id) {
    const near = new Set(this.linksOf(id).map((link) => (link.from === id ? link.to : link.from)));
    for (const other of near) {
      const kept = this.pinned.has(other) || this.centre.has(other);
      if (!kept && this.linksOf(other).every((link) => link.from === id || link.to === id)) this.remove(other);
    }
  }

  remove(id) {
    this.nodes.delete(id);
    for (const link of this.linksOf(id)) this.links.delete(link.id);
  }

  /** Whether a link holds in the window of time: yes, possibly, undated or no. */
  holds(link) {
    if (this.timeless) return "yes";
    const undated = !link.possible || (link.possible[0] === null && link.possible[1] === null);
    const window = this.filter.window;
    if (!window) return link.sure ? "yes" : undated ? "undated" : "possibly";
    if (meets(link.sure, window)) return "yes";
    if (undated) return "undated";
    return meets(link.possible, window) ? "possibly" : "no";
  }

  /** The nodes and links to draw, with how far each link holds. */
  visible() {
    if (this.seen) return this.seen;
    const { looks, ties, place, possible, undated, window } = this.filter;
    const nodes = new Map();
    for (const node of this.nodes.values()) {
      const kept = this.centre.has(node.id) || this.pinned.has(node.id);
      const there = !place || node.type === "Person" || node.place === place || node.name === place;
      if (!this.hidden.has(node.id) && (kept || (!looks.has(node.look) && there))) nodes.set(node.id, node);
    }
    const links = [];
    const tied = new Set();
    const wasTied = new Set();
    for (const link of this.links.values()) {
      wasTied.add(link.from).add(link.to);
      if (!nodes.has(link.from) || !nodes.has(link.to) || ties.has(link.look)) continue;
      const holds = this.holds(link);
      if (holds === "no" || (holds === "undated" && !undated) || (holds === "possibly" && !possible)) continue;
      links.push({ ...link, holds });
      tied.add(link.from).add(link.to);
    }
    if (window || ties.size || looks.size || place || !undated || !possible) {
      for (const id of [...nodes.keys()]) {
        const kept = this.centre.has(id) || this.pinned.has(id) || id === this.selected;
        if (!tied.has(id) && wasTied.has(id) && !kept) nodes.delete(id);
      }
    }
    this.seen = { nodes: [...nodes.values()], links };
    return this.seen;
  }

  /** The first and last year that any link speaks of. */
  years() {
    let [low, high] = ["9999", "0000"];
    for (const link of this.links.values()) {
      for (const day of [...(link.sure ?? []), ...(link.possible ?? [])]) {
        if (!day) continue;
        const year = day.slice(0, 4);
        if (year < low) low = year;
        if (year > high) high = year;
      }
    }
    return low <= high ? [Number(low), Number(high)] : null;
  }
}

/** Whether a half-open period has a day in a window whose ends both count. */
export function meets(span, window) {
  return Boolean(span) && (span[0] ?? "") <= window[1] && window[0] < (span[1] ?? "~");
}
