// What is chosen in a picker, as chips: each with its name, a button that drops it and, where there are roles,
// the choice of one. A press is told to `acts`: drop(ref), give(ref, role), leave().

export class PickerChips {
  constructor(field, acts) {
    this.acts = acts;
    this.place = field.querySelector("[data-chosen]");
    this.template = field.querySelector("[data-chip]").content.firstElementChild;
    this.roles = [...this.template.querySelectorAll("[data-role]")].map((each) => each.value);
    this.name = field.querySelector("[data-tokens]").name;
    this.place.addEventListener("click", (event) => this.#onClick(event));
    this.place.addEventListener("keydown", (event) => this.#onKey(event));
    this.place.addEventListener("change", (event) => this.#onRole(event));
  }

  draw(chosen, known) {
    this.place.replaceChildren(...[...chosen].map(([ref, role]) => this.#chip(ref, role, known.get(ref))));
    this.place.hidden = !chosen.size;
    this.#rove(this.drops.at(-1));
  }

  #chip(ref, role, { name = "Đang đọc tên…", note = "", bar = "" } = {}) {
    const chip = this.template.cloneNode(true);
    chip.dataset.ref = ref;
    chip.title = note;
    chip.classList.toggle("is-barred", Boolean(bar));
    chip.querySelector("[data-name]").textContent = name;
    chip.querySelector("[data-note]").textContent = bar || note;
    chip.querySelector("[data-drop]").setAttribute("aria-label", `Bỏ ${name}`);
    chip.querySelector(".chip-roles")?.setAttribute("aria-label", `Vai trò của ${name}`);
    for (const radio of chip.querySelectorAll("[data-role]")) {
      radio.name = `${this.name}-role-${ref}`;
      radio.checked = radio.value === role;
      // One choice by their name, and of no form: what they say stands in the tokens, and is sent once.
      radio.setAttribute("form", "");
    }
    return chip;
  }

  get drops() {
    return [...this.place.querySelectorAll("[data-drop]")];
  }

  // Of many chips one is a stop of the Tab key, and arrows lead to the others; rows with roles are few.
  #rove(stop) {
    if (this.roles.length) return;
    for (const each of this.drops) each.tabIndex = each === stop ? 0 : -1;
  }

  goTo(drop) {
    if (!drop) {
      this.acts.leave();
      return;
    }
    this.#rove(drop);
    drop.focus();
  }

  #drop(button) {
    this.acts.drop(button.closest(".chip").dataset.ref);
  }

  #onClick(event) {
    const button = event.target.closest("[data-drop]");
    if (!button) return;
    const at = this.drops.indexOf(button);
    this.#drop(button);
    // After a press of a key the focus goes to the next; a finger leaves the keyboard of the phone closed.
    if (event.detail === 0) this.goTo(this.drops[at] ?? this.drops.at(-1));
  }

  #onKey(event) {
    const button = event.target.closest("[data-drop]");
    if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
    const all = this.drops;
    const at = all.indexOf(button);
    const ways = {
      ArrowLeft: () => this.goTo(all[Math.max(at - 1, 0)]),
      ArrowRight: () => this.goTo(all[at + 1]),
      Home: () => this.goTo(all[0]),
      End: () => this.goTo(all.at(-1)),
      Escape: () => this.acts.leave(),
      Backspace: () => { this.#drop(button); this.acts.leave(); },
      Delete: () => { this.#drop(button); this.goTo(this.drops[at]); },
    };
    if (!(event.key in ways)) return;
    event.preventDefault();
    event.stopPropagation();
    // A key held down goes on, but drops nothing more.
    if (!event.repeat || event.key.startsWith("Arrow")) ways[event.key]();
  }

  #onRole(event) {
    if (!event.target.matches("[data-role]")) return;
    event.stopPropagation();
    const { ref } = event.target.closest(".chip").dataset;
    this.acts.give(ref, event.target.value);
    // The chips were drawn anew.
    this.place.querySelector(`[data-ref="${CSS.escape(ref)}"] :checked`)?.focus();
  }
}
