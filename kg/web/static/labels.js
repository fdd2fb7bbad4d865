// What nodes look like and where their names stand: no name covers another, whatever the zoom; the
// chosen node and its neighbours keep theirs.
import { nodes, stage, state } from "./shown.js";

// The shapes of the kinds as paths in a square of 16, for the canvas, the legend and saved pictures.
export const shapes = {
  page: "M3 3h10v10H3z", section: "M8 2a6 6 0 1 0 .01 0z", chapter: "M4.5 2h7L15 8l-3.5 6h-7L1 8z", edition: "M4.5 2h7L15 8l-3.5 6h-7L1 8z",
  service: "M8 1l7 7-7 7-7-7z", drug: "M8 1l2 4.8 5.2.4-4 3.4 1.3 5.1L8 12l-4.5 2.7 1.3-5.1-4-3.4 5.2-.4z",
  "body part": "M1 3h14L8 14z", specialty: "M8 2l7 11H1z", item: "M1 4h14v8H1z", case: "M8 4a7 4 0 1 0 .01 0z",
  ground: "M8 1l7 5-2.7 8.5H3.7L1 6z", group: "M0 5h16v6H0z",
};
const inside = {
  overturned: "M8 5.5l2.6 4.5H5.4z", upheld: "M6 6h4v4H6z", modified: "M8 5l3 3-3 3-3-3z",
  met: "M5 8.2l2 2.2 4-4.6", "not-met": "M5.4 5.6l5 5m0-5l-5 5",
};
export const ends = { upheld: "#6fa3cc", modified: "#e3cfb0", overturned: "#dd9a4e" };
const ink = "#15191d";

const radius = (n) => (n.kind === "group" ? 44 : n.kind === "item" ? 17 : n.kind === "case" ? 16 : state.size === "count" ? n.size : 8 + 24 * (state.weights[n.id] ?? 0));
export const color = (n) => (state.joint && n.together_color) || (n.color?.background ?? n.color);

// A node as pieces to paint: path, fill, stroke and its width, in a square of 16 around the middle.
export function pieces(n) {
  const found = [{ d: shapes[n.kind], fill: color(n), stroke: state.chosen.has(n.id) ? "ink" : "#5c656e", width: n.fixed || n.kind === "edition" ? 2 : state.chosen.has(n.id) ? 1.6 : 0.6 }];
  if (n.kind === "group") {
    let x = 0;
    for (const [name, fill] of Object.entries(ends)) {
      const w = 16 * (n[name] / (n.decisions || 1));
      if (w) found.push({ d: `M${x.toFixed(2)} 6h${w.toFixed(2)}v4h-${w.toFixed(2)}z`, fill });
      x += w;
    }
  }
  if (n.outcome) found.push({ d: inside[n.outcome], fill: ink });
  if (n.kind === "ground") found.push({ d: inside[n.id.split(":")[1]] ?? inside.met, stroke: ink, width: 1.6 });
  return found;
}
// Lines: how strong all are, of so many, and those of what is chosen.
export const strength = (count) => Math.round(100 * Math.max(0.14, Math.min(0.55, 40 / count))) / 100;
export const line = { all: (opacity) => `rgba(154,163,171,${opacity})`, chosen: "rgba(122,133,143,0.75)" };

export const scaleOf = (n) => radius(n) / 8;

const paths = new Map();
const path = (d) => paths.get(d) ?? paths.set(d, new Path2D(d)).get(d);
const theme = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function paint({ ctx, id, x, y }) {
  const n = nodes.get(id), k = scaleOf(n);
  return {
    drawNode() {
      ctx.save();
      ctx.globalAlpha = n.opacity ?? 1;
      ctx.translate(x, y); ctx.scale(k, k); ctx.translate(-8, -8);
      for (const piece of pieces(n)) {
        if (piece.fill) { ctx.fillStyle = piece.fill; ctx.fill(path(piece.d)); }
        if (piece.stroke) { ctx.strokeStyle = piece.stroke === "ink" ? theme("--ink") : piece.stroke; ctx.lineWidth = piece.width; ctx.stroke(path(piece.d)); }
      }
      ctx.restore();
    },
    nodeDimensions: { width: 2 * radius(n), height: 2 * radius(n) },
  };
}

// --- names -------------------------------------------------------------------------------------

// The lines of a name: what it is called, and its figure, of the joint decisions where these are shown.
export function lines(n) {
  const own = n.label.split("\n");
  if (state.joint && n.together) {
    const rate = n.together < 10 ? `${n.together_overturned} of ${n.together} with it` : `${Math.round(100 * n.together_overturned / n.together)} % of ${n.together.toLocaleString("en")} with it`;
    own.splice(-1, 1, rate);
  }
  if (n.note) own.push("✎ note");
  return own;
}

