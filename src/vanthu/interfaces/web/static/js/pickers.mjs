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

export function startPickers() {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-picker] input[type=checkbox]")) toggle(event.target);
    if (event.target.matches("input[data-role]")) oneLead(event.target);
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
