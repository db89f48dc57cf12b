// Choosing many from a long list: what is ticked moves to the chosen part and stays there through searches.

function settle(picker) {
  const chosen = picker.querySelector(".picker-chosen");
  const list = picker.querySelector(".picker-list");
  const have = new Set([...chosen.querySelectorAll("input")].map((each) => each.value));
  for (const input of list.querySelectorAll("input[type=checkbox]")) {
    if (have.has(input.value)) input.closest("label").remove();
  }
}

function toggle(input) {
  const picker = input.closest("[data-picker]");
  const chosen = picker.querySelector(".picker-chosen");
  const label = input.closest("label");
  if (input.checked) chosen.append(label);
  else label.remove();
  picker.querySelector("[data-chosen-count]")?.replaceChildren(String(chosen.querySelectorAll("input").length));
  picker.querySelector("input[type=search]")?.focus();
}

// A quick deadline fills the date and time beside it.
function quickDeadline(button) {
  const input = document.getElementById(button.dataset.fill);
  input.value = button.dataset.value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// Only one leads: giving «chủ trì» to a second one makes the first support it.
function oneLead(chosen) {
  if (chosen.value !== "lead") return;
  for (const other of chosen.form.querySelectorAll('input[data-role][value="lead"]:checked')) {
    if (other === chosen) continue;
    const support = chosen.form.querySelector(`input[name="${other.name}"][value="support"]`);
    if (support) support.checked = true;
  }
}

// Browsers write dates their own way; the words beside the field leave no doubt which day is meant.
const days = ["Chủ nhật", "Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy"];

function sayDate(input) {
  let words = input.parentElement.querySelector(".said-date");
  if (!words) {
    words = document.createElement("output");
    words.className = "said-date";
    words.setAttribute("for", input.id);
    input.after(words);
  }
  const [day, time] = input.value.split("T");
  const [year, month, date] = (day || "").split("-").map(Number);
  const two = (number) => String(number).padStart(2, "0");
  const weekday = year ? days[new Date(year, month - 1, date).getDay()] : "";
  words.textContent = year ? `${weekday}, ${two(date)}/${two(month)}/${year} lúc ${time}` : "";
}

export function startPickers() {
  for (const input of document.querySelectorAll("input[type=datetime-local]")) if (input.value) sayDate(input);
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-picker] input[type=checkbox]")) toggle(event.target);
    if (event.target.matches("input[data-role]")) oneLead(event.target);
    if (event.target.matches("input[type=datetime-local]")) sayDate(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fill]");
    if (button) quickDeadline(button);
  });
  document.addEventListener("keydown", (event) => {
    // Enter in the search box of a picker searches; it must not send the whole form.
    if (event.key === "Enter" && event.target.matches("[data-picker] input[type=search]")) event.preventDefault();
  });
  document.addEventListener("htmx:after:swap", () => {
    for (const picker of document.querySelectorAll("[data-picker]")) settle(picker);
  });
}