// What a node is called on its own: its label less the figure, or the name where that is cut.
export function nameOf(n) {
  if (n.kind === "group") return n.label.split("\n")[0];
  const own = n.label.split("\n").slice(0, -1).join(" ");
  const name = own && !own.endsWith("…") ? own : n.name;
  return name.replace(" (not met)", "\u00a0✗").replace(" (met)", "\u00a0✓").replace(/,? \(.*/, "");
}

// A name of at most so many letters; the number of a page or chapter at its end is kept, alone if need be.
export function shortened(words, most) {
  if (words.length <= most) return words;
  const number = /(?:p|ch)\.\s\S+$/.exec(words)?.[0] ?? "", end = number.length < most - 3 ? number : "";
  if (number && !end && number.length <= most) return number;
  return `${words.slice(0, most - 1 - end.length).replace(/[\s,]+$/, "")}…${end}`;
}

// A name on two lines of at most so many letters; what is left over is cut.
function folded(words, most) {
  if (words.length <= most) return [words];
  const cut = words.lastIndexOf(" ", most), first = cut > 0 ? words.slice(0, cut) : `${words.slice(0, most - 1)}-`;
  return [first, shortened(words.slice(cut > 0 ? cut + 1 : most - 1), most)];
}


const widths = new Map();
const pen = document.createElement("canvas").getContext("2d");
export const face = "system-ui, sans-serif";
export function width(text, bold) {
  const key = `${bold}${text}`;
  if (!widths.has(key)) { pen.font = `${bold ? "bold " : ""}100px ${face}`; widths.set(key, pen.measureText(text).width / 100); }
  return widths.get(key);
}

const SEAT = 200; // the width that a node has in kg/explore/layout.py

// The forms of a name, the fullest first; the last is no wider than a seat, unless the node is chosen.
function forms(n, size) {
  const whole = lines(n), called = nameOf(n);
  let most = 13;
  while (most > 7 && width(shortened(called, most)) * size > 0.92 * SEAT) most -= 1;
  const all = [whole, [...folded(called, 17), whole.at(-1)], folded(called, 17), folded(called, 13), [shortened(called, 20)]];
  return state.chosen.has(n.id) ? all : [...all, [shortened(called, most)]];
}

const meets = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

// Boxes by the squares of a grid that they lie in, so that each is held against its neighbours alone; a box
// that is `gone` is none.
class Grid {
  constructor(side) { this.side = side; this.squares = new Map(); }
  *at({ x, y, w, h }) {
    const { side } = this;
    for (let i = Math.floor(x / side); i <= (x + w) / side; i += 1) for (let j = Math.floor(y / side); j <= (y + h) / side; j += 1) yield i * 100003 + j;
  }
  add(box) { for (const key of this.at(box)) { if (!this.squares.has(key)) this.squares.set(key, []); this.squares.get(key).push(box); } }
  meets(box, id = NaN) { for (const key of this.at(box)) for (const other of this.squares.get(key) ?? []) if (!other.gone && other.id !== id && meets(box, other)) return true; return false; }
}

// Eight places around a body for a text of this size: under it, over it, beside it, then across.
const sides = [[0, 1], [0, -1], [1, 0], [-1, 0], [0.7, 1], [-0.7, 1], [0.7, -1], [-0.7, -1]];

function bodyOf(n, { x, y }) {
  const r = radius(n), h = n.kind === "group" ? r * 0.4 : n.kind === "item" ? r * 0.5 : r;
  return { id: n.id, x: x - r, y: y - h, w: 2 * r, h: 2 * h };
}

// What stands over groups of nodes, within `view`: each first in a form that its group has room for, so that
// none is left without one for the sake of another's; then the fullest that is `free` of the others.
function headed(headings, size, gap, free, view) {
  const step = 1.3 * size;
  const boxes = ({ name, count, x, y, room }, most, words = shortened(name, most)) => {
    const text = `${words} (${count})`, w = width(text, true) * size + 2 * gap;
    const [left, top] = view ? [Math.max(view.x, Math.min(x, view.x + view.w - w)), Math.max(view.y, y - step)] : [x, y - step];
    return [0, 1, 2].map((rows) => ({ x: left, y: top - rows * step, w, h: step, id: null, lines: [text], size, step, bold: true, faded: false, from: null, fits: w <= room }))
      .filter((box) => !view || box.y >= view.y);
  };
  const found = [], clear = (box, mine) => free(box) && !found.some((other) => other !== mine && meets(box, other));
  for (const one of headings) {
    const forms = [...[24, 20, 16, 13, 10, 8, 6].map((most) => boxes(one, most)), boxes(one, 1, "…")];
    const all = [0, 1, 2].flatMap((rows) => forms.map((several) => several[rows]).filter(Boolean));
    const box = all.find((each) => each.fits && clear(each)) ?? all.findLast((each) => clear(each));
    if (box) found.push(Object.assign(box, { one }));
  }
  return found.map((box, n) => {
    const { one } = box, fuller = boxes(one, 24, `${one.before}${shortened(one.name, 24)}`).concat(boxes(one, 24)).find((each) => each.w > box.w && each.y === box.y && clear(each, box));
    return fuller ? (found[n] = fuller) : box;
  });
}

// Names with their places. Each first takes the room of its shortest form, so that none is left without one
// for the sake of another's figures; then they grow where there is room. What must be named and has no room
// beside its node stands further out. `headings` stand over groups of nodes; names stay within `view`.
export function place(all, at, scale, near, headings = [], view = null) {
  const shown = all.filter((n) => at[n.id]);
  const size = Math.max(11.5, Math.min(15 * scale, 18)) / scale, step = 1.16 * size, gap = 3 / scale;
  const rank = (n) => (state.chosen.has(n.id) ? 0 : n.id === stage.dataset.node ? 1 : near.has(n.id) ? 2 : n.opacity < 1 ? 4 : 3);
  const placed = [], taken = new Grid(90 / scale), covered = new Grid(90 / scale), bodies = new Map(shown.map((n) => [n.id, bodyOf(n, at[n.id])]));
  for (const one of bodies.values()) covered.add(one);
  const inside = (box, view) => !view || (box.x >= view.x && box.y >= view.y && box.x + box.w <= view.x + view.w && box.y + box.h <= view.y + view.h);
  placed.push(...headed(headings, 1.15 * size, gap, (box) => !taken.meets(box), view));
  for (const one of placed) taken.add(one);
  // Where the rows have room `out` of a node; `over` nodes where they may cover others.
  const room = (one, rows, out, within, over) => {
    const { b, bold, n } = one, w = Math.max(...rows.map((row) => width(row, bold))) * size + 2 * gap, h = step * rows.length + gap;
    for (const [dx, dy] of sides) {
      const [x, y] = [b.x + b.w / 2 + dx * (b.w / 2 + out + w / 2 + gap), b.y + b.h / 2 + dy * (b.h / 2 + out + h / 2)];
      const box = { x: x - w / 2, y: y - h / 2, w, h, id: n.id };
      if (inside(box, within) && !taken.meets(box, n.id) && (over || !covered.meets(box, n.id))) return box;
    }
    return null;
  };
  const take = (one, box, rows) => { if (one.box) one.box.gone = true; taken.add(box); Object.assign(one, { box, rows }); return true; };
  const grow = (one) => one.forms.slice(0, one.forms.indexOf(one.rows)).some((rows) => { const box = room(one, rows, 0, view); return box && take(one, box, rows); });
  const names = [...shown].sort((a, b) => rank(a) - rank(b) || b.decisions - a.decisions || (a.id < b.id ? -1 : 1))
    .map((n) => ({ n, b: bodies.get(n.id), bold: state.chosen.has(n.id), forms: forms(n, size), box: null, rows: null }));
  const further = (one) => {
    const least = one.forms.at(-1), rings = near.size > 160 ? 3 : 8;
    for (const over of [false, true]) {
      for (let ring = 1; ring < rings && !one.box; ring += 1) { const box = room(one, least, ring * step, view, over); if (box) take(one, box, least); }
    }
    // Rather cut by the edge than not there.
    if (!one.box) { const box = room(one, least, 0, null, true); if (box) take(one, box, least); }
  };
  for (const one of names) {
    const least = one.forms.at(-1), box = room(one, least, 0, view);
    if (box) take(one, box, least);
    else if (rank(one.n) < 2) further(one);
  }
  for (const one of names.filter(({ n, box }) => !box && rank(n) === 2)) further(one);
  for (const one of names.filter(({ box }) => box)) grow(one);
  for (const { n, b, bold, box, rows } of names.filter((one) => one.box)) {
    const [mx, my] = [box.x + box.w / 2, box.y + box.h / 2], [cx, cy] = [b.x + b.w / 2, b.y + b.h / 2];
    const far = Math.abs(mx - cx) > box.w / 2 + b.w / 2 + step || Math.abs(my - cy) > box.h / 2 + b.h / 2 + step;
    placed.push({ ...box, lines: rows, size, step, bold, faded: n.opacity < 1, from: far ? [cx, cy] : null });
  }
  return placed;
}

export function write(ctx, placed, scale) {
  ctx.textAlign = "center"; ctx.textBaseline = "middle"; ctx.lineJoin = "round";
  const [dark, light, soft] = [theme("--ink"), theme("--card"), theme("--soft")];
  ctx.strokeStyle = soft; ctx.lineWidth = 0.8 / scale; // lines to names that stand further out are under all names
  for (const { from, x, y, w, h } of placed.filter((one) => one.from)) { ctx.beginPath(); ctx.moveTo(...from); ctx.lineTo(x + w / 2, y + h / 2); ctx.stroke(); }
  for (const one of placed) {
    const x = one.x + one.w / 2;
    ctx.globalAlpha = one.faded ? 0.45 : 1;
    ctx.font = `${one.bold ? "bold " : ""}${one.size}px ${face}`;
    for (const [n, row] of one.lines.entries()) {
      const y = one.y + (one.h - one.step * one.lines.length) / 2 + one.step * (n + 0.5);
      ctx.strokeStyle = light; ctx.lineWidth = 4 / scale; ctx.strokeText(row, x, y);
      ctx.fillStyle = dark; ctx.fillText(row, x, y);
    }
  }
  ctx.globalAlpha = 1;
}
