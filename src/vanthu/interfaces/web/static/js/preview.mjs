// The document beside a list. The pane holds the document of the selected row or no document at all: it is
// emptied the moment another row is selected, and an answer that comes for another row is dropped.

import { listAddress } from "./bookmark.mjs";

// Running down a list with J held must not ask for every document on the way.
const PAUSE = 120;
// A server that has not answered by then is not going to; in milliseconds.
const PATIENCE = 15_000;

let wanted = null; // the document the pane is to show
let request = null; // the one request whose answer counts
let waiting = null; // what to do once it is shown

export function pane() {
  const found = document.getElementById("peek");
  return found?.offsetParent ? found : null;
}

export function isShown(row) {
  const shown = document.querySelector("#peek [data-peek]");
  return Boolean(row && shown && shown.dataset.document === row.dataset.document);
}

function note(text, { role = "status", button = "" } = {}) {
  const words = document.createElement("p");
  words.textContent = text;
  const box = document.createElement("div");
  box.setAttribute("role", role);
  box.append(words);
  if (button) {
    const again = document.createElement("button");
    again.type = "button";
    again.className = "btn btn-plain";
    again.dataset.retry = "";
    again.textContent = button;
    box.append(again);
  }
  const frame = document.createElement("div");
  frame.className = "peek-none";
  frame.append(box);
  document.getElementById("peek")?.replaceChildren(frame);
}

export function clear(text) {
  request?.abort();
  request = wanted = waiting = null;
  document.getElementById("peek")?.removeAttribute("aria-busy");
  note(text);
}

// What is done from the pane leads back to this list, as it is filtered now.
function leadBack(body) {
  for (const field of body.querySelectorAll("input[name=next]")) field.value = listAddress();
  for (const link of body.querySelectorAll("a[data-dialog]")) {
    const address = new URL(link.href);
    address.searchParams.set("next", listAddress());
    link.href = address.href;
  }
}

async function fetchBody(row, signal) {
  const headers = { "HX-Request": "true", "HX-Current-URL": location.href };
  const answer = await fetch(row.dataset.preview, { headers, signal, credentials: "same-origin" });
  const elsewhere = answer.headers.get("HX-Redirect");
  if (answer.ok && elsewhere) {
    location.href = elsewhere;
    return null;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const body = answer.ok && !answer.redirected ? page.querySelector("[data-peek]") : null;
  if (body?.dataset.document !== row.dataset.document) throw new Error("Not the document that was asked for");
  return body;
}

async function load(row, mine) {
  let body = null;
  try {
    body = await fetchBody(row, mine.signal);
  } catch {
    if (mine === request) fail(row);
    return;
  }
  if (mine !== request || !body) return;
  leadBack(body);
  const frame = document.getElementById("peek");
  frame.replaceChildren(body);
  frame.removeAttribute("aria-busy");
  globalThis.htmx?.process(frame);
  request = null;
  const then = waiting;
  waiting = null;
  then?.();
}

function fail(row) {
  request = waiting = null;
  document.getElementById("peek").removeAttribute("aria-busy");
  note("Không tải được văn bản này. Thử lại.", { role: "alert", button: "Thử lại" });
  document.querySelector("#peek [data-retry]").addEventListener("click", () => {
    wanted = null;
    show(row);
  });
}

export function show(row, { pause = 0 } = {}) {
  const frame = pane();
  if (!frame || !row.dataset.preview || wanted === row.dataset.document) return;
  request?.abort();
  wanted = row.dataset.document;
  waiting = null;
  frame.setAttribute("aria-busy", "true");
  note("Đang tải văn bản…");
  const mine = new AbortController();
  request = mine;
  setTimeout(() => {
    if (mine === request) load(row, mine);
  }, pause);
  setTimeout(() => mine.abort(), PATIENCE);
}

// Do it now when the pane shows this row, as soon as it does when it is on its way. A pane that could not be
// loaded offers only to try again.
export function whenShown(row, act) {
  if (isShown(row)) return act();
  show(row);
  if (request) waiting = act;
  else document.querySelector("#peek [data-retry]")?.focus();
  return true;
}
