// Asking the service. A key, where the reader has one, stays in this page's session.

import { languageNow } from "./words.js";

const KEY = "govgraph-key";
const answers = new Map();

export class Refused extends Error {}

export function useKey(key) {
  answers.clear();
  if (key) sessionStorage.setItem(KEY, key);
  else sessionStorage.removeItem(KEY);
}

/** The answer of a door. The same question is asked once. */
export function ask(door, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of [value].flat()) if (one !== undefined && one !== null && one !== "") query.append(name, one);
  }
  const path = `v1/${door}${query.size ? `?${query}` : ""}`;
  if (!answers.has(path)) {
    if (answers.size > 300) answers.clear();
    const answer = fetched(path);
    answers.set(path, answer);
    answer.catch(() => answers.delete(path));
  }
  return answers.get(path);
}

async function fetched(path) {
  const key = sessionStorage.getItem(KEY);
  let answer;
  try {
    answer = await fetch(path, { headers: key ? { "X-API-Key": key } : {} });
  } catch {
    throw new Refused(languageNow() === "zh" ? "服务没有回应" : "the service does not answer");
  }
  const body = await answer.json();
  if (!answer.ok) throw new Refused(body.detail ?? body.title ?? String(answer.status));
  return body;
}

/** All rows of a list, page by page. */
export async function askAll(door, parameters = {}) {
  const first = await ask(door, { ...parameters, limit: 1000 });
  const rows = [...first.items];
  let { next } = first;
  while (next) {
    const page = await ask(door, { ...parameters, limit: 1000, cursor: next });
    rows.push(...page.items);
    next = page.next;
  }
  return { ...first, items: rows };
}
