// The graph: what is shown, and everything a person does to it. Nodes come from the server with
// their places. Each step is kept, so that it can be undone and told in a link.
import { line, nameOf, paint, place, shapes, shortened, strength, write } from "./labels.js";
import { lassoOn } from "./lasso.js";
import { describe } from "./panel.js";
import { saveAs } from "./save.js";
import { ask, countOf, edges, nodes, root, say, stage, state } from "./shown.js";
import { add, canRedo, canUndo, onChange, recorded, redo, replay, step, undo } from "./steps.js";
import { begin, storyHash, told } from "./views.js";

const element = document.getElementById("graph");
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const first = read("graph-data");
const options = read("graph-options");

options.nodes = { shape: "custom", ctxRenderer: paint };
options.interaction.selectConnectedEdges = true;
const network = new vis.Network(element, {}, options);
window.network = network;

// --- names: placed again whenever what is seen, chosen or zoomed changes -------------------------

let placed = [], stale = true, seenAt = 0, moving = false, motions = 0;
const restale = () => { stale = true; };
nodes.on("*", restale);
network.on("dragging", ({ nodes: moved }) => { if (moved.length) restale(); });
network.on("afterDrawing", (ctx) => {
  const scale = network.getScale();
  if (moving) return;
  if (stale || Math.abs(scale / seenAt - 1) > 0.01) {
    const near = new Set([...state.chosen].filter((id) => nodes.get(id)).flatMap((id) => network.getConnectedNodes(id)));
    placed = place(visible(), network.getPositions(), scale, near, headings(), whole(scale));
    [stale, seenAt] = [false, scale];
  }
  write(ctx, placed, scale);
  lasso.draw(ctx);
});

// What the canvas shows, where it shows all nodes.
function whole(scale) {
  const { x, y } = network.getViewPosition(), [w, h] = [element.clientWidth / scale, element.clientHeight / scale];
  const view = { x: x - w / 2, y: y - h / 2, w, h }, at = Object.values(network.getPositions());
  return at.every((one) => one.x > view.x && one.x < view.x + w && one.y > view.y && one.y < view.y + h) ? view : null;
}

// What stands over the groups of an arrangement: a kind, or the node of a community that has most links, with
// the room that the group takes.
function headings() {
  if (state.by === "links") return [];
  const at = network.getPositions(), groups = {};
  for (const node of visible()) if (node.group_name && at[node.id]) (groups[node.group_name] ??= []).push(node);
  return Object.entries(groups).map(([name, several]) => {
    const most = several.reduce((a, b) => (network.getConnectedEdges(b.id).length > network.getConnectedEdges(a.id).length ? b : a));
    const [xs, ys] = [several.map(({ id }) => at[id].x), several.map(({ id }) => at[id].y)];
    const called = state.by === "kind" ? { before: "", name } : { before: "around ", name: nameOf(most) };
    return { ...called, count: several.length, x: Math.min(...xs) - 40, y: Math.min(...ys) - 40, room: Math.max(...xs) - Math.min(...xs) + 190 };
  });
}

// --- what is seen: hiding, fading, the table, the link -----------------------------------------

const values = (node, name) => [node[name] ?? []].flat().map(String);
const matches = (node) => node.kind !== "item" || Object.entries(state.filter).every(([name, value]) => values(node, name).includes(value));

function changed() {
  stand();
  nodes.update(nodes.get().map((node) => {
    const fits = matches(node);
    return { id: node.id, hidden: state.hidden.has(node.kind) || (!fits && !state.fade), opacity: fits ? 1 : 0.18 };
  }));
  drawTable();
  drawLegend();
  drawFilters();
  document.getElementById("undo").disabled = !canUndo();
  document.getElementById("redo").disabled = !canRedo();
  document.getElementById("size").value = state.size;
  document.getElementById("joint").value = state.joint ? "joint" : "all";
  const said = recorded();
  const hash = state.story ? storyHash(state.story) : said.length ? `#${encodeURIComponent(JSON.stringify(said))}` : location.pathname + location.search;
  history.replaceState(null, "", hash);
  thin();
  restale();
  element.dataset.nodes = nodes.length;
}

// Lines are fainter the more there are; those of what is chosen stand out.
let faint = 0;
function thin() {
  const opacity = strength(edges.length);
  if (opacity === faint) return;
  faint = opacity;
  network.setOptions({ edges: { color: { color: line.all(opacity), highlight: line.chosen, hover: line.chosen, inherit: false } } });
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
      cell.dataset.label = ["Kind", "All decisions", "Overturned"][n];
      return cell;
    }));
    return row;
  }));
}

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

