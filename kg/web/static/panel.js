// The side panel: a node with its figures and relations, or an edge with the sentence behind it.
import { ask, countOf, listed, narrowed, nodes, root, say, stage, state } from "./shown.js";
import { step } from "./steps.js";

const panel = document.getElementById("panel"), center = stage.dataset.node; // which always stays

export const make = (tag, fields = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(fields)) name in made ? made[name] = value : made.setAttribute(name, value);
  made.append(...children);
  return made;
};

const signs = { upheld: "■", overturned: "▲", modified: "◆" };
const outcome = (name, count) => make("span", { className: `outcome ${name}` }, `${signs[name]} ${count.toLocaleString("en")} ${name} `);
const outcomes = (known) => make("p", {}, ...Object.keys(signs).filter((name) => known[name]).map((name) => outcome(name, known[name])));
const button = (words, act) => make("button", { type: "button", onclick: act }, words);
const many = (count, what = "decision") => `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

// `acts` are what a person can do with the node: expand, collapse, path and pin.
export async function describe(acts, id, edge) {
  if (edge) { await describeEdge(edge); return; }
  if (state.chosen.size > 1) { describeSeveral(acts, [...state.chosen]); return; }
  if (nodes.get(id)?.kind === "group") { describeGroup(acts, nodes.get(id)); return; }
  const known = await ask(`/api/node?node=${encodeURIComponent(id)}`);
  if (state.selected !== id || state.chosen.size > 1) return;
  const rate = known.decisions < 10 ? `${known.overturned} of ${many(known.decisions)} overturned` : `${(100 * known.overturned / known.decisions).toFixed(1)} % of ${many(known.decisions)} overturned`;
  const relations = Object.entries(known.relations).map(([name, total]) => relation(acts, id, name, total));
  const node = nodes.get(id);
  panel.replaceChildren(
    make("h2", {}, known.label),
    make("p", { className: "sub" }, known.kind, known.kind !== "item" ? `, ${rate}` : ""),
    ...together(node),
    ...told(node),
    outcomes(known),
    make("p", { className: "tools" },
      button("Expand", () => acts.expand(id)), button("Collapse", () => acts.collapse(id)),
      button(node?.fixed ? "Unpin" : "Pin", () => acts.pin(id)),
      ...(id === center ? [] : [button("Remove", () => step("remove", { ids: [id] }))]),
      button(state.from && state.from !== id ? "Path to here" : "Path from here", () => acts.path(id))),
    make("ul", { className: "plain relations" }, ...relations),
    noteOf(id, node),
    make("p", { className: "links" }, make("a", { href: page(id) }, "Open details"), make("a", { href: `${root}${known.figure}` }, "Cite"), make("a", { href: `${root}/explore?node=${encodeURIComponent(id)}` }, "Center here"), make("a", { href: `${root}/${id.split("#")[0].replace(/:(not-)?met$/, "")}.ttl` }, "Turtle")),
  );
}

// The decisions that a node has together with the one in the center.
function together(node) {
  if (!node?.together) return [];
  const words = `${many(node.together)} with the node in the center, ${node.together_overturned.toLocaleString("en")} overturned`;
  return [make("p", { className: "sub" }, make("a", { href: listed(center, node.id) }, `See these ${words}`))];
}

// What an item is picked out by.
function told(node) {
  if (node?.kind !== "item") return [];
  const facts = ["category", "year", "specialty", "guideline"].map((name) => [name, [node[name] ?? []].flat().join("; ")]).filter(([, value]) => value);
  return [make("dl", { className: "facts" }, ...facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))))];
}

function noteOf(id, node) {
  const text = make("textarea", { rows: 2, maxLength: 500, value: node?.note ?? "", id: "note" });
  return make("details", { open: Boolean(node?.note) }, make("summary", {}, node?.note ? "Your note" : "Add a note"),
    make("label", {}, make("span", { className: "sr" }, "Note"), text),
    button("Save note", async () => { await step("note", { id, text: text.value.trim() }); say("The note is stored in the link and in saved views."); }));
}

function relation(acts, id, name, total) {
  const [shown, found] = state.counts[countOf(id, name, state.filter)] ?? [0, total];
  const next = Math.min(25, found - shown);
  const single = Boolean(groupOf(id, name));
  const act = next > 0
    ? button(shown || single ? `next ${next}` : `show ${next}`, () => acts.expand(id, { relation: name, offset: shown, filter: { ...state.filter }, single }))
    : make("span", { className: "sub" }, "all shown");
  return make("li", {}, make("span", {}, `${name} `, make("span", { className: "sub" }, shown ? `${shown} of ${found.toLocaleString("en")}` : found.toLocaleString("en"))), act);
}

const groupOf = (node, name) => nodes.get({ filter: (one) => one.kind === "group" && one.node === node && one.relation === name && narrowed(one.wanted) === narrowed(state.filter) })[0];

function describeGroup(acts, group) {
  const [shown] = state.counts[countOf(group.node, group.relation, group.wanted)] ?? [0];
  const address = group.relation.startsWith("cited by ")
    ? `${root}/cases?place=${group.relation.endsWith("reviewer") ? "reviewer" : "claims_administrator"}:${encodeURIComponent(group.node.slice(10))}`
    : listed(group.node);
  const more = Object.entries(group.wanted ?? {}).filter(([name]) => name !== "guideline").map(([name, value]) => `&${name}=${encodeURIComponent(value)}`).join("");
  panel.replaceChildren(
    make("h2", {}, many(group.decisions)),
    make("p", { className: "sub" }, `${group.relation}: ${nodes.get(group.node)?.name ?? group.node}${shown ? `; ${shown} more are shown one by one` : ""}`),
    outcomes(group),
    make("p", { className: "tools" },
      button(`Open ${Math.min(25, group.decisions)}`, () => acts.expand(group.id)),
      button("Remove", () => step("remove", { ids: [group.id] }))),
    make("p", { className: "links" }, make("a", { href: address + more }, "List the letters")),
  );
}

function describeSeveral(acts, ids) {
  const shared = ids.filter((id) => !/^(case\/|group:)/.test(id)).slice(0, 6);
  panel.replaceChildren(
    make("h2", {}, `${ids.length} nodes selected`),
    make("ul", { className: "plain" }, ...ids.slice(0, 12).map((id) => make("li", {}, nodes.get(id).name)), ...(ids.length > 12 ? [make("li", { className: "sub" }, `and ${ids.length - 12} more`)] : [])),
    make("p", { className: "tools" },
      button("Remove selected", () => step("remove", { ids: ids.filter((id) => id !== center) })),
      button("Keep only selected", () => step("remove", { ids: nodes.getIds().filter((id) => id !== center && !state.chosen.has(id)) }))),
    ...(shared.length > 1 ? [make("p", { className: "links" }, make("a", { href: listed(...shared) }, `Letters whose decisions have ${shared.length === 2 ? "both" : `all ${shared.length}`}`))] : []),
  );
}

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
    const both = edge.decisions === undefined ? [] : [make("p", {}, make("a", { href: listed(one.id, other.id) }, `See the ${many(edge.decisions)} with both, ${edge.overturned.toLocaleString("en")} overturned`))];
    panel.replaceChildren(...head, ...both);
    return;
  }
  const rest = item === one ? other : one;
  const found = await ask(`/api/evidence?item=${encodeURIComponent(item.id)}&node=${encodeURIComponent(rest.id)}`);
  const quotes = found.results.map((row) => make("blockquote", {},
    make("p", {}, row.before, make("mark", {}, row.quote), row.after),
    make("p", { className: "small" }, row.party ? `the ${row.party.replace("_", " ")}, ` : "", make("a", { href: root + row.path }, `${row.case}, in the letter`))));
  panel.replaceChildren(...head, ...(quotes.length ? quotes : [make("p", {}, "Inferred from the letter's layout; no sentence states it.")]));
}
