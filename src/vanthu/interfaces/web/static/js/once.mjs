// A form is sent once: its button rests and says so until the answer comes. A form with files can take minutes: how
// long it has taken is told beside it, and it can be stopped with all that was filled in still there.

const STOPPED =
  "Đã dừng gửi; nội dung và tệp đã chọn vẫn còn trên trang. Nếu máy chủ đã nhận xong trước đó, dự thảo vẫn được lưu ở «Dự thảo của tôi».";

function wait(button) {
  button.setAttribute("aria-busy", "true");
  button.dataset.was = button.textContent;
  const dot = document.createElement("span");
  dot.className = "busy-dot";
  dot.setAttribute("aria-hidden", "true");
  button.replaceChildren(dot, document.createTextNode(button.dataset.progress || "Đang thực hiện…"));
}

function rest(form) {
  delete form.dataset.sent;
  clearInterval(Number(form.dataset.clock));
  for (const button of form.querySelectorAll("button[aria-busy]")) {
    button.removeAttribute("aria-busy");
    button.textContent = button.dataset.was;
  }
  for (const stop of form.querySelectorAll("[data-stop]")) stop.remove();
}

function tellStopped(button) {
  const note = document.createElement("span");
  note.className = "soft small";
  note.setAttribute("role", "status");
  note.dataset.stopped = "";
  note.textContent = STOPPED;
  button.parentElement.append(note);
  button.focus();
}

function watch(form, button) {
  const began = Date.now();
  const told = button.lastChild.data;
  form.dataset.clock = setInterval(() => {
    button.lastChild.data = `${told} ${Math.round((Date.now() - began) / 1000)} giây`;
  }, 1000);
  const stop = document.createElement("button");
  stop.type = "button";
  stop.className = "btn btn-plain";
  stop.dataset.stop = "";
  stop.textContent = "Dừng gửi";
  stop.addEventListener("click", () => {
    window.stop();
    rest(form);
    tellStopped(button);
  });
  button.after(stop);
}

const hasFiles = (form) => [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length);

export function startOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    for (const note of form.querySelectorAll("[data-stopped]")) note.remove();
    const button = event.submitter;
    // The button's own name and value must still be sent, so it is marked busy, not disabled, in this turn.
    if (!button) return;
    setTimeout(() => {
      wait(button);
      if (hasFiles(form)) watch(form, button);
    }, 0);
  });
  // Coming back with the browser's Back button shows the page as it was left: make it usable again.
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) rest(form);
  });
}