// What the decisions of the node in the center have, and what those have that are shown.
const choices = Object.fromEntries([...document.querySelectorAll("[data-filter]")].map((select) => [select.dataset.filter, [...select.options].slice(1).map((one) => one.value)]));
function drawFilters() {
  for (const select of document.querySelectorAll("[data-filter]")) {
    const name = select.dataset.filter;
    const there = [...new Set([...choices[name], ...nodes.get().filter((n) => n.kind === "item").flatMap((n) => values(n, name))])].sort();
    select.replaceChildren(new Option("all", ""), ...there.map((value) => new Option(value, value)));
    select.value = state.filter[name] ?? "";
    select.disabled = !there.length;
  }
}

onChange(changed);

// --- selecting and expanding -------------------------------------------------------------------

// Which nodes are chosen: one, or several that are dealt with at once.
function choose(ids) {
  state.chosen = new Set(ids.filter((id) => nodes.get(id)));
  network.selectNodes([...state.chosen]);
  restale();
}

const show = (id, edge) => describe({ expand, collapse, path, pin }, id, edge);

async function select(id, move) {
  if (!nodes.get(id)) return;
  state.selected = id;
  choose([id]);
  if (move) network.focus(id, { scale: Math.max(network.getScale(), 0.7), animation: false });
  await show(id);
}

// What one relation of a node leads to, or the most relevant of all; a group is opened.
async function expand(id, fields = { relation: null, offset: 0, filter: { ...state.filter } }) {
  const group = nodes.get(id);
  if (group.kind === "group") {
    const [shown] = state.counts[countOf(group.node, group.relation, group.wanted)] ?? [0];
    await relaid(() => step("expand", { node: group.node, relation: group.relation, offset: shown, limit: 25, filter: group.wanted, single: true }), id);
    if (!nodes.get(id)) state.selected = group.node;
  } else await relaid(() => step("expand", { node: id, limit: 25, ...fields }), id);
  await show(state.selected);
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
  if (!way.results.length) { say("There is no path of six steps or fewer."); return; }
  const names = way.results.map((row) => row.node);
  await relaid(() => step("expand", { node: names[0], relation: null, offset: 0, limit: 25, nodes: names.slice(1) }), names[0]);
  network.selectNodes(names.filter((name) => nodes.get(name)));
  say(way.results.map((row) => row.label).join(" → "));
}

network.on("selectNode", ({ nodes: chosen }) => {
  if (chosen.length === 1) { select(chosen[0]); return; }
  choose(chosen);
  show(state.selected);
});
network.on("deselectNode", ({ nodes: chosen }) => { if (chosen.length) { state.selected = chosen[0]; choose(chosen); show(chosen[0]); } });
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
    if (event.key.toLowerCase() === "z") relaid(event.shiftKey ? redo : undo);
    else if (event.key.toLowerCase() === "y") relaid(redo);
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
  else if (event.key === "x") { const next = nearest(id, 0, 1); choose([...state.chosen, next ?? id]); if (next) state.selected = next; show(state.selected); }
  else if (event.key === "l") lasso.turn();
  else if (event.key === "?") { const keys = document.getElementById("keys"); keys.open = true; keys.querySelector("summary").focus(); }
  else if (event.key === "+" || event.key === "-") network.moveTo({ scale: network.getScale() * (event.key === "+" ? 1.25 : 0.8) });
  else return;
  event.preventDefault();
});

// The lines of a node, one after the other.
let followed = null;
function nextLine(id) {
  const lines = network.getConnectedEdges(id).filter((one) => !nodes.get(network.getConnectedNodes(one)).some((node) => node.hidden));
  if (!lines.length) return;
  followed = lines[(lines.indexOf(followed) + 1) % lines.length];
  network.setSelection({ nodes: [id], edges: [followed] }, { highlightEdges: false });
  state.chosen = new Set([id]);
  show(null, edges.get(followed));
}

function path(id) {
  if (state.from && state.from !== id) { pathTo(id); return; }
  state.from = id;
  say(`A path from ${nodes.get(id).name}: now select its other end and choose “Path to here”.`);
}

function pin(id) {
  const { x, y } = network.getPosition(id);
  step("pin", { id, x, y, fixed: !nodes.get(id).fixed });
}

// All in sight, with room for names at the edges.
function fit() {
  const at = Object.values(network.getPositions()), [xs, ys] = [at.map(({ x }) => x), at.map(({ y }) => y)];
  const [left, right, top, low] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scale = Math.min(1.1, (element.clientWidth - 150) / Math.max(right - left, 1), (element.clientHeight - 110) / Math.max(low - top, 1));
  // On a telephone all at once would be too small to read: the middle of it, to be dragged.
  if (element.clientWidth < 600 && scale < 0.7 && nodes.get(state.selected)) network.focus(state.selected, { scale: 0.7, animation: false });
  else network.moveTo({ position: { x: (left + right) / 2, y: (top + low) / 2 + 12 / scale }, scale });
}

// --- lasso ----------------------------------------------------------------------------------------

const lasso = lassoOn(element, network, visible, (found) => {
  if (!found.includes(state.selected)) state.selected = found[0];
  choose(found);
  show(state.selected);
});

// --- tools -------------------------------------------------------------------------------------

