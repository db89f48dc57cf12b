// A form is sent once: its button rests and says so until the answer comes.

function wait(button) {
  button.setAttribute("aria-busy", "true");
  button.dataset.was = button.textContent;
  const dot = document.createElement("span");
  dot.className = "busy-dot";
  dot.setAttribute("aria-hidden", "true");
  button.replaceChildren(dot, document.createTextNode(button.dataset.progress || "Đang thực hiện…"));
}

export function startOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    const button = event.submitter;
    // The button's own name and value must still be sent, so it is marked busy, not disabled, in this turn.
    if (button) setTimeout(() => wait(button), 0);
  });
  // Coming back with the browser's Back button shows the page as it was left: make it usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("button[aria-busy]")) {
      button.removeAttribute("aria-busy");
      button.textContent = button.dataset.was;
    }
  });
}
