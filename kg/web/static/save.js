// What is seen, as a file.
import { root, say } from "./shown.js";
import { recorded } from "./steps.js";

function give(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  say(`${name} is saved.`);
}

const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const cell = (value) => `"${safe(String(value ?? "")).replaceAll('"', '""')}"`;
const xml = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

function svg(network, nodes, edges) {
  const at = network.getPositions();
  const xs = nodes.map((n) => at[n.id].x), ys = nodes.map((n) => at[n.id].y);
  const [x, y] = [Math.min(...xs) - 120, Math.min(...ys) - 60];
  const [w, h] = [Math.max(...xs) + 120 - x, Math.max(...ys) + 90 - y];
  const ids = new Set(nodes.map((n) => n.id));
  const lines = edges.filter((e) => ids.has(e.from) && ids.has(e.to)).map((e) =>
    `<line x1="${at[e.from].x}" y1="${at[e.from].y}" x2="${at[e.to].x}" y2="${at[e.to].y}" stroke="#9aa3ab"${e.dashes ? ' stroke-dasharray="5 4"' : ""}/>`);
  const marks = nodes.map((n) => {
    const { x: cx, y: cy } = at[n.id];
    const color = n.color?.background ?? n.color;
    const inside = n.kind === "item" || n.kind === "case";
    const rows = n.label.split("\n");
    const top = inside ? cy - 7 * (rows.length - 1) + 5 : cy + n.size + 16;
    const shape = inside ? `<rect x="${cx - 75}" y="${cy - 12 * rows.length}" width="150" height="${24 * rows.length}" rx="5" fill="${color}"/>` : `<circle cx="${cx}" cy="${cy}" r="${n.size}" fill="${color}"/>`;
    return shape + rows.map((row, i) => `<text x="${cx}" y="${top + 15 * i}" text-anchor="middle">${xml(row)}</text>`).join("");
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${w} ${h}" font-family="sans-serif" font-size="13">${lines.join("")}${marks.join("")}</svg>`;
}

async function fromServer(form, nodes, type) {
  const answer = await fetch(`${root}/api/export/${form}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ nodes: nodes.map((n) => n.id) }),
  });
  give(`graph.${form}`, await answer.text(), type);
}

export function saveAs(form, network, nodes, edges) {
  if (form === "png") element().toBlob((blob) => give("graph.png", blob));
  else if (form === "svg") give("graph.svg", svg(network, nodes, edges), "image/svg+xml");
  else if (form === "csv") give("graph.csv", ["node,kind,name,decisions,overturned", ...nodes.map((n) => [n.id, n.kind, n.name, n.decisions, n.overturned].map(cell).join(","))].join("\r\n"), "text/csv");
  else if (form === "json") give("graph.json", JSON.stringify({ node: document.getElementById("explore").dataset.node, depth: Number(document.getElementById("depth").value), steps: recorded() }), "application/json");
  else fromServer(form, nodes, form === "ttl" ? "text/turtle" : "application/graphml+xml");
}

const element = () => document.querySelector("#graph canvas");
