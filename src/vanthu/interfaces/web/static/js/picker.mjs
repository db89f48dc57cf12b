// Choosing several of very many: an editable combobox with a list, after the pattern of WAI-ARIA APG, and what
// is chosen as chips above it. The server finds the lines; what is chosen stands as tokens («ref», «role:ref»)
// in one text field of the form, so that whatever keeps and restores fields keeps and restores this one.

import { PickerChips } from "./picker-chips.mjs";
import { PickerList, failed } from "./picker-list.mjs";

const pause = 200; // Milliseconds without a letter before the server is asked.
const namesAtOnce = 40;
const fewest = 4; // As many are worth a button that drops all.

class Picker {
  #chosen = new Map(); // ref → role, in the order they were chosen.
  #dropped = null; // What «Bỏ tất cả» took away, until something else is done.
  #waiting = 0;
  #isRead = false;

  constructor(field) {
    const part = (name) => field.querySelector(`[data-${name}]`);
    this.field = field;
    this.single = field.dataset.single;
    this.typed = part("typed");
    this.tokens = part("tokens");
    this.count = part("count");
    this.clearing = part("clear");
    this.said = part("said");
    this.status = part("status");
    // What is known of lines by their ref, first of those the page came with.
    this.known = new Map([...part("chosen").children].map((line) => [line.dataset.ref, { ...line.dataset }]));
    for (const plain of field.querySelectorAll("[data-plain]")) plain.remove();
    this.tokens.disabled = false;
    field.dataset.ready = "";
    this.list = new PickerList(field, this.typed);
    this.chips = new PickerChips(field, {
      drop: (ref) => this.drop(ref),
      give: (ref, role) => this.give(ref, role),
      leave: () => this.typed.focus(),
    });
    this.#listen();
    this.#read();
  }

  #listen() {
    this.typed.addEventListener("keydown", (event) => this.#onKey(event));
    this.typed.addEventListener("input", () => this.#onInput());
    this.typed.addEventListener("click", () => {
      if (!this.list.isOpen && !this.typed.value) this.look();
    });
    this.list.lines.addEventListener("click", (event) => this.pick(event.target.closest("[role=option]")));
    this.clearing.addEventListener("click", () => this.#clearOrBringBack());
    this.field.addEventListener("focusout", (event) => {
      if (!this.field.contains(event.relatedTarget)) this.#leave();
    });
    // Whoever restores what was typed sets the value and says so; the browser does it before the page is shown.
    for (const name of ["input", "change"]) this.tokens.addEventListener(name, () => this.#read());
    window.addEventListener("pageshow", () => this.#read());
    this.tokens.form.addEventListener("submit", (event) => this.#refuseWhatIsLeft(event));
  }

  // ---- What is chosen

  // Takes over what stands in the field of tokens, unless it is what was written there.
  #read() {
    if (this.#isRead && this.tokens.value === this.#written()) return;
    this.#isRead = true;
    this.#chosen.clear();
    for (const token of this.tokens.value.split(/\s+/).filter(Boolean)) {
      const at = token.lastIndexOf(":");
      this.#chosen.set(token.slice(at + 1), token.slice(0, Math.max(at, 0)));
    }
    this.#draw();
    this.#nameUnknown();
  }

  #written() {
    return [...this.#chosen].map(([ref, role]) => (role ? `${role}:${ref}` : ref)).join(" ");
  }

  async #nameUnknown() {
    const unknown = [...this.#chosen.keys()].filter((ref) => !this.known.has(ref));
    for (let at = 0; at < unknown.length; at += namesAtOnce) {
      const some = unknown.slice(at, at + namesAtOnce);
      const answer = await this.list.ask({ ten: some.join(" ") }).catch(() => null);
      if (!answer) return;
      for (const ref of some) this.known.set(ref, { name: "(không rõ)", bar: "không còn trong danh sách, hãy bỏ ra" });
      this.#learn(answer.lines);
    }
    if (unknown.length) this.#draw();
  }

  #learn(lines) {
    for (const line of lines) if (line.dataset.ref) this.known.set(line.dataset.ref, { ...line.dataset });
  }

  #nameOf(ref) {
    return this.known.get(ref)?.name ?? "";
  }

  #add(ref, role = "") {
    if (this.#chosen.has(ref)) return false;
    this.#chosen.set(ref, this.#roleFor(role));
    return true;
  }

  // Who is chosen first has the role of one alone, until somebody has it; whoever comes then has the next.
  #roleFor(wanted) {
    const { roles } = this.chips;
    if (!roles.length) return "";
    const isFree = this.single && ![...this.#chosen.values()].includes(this.single);
    if (roles.includes(wanted) && (wanted !== this.single || isFree)) return wanted;
    return isFree && !wanted ? this.single : this.#nextRole;
  }

  get #nextRole() {
    return this.chips.roles.find((role) => role !== this.single);
  }

  drop(ref) {
    this.#chosen.delete(ref);
    this.#changed(`Đã bỏ ${this.#nameOf(ref)}.`);
  }

  give(ref, role) {
    if (role === this.single) {
      for (const [other, theirs] of this.#chosen) if (theirs === role) this.#chosen.set(other, this.#nextRole);
    }
    this.#chosen.set(ref, role);
    this.#changed(`Đã đổi vai trò của ${this.#nameOf(ref)}.`);
  }

  #clearOrBringBack() {
    const before = this.#dropped;
    const had = this.#chosen;
    this.#chosen = new Map(before ?? []);
    this.#changed(before ? "Đã lấy lại." : "Đã bỏ tất cả.");
    if (!before) this.#dropped = had;
    this.#draw();
    this.clearing.focus();
  }

  #changed(words) {
    this.#dropped = null;
    this.#draw();
    this.tokens.value = this.#written();
    this.tokens.dispatchEvent(new Event("change", { bubbles: true }));
    this.#tell(`${words} Đã chọn ${this.#chosen.size}.`);
  }

  #draw() {
    this.chips.draw(this.#chosen, this.known);
    this.count.textContent = String(this.#chosen.size);
    this.clearing.hidden = this.#chosen.size < fewest && !this.#dropped;
    this.clearing.textContent = this.#dropped ? `Lấy lại ${this.#dropped.size} dòng` : "Bỏ tất cả";
  }

  // ---- Looking and picking

  async look({ last = false, first = Boolean(this.typed.value.trim()) } = {}) {
    clearTimeout(this.#waiting);
    const answer = await this.list.look();
    if (!answer) return;
    this.#learn(answer.lines);
    this.list.show(answer, (ref) => this.#chosen.has(ref));
    if (last) this.list.move(-1);
    else if (first) this.list.activate(this.list.firstFree);
    this.#tell([answer.lines.length ? `${answer.lines.length} dòng.` : "", answer.more].join(" ").trim());
  }

  async pick(line) {
    if (!line) return;
    const { ref, role, group, name, bar } = line.dataset;
    if (bar) {
      this.#say(`${name}: ${bar}.`);
      return;
    }
    if (group) {
      await this.#pickGroup(group, name);
      return;
    }
    const isNew = this.#add(ref, role);
    this.#done(isNew ? "" : `${name} đã được chọn từ trước.`);
    if (isNew) this.#changed(`Đã chọn ${name}.`);
    this.#bringIntoSight();
  }

  async #pickGroup(group, name) {
    // At once, so that what is typed while the members come is not taken for what was.
    this.#done(`Đang thêm «${name}»…`);
    const answer = await this.list.ask({ nhom: group }).catch(() => null);
    if (!answer) {
      this.#say(failed);
      return;
    }
    this.#learn(answer.lines);
    const added = answer.lines.filter((line) => this.#add(line.dataset.ref, line.dataset.role)).length;
    const words = added ? `Đã thêm ${added} từ «${name}».` : `Không còn dòng nào để thêm từ «${name}».`;
    this.#changed(words);
    this.#say(words);
    this.#bringIntoSight();
  }

  #done(words) {
    this.typed.value = "";
    this.list.close();
    this.#say(words);
    this.typed.focus();
  }

  #bringIntoSight() {
    this.chips.place.scrollTop = this.chips.place.scrollHeight;
    this.typed.scrollIntoView({ block: "nearest" });
  }

  // ---- Words

  // For everybody to see, under the field.
  #say(words) {
    this.said.textContent = words;
  }

  // For who does not see the list and the chips.
  #tell(words) {
    this.status.textContent = words;
  }

