// Views that are kept, each with a title and a sentence, and stories: views in one link, to step through.
import { make } from "./panel.js";
import { root, say, stage, state } from "./shown.js";
import { recorded } from "./steps.js";

const place = `imr-kg views ${root}`;
const read = () => { try { return JSON.parse(localStorage.getItem(place)) ?? []; } catch { return []; } };
const keep = (views) => { localStorage.setItem(place, JSON.stringify(views)); list(); };
const most = 30;

const address = (node, depth) => `${root}/explore?node=${encodeURIComponent(node)}${depth > 1 ? `&depth=${depth}` : ""}`;
export const storyHash = (story) => `#story=${encodeURIComponent(JSON.stringify(story))}`;

function open(view, story) {
  const there = address(view.node, view.depth) + (story ? storyHash(story) : `#${encodeURIComponent(JSON.stringify(view.steps))}`);
  history.pushState(null, "", there);
  location.reload();
}

function list() {
  const views = read(), button = (words, act, name) => make("button", { type: "button", onclick: act, "aria-label": `${words}: ${name}` }, words);
  document.getElementById("kept").replaceChildren(...views.map((view, n) => make("li", {},
    make("strong", {}, view.title), view.says ? ` ${view.says} ` : " ",
    button("Open", () => open(view), view.title),
    ...(n ? [button("Up", () => keep([...views.slice(0, n - 1), view, views[n - 1], ...views.slice(n + 1)]), view.title)] : []),
    button("Remove", () => keep(views.filter((_, m) => m !== n)), view.title))));
  document.getElementById("tell").disabled = !views.length;
}

// The story that an address tells, none where it tells another thing.
export function told(hash) {
  if (!hash.startsWith("#story=")) return null;
  try {
    const found = JSON.parse(decodeURIComponent(hash.slice(7)));
    const fits = (view) => typeof view?.node === "string" && Array.isArray(view.steps) && typeof view.title === "string";
    return Array.isArray(found.views) && found.views.every(fits) && found.views[found.at] ? found : null;
  } catch { return null; }
}

export function begin() {
  list();
  document.getElementById("keep").addEventListener("submit", (event) => {
    event.preventDefault();
    const [title, says] = ["title", "says"].map((name) => document.getElementById(`view-${name}`).value.trim());
    const view = { title: title || document.querySelector("#explore h1").textContent, says, node: stage.dataset.node, depth: Number(document.getElementById("depth").value), steps: recorded() };
    keep([...read(), view].slice(-most));
    event.target.reset();
    say(`The view “${view.title}” is kept in this browser.`);
  });
  document.getElementById("tell").addEventListener("click", async () => {
    const views = read();
    const link = new URL(address(views[0].node, views[0].depth) + storyHash({ at: 0, views }), location.href).href;
    const box = document.getElementById("story-link");
    box.hidden = false; box.href = link;  // before the clipboard, which may ask first
    await navigator.clipboard?.writeText(link).catch(() => {});
    say(`A link to ${views.length === 1 ? "one view" : `${views.length} views`} is copied.`);
  });
  if (state.story) tell(state.story);
}

function tell(story) {
  const { views, at } = story, bar = document.getElementById("story");
  const go = (to) => open(views[to], { at: to, views });
  bar.hidden = false;
  bar.replaceChildren(
    make("p", {}, make("strong", {}, views[at].title), views[at].says ? ` ${views[at].says}` : ""),
    make("p", { className: "tools" },
      make("button", { type: "button", disabled: at === 0, onclick: () => go(at - 1) }, "Back"), ` ${at + 1} of ${views.length} `,
      make("button", { type: "button", disabled: at + 1 === views.length, onclick: () => go(at + 1) }, "Next"),
      make("button", { type: "button", onclick: () => open(views[at]) }, "Leave the story")));
}
