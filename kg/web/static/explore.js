// The graph: what is shown, and everything a person does to it. Nodes come from the server with
// their places; nothing here moves a node that stands. Each step is kept, so that it can be undone
// and told in a link.
import { describe } from "./panel.js";
import { saveAs } from "./save.js";
import { ask, edges, nodes, root, say, stage, state } from "./shown.js";
import { add, canRedo, canUndo, onChange, recorded, redo, replay, step, undo } from "./steps.js";

const element = document.getElementById("graph");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const first = read("graph-data");
const options = read("graph-options");

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const font = () => ({ color: color("--ink"), strokeColor: color("--card") });
Object.assign(options.nodes.font, font());
const network = new vis.Network(element, {}, options);
window.network = network;

// --- what is seen: hiding, fading, the table, the link -----------------------------------------

const values = (node, name) => [node[name] ?? []].flat().map(String);
const matches = (node) => node.kind !== "item" || Object.entries(state.filter).every(([name, value]) => values(node, name).includes(value));

function changed() {
  nodes.update(nodes.get().map((node) => {
    const fits = matches(node);
    return { id: node.id, hidden: state.hidden.has(node.kind) || (!fits && !state.fade), opacity: fits ? 1 : 0.18 };
  }));
  drawTable();
  drawLegend();
  drawFilters();
  document.getElementById("undo").disabled = !canUndo();
  document.getElementById("redo").disabled = !canRedo();
  const said = recorded();
  history.replaceState(null, "", said.length ? `#${encodeURIComponent(JSON.stringify(said))}` : location.pathname + location.search);
  element.dataset.nodes = nodes.length;
}

const visible = () => nodes.get({ filter: (n) => !n.hidden });

function drawTable() {
  const body = document.getElementById("table").tBodies[0];
  body.replaceChildren(...visible().map((node) => {
    const row = document.createElement("tr");
    row.dataset.id = node.id;
    const name = document.createElement("th");
    name.scope = "row";
    const button = document.createElement("button");
    button.type = "button"; button.className = "link"; button.textContent = node.name;
    button.addEventListener("click", () => select(node.id, true));
    name.append(button);
    row.append(name, ...[node.kind, node.decisions, node.overturned].map((value, n) => {
      const cell = document.createElement("td");
      cell.textContent = n ? value.toLocaleString("en") : value;
      if (n) cell.className = "num";
      return cell;
    }));
    return row;
  }));
}

// The shapes that the server gives to the kinds, as small pictures.
const shapes = {
  page: "M3 3h10v10H3z", section: "M8 2a6 6 0 1 0 .01 0z", chapter: "M4.5 2h7L15 8l-3.5 6h-7L1 8z", edition: "M4.5 2h7L15 8l-3.5 6h-7L1 8z",
  service: "M8 1l7 7-7 7-7-7z", drug: "M8 1l2 4.8 5.2.4-4 3.4 1.3 5.1L8 12l-4.5 2.7 1.3-5.1-4-3.4 5.2-.4z",
  "body part": "M1 3h14L8 14z", specialty: "M8 2l7 11H1z", item: "M1 4h14v8H1z", case: "M8 4a7 4 0 1 0 .01 0z",
};
function glyph(kind) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", shapes[kind]);
  if (kind === "edition") path.setAttribute("class", "thick");
  svg.append(path);
  return svg;
}

function drawLegend() {
  const counts = {};
  for (const node of nodes.get()) counts[node.kind] = (counts[node.kind] ?? 0) + 1;
  document.getElementById("kinds").replaceChildren(...Object.entries(counts).map(([kind, count]) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.kind = kind;
    button.setAttribute("aria-pressed", String(!state.hidden.has(kind)));
    button.append(glyph(kind), ` ${kind} ${count}`);
    button.addEventListener("click", () => step("hide", { kind, yes: !state.hidden.has(kind) }));
    return button;
  }));
}

function drawFilters() {
  for (const select of document.querySelectorAll("[data-filter]")) {
    const name = select.dataset.filter;
    const there = [...new Set(nodes.get().filter((n) => n.kind === "item").flatMap((n) => values(n, name)))].sort();
    select.replaceChildren(new Option("all", ""), ...there.map((value) => new Option(value, value)));
    select.value = state.filter[name] ?? "";
    select.disabled = !there.length;
  }
}

onChange(changed);

// --- selecting and expanding -------------------------------------------------------------------

const show = (id, edge) => describe({ expand, collapse, path, pin }, id, edge);

async function select(id, move) {
  if (!nodes.get(id)) return;
  state.selected = id;
  network.selectNodes([id]);
  if (move) network.focus(id, { scale: Math.max(network.getScale(), 0.7), animation: false });
  await show(id);
}

async function expand(id) {
  const known = await ask(`/api/node?node=${encodeURIComponent(id)}`);
  const relation = Object.keys(known.relations).find((name) => (state.counts[`${id}|${name}`]?.[0] ?? 0) < known.relations[name]);
  await step("expand", { node: id, relation: null, offset: 0, limit: 25 });
  if (relation) await show(id);
}

function collapse(id) {
  const leaves = network.getConnectedNodes(id).filter((other) => other !== stage.dataset.node && network.getConnectedNodes(other).length === 1);
  if (leaves.length) step("remove", { ids: leaves });
  else say("Nothing to collapse.");
}

async function pathTo(id) {
  const from = state.from;
  state.from = null;
  const way = await ask(`/api/path?one=${encodeURIComponent(from)}&other=${encodeURIComponent(id)}`);
  if (!way.results.length) { say("There is no path of at most six steps."); return; }
  const names = way.results.map((row) => row.node);
  await step("expand", { node: names[0], relation: null, offset: 0, limit: 25, nodes: names.slice(1) });
  network.selectNodes(names.filter((name) => nodes.get(name)));
  say(way.results.map((row) => row.label).join(" → "));
}

