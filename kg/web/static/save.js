// What is seen, as a file: pictures with their title, legend, filters, generation and address.
import { ends, face, line, pieces, place, scaleOf, shapes, strength, width } from "./labels.js";
import { root, say, stage, state } from "./shown.js";
import { recorded } from "./steps.js";

export function give(name, content, type) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
  say(`Saved ${name}.`);
}

const safe = (text) => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
const cell = (value) => `"${safe(String(value ?? "")).replaceAll('"', '""')}"`;
const xml = (text) => String(text).replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);
const paths = (n) => pieces(n).map((p) => `<path d="${p.d}" fill="${p.fill ?? "none"}"${p.stroke ? ` stroke="${p.stroke === "ink" ? "#15191d" : p.stroke}" stroke-width="${p.width}"` : ""}/>`).join("");

// What a reader of the picture has to know, line by line.
function legend() {
  const filters = Object.entries(state.filter).map(([name, value]) => `${name} ${value}`).join("; ");
  const counted = state.joint ? "colours and figures: the decisions with the node in the center" : "colours and figures: all decisions of each node";
  return [
    `${counted}; dashed: cited by the claims administrator`,
    `size: ${state.size === "count" ? "number of decisions" : state.size}; overturned of all decisions: ${stage.dataset.base} %; grey: fewer than 10`,
    ...(filters ? [`decisions with ${filters}${state.fade ? " (others dimmed)" : ""}`] : []),
    `${stage.dataset.letters} letters, generation ${stage.dataset.generation}; associations, not causes`,
  ].flatMap((row) => wrapped(row, 110)).concat(address(location.href));
}

// Words on lines of at most so many letters.
function wrapped(text, most) {
  const rows = [];
  for (const word of text.split(" ")) rows.length && rows.at(-1).length + word.length < most ? rows.push(`${rows.pop()} ${word}`) : rows.push(word);
  return rows;
}

// An address on lines that fit; one of very many steps is cut.
const address = (text) => (text.length > 900 ? `${text.slice(0, 900)}…` : text).match(/.{1,110}/g);

const key = ["#2b6ca3", "#6fa3cc", "#b9cfdf", "#e3cfb0", "#dd9a4e", "#b65d12"];

export function svg(network, shown, edges, headings = []) {
  const at = network.getPositions();
  const placed = place(shown, at, 1, new Set(network.getConnectedNodes(state.selected)), headings);
  const xs = [...shown.flatMap((n) => [at[n.id].x - 50, at[n.id].x + 50]), ...placed.flatMap((b) => [b.x, b.x + b.w])];
  const ys = [...shown.flatMap((n) => [at[n.id].y - 40, at[n.id].y + 40]), ...placed.flatMap((b) => [b.y, b.y + b.h])];
  const told = legend(), called = wrapped(title(), 70), kinds = [...new Set(shown.map((n) => n.kind))];
  const widest = Math.max(900, 100 * kinds.length + 40, ...told.map((row) => width(row) * 13 + 40), ...called.map((row) => width(row, true) * 20 + 40));
  const [x, y, w] = [Math.min(...xs) - 20, Math.min(...ys) - 36 - 24 * called.length, Math.max(Math.max(...xs) - Math.min(...xs) + 40, widest)];
  const low = Math.max(...ys) + 30, h = low - y + 56 + 18 * told.length;
  const ids = new Set(shown.map((n) => n.id));
  const chosen = (e) => state.chosen.has(e.from) || state.chosen.has(e.to), pale = line.all(strength(edges.length));
  const lines = edges.filter((e) => ids.has(e.from) && ids.has(e.to)).map((e) =>
    `<line x1="${at[e.from].x}" y1="${at[e.from].y}" x2="${at[e.to].x}" y2="${at[e.to].y}" stroke="${chosen(e) ? line.chosen : pale}" stroke-width="${e.width ?? 1}"${e.dashes ? ' stroke-dasharray="5 4"' : ""}/>`);
  const marks = shown.map((n) => `<g class="node" opacity="${n.opacity ?? 1}" transform="translate(${at[n.id].x} ${at[n.id].y}) scale(${scaleOf(n).toFixed(3)}) translate(-8 -8)"><title>${xml(n.title ?? n.name)}</title>${paths(n)}</g>`);
  const out = placed.filter((b) => b.from).map((b) => `<line x1="${b.from[0]}" y1="${b.from[1]}" x2="${b.x + b.w / 2}" y2="${b.y + b.h / 2}" stroke="#59626c" stroke-width=".8"/>`);
  const names = placed.map((b) => b.lines.map((row, i) => `<text x="${(b.x + b.w / 2).toFixed(1)}" y="${(b.y + b.step * (i + 0.85)).toFixed(1)}" text-anchor="middle" font-size="${b.size}"${b.faded ? ' opacity=".45"' : ""}${b.bold ? ' font-weight="bold"' : ""} stroke="#fff" stroke-width="3" paint-order="stroke">${xml(row)}</text>`).join(""));
  const swatches = key.map((fill, n) => `<rect x="${x + 20 + 26 * n}" y="${low}" width="26" height="12" fill="${fill}"/>`).join("")
    + `<text x="${x + 190}" y="${low + 11}" font-size="13">overturned less often … more often than overall</text>`
    + Object.entries(ends).map(([name, fill], n) => `<rect x="${x + 530 + 110 * n}" y="${low}" width="12" height="12" fill="${fill}"/><text x="${x + 548 + 110 * n}" y="${low + 11}" font-size="13">${name}</text>`).join("");
  const heads = called.map((row, n) => `<text x="${x + 20}" y="${y + 34 + 24 * n}" font-size="20" font-weight="bold">${xml(row)}</text>`).join("");
  const signs = kinds.map((kind, n) => `<g transform="translate(${x + 20 + 100 * n} ${low + 20})"><path d="${shapes[kind]}" fill="#5c656e"/><text x="21" y="13" font-size="13">${kind}</text></g>`).join("");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${x} ${y} ${w} ${h}" width="${Math.round(w)}" height="${Math.round(h)}" font-family="${face}"><rect x="${x}" y="${y}" width="100%" height="100%" fill="#fff"/>${heads}${lines.join("")}${marks.join("")}${out.join("")}${names.join("")}${swatches}${signs}${told.map((row, n) => `<text class="told" x="${x + 20}" y="${low + 56 + 18 * n}" font-size="13">${xml(row)}</text>`).join("")}</svg>`;
}

const title = () => state.story?.views[state.story.at]?.title || document.querySelector("#explore h1").textContent;

async function png(picture) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([picture], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = document.createElement("canvas"), k = Math.min(2, 4000 / Math.max(image.naturalWidth, image.naturalHeight));
  [canvas.width, canvas.height] = [image.naturalWidth * k, image.naturalHeight * k];
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((done) => { canvas.toBlob(done); });
}

async function fromServer(form, nodes, type) {
  const answer = await fetch(`${root}/api/export/${form}`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ nodes: nodes.map((n) => n.id) }),
  });
  give(`graph.${form}`, await answer.text(), type);
}

export async function saveAs(form, network, nodes, edges, headings) {
  if (form === "png") give("graph.png", await png(svg(network, nodes, edges, headings)));
  else if (form === "svg") give("graph.svg", svg(network, nodes, edges, headings), "image/svg+xml");
  else if (form === "csv") give("graph.csv", ["node,kind,name,decisions,overturned,together,together_overturned,note", ...nodes.map((n) => [n.id, n.kind, n.name, n.decisions, n.overturned, n.together, n.together_overturned, n.note].map(cell).join(","))].join("\r\n"), "text/csv");
  else if (form === "json") give("graph.json", JSON.stringify({ node: stage.dataset.node, depth: Number(document.getElementById("depth").value), steps: recorded() }), "application/json");
  else await fromServer(form, nodes, form === "ttl" ? "text/turtle" : "application/graphml+xml");
}
