// What every page shares: suggestions under a search field, tables that sort, the strip's readout.
const root = document.querySelector('link[rel="stylesheet"]').getAttribute("href").replace(/\/static\/site\.css.*$/, "");

// A search field leads to what is chosen; one for something that is cited takes its notation.
function offerSuggestions(input) {
  const cited = input.dataset.suggest === "cited";
  const take = ({ path, node }) => {
    if (!cited) { location.href = root + path; return; }
    input.value = node.slice("guideline/".length);
    close();
  };
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `suggestions-${Math.random().toString(36).slice(2)}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-autocomplete", "list");
  let timer, chosen = -1, asked = "";

  const close = () => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    chosen = -1;
  };
  const choose = (index) => {
    const rows = list.children;
    if (!rows.length) return;
    chosen = (index + rows.length) % rows.length;
    for (const [n, row] of [...rows].entries()) row.setAttribute("aria-selected", String(n === chosen));
    input.setAttribute("aria-activedescendant", rows[chosen].id);
    rows[chosen].scrollIntoView({ block: "nearest" });
  };
  const show = (found) => {
    list.replaceChildren(...found.map((row, n) => {
      const line = document.createElement("li");
      line.id = `${list.id}-${n}`;
      line.setAttribute("role", "option");
      Object.assign(line.dataset, { path: row.path, node: row.node });
      const name = document.createElement("span");
      name.textContent = row.label;
      const kind = document.createElement("span");
      kind.className = "kind";
      kind.textContent = row.kind === "case" ? "case" : `${row.kind}, ${row.decisions}`;
      line.append(name, kind);
      line.addEventListener("mousedown", (event) => { event.preventDefault(); take(row); });
      return line;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(found.length > 0));
    chosen = -1;
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    const text = input.value.trim();
    if (text.length < 2) { close(); return; }
    timer = setTimeout(async () => {
      asked = text;
      const answer = await fetch(`${root}/api/suggest?q=${encodeURIComponent(text)}${cited ? "&limit=50" : ""}`);
      if (!answer.ok || asked !== text) return;
      const found = (await answer.json()).results;
      show(cited ? found.filter(({ node }) => node?.startsWith("guideline/")).slice(0, 10) : found);
    }, 60);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !list.hidden) { choose(chosen + 1); event.preventDefault(); }
    else if (event.key === "ArrowUp" && !list.hidden) { choose(chosen - 1); event.preventDefault(); }
    else if (event.key === "Escape") close();
    else if (event.key === "Enter" && chosen >= 0) { take(list.children[chosen].dataset); event.preventDefault(); }
  });
  input.addEventListener("blur", close);
}

// What is said of the order of a table is no longer so once it is sorted by another column.
function sayOrder(table, name, down) {
  const told = table.closest("section")?.querySelector("[data-order]");
  if (!told) return;
  const own = told.dataset.order ||= told.textContent.trim(), words = `sorted by ${name}, ${down ? "descending" : "ascending"}`;
  told.textContent = /^[A-Z]/.test(own) ? `S${words.slice(1)}${own.endsWith(".") ? "." : ""}` : words;
}

function makeSortable(table) {
  for (const [column, head] of [...table.tHead.rows[0].cells].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") !== "descending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const value = (row) => {
        const cell = row.cells[column];
        const text = cell.dataset.sort ?? cell.textContent.trim().replaceAll(",", "");
        const number = Number.parseFloat(text);
        return Number.isNaN(number) ? text.toLowerCase() : number;
      };
      const rows = [...table.tBodies[0].rows].sort((a, b) => {
        const [x, y] = [value(a), value(b)];
        const order = typeof x === typeof y ? (x < y ? -1 : x > y ? 1 : 0) : typeof x === "number" ? -1 : 1;
        return down ? -order : order;
      });
      table.tBodies[0].append(...rows);
      sayOrder(table, head.textContent.trim(), down);
    });
  }
}

// On a phone a row is a block, and many of them are a long way: the first ones, the others on demand.
const MANY = 20;
function cutLong(table) {
  const rows = table.tBodies[0]?.rows ?? [];
  if (rows.length <= 1.5 * MANY || [...rows].some((row) => row.matches(":target"))) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "rest";
  button.textContent = `Show all ${rows.length.toLocaleString("en")} rows`;
  button.addEventListener("click", () => { table.classList.remove("many"); button.remove(); rows[MANY].querySelector("a, button")?.focus(); });
  table.classList.add("many");
  (table.closest(".scroll") ?? table).after(button);
}

function readOut(line) {
  const silent = line.textContent;
  const strips = line.closest("section");
  const tell = (event) => { line.textContent = event.target.closest?.("[data-tip]")?.dataset.tip ?? silent; };
  for (const name of ["mouseover", "focusin"]) strips.addEventListener(name, tell);
  strips.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !event.target.matches("[data-tip]")) return;
    const cells = [...strips.querySelectorAll("[data-tip]")];
    cells[cells.indexOf(event.target) + step]?.focus();
    event.preventDefault();
  });
}

// A picture that is saved as SVG can be saved as PNG, too: twice as large, as paper and screens want it.
function offerPng(link) {
  link.hidden = false;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const answer = await fetch(link.href);
    const name = /filename="(.*)\.svg"/.exec(answer.headers.get("content-disposition"))?.[1] ?? "picture";
    const image = new Image();
    image.src = URL.createObjectURL(await answer.blob());
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [2 * image.naturalWidth, 2 * image.naturalHeight];
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const saved = document.createElement("a");
      saved.href = URL.createObjectURL(blob);
      saved.download = `${name}.png`;
      saved.click();
    });
  });
}

// On a phone a wide picture folds away behind its table, whose names stay in sight.
const narrow = matchMedia("(max-width: 40rem)");
const fold = () => document.querySelectorAll("details.twin").forEach((twin) => { twin.open = narrow.matches; });
if (narrow.matches) fold();
narrow.addEventListener("change", fold);

document.querySelectorAll("[data-png]").forEach(offerPng);
document.querySelectorAll("[data-suggest]").forEach(offerSuggestions);
document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
document.querySelectorAll(".list:not(#table):is(.labelled, .drivers, .figured, .sections, .stacked)").forEach(cutLong);
document.querySelectorAll("[data-readout]").forEach(readOut);
