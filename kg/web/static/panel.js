// The side panel: a node with its figures and relations, or an edge with the sentence behind it.
import { ask, nodes, root, state } from "./shown.js";
import { step } from "./steps.js";

const panel = document.getElementById("panel");

const make = (tag, fields = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) name in made ? made[name] = value : made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const signs = { upheld: "■", overturned: "▲", modified: "◆" };
const outcome = (name, count) => make("span", { className: `outcome ${name}` }, `${signs[name]} ${count.toLocaleString("en")} ${name} `);

// `acts` are what a person can do with the node: expand, collapse, path and pin.
export async function describe(acts, id, edge) {
  if (edge) { await describeEdge(edge); return; }
  const known = await ask(`/api/node?node=${encodeURIComponent(id)}`);
  if (state.selected !== id) return;
  const count = `${known.decisions.toLocaleString("en")} ${known.decisions === 1 ? "item" : "items"} overturned`;
  const rate = known.decisions < 10 ? `${known.overturned} of ${count}` : `${(100 * known.overturned / known.decisions).toFixed(1)} % of ${count}`;
  const relations = Object.entries(known.relations).map(([name, total]) => relation(acts, id, name, total));
  panel.replaceChildren(
    make("h2", {}, known.label),
    make("p", { className: "sub" }, known.kind, rate && known.kind !== "item" ? `, ${rate}` : ""),
    ...told(nodes.get(id)),
    make("p", {}, ...Object.keys(signs).filter((name) => known[name]).map((name) => outcome(name, known[name]))),
    make("p", { className: "tools" },
      button("Expand", () => acts.expand(id)), button("Collapse", () => acts.collapse(id)),
      button(nodes.get(id)?.fixed ? "Unpin" : "Pin", () => acts.pin(id)),
      button("Remove", () => step("remove", { ids: [id] })),
      button(state.from && state.from !== id ? "Path to here" : "Path from here", () => acts.path(id))),
    make("ul", { className: "plain relations" }, ...relations),
    make("p", { className: "links" }, make("a", { href: page(id) }, "Open details"), make("a", { href: `${root}/explore?node=${encodeURIComponent(id)}` }, "Center here"), make("a", { href: `${root}/${id.split("#")[0]}.ttl` }, "Turtle")),
  );
}

// What an item is picked out by.
function told(node) {
  if (node?.kind !== "item") return [];
  const facts = ["category", "year", "specialty", "guideline"].map((name) => [name, [node[name] ?? []].flat().join("; ")]).filter(([, value]) => value);
  return [make("dl", { className: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))))];
}

function relation(acts, id, name, total) {
  const [shown] = state.counts[`${id}|${name}`] ?? [0];
  const next = Math.min(25, total - shown);
  const act = next > 0
    ? button(shown ? `next ${next}` : `show ${next}`, async () => { await step("expand", { node: id, relation: name, offset: shown, limit: 25 }); await describe(acts, id); })
    : make("span", { className: "sub" }, "all shown");
  return make("li", {}, make("span", {}, `${name} `, make("span", { className: "sub" }, shown ? `${shown} of ${total.toLocaleString("en")}` : total.toLocaleString("en"))), act);
}

const button = (words, act) => make("button", { type: "button", onclick: act }, words);

function page(id) {
  if (id.startsWith("case/")) { const [, name, , item] = id.split("/"); return `${root}/cases/${name}${item ? `#item-${item}` : ""}`; }
  if (id.startsWith("guideline/")) return `${root}/guidelines/${id.slice(10).replace("#", "%23")}`;
  return `${root}/topics/${id}`;
}

async function describeEdge(edge) {
  const [one, other] = [edge.from, edge.to].map((id) => nodes.get(id));
  const item = [one, other].find((node) => node.kind === "item");
  const head = [make("h2", {}, `${one.name} – ${other.name}`), make("p", { className: "sub" }, edge.title)];
  if (!item) {
    panel.replaceChildren(...head, make("p", {}, "Cited together in the same items. Expand either to see them."));
    return;
  }
  const rest = item === one ? other : one;
  const found = await ask(`/api/evidence?item=${encodeURIComponent(item.id)}&node=${encodeURIComponent(rest.id)}`);
  const quotes = found.results.map((row) => make("blockquote", {},
    make("p", {}, row.before, make("mark", {}, row.quote), row.after),
    make("p", { className: "small" }, row.party ? `${row.party}, ` : "", make("a", { href: root + row.path }, `${row.case}, in the letter`))));
  panel.replaceChildren(...head, ...(quotes.length ? quotes : [make("p", {}, "Inferred from the letter's layout; no sentence states it.")]));
}
