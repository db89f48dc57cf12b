// A quick deadline fills the date and time beside it.
function quickDeadline(button) {
  const input = document.getElementById(button.dataset.fill);
  input.value = button.dataset.value;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

export function startPickers() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-fill]");
    if (button) quickDeadline(button);
  });
}