const on = (id, act) => document.getElementById(id).addEventListener("click", act);
on("undo", () => relaid(undo));
on("redo", () => relaid(redo));
on("fit", fit);
on("copy", async () => {
  await navigator.clipboard?.writeText(location.href).catch(() => {});
  say("The link restores this view.");
});
on("lasso", () => lasso.turn());
on("arrange", () => relaid(() => step("arrange", { by: document.getElementById("by").value })));
document.getElementById("size").addEventListener("change", (event) => step("size", { by: event.target.value }));
document.getElementById("joint").addEventListener("change", (event) => step("joint", { yes: event.target.value === "joint" }));
on("save", () => saveAs(document.getElementById("form").value, network, visible(), edges.get(), headings()));
for (const select of document.querySelectorAll("[data-filter]")) {
  select.addEventListener("change", async () => { await step("filter", { name: select.dataset.filter, value: select.value }); await show(state.selected); });
}
document.getElementById("fade").addEventListener("change", (event) => step("fade", { yes: event.target.checked }));
document.getElementById("load").addEventListener("change", async (event) => {
  const kept = await event.target.files[0].text().then(JSON.parse).catch(() => null);
  if (typeof kept?.node !== "string" || !Array.isArray(kept.steps)) { say("This file is not a saved view."); return; }
  const there = `${root}/explore?node=${encodeURIComponent(kept.node)}${kept.depth > 1 ? `&depth=${Number(kept.depth)}` : ""}`;
  history.replaceState(null, "", `${there}#${encodeURIComponent(JSON.stringify(kept.steps))}`);
  location.reload();
});
matchMedia("screen and (prefers-color-scheme: dark)").addEventListener("change", () => network.redraw());
// All of it is on paper, whatever part is on the screen.
const paper = matchMedia("print");
let onScreen = null;
network.on("afterDrawing", () => { if (!paper.matches) onScreen = view(); });
function toPaper() {
  network.setSize();
  if (paper.matches) fit();
  else if (onScreen) network.moveTo(onScreen);
  network.redraw();
}
paper.addEventListener("change", toPaper);
new ResizeObserver(() => paper.matches && toPaper()).observe(element);

// Ends what moves when the next step comes: the nodes are at once where the steps have put them.
function stand() {
  motions += 1;
  if (moving) for (const { id, x, y } of nodes.get()) Object.assign(network.body.nodes[id] ?? {}, { x, y });
  moving = false;
  element.setAttribute("aria-busy", "false");
}

// A step that gives nodes new places: they go there in small steps, unless motion is to be reduced. What
// comes goes out from the node `from`. All is seen after it if all was before; else that node stays in sight.
async function relaid(act, from) {
  const before = network.getPositions(), seen = view(), all = whole(seen.scale);
  const result = await act();
  const after = network.getPositions(), start = before[from];
  for (const id of Object.keys(after)) before[id] ??= start ?? after[id];
  const moved = Object.keys(after).filter((id) => before[id].x !== after[id].x || before[id].y !== after[id].y);
  if (!moved.length) return result;
  if (all) fit();
  else if (start) network.moveTo({ position: { x: seen.position.x + after[from].x - start.x, y: seen.position.y + after[from].y - start.y }, scale: seen.scale });
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) await glide(moved, before, after, seen, view());
  return result;
}

const view = () => ({ position: network.getViewPosition(), scale: network.getScale() });

async function glide(moved, before, after, from, to) {
  const mine = motions, between = (a, b, t) => ({ x: a.x + t * (b.x - a.x), y: a.y + t * (b.y - a.y) });
  moving = true;
  element.setAttribute("aria-busy", "true");
  const begun = performance.now();
  for (let t = 0; t < 1;) {
    t = Math.min(1, (performance.now() - begun) / 400);
    // Not moveNode, which draws everything again for each node.
    for (const id of moved) Object.assign(network.body.nodes[id], between(before[id], after[id], t));
    network.moveTo({ position: between(from.position, to.position, t), scale: from.scale + t * (to.scale - from.scale) });
    network.redraw();
    await new Promise(requestAnimationFrame);
    if (mine !== motions) return;
  }
  stand();
  restale();
  network.redraw();
}

add(first);
state.story = told(location.hash);
try {
  if (state.story) await replay(state.story.views[state.story.at].steps);
  else if (location.hash.length > 1) await replay(JSON.parse(decodeURIComponent(location.hash.slice(1))));
} catch {
  say("Some steps in this link refer to data that is no longer here.");
}
changed();
network.setData({ nodes, edges });  // only now: it looks at all of them whenever some come
fit();
await show(state.selected);
network.selectNodes([state.selected]);
begin();
document.getElementById("more").open = innerWidth >= 700;
element.dataset.ready = "yes";
document.getElementById("depth").addEventListener("change", (event) => {
  location.href = `${root}/explore?node=${encodeURIComponent(stage.dataset.node)}&depth=${event.target.value}`;
});
