// The list under the box of a picker: what the server found, and the line Enter would choose.

export const failed = "Chưa tìm được. Kiểm tra kết nối mạng rồi gõ lại.";

export class PickerList {
  #asking = null; // What was looked for last; an answer to anything before it is dropped.

  constructor(field, typed) {
    this.field = field;
    this.typed = typed;
    this.popup = field.querySelector("[data-popup]");
    this.lines = field.querySelector("[data-list]");
    this.more = field.querySelector("[data-more]");
    this.active = null;
    const combobox = {
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": this.lines.id,
    };
    for (const [name, value] of Object.entries(combobox)) typed.setAttribute(name, value);
    // The box keeps the focus while a line is pressed, and the phone its keyboard.
    this.popup.addEventListener("mousedown", (event) => event.preventDefault());
  }

  get isOpen() {
    return !this.popup.hidden;
  }

  // Lines and words the server answers with. Throws when it does not.
  async ask(words, signal) {
    const url = new URL(this.field.dataset.url, location);
    for (const [name, value] of Object.entries(words)) url.searchParams.set(name, value);
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin", signal });
    const text = await answer.text();
    if (!answer.ok || answer.redirected || answer.headers.has("HX-Redirect")) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(text, "text/html");
    const more = page.querySelector("[data-more]").textContent.trim();
    return { lines: [...page.querySelectorAll("[role=option]")], more };
  }

  // What was found for what is typed; null when something else was asked meanwhile or the person has left.
  async look() {
    this.#asking?.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    this.field.setAttribute("aria-busy", "true");
    const answer = await this.ask({ q: this.typed.value.trim() }, signal).catch(() => ({ lines: [], more: failed }));
    if (signal.aborted) return null;
    this.field.removeAttribute("aria-busy");
    return document.activeElement === this.typed ? answer : null;
  }

  show({ lines, more }, isChosen) {
    this.activate(null);
    this.lines.replaceChildren(...lines);
    lines.forEach((line, at) => {
      line.id = `${this.lines.id}_${at}`;
      line.setAttribute("aria-selected", String(isChosen(line.dataset.ref)));
    });
    this.more.textContent = more;
    this.lines.hidden = !lines.length;
    this.popup.hidden = false;
    this.typed.setAttribute("aria-expanded", String(Boolean(lines.length)));
    this.popup.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.#asking?.abort();
    this.field.removeAttribute("aria-busy");
    this.activate(null);
    this.popup.hidden = true;
    this.lines.replaceChildren();
    this.typed.setAttribute("aria-expanded", "false");
  }

  // The first line that may still be chosen.
  get firstFree() {
    return [...this.lines.children].find((line) => (
      line.getAttribute("aria-disabled") !== "true" && line.getAttribute("aria-selected") !== "true"
    ));
  }

  // The focus stays in the box; the line is only said to be the active one.
  activate(line) {
    this.active?.classList.remove("is-active");
    this.active = line ?? null;
    if (!line) {
      this.typed.removeAttribute("aria-activedescendant");
      return;
    }
    line.classList.add("is-active");
    line.scrollIntoView({ block: "nearest" });
    this.typed.setAttribute("aria-activedescendant", line.id);
  }

  move(step) {
    const all = [...this.lines.children];
    if (!all.length) return;
    const at = all.indexOf(this.active);
    const outside = step > 0 ? 0 : all.length - 1;
    this.activate(all[at < 0 ? outside : (at + step + all.length) % all.length]);
  }
}
