// One PIN for a run of letters, when the clerk asks for it: the next letter comes into this page in place of the
// one that was sealed. The PIN stays in the memory of this page, nowhere else, and not for long; every letter
// is still asked about by itself.

import { hearWhatArrived } from "./kept.mjs";

const LONGEST = 5 * 60 * 1000; // milliseconds without a seal

let kept = null;
let timer = 0;

const here = () => location.pathname + location.search;
let shown = here(); // the address of what stands in this page
const run = () => document.querySelector("form[data-pin-run]");

function forget() {
  clearTimeout(timer);
  kept = null;
  const field = run()?.querySelector("input[name=pin]");
  if (field) field.value = "";
}

function keep(pin) {
  clearTimeout(timer);
  kept = pin;
  timer = setTimeout(forget, LONGEST);
}

// Put the answer in the place of this page; Back asks for the page before anew.
function show(answer, words) {
  const page = new DOMParser().parseFromString(words, "text/html");
  // Somebody else has signed in at this browser meanwhile: nothing of this page is for him.
  const isAnothers = page.body.dataset.person !== document.body.dataset.person;
  if (isAnothers || !page.querySelector(".shell")) {
    forget();
    location.href = answer.url;
    return;
  }
  if (page.querySelector(".pin-bar .field-error")) kept = null;
  document.title = page.title;
  document.body.replaceChildren(...page.body.childNodes);
  for (const { name, value } of page.body.attributes) document.body.setAttribute(name, value);
  // To the browser all of a run is one page: what is to be asked for anew at Back and Forward is marked.
  history.replaceState({ ...history.state, isRun: true }, "");
  history.pushState({ isRun: true }, "", answer.url);
  shown = here();
  globalThis.htmx?.process(document.body);
  hearWhatArrived();
  begin();
}

// The PIN is there: nothing is left to type, and Enter asks about this letter.
function begin() {
  const form = run();
  if (!form) forget();
  const field = form?.querySelector("input[name=pin]");
  if (field && kept) {
    field.value = kept;
    form.querySelector("[data-keep-pin]").checked = true;
  }
  if (kept) document.getElementById("main").focus();
  else (field ?? document.getElementById("main")).focus();
}

async function send(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.matches("form[data-pin-run]")) return;
  if (!form.querySelector("[data-keep-pin]")?.checked) return;
  event.preventDefault();
  const filled = new FormData(form, event.submitter);
  keep(filled.get("pin"));
  try {
    const answer = await fetch(form.action, { method: "POST", body: filled, credentials: "same-origin" });
    show(answer, await answer.text());
  } catch {
    // What became of it is seen on the page as it stands now.
    forget();
    location.href = form.action;
  }
}

export function startPinRun() {
  document.addEventListener("submit", send);
  window.addEventListener("popstate", (event) => {
    if (event.state?.isRun && here() !== shown) location.reload();
  });
  window.addEventListener("pagehide", forget);
}
