// What is typed into the form of an act is kept in this browser from the first letter until a page of the system
// says that it arrived: it outlives the session, a refusal, the network, Back and a tab that was closed. It is
// locked with a key that only this person's pages hold, so it is noise to whoever sits here next. Never kept:
// secrets, files, and what is only searched for. The server fills the form in again (kept.py); nothing here does.

const prefix = "vanthu-kept";
const days = 7;
const most = 60;
const notTyped = new Set(["password", "file", "submit", "button", "reset", "image", "search"]);
const person = document.body.dataset.person;
// A browser has no lock to offer on a plain network address: then this tab alone keeps it, and not past its end.
const store = crypto.subtle ? localStorage : sessionStorage;
let lock;

const keeperOf = (form) => form?.querySelector?.('input[name="keeper"]');
const nameFor = (address) => `${prefix} ${person} ${address}`;

// Which form stands at an address: its path, and which of several new drafts it is (kept.address_in).
function addressIn(url) {
  const { pathname, searchParams } = new URL(url, location.href);
  const draft = searchParams.get("ban");
  return draft ? `${pathname}?ban=${draft}` : pathname;
}

const addressOf = (form) => addressIn(form.getAttribute("action") || location.href);

async function keyOf() {
  lock ??= crypto.subtle.importKey(
    "raw",
    Uint8Array.from(atob(document.body.dataset.lock.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0)),
    "AES-GCM",
    false,
    ["encrypt", "decrypt"],
  );
  return lock;
}

async function locked(entry) {
  const text = JSON.stringify(entry);
  if (!crypto.subtle) return text;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await keyOf(), new TextEncoder().encode(text));
  let bytes = "";
  for (const each of [...iv, ...new Uint8Array(sealed)]) bytes += String.fromCharCode(each);
  return btoa(bytes);
}

async function unlocked(held) {
  if (!crypto.subtle) return JSON.parse(held);
  const bytes = Uint8Array.from(atob(held), (each) => each.charCodeAt(0));
  const key = await keyOf();
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, key, bytes.slice(12));
  return JSON.parse(new TextDecoder().decode(text));
}

async function entryAt(address) {
  const held = store.getItem(nameFor(address));
  if (!held) return null;
  try {
    return await unlocked(held.slice(held.indexOf(" ") + 1));
  } catch {
    // Kept with a lock that is no longer ours.
    store.removeItem(nameFor(address));
    return null;
  }
}

// Each is «time words»; what is old, and the oldest when there is much, goes, whoever typed it.
function tidy(room = most) {
  const all = Object.keys(store).filter((each) => each.startsWith(prefix));
  const byAge = all.map((name) => [Number.parseInt(store.getItem(name), 10) || 0, name]).sort((a, b) => b[0] - a[0]);
  const oldest = Date.now() - days * 86400e3;
  byAge.forEach(([at, name], index) => {
    // Without a lock, what somebody else typed in this tab does not stay.
    const isAnothers = store === sessionStorage && !name.startsWith(`${prefix} ${person} `);
    if (at < oldest || index >= room || isAnothers) store.removeItem(name);
  });
}

function write(address, held) {
  for (const room of [most, 20, 5, 0]) {
    try {
      store.setItem(nameFor(address), `${Date.now()} ${held}`);
      return;
    } catch {
      tidy(room);
    }
  }
}

function chosenIn(select, isAtStart) {
  const options = [...select.options];
  const chosen = options.filter((each) => (isAtStart ? each.defaultSelected : each.selected));
  // A list that marks none starts with its first.
  if (isAtStart && !chosen.length && !select.multiple && options.length) return [options[0].value];
  return chosen.map((each) => each.value);
}

function valuesOf(field, isAtStart) {
  if (field.type === "checkbox" || field.type === "radio") {
    return (isAtStart ? field.defaultChecked : field.checked) ? [field.value] : [];
  }
  if (field instanceof HTMLSelectElement) return chosenIn(field, isAtStart);
  return [isAtStart ? field.defaultValue : field.value];
}

// Every value of every field that is typed or chosen, by name: now, or as the server sent it, which is not what
// stands there when the browser has put back by itself what was typed.
function wordsOf(form, isAtStart = false) {
  const words = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || notTyped.has(field.type) || field instanceof HTMLFieldSetElement) continue;
    // Hidden fields are the machine's own, except those in which a picker holds what was chosen.
    if (field.type === "hidden" && !field.closest("[data-picker]")) continue;
    (words[field.name] ??= []).push(...valuesOf(field, isAtStart));
  }
  return words;
}

const same = (one, other) => JSON.stringify(one ?? []) === JSON.stringify(other ?? []);

// What the form started with, by which it is known what was changed.
const starts = new WeakMap();

async function meet(form) {
  if (!keeperOf(form) || starts.has(form)) return;
  const start = wordsOf(form, true);
  starts.set(form, start);
  // A form the server has filled in shows what was typed; what it started with was kept beside it.
  if (keeperOf(form).dataset.filled === undefined) return;
  const entry = await entryAt(addressOf(form));
  if (entry) starts.set(form, { ...start, ...entry.start });
}

