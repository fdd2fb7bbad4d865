// The query page: YASGUI's editor in place of the form's text field, and its table for the answer.
// Prefixes and terms come with the page; nothing is asked of any other host.
const { Yasqe, Yasr } = Yasgui;
const byId = (id) => document.getElementById(id);
const read = (id) => JSON.parse(byId(id)?.textContent ?? "null");
const form = byId("query-form"), area = byId("query"), button = byId("ask"), status = byId("status");
const words = read("words");
const root = words.endpoint.slice(0, -"/sparql".length);
const forms = { graph: ["ttl", "nt", "jsonld"], rows: ["csv", "tsv", "json", "xml"] };

// --- the editor --------------------------------------------------------------------------------

const own = { persistenceId: null, autoShow: true, bulk: true };
Yasqe.defaults.autocompleters = [];
Yasqe.forkAutocompleter("prefixes", { ...own, name: "our prefixes", get: Object.entries(words.prefixes).map(([name, iri]) => `${name}: <${iri}>`) }, false);
Yasqe.forkAutocompleter("class", { ...own, name: "our classes", get: words.classes }, false);
Yasqe.forkAutocompleter("property", { ...own, name: "our properties", get: words.properties }, false);

const place = document.createElement("div");
area.before(place);
area.hidden = true;
const editor = new Yasqe(place, {
  value: area.value,
  persistenceId: null,
  consumeShareLink: null,
  createShareableLink: null,
  showQueryButton: false,
  editorHeight: "auto",
  viewportMargin: Infinity,
  resizeable: false,
  screenReaderLabel: "Query",
  autocompleters: ["variables", "our prefixes", "our classes", "our properties"],
  requestConfig: { endpoint: new URL(words.endpoint, location.href).href, method: "POST" },
});
window.editor = editor;
// Tab leaves the editor after Escape, so that nobody is caught in it.
const keys = { ...editor.getOption("extraKeys"), Esc: () => editor.setOption("extraKeys", { ...keys, Tab: false, "Shift-Tab": false }) };
editor.setOption("extraKeys", keys);
editor.on("blur", () => editor.setOption("extraKeys", keys));
byId("link")?.remove();
byId("copy").hidden = byId("keys").hidden = false;

// --- the answer --------------------------------------------------------------------------------

// The table sorts and filters by a value as it stands, which its sanitizer would read as HTML: plain text instead.
const columns = Yasr.plugins.table.prototype.getColumns;
Yasr.plugins.table.prototype.getColumns = function () {
  const plain = (cell) => String(cell?.value ?? cell).replace(/[<>&]/g, " ");
  return columns.call(this).map((column) => (column.title === undefined ? column
    : { ...column, render: (cell, type, ...rest) => (["filter", "sort"].includes(type) || !type ? plain(cell) : column.render(cell, type, ...rest)) }));
};
Yasr.defaults.plugins.table.dynamicConfig = { compact: true, isEllipsed: false };
const table = new Yasr(byId("results"), { persistenceId: null, prefixes: words.prefixes });
const isGraph = () => ["CONSTRUCT", "DESCRIBE"].includes(editor.getQueryType());
const link = (form) => `${root}/${form ? "sparql" : "query"}?${new URLSearchParams({ query: editor.getValue(), ...(form && { format: form }) })}`;

// Our IRIs lead to their pages on this server, those of others nowhere.
new MutationObserver(() => {
  for (const anchor of byId("results").querySelectorAll("a.iri:not([data-led])")) {
    anchor.dataset.led = "";
    anchor.removeAttribute("target");
    const iri = anchor.getAttribute("href");
    if (iri.startsWith(words.base)) anchor.href = `${root}/${iri.slice(words.base.length)}`;
    else anchor.removeAttribute("href");
  }
  byId("results").querySelector(".tableFilter")?.setAttribute("aria-label", "Filter rows");
  byId("results").querySelector(".tableSizer")?.setAttribute("aria-label", "Rows of a page");
}).observe(byId("results"), { childList: true, subtree: true });

function show(response, duration) {
  byId("plain")?.remove();
  byId("answer").hidden = false;
  byId("fault").hidden = true;
  table.setResponse(response, duration);
  const found = table.results?.getBindings()?.length;
  byId("rows").textContent = found === undefined ? "Answer" : `${found.toLocaleString("en")} ${found === 1 ? "row" : "rows"}`;
  byId("downloads").replaceChildren(...forms[isGraph() ? "graph" : "rows"].map((name) => {
    const anchor = document.createElement("a");
    anchor.href = link(name);
    anchor.textContent = name.toUpperCase();
    return anchor;
  }));
}

function fail(error) {
  let words = error.message;
  try { words = JSON.parse(words).detail; } catch { /* not one of our problems: its own words */ }
  byId("answer").hidden = true;
  byId("fault").hidden = false;
  byId("fault").textContent = words;
}

const busy = (yes) => { button.textContent = yes ? "Stop" : "Run"; status.textContent = yes ? "Running …" : ""; asking = yes; };
let asking = false;
editor.on("query", () => busy(true));
editor.on("queryAbort", () => busy(false));
editor.on("queryResponse", (_, response, duration) => {
  busy(false);
  if (response instanceof Error) { if (response.name !== "AbortError") fail(response); return; }
  history.pushState(null, "", link());
  show(response, duration);
  status.textContent = `${(duration / 1000).toFixed(1)} s`;
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (asking) editor.abortQuery();
  else editor.query().catch(() => {});
});
byId("copy").addEventListener("click", async () => {
  const address = new URL(link(), location.href).href;
  await navigator.clipboard?.writeText(address).catch(() => {});
  history.replaceState(null, "", address);
  status.textContent = "The link contains the query.";
});
addEventListener("popstate", () => location.reload());

const given = read("given");
if (given) show({ ok: true, status: 200, statusText: "OK", headers: new Headers({ "content-type": given.type }), content: given.content }, 0);
place.dataset.ready = "yes";
