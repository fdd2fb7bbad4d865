// Steps: each is plain data, so that a list of them is the state, can be undone and told in a link.
import { ask, edges, nodes, say, stage, state } from "./shown.js";

const most = Number(stage.dataset.most);
let steps = [];
let undone = [];
let changed = () => {};

export function onChange(act) { changed = act; }

const places = () => Object.fromEntries(nodes.map(({ id, x, y }) => [id, [x, y]]));

const doing = {
  async expand({ node, relation, offset, limit, nodes: wanted }, given) {
    const more = given ?? await ask("/api/expand", { node, relation, offset, limit, nodes: wanted, shown: places() });
    add(more);
    if (relation) state.counts[`${node}|${relation}`] = [more.shown, more.total];
    say(more.full ? `${nodes.length} nodes: no more than ${most} are shown at once` : `${more.nodes.length} added, ${nodes.length} of at most ${most}`);
    return more;
  },
  remove({ ids }) {
    nodes.remove(ids);
    edges.remove(edges.getIds({ filter: (e) => ids.includes(e.from) || ids.includes(e.to) }));
  },
  pin({ id, x, y, fixed }) { nodes.update({ id, x, y, fixed, borderWidth: fixed ? 5 : nodes.get(id).kind === "edition" ? 4 : 1 }); },
  hide({ kind, yes }) { yes ? state.hidden.add(kind) : state.hidden.delete(kind); },
  filter({ name, value }) { value ? state.filter[name] = value : delete state.filter[name]; },
  fade({ yes }) { state.fade = yes; },
};

export async function step(name, fields, given, quietly = false) {
  const before = { nodes: nodes.get(), edges: edges.get(), hidden: [...state.hidden], filter: { ...state.filter }, counts: { ...state.counts }, fade: state.fade };
  const result = await doing[name](fields, given);
  steps.push({ name, fields, before });
  undone = [];
  if (!quietly) changed();
  return result;
}

function restore(kept) {
  nodes.clear(); edges.clear();
  nodes.add(kept.nodes); edges.add(kept.edges);
  Object.assign(state, { hidden: new Set(kept.hidden), filter: kept.filter, counts: kept.counts, fade: kept.fade });
  if (!nodes.get(state.selected)) state.selected = stage.dataset.node;
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
      const { results } = await ask("/api/expansions", { steps: known.slice(at, end).map(([, fields]) => fields), shown: places() });
      for (const [n, given] of results.entries()) await step("expand", known[at + n][1], given, true);
      at = end - 1;
    } else await step(...known[at], undefined, true);
  }
}

export function add(more) {
  nodes.update(more.nodes);
  const key = (e) => `${e.from}|${e.to}|${e.relation}`;
  const known = new Set(edges.get().map(key));
  edges.add(more.edges.filter((e) => !known.has(key(e))));
}

export const canUndo = () => steps.length > 0;
export const canRedo = () => undone.length > 0;