const changing = new WeakMap();

// One writing at a time; what is typed meanwhile is written by the next.
async function keep(form) {
  if (!keeperOf(form) || !starts.has(form)) return;
  if (changing.has(form)) {
    changing.set(form, "again");
    return;
  }
  changing.set(form, "");
  const start = starts.get(form);
  const now = wordsOf(form);
  const names = [...new Set([...Object.keys(start), ...Object.keys(now)])].filter((name) => !same(start[name], now[name]));
  const address = addressOf(form);
  if (!names.length) store.removeItem(nameFor(address));
  else {
    const pick = (all) => Object.fromEntries(names.map((name) => [name, all[name] ?? []]));
    write(address, await locked({ back: location.pathname + location.search, start: pick(start), words: pick(now) }));
  }
  const again = changing.get(form);
  changing.delete(form);
  if (again) await keep(form);
}

const soon = (form) => setTimeout(() => keep(form), 0);

const forget = (address) => store.removeItem(nameFor(address));

// Has the server fill in what is opened next at `url` with what was typed there; whether there was anything.
export async function fillInAgain(url) {
  if (!person) return false;
  const entry = await entryAt(addressIn(url));
  if (!entry) return false;
  const words = new URLSearchParams();
  for (const [name, several] of Object.entries(entry.words)) for (const each of several) words.append(name, each);
  const body = new URLSearchParams({
    csrfmiddlewaretoken: document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "",
    next: new URL(url, location.href).pathname + new URL(url, location.href).search,
    words: words.toString(),
    names: Object.keys(entry.words).join(" "),
    whose: document.body.dataset.keeper,
  });
  const address = document.body.dataset.again;
  const answer = await fetch(address, { method: "POST", body, redirect: "manual", credentials: "same-origin" });
  return answer.type === "opaqueredirect";
}

// A new draft has an address of its own: whoever closed it and begins another is led back to it, if he likes.
async function offerWhatWasBegun(here, form) {
  const [path, draft] = here.split("?");
  if (!draft) return;
  const begun = Object.keys(store).filter((each) => each.startsWith(`${nameFor(path)}?`) && each !== nameFor(here));
  const at = (name) => Number.parseInt(store.getItem(name), 10);
  const latest = begun.sort((one, other) => at(other) - at(one))[0];
  const entry = latest && await entryAt(latest.slice(nameFor("").length));
  if (!entry) return;
  const when = new Date(at(latest)).toLocaleString("en-GB", { dateStyle: "short", timeStyle: "short" }).replace(",", "");
  const notice = document.createElement("div");
  notice.className = "notice";
  notice.dataset.begun = "";
  const icon = document.createElement("i");
  icon.className = "ti ti-history";
  icon.setAttribute("aria-hidden", "true");
  const link = document.createElement("a");
  link.href = entry.back;
  link.textContent = "Soạn tiếp";
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "btn btn-quiet btn-small";
  drop.textContent = "Bỏ";
  drop.addEventListener("click", () => {
    store.removeItem(latest);
    notice.remove();
  });
  const said = document.createElement("div");
  said.append(`Bạn có một dự thảo soạn dở, chưa lưu, gõ lần cuối ${when}. `, link, " ", drop);
  notice.append(icon, said);
  form.before(notice);
}

// What this page, or one that came in its place, says has arrived.
export function hearWhatArrived() {
  if (!person) return;
  for (const address of (document.body.dataset.arrived ?? "").split(" ").filter(Boolean)) forget(address);
}

async function restore() {
  hearWhatArrived();
  const here = addressIn(location.href);
  const form = [...document.forms].find((each) => keeperOf(each) && addressOf(each) === here);
  if (!form || keeperOf(form).dataset.filled !== undefined) return;
  const entry = await entryAt(here);
  if (!entry) {
    await offerWhatWasBegun(here, form);
    return;
  }
  const now = wordsOf(form);
  if (Object.entries(entry.words).every(([name, words]) => same(now[name], words))) return;
  if (await fillInAgain(location.href)) location.reload();
}

function forgetAll() {
  for (const name of Object.keys(store)) if (name.startsWith(`${prefix} ${person} `)) store.removeItem(name);
}

export function startKept() {
  if (!person) return;
  tidy();
  for (const form of document.forms) meet(form);
  restore().catch(() => {});
  // Before anything in a form can change, it is known how it started: dialogs and what htmx brings come later.
  for (const name of ["focusin", "pointerdown"]) {
    document.addEventListener(name, (event) => meet(event.target.closest?.("form")), true);
  }
  for (const name of ["input", "change", "click", "keyup", "submit"]) {
    document.addEventListener(name, (event) => soon(event.target.closest?.("form")), true);
  }
  document.addEventListener("submit", (event) => {
    if (event.target.matches('form[action$="/dang-xuat/"]')) forgetAll();
  });
  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("[data-forget]")?.closest("form");
    if (form) starts.set(form, wordsOf(form));
  });
}
