// Lists from the keyboard. Keys come from the markup: data-key="T" on an act, data-go="D" on a place to go,
// data-row on a row of a list, data-search on the search box.

import { keep, rowToReturnTo } from "./bookmark.mjs";
import { clear, isShown, pane, show, whenShown } from "./preview.mjs";

const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const selected = () => document.querySelector('[data-row][aria-current="true"]');

function mark(row) {
  for (const other of rows()) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  keep(row, rows());
}

function typing(target) {
  return target.closest("input, textarea, select, [contenteditable], pdf-viewer .viewer-scroll, .place-box");
}

function select(row, { scroll = true } = {}) {
  mark(row);
  if (scroll) row.scrollIntoView({ block: "nearest" });
  row.querySelector("a")?.focus({ preventScroll: true });
  show(row, { pause: 120 });
}

function move(step) {
  const all = rows();
  if (!all.length) {
    // On a document's own page: its neighbours in the queue that is worked through.
    document.querySelector(`[data-run="${step > 0 ? "next" : "previous"}"]`)?.click();
    return;
  }
  const at = all.indexOf(selected());
  select(all[Math.min(Math.max(at + step, 0), all.length - 1)]);
}

// What a button says, without the key beside it.
function wordsOf(button) {
  return [...button.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data).join("").trim();
}

// A button that would do something at once is asked about first: the key brings the person to it, and Enter,
// pressed a second time, does it. Links and dialogs ask on their own.
function ask(button) {
  button.focus();
  if (button.dataset.asked) return;
  button.dataset.asked = "yes";
  const question = document.createElement("span");
  question.className = "acts-ask";
  question.setAttribute("role", "status");
  const enterKey = Object.assign(document.createElement("kbd"), { textContent: "Enter" });
  const escapeKey = Object.assign(document.createElement("kbd"), { textContent: "Esc" });
  question.append(`${wordsOf(button)}? Nhấn `, enterKey, " lần nữa để làm, ", escapeKey, " để hủy bỏ.");
  (button.closest(".acts") ?? button.parentElement).prepend(question);
  button.addEventListener(
    "blur",
    () => {
      delete button.dataset.asked;
      question.remove();
    },
    { once: true },
  );
}

function pressIn(scope, key) {
  const act = [...scope.querySelectorAll(`[data-key="${key}"]`)].find((each) => each.offsetParent);
  if (!act) return false;
  if (act.type === "submit") ask(act);
  else act.click();
  return true;
}

function press(key) {
  const row = selected();
  const beside = pane();
  // Beside a list a key means the selected row, and waits for it when it is not there yet.
  if (beside && row) return whenShown(row, () => pressIn(beside, key));
  return !beside && pressIn(document, key);
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

function waitForPlace() {
  going = true;
  setTimeout(() => { going = false; }, 1200);
}

function enter(target) {
  // A focused button or link keeps its own Enter, except the link of a row beside a preview.
  const own = target.closest("button, summary, a");
  const row = own?.closest("[data-row]");
  if (own && !(row && pane())) return false;
  if (row && row !== selected()) {
    select(row);
    return true;
  }
  return press("Enter");
}

function takeBack() {
  if (!document.activeElement?.dataset.asked) return;
  document.activeElement.blur();
  selected()?.querySelector("a")?.focus({ preventScroll: true });
}

const moves = { j: 1, k: -1, J: 1, K: -1 };
const keys = {
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("shortcuts")?.showModal(),
  o: open,
  O: open,
  g: waitForPlace,
  G: waitForPlace,
  Escape: takeBack,
};

function pressed(event) {
  if (event.key in moves) move(moves[event.key]);
  else if (event.key in keys) keys[event.key]();
  else if (event.key === "Enter") return enter(event.target);
  else return /^[a-z]$/i.test(event.key) && press(event.key.toUpperCase());
  return true;
}

// The form of an act is sent with Ctrl+Enter from where its words are written.
function send(event) {
  const form = event.target.closest("form[data-act]");
  if (event.key !== "Enter" || !form) return;
  event.preventDefault();
  form.requestSubmit(form.querySelector("[type=submit]"));
}

function onKey(event) {
  // A key held down, or still down from the page before, asks once and answers nothing.
  if (event.repeat && event.key === "Enter" && !event.target.closest("textarea")) {
    event.preventDefault();
    return;
  }
  if (event.ctrlKey || event.metaKey) {
    send(event);
    return;
  }
  if (event.altKey) return;
  // Enter in the pane's own fields would send its form unasked.
  const isPanesField = event.key === "Enter" && event.target.closest("#peek select, #peek input");
  if (typing(event.target) && !isPanesField) return;
  if (going) {
    go(event.key.toUpperCase());
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (pressed(event)) event.preventDefault();
}

function onClick(event) {
  const row = event.target.closest("[data-row]");
  if (!row || !pane() || event.ctrlKey || event.metaKey || event.button !== 0) return;
  if (event.target.closest("a") && row.dataset.preview) {
    // Beside a preview, the first click shows; a double click, or O, opens the page.
    event.preventDefault();
    if (event.detail > 1) open();
    else select(row, { scroll: false });
  }
}

// Whatever happens to the list, nothing is done to a document other than the selected one.
function guard(event) {
  if (!event.target.closest("#peek [data-peek]") || isShown(selected())) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}

function showFirst() {
  const all = rows();
  const first = rowToReturnTo(all) ?? all[0];
  if (!pane()) return;
  if (!first) clear("Không có văn bản nào để xem.");
  else if (first.dataset.preview) {
    mark(first);
    first.scrollIntoView({ block: "nearest" });
    show(first);
  }
}

export function startKeyboard() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", onClick);
  document.addEventListener("click", guard, true);
  document.addEventListener("submit", guard, true);
  showFirst();
  document.addEventListener("htmx:after:swap", (event) => {
    const target = event.detail?.ctx?.target;
    if (target?.id === "rows") showFirst();
  });
}
