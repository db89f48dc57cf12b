// Acts that need a word from the person open in a dialog; without this file they open as pages of their own.

import { fillInAgain } from "./kept.mjs";

const heading = "act-dialog-title";

// Counts what was asked for: an answer that comes after another act was opened, or after closing, is dropped.
let latest = 0;

async function open(link) {
  latest += 1;
  const mine = latest;
  const dialog = document.getElementById("act-dialog");
  const body = document.getElementById("act-dialog-body");
  // Open at once: what is typed from now on must not reach the shortcuts of the page beneath.
  const waiting = document.createElement("p");
  waiting.className = "box-body soft";
  waiting.textContent = "Đang tải…";
  body.replaceChildren(waiting);
  dialog.showModal();
  const isStale = () => mine !== latest || !dialog.open;
  let answer, words;
  try {
    // What was typed there before and did not arrive is filled in by the server.
    await fillInAgain(link.href);
    answer = await fetch(link.href, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    words = await answer.text();
  } catch {
    if (!isStale()) location.href = link.href;
    return;
  }
  if (isStale()) return;
  if (!answer.ok || answer.redirected) {
    location.href = link.href;
    return;
  }
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) {
    location.href = elsewhere;
    return;
  }
  const fragment = new DOMParser().parseFromString(words, "text/html");
  body.replaceChildren(...fragment.body.childNodes);
  body.querySelector("h1, h2")?.setAttribute("id", heading);
  globalThis.htmx?.process(body);
  firstStop(body)?.focus();
}

// Where something is to be written, the first field; otherwise the main button, so that Enter does it.
function firstStop(body) {
  const toWrite = "textarea, input:not([type=hidden])";
  const fields = body.querySelector(toWrite) ? `${toWrite}, select` : "[type=submit]";
  return body.querySelector("[autofocus]") ?? body.querySelector(fields);
}

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-dialog]");
    if (link && !event.ctrlKey && !event.metaKey && event.button === 0) {
      event.preventDefault();
      open(link);
      return;
    }
    const dialog = event.target.closest("dialog");
    if (dialog && event.target.closest("[data-close]")) {
      event.preventDefault();
      dialog.close();
      return;
    }
    // A click on the shade closes; a click inside lands on a child of the dialog.
    if (event.target instanceof HTMLDialogElement) event.target.close();
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
  });
}
