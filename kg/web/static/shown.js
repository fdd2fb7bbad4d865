// What the graph shows: its nodes and edges, what is chosen and filtered, and the server that it asks.
export const stage = document.getElementById("explore");
export const root = stage.dataset.root;
const status = document.getElementById("status");

export const nodes = new vis.DataSet();
export const edges = new vis.DataSet();
// `joint`: colours and figures are of the decisions with the node in the center; `size` is what nodes are
// sized by, with their `weights` from 0 to 1 where that is no count.
export const state = {
  selected: stage.dataset.node, chosen: new Set([stage.dataset.node]), from: null, hidden: new Set(), filter: {},
  fade: true, counts: {}, joint: true, size: "count", weights: {}, story: null, by: "links",
};

export async function ask(path, body) {
  const answer = await fetch(root + path, body && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }).catch((fault) => { say("The server does not answer; nothing has changed."); throw fault; });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
    say(problem.detail);
    throw new Error(problem.detail);
  }
  return answer.json();
}

export function say(text) { status.textContent = text; }

// What a filter narrows to, in words; and under which name it is kept how many a relation has shown.
export const narrowed = (filter) => Object.values(filter ?? {}).join(", ");
export const countOf = (node, relation, filter) => `${node}|${relation}|${narrowed(filter)}`;

// The address of the letters that have all of some nodes.
export function listed(...ids) {
  const conditions = ids.map((id) => (id.startsWith("guideline/") ? `place=${encodeURIComponent(id.slice(10))}` : `about=${encodeURIComponent(id)}`));
  return `${root}/cases?${conditions.join("&")}`;
}
