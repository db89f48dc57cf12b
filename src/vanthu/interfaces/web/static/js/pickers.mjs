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

export function startPickers() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fill]");
    if (button) quickDeadline(button);
    const phrase = event.target.closest("button[data-phrase]");
    if (phrase) addPhrase(phrase);
  });
}
