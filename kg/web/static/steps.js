// Steps: each is plain data, so that a list of them is the state, can be undone and told in a link.
import { ask, countOf, edges, narrowed, nodes, say, stage, state } from "./shown.js";

const most = Number(stage.dataset.most);
let steps = [];
let undone = [];
let changed = () => {};

export function onChange(act) { changed = act; }

const places = () => Object.fromEntries(nodes.map(({ id, x, y }) => [id, [x, y]]));
const held = () => nodes.getIds({ filter: (one) => one.fixed });

const doing = {
  async expand({ node, relation, offset, limit, nodes: wanted, filter, single }, given) {
    const more = given ?? await ask("/api/expand", { node, relation, offset, limit, nodes: wanted, filter, single, center: stage.dataset.node, shown: places(), fixed: held() });
    add(more);
    if (state.by !== "links" && more.nodes.length) await doing.arrange({ by: state.by });
    if (relation) state.counts[countOf(node, relation, filter)] = [more.shown, more.total];
    const [count, kept] = [more.total.toLocaleString("en"), narrowed(filter)];
    const what = relation && more.shown ? `${more.shown} of ${count}${kept ? ` ${kept}` : ""}, ${more.order}` : `${more.nodes.length} added, ${more.order}`;
    say(more.full ? `${nodes.length} nodes: at most ${most} are shown at once` : `${what}; ${nodes.length} nodes of at most ${most}`);
    return more;
  },
  async arrange({ by }, given) {
    const pairs = edges.get().map(({ from, to }) => [from, to]);
    const found = given ?? await ask("/api/arrange", { nodes: nodes.getIds(), edges: pairs, by, center: by === "kind" ? null : stage.dataset.node });
    nodes.update(nodes.get().filter(({ id, fixed }) => found.places[id] && !fixed).map(({ id }) => ({ id, x: found.places[id][0], y: found.places[id][1], group_name: found.groups[id] })));
    state.by = by;
    const groups = new Set(Object.values(found.groups)).size;
    say(by === "links" ? "Arranged by links." : `Arranged by ${by}: ${groups} ${groups === 1 ? "group" : "groups"}.`);
    return found;
  },
  async size({ by }, given) {
    state.size = by;
    if (by === "degree") state.weights = degrees();
    if (by === "betweenness") state.weights = scaled((given ?? await ask("/api/arrange", { nodes: nodes.getIds(), edges: edges.get().map(({ from, to }) => [from, to]) })).between);
  },
  joint({ yes }) { state.joint = yes; },
  note({ id, text }) { if (nodes.get(id)) nodes.update({ id, note: text }); },
  remove({ ids }) {
    nodes.remove(ids);
    edges.remove(edges.getIds({ filter: (e) => ids.includes(e.from) || ids.includes(e.to) }));
  },
  pin({ id, x, y, fixed }) { if (nodes.get(id)) nodes.update({ id, x, y, fixed }); },
  hide({ kind, yes }) { yes ? state.hidden.add(kind) : state.hidden.delete(kind); },
  filter({ name, value }) { value ? state.filter[name] = value : delete state.filter[name]; },
  fade({ yes }) { state.fade = yes; },
};

function degrees() {
  const counts = {};
  for (const { from, to } of edges.get()) for (const id of [from, to]) counts[id] = (counts[id] ?? 0) + 1;
  return scaled(counts);
}

function scaled(values) {
  const most = Math.max(...Object.values(values), 1e-9);
  return Object.fromEntries(Object.entries(values).map(([id, value]) => [id, Math.sqrt(value / most)]));
}

const kept = ["filter", "counts", "fade", "joint", "size", "weights", "by"];

export async function step(name, fields, given, quietly = false) {
  const before = { nodes: nodes.get(), edges: edges.get(), hidden: [...state.hidden], ...structuredClone(Object.fromEntries(kept.map((one) => [one, state[one]]))) };
  const result = await doing[name](fields, given);
  steps.push({ name, fields, before });
  undone = [];
  if (!quietly) changed();
  return result;
}

function restore(before) {
  nodes.clear(); edges.clear();
  nodes.add(before.nodes); edges.add(before.edges);
  Object.assign(state, { hidden: new Set(before.hidden) }, Object.fromEntries(kept.map((one) => [one, before[one]])));
  if (!nodes.get(state.selected)) state.selected = stage.dataset.node;
  state.chosen = new Set([...state.chosen].filter((id) => nodes.get(id)));
}

export function undo() {
  const last = steps.pop();
  if (!last) return;
  undone.push(last);
  restore(last.before);
  changed();
}

export async function redo() {
  const next = undone.at(-1);
  if (!next) return;
  const rest = undone.slice(0, -1);
  await step(next.name, next.fields, undefined, true); // where it fails, nothing is lost
  undone = rest;
  changed();
}

export const recorded = () => steps.map(({ name, fields }) => [name, fields]);

export async function replay(list) {
  const known = list.slice(0, 200).filter(([name]) => Object.hasOwn(doing, name));
  for (let at = 0; at < known.length; at += 1) {
    // Steps that expand one after the other are asked for at once.
    let end = at;
    while (known[end]?.[0] === "expand" && end - at < 50) end += 1;
    if (end > at + 1) {
      const asked = known.slice(at, end).map(([, fields]) => ({ ...fields, center: stage.dataset.node }));
      const { results } = await ask("/api/expansions", { steps: asked, shown: places(), fixed: held() });
      for (const [n, given] of results.entries()) await step("expand", known[at + n][1], given, true);
      at = end - 1;
    } else await step(...known[at], undefined, true);
  }
}

export function add(more) {
  nodes.update(more.nodes.map((node) => ({ ...node, shape: "custom" })));
  nodes.update(Object.entries(more.moved ?? {}).filter(([id]) => nodes.get(id)).map(([id, [x, y]]) => ({ id, x, y })));
  for (const group of more.groups ?? []) {
    if (!nodes.get(group.id)) continue;
    if (group.decisions) nodes.update({ ...group, shape: "custom" });
    else { nodes.remove(group.id); edges.remove(edges.getIds({ filter: (e) => e.from === group.id || e.to === group.id })); }
  }
  const key = (e) => `${e.from}|${e.to}|${e.relation}`;
  const known = new Set(edges.get().map(key));
  edges.add(more.edges.filter((e) => !known.has(key(e))));
}

export const canUndo = () => steps.length > 0;
export const canRedo = () => undone.length > 0;
