// Days as Vietnamese offices write them, 05/03/2026, whatever language the browser speaks: the field is text, and
// beside it a calendar opens (the date picker dialog of WAI-ARIA). The server reads what is typed by itself.

const weekdays = ["Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật"];
const short = ["T2", "T3", "T4", "T5", "T6", "T7", "CN"];
const two = (number) => String(number).padStart(2, "0");
const inWords = (day) => `${two(day.getDate())}/${two(day.getMonth() + 1)}/${day.getFullYear()}`;
const weekday = (day) => (day.getDay() + 6) % 7;
const same = (one, other) => one && other && one.toDateString() === other.toDateString();

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

// The day and the time that are written in a field; null where no day is.
function read(text) {
  const found = /(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})/.exec(text);
  const iso = /(\d{4})-(\d{1,2})-(\d{1,2})/.exec(text);
  const parts = iso ? iso.slice(1) : found?.slice(1).reverse();
  if (!parts) return null;
  const [year, month, date] = parts.map(Number);
  const day = new Date(year, month - 1, date);
  if (day.getMonth() !== month - 1) return null;
  const [, hour, minute] = /(?:^|[\sT])(\d{1,2})[:hg](\d{2})?/i.exec(text) ?? [null, "17", "00"];
  return { day, time: `${two(hour)}:${minute ?? "00"}` };
}

const withTime = (input) => input.dataset.day === "time";
const today = () => new Date(new Date().toLocaleString("en-US", { timeZone: "Asia/Ho_Chi_Minh" }));

function write(input, { day, time }) {
  input.value = withTime(input) ? `${inWords(day)} ${time}` : inWords(day);
}

// What was typed short, or filled in by a program, is written out; the words beneath leave no doubt.
function settle(input) {
  const found = read(input.value);
  if (found) write(input, found);
  const said = input.closest(".field")?.querySelector(".said-date");
  if (said) said.textContent = found ? `${weekdays[weekday(found.day)]}, ${inWords(found.day)} lúc ${found.time}` : "";
}

let open;

function close() {
  if (!open) return;
  const { input, box, button } = open;
  open = undefined;
  box.remove();
  button.setAttribute("aria-expanded", "false");
  input.focus();
}

function choose(day) {
  const { input } = open;
  write(input, { day, time: read(input.value)?.time ?? "17:00" });
  input.dispatchEvent(new Event("input", { bubbles: true }));
  input.dispatchEvent(new Event("change", { bubbles: true }));
  close();
}

function cell(day, at, chosen) {
  const button = make("button", {
    type: "button",
    tabindex: same(day, at) ? "0" : "-1",
    "aria-label": `${weekdays[weekday(day)]}, ngày ${day.getDate()} tháng ${day.getMonth() + 1} năm ${day.getFullYear()}`,
  }, String(day.getDate()));
  if (same(day, today())) button.setAttribute("aria-current", "date");
  if (day.getMonth() !== at.getMonth()) button.className = "outside";
  button.addEventListener("click", () => choose(day));
  return make("td", { role: "gridcell", "aria-selected": String(Boolean(same(day, chosen))) }, button);
}

function draw(at, takesFocus = true) {
  open.at = at;
  open.title.textContent = `Tháng ${at.getMonth() + 1} năm ${at.getFullYear()}`;
  const chosen = read(open.input.value)?.day;
  const first = new Date(at.getFullYear(), at.getMonth(), 1);
  const start = new Date(at.getFullYear(), at.getMonth(), 1 - weekday(first));
  const weeks = [0, 1, 2, 3, 4, 5].map((week) =>
    make("tr", {}, ...[0, 1, 2, 3, 4, 5, 6].map((each) =>
      cell(new Date(start.getFullYear(), start.getMonth(), start.getDate() + week * 7 + each), at, chosen))));
  open.days.replaceChildren(...weeks);
  if (takesFocus) open.days.querySelector("[tabindex='0']").focus();
}

function moved(at, { days = 0, months = 0 }) {
  if (!months) return new Date(at.getFullYear(), at.getMonth(), at.getDate() + days);
  const last = new Date(at.getFullYear(), at.getMonth() + months + 1, 0).getDate();
  return new Date(at.getFullYear(), at.getMonth() + months, Math.min(at.getDate(), last));
}

const moves = {
  ArrowLeft: () => ({ days: -1 }),
  ArrowRight: () => ({ days: 1 }),
  ArrowUp: () => ({ days: -7 }),
  ArrowDown: () => ({ days: 7 }),
  Home: (at) => ({ days: -weekday(at) }),
  End: (at) => ({ days: 6 - weekday(at) }),
  PageUp: (at, isFar) => ({ months: isFar ? -12 : -1 }),
  PageDown: (at, isFar) => ({ months: isFar ? 12 : 1 }),
};

function pressed(event) {
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
  } else if (event.key in moves && event.target.closest("td")) {
    event.preventDefault();
    event.stopPropagation();
    draw(moved(open.at, moves[event.key](open.at, event.shiftKey)));
  }
}

function step(label, icon, months) {
  const button = make("button", { type: "button", class: "btn btn-quiet btn-icon-only", "aria-label": label },
    make("i", { class: `ti ti-chevron-${icon}`, "aria-hidden": "true" }));
  button.addEventListener("click", () => draw(moved(open.at, { months }), false));
  return button;
}

function show(input, button) {
  const title = make("h2", { class: "calendar-title", "aria-live": "polite" });
  const days = make("tbody");
  const heads = short.map((each, index) => make("th", { scope: "col", abbr: weekdays[index] }, each));
  const box = make("div", { class: "calendar", role: "dialog", "aria-modal": "false", "aria-label": "Chọn ngày" },
    make("div", { class: "calendar-head" }, step("Tháng trước", "left", -1), title, step("Tháng sau", "right", 1)),
    make("table", { role: "grid" }, make("thead", {}, make("tr", {}, ...heads)), days));
  box.addEventListener("keydown", pressed);
  box.addEventListener("focusout", (event) => {
    // Drawing again takes the focused day away; only what goes elsewhere closes.
    if (event.relatedTarget && !box.contains(event.relatedTarget) && event.relatedTarget !== button) close();
  });
  button.closest(".day-field").append(box);
  button.setAttribute("aria-expanded", "true");
  open = { input, button, box, title, days };
  draw(read(input.value)?.day ?? today());
}

function equip(input) {
  if (input.closest(".day-field")) return;
  const button = make("button", {
    type: "button",
    class: "btn btn-plain btn-icon-only",
    "aria-label": "Mở lịch để chọn ngày",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  }, make("i", { class: "ti ti-calendar", "aria-hidden": "true" }));
  button.addEventListener("click", () => {
    const wasMine = open?.button === button;
    close();
    if (!wasMine) show(input, button);
  });
  const field = make("span", { class: "day-field" });
  input.replaceWith(field);
  field.append(input, button);
}

export function startCalendar() {
  const all = () => document.querySelectorAll("input[data-day]");
  all().forEach(equip);
  // Dialogs and what htmx brings come later.
  new MutationObserver(() => all().forEach(equip)).observe(document.body, { childList: true, subtree: true });
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[data-day]")) settle(event.target);
  });
  document.addEventListener("pointerdown", (event) => {
    if (open && !open.box.contains(event.target) && !open.button.contains(event.target)) close();
  });
}