  #leave() {
    clearTimeout(this.#waiting);
    this.list.close();
    const left = this.typed.value.trim();
    this.#say(left ? `Đã gõ «${left}» nhưng chưa chọn dòng nào.` : "");
  }

  // What was typed and not chosen would be missed in silence.
  #refuseWhatIsLeft(event) {
    const left = this.typed.value.trim();
    if (!left || event.defaultPrevented) return;
    event.preventDefault();
    this.typed.focus();
    this.#say(`Đã gõ «${left}» nhưng chưa chọn dòng nào. Hãy chọn trong danh sách, hoặc xóa chữ đã gõ.`);
    this.look();
  }

  // ---- Keys

  #onInput() {
    this.list.activate(null);
    this.#say("");
    clearTimeout(this.#waiting);
    if (this.typed.value.trim()) this.#waiting = setTimeout(() => this.look(), pause);
    else this.list.close();
  }

  #onKey(event) {
    // Letters on their way from the keyboard of a language are not keys yet.
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    const ways = {
      ArrowDown: () => this.#down(),
      ArrowUp: () => this.#up(event.altKey),
      Enter: () => this.#enter(),
      Escape: () => this.#escape(),
      Backspace: () => this.#back(event),
      ArrowLeft: () => this.#back(event),
      Home: () => this.list.activate(null),
      End: () => this.list.activate(null),
    };
    if (!ways[event.key]?.()) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #down() {
    if (this.list.isOpen) this.list.move(1);
    else this.look({ first: true });
    return true;
  }

  #up(isClosing) {
    if (isClosing) this.list.close();
    else if (this.list.isOpen) this.list.move(-1);
    else this.look({ last: true });
    return true;
  }

  // Enter never sends the form from here; without a line to choose it asks at once.
  #enter() {
    if (this.list.isOpen && this.list.active) this.pick(this.list.active);
    else if (this.typed.value.trim()) this.look();
    return true;
  }

  #escape() {
    if (!this.list.isOpen && !this.typed.value) return false;
    if (this.list.isOpen) this.list.close();
    else this.typed.value = "";
    this.#say("");
    return true;
  }

  // The last chip is gone to first and dropped by a second press: a key held down deletes letters alone.
  #back(event) {
    const last = this.chips.drops.at(-1);
    if (!last || event.repeat || this.typed.selectionStart || this.typed.selectionEnd) return false;
    if (event.key === "Backspace" && this.typed.value) return false;
    this.list.close();
    this.chips.goTo(last);
    return true;
  }
}

export function startPicker() {
  for (const field of document.querySelectorAll("[data-picker]")) new Picker(field);
}
