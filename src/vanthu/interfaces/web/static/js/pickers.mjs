// A quick deadline fills the date and time beside it.
function quickDeadline(button) {
  const input = document.getElementById(button.dataset.fill);
  input.value = button.dataset.value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

// A phrase of direction goes where the words are: instead of nothing, otherwise after what is there.
function addPhrase(button) {
  const field = document.getElementById(button.dataset.phrase);
  const phrase = button.textContent.trim();
  const before = field.value.trim();
  if (!before.includes(phrase)) field.value = before ? `${before.replace(/[.;]$/, "")}; ${phrase}` : phrase;
  field.dispatchEvent(new Event("input", { bubbles: true }));
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
    if (event.target.matches("input[type=datetime-local]")) sayDate(event.target);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fill]");
    if (button) quickDeadline(button);
    const phrase = event.target.closest("button[data-phrase]");
    if (phrase) addPhrase(phrase);
  });
}
