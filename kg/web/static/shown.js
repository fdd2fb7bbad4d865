// What the graph shows: its nodes and edges, what is chosen and filtered, and the server that it asks.
export const stage = document.getElementById("explore");
export const root = stage.dataset.root;
const status = document.getElementById("status");

export const nodes = new vis.DataSet();
export const edges = new vis.DataSet();
export const state = { selected: stage.dataset.node, from: null, hidden: new Set(), filter: {}, fade: true, counts: {} };

export async function ask(path, body) {
  const answer = await fetch(root + path, body && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({ detail: answer.statusText }));
    say(problem.detail);
    throw new Error(problem.detail);
  }
  return answer.json();
}

export function say(text) { status.textContent = text; }
