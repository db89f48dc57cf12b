// Lists from the keyboard. Keys come from the markup: data-key="T" on an act, data-go="D" on a place to go,
// data-row on a row of a list, data-search on the search box.

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const selected = () => document.querySelector('[data-row][aria-current="true"]');
const peek = () => {
  const pane = document.getElementById("peek");
  return pane?.offsetParent ? pane : null;
};

function mark(row) {
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], pdf-viewer .viewer-scroll, .place-box");
}

function preview(row) {
  const pane = peek();
  if (!pane || !row.dataset.preview) return;
  globalThis.htmx?.ajax("GET", row.dataset.preview, { target: "#peek", swap: "innerHTML" });
}

let later;

export function select(row, { scroll = true } = {}) {
  mark(row);
  if (scroll) row.scrollIntoView({ block: "nearest" });
  row.querySelector("a")?.focus({ preventScroll: true });
  // Running down a list with J held must not ask for every preview on the way.
  clearTimeout(later);
  later = setTimeout(() => preview(row), 120);
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(selected());
  select(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

function press(key) {
  const scopes = [document.querySelector("dialog[open]"), peek(), document];
  for (const scope of scopes) {
    if (!scope) continue;
    const act = [...scope.querySelectorAll(`[data-key="${key}"]`)].find((each) => each.offsetParent);
    if (act) {
      act.click();
      return true;
    }
    if (scope instanceof HTMLDialogElement) return false;
  }
  return false;
}

function open() {
  const link = (selected() ?? rows()[0])?.querySelector("a");
  if (link) location.href = link.href;
}

let going = false;

function go(key) {
  going = false;
  document.querySelector(`[data-go="${key}"]`)?.click();
}

const moves = { j: 1, k: -1, J: 1, K: -1 };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (going) {
    go(event.key.toUpperCase());
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  let done = true;
  if (event.key in moves) move(moves[event.key]);
  else if (event.key === "/") document.querySelector("[data-search]")?.focus();
  else if (event.key === "?") document.getElementById("shortcuts")?.showModal();
  else if (event.key === "o" || event.key === "O") open();
  else if (event.key === "g" || event.key === "G") {
    going = true;
    setTimeout(() => { going = false; }, 1200);
  } else if (event.key === "Enter") {
    // A focused button or link keeps its own Enter, except the link of the selected row beside a preview.
    const own = event.target.closest("button, summary, a");
    done = own && !(own.closest("[data-row]") && peek()) ? false : press("Enter");
  } else if (/^[a-z]$/i.test(event.key)) done = press(event.key.toUpperCase());
  else done = false;
  if (done) event.preventDefault();
}

function onClick(event) {
  const row = event.target.closest("[data-row]");
  if (!row || !peek() || event.ctrlKey || event.metaKey || event.button !== 0) return;
  if (event.target.closest("a") && row.dataset.preview) {
    // Beside a preview, the first click shows; a double click, or O, opens the page.
    event.preventDefault();
    if (event.detail > 1) open();
    else select(row, { scroll: false });
  }
}

export function startKeyboard() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  const showFirst = () => {
    const first = selected() ?? rows()[0];
    if (first && peek() && first.dataset.preview) {
      mark(first);
      preview(first);
    }
  };
  // A peek drawn by the server needs no second asking.
  if (!document.querySelector("#peek [data-peek]")) showFirst();
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (target?.id === "rows") showFirst();
  });
}