network.on("selectNode", ({ nodes: chosen }) => select(chosen.at(-1)));
network.on("doubleClick", ({ nodes: chosen }) => chosen.length && expand(chosen[0]));
// Not "selectEdge": the links of a chosen node are chosen with it, and a click on one of them is no change.
network.on("click", ({ nodes: chosen, edges: drawn }) => { if (!chosen.length && drawn.length) show(null, edges.get(drawn[0])); });
network.on("dragEnd", ({ nodes: chosen }) => {
  for (const id of chosen) { const { x, y } = network.getPosition(id); step("pin", { id, x, y, fixed: false }); }
});

// --- keyboard ----------------------------------------------------------------------------------

function nearest(id, dx, dy) {
  const at = network.getPosition(id);
  let best = null, distance = Infinity;
  for (const node of visible()) {
    if (node.id === id) continue;
    const { x, y } = network.getPosition(node.id);
    const along = (x - at.x) * dx + (y - at.y) * dy, across = Math.abs((x - at.x) * dy) + Math.abs((y - at.y) * dx);
    if (along > 0 && along + 2 * across < distance) { best = node.id; distance = along + 2 * across; }
  }
  return best;
}

const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
element.addEventListener("keydown", (event) => {
  const id = state.selected;
  // Single letters and keys are ours only alone: Ctrl-C copies, Ctrl-F finds, Alt-Left goes back.
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() === "z") { if (event.shiftKey) redo(); else undo(); }
    else if (event.key.toLowerCase() === "y") redo();
    else return;
  } else if (event.altKey) return;
  else if (event.key in arrows) { const next = nearest(id, ...arrows[event.key]); if (next) select(next, true); }
  else if (event.key === "Enter") expand(id);
  else if (event.key === "Delete" || event.key === "Backspace") { if (id !== stage.dataset.node) step("remove", { ids: [id] }); }
  else if (event.key === "e") nextLine(id);
  else if (event.key === "a") path(id);
  else if (event.key === "c") collapse(id);
  else if (event.key === "p") pin(id);
  else if (event.key === "f") fit();
  else if (event.key === "?") { const keys = document.getElementById("keys"); keys.open = true; keys.querySelector("summary").focus(); }
  else if (event.key === "+" || event.key === "-") network.moveTo({ scale: network.getScale() * (event.key === "+" ? 1.25 : 0.8) });
  else return;
  event.preventDefault();
});

// The lines of a node, one after the other.
let line = null;
function nextLine(id) {
  const lines = network.getConnectedEdges(id).filter((one) => !nodes.get(network.getConnectedNodes(one)).some((node) => node.hidden));
  if (!lines.length) return;
  line = lines[(lines.indexOf(line) + 1) % lines.length];
  network.setSelection({ nodes: [id], edges: [line] }, { highlightEdges: false });
  show(null, edges.get(line));
}

function path(id) {
  if (state.from && state.from !== id) { pathTo(id); return; }
  state.from = id;
  say(`A path from ${nodes.get(id).name}: now choose its other end, and “Path to here”.`);
}

function pin(id) {
  const { x, y } = network.getPosition(id);
  step("pin", { id, x, y, fixed: !nodes.get(id).fixed });
}

function fit() {
  network.fit({ animation: false });
  const scale = Math.min(1.1, network.getScale() * 0.95);
  // On a telephone all at once would be too small to read: the middle of it, to be dragged.
  if (element.clientWidth < 600 && scale < 0.7 && nodes.get(state.selected)) network.focus(state.selected, { scale: 0.7, animation: false });
  else network.moveTo({ scale });
}

// --- tools -------------------------------------------------------------------------------------

const on = (id, act) => document.getElementById(id).addEventListener("click", act);
on("undo", undo);
on("redo", redo);
on("fit", fit);
on("copy", async () => {
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  say("The link holds all that you see.");
});
on("save", () => saveAs(document.getElementById("form").value, network, visible(), edges.get()));
for (const select of document.querySelectorAll("[data-filter]")) {
  select.addEventListener("change", () => step("filter", { name: select.dataset.filter, value: select.value }));
}
document.getElementById("fade").addEventListener("change", (event) => step("fade", { yes: event.target.checked }));
document.getElementById("load").addEventListener("change", async (event) => {
  const kept = await event.target.files[0].text().then(JSON.parse).catch(() => null);
  if (typeof kept?.node !== "string" || !Array.isArray(kept.steps)) { say("This file is no saved state."); return; }
  const there = `${root}/explore?node=${encodeURIComponent(kept.node)}${kept.depth > 1 ? `&depth=${Number(kept.depth)}` : ""}`;
  history.replaceState(null, "", `${there}#${encodeURIComponent(JSON.stringify(kept.steps))}`);
  location.reload();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => network.setOptions({ nodes: { font: font() } }));

add(first);
const told = location.hash.slice(1);
try {
  if (told) await replay(JSON.parse(decodeURIComponent(told)));
} catch {
  say("Some steps in this link refer to data that is no longer here.");
}
changed();
network.setData({ nodes, edges });  // only now: it looks at all of them whenever some come
fit();
await show(state.selected);
network.selectNodes([state.selected]);
element.dataset.ready = "yes";
document.getElementById("depth").addEventListener("change", (event) => {
  location.href = `${root}/explore?node=${encodeURIComponent(stage.dataset.node)}&depth=${event.target.value}`;
});
