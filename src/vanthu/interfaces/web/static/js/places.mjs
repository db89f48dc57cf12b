// The places of number, date, signature and seal, as boxes on the paper of the pdf-viewer named by «for».
// <place-marks>: for whoever reads; the numbers are in the data of its parts.
// <place-editor>: for whoever moves them. The truth is in the number inputs between the tags (data-place="so",
// names page, x, y, width, height; points, from the lower left corner of the page), so the form works without
// this file too.

const PARTS = ["page", "x", "y", "width", "height"];
const SMALLEST = 6;
// How the real thing is set (pdfsign/appearance): type by the height of its box, and never larger or smaller.
const [LINE_HEIGHT, SMALLEST_TYPE, LARGEST_TYPE] = [1.15, 8, 14];

function part(name, words, css) {
  const made = document.createElement("span");
  made.className = css;
  made.textContent = words;
  if (name) made.setAttribute(name, "true");
  return made;
}

/** The box of a place: its name and, for trial, what will be written there. */
function boxOf({ place, label, kind, sample }) {
  const box = document.createElement("div");
  box.className = "place-box";
  box.dataset.name = place;
  box.dataset.kind = kind || "text";
  if (sample) box.append(part("aria-hidden", sample, "place-sample"));
  box.append(part("", label, "place-label"));
  return box;
}

/** Lay a box over its page; false when there is no such page or no such box. */
function lay(viewer, box, { page, x, y, width, height }) {
  const sheet = viewer.pageElement(page);
  const viewport = viewer.viewport(page);
  if (!sheet || !viewport || !(width > 0) || !(height > 0)) {
    box.remove();
    return false;
  }
  const [left, bottom] = viewport.convertToViewportPoint(x, y);
  const [right, top] = viewport.convertToViewportPoint(x + width, y + height);
  const share = (value, whole) => `${((value / whole) * 100).toFixed(3)}%`;
  box.style.left = share(Math.min(left, right), viewport.width);
  box.style.top = share(Math.min(top, bottom), viewport.height);
  box.style.width = share(Math.abs(right - left), viewport.width);
  box.style.height = share(Math.abs(bottom - top), viewport.height);
  const type = Math.min(Math.max(height / LINE_HEIGHT, SMALLEST_TYPE), LARGEST_TYPE);
  box.style.setProperty("--type", String(type));
  if (box.parentElement !== sheet) sheet.append(box);
  return true;
}

/** Do it when the paper is there, and again when a page turns out to be of another size than the first. */
function whenDrawn(viewer, act) {
  if (viewer.dataset.ready === "yes") act();
  else viewer.addEventListener("pdf-ready", act, { once: true });
  viewer.addEventListener("pdf-page", act);
}

class PlaceMarks extends HTMLElement {
  connectedCallback() {
    const viewer = document.getElementById(this.getAttribute("for"));
    if (!viewer) return;
    const marks = [...this.querySelectorAll("[data-place]")].map(({ dataset }) => ({ dataset, box: boxOf(dataset) }));
    for (const { box, dataset } of marks) {
      box.classList.add("place-shown");
      box.setAttribute("role", "img");
      box.setAttribute("aria-label", `Khung ${dataset.label}`);
    }
    const numbers = (data) => Object.fromEntries(PARTS.map((name) => [name, Number(data[name])]));
    whenDrawn(viewer, () => marks.forEach(({ box, dataset }) => lay(viewer, box, numbers(dataset))));
  }
}

class PlaceEditor extends HTMLElement {
  connectedCallback() {
    this.viewer = document.getElementById(this.getAttribute("for"));
    if (!this.viewer) return;
    this.places = [...this.querySelectorAll("[data-place]")].map((row) => this.#place(row));
    whenDrawn(this.viewer, () => this.places.forEach((place) => this.#draw(place)));
    this.#fold();
  }

  /** Folded away, the places are shown and stay where they are; unfolded, the signature's comes into view. */
  #fold() {
    const folder = this.closest("details");
    if (!folder) return;
    const hold = () => {
      for (const { box } of this.places) {
        box.classList.toggle("place-shown", !folder.open);
        box.tabIndex = folder.open ? 0 : -1;
      }
    };
    hold();
    folder.addEventListener("toggle", () => {
      hold();
      const signature = this.places.find((place) => place.kind === "signature") ?? this.places[0];
      if (folder.open && signature.box.isConnected) signature.box.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  }

  #place(row) {
    const inputs = Object.fromEntries(PARTS.map((name) => [name, row.querySelector(`[data-part="${name}"]`)]));
    const place = { name: row.dataset.label, kind: row.dataset.kind || "text", row, inputs, box: this.#box(row) };
    place.confirmed = row.querySelector('[data-part="confirmed"]');
    place.confirmed?.addEventListener("change", () => this.#tell(place));
    for (const input of Object.values(inputs)) {
      input.addEventListener("input", () => {
        this.#put(place);
        this.#draw(place);
      });
    }
    this.#tell(place);
    this.#mouse(place);
    this.#keys(place);
    place.box.addEventListener("focus", () => row.classList.add("is-active"));
    place.box.addEventListener("blur", () => row.classList.remove("is-active"));
    return place;
  }

  #box(row) {
    const box = boxOf(row.dataset);
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-roledescription", "khung đặt vị trí");
    box.append(part("aria-hidden", "", "place-grip"));
    return box;
  }

  /** Somebody has put this box where it is: it is no guess any more. */
  #put(place) {
    if (!place.confirmed || place.confirmed.checked) return;
    place.confirmed.checked = true;
    this.#tell(place);
  }

  #tell({ row, box, confirmed }) {
    if (!confirmed) return;
    box.classList.toggle("is-guess", !confirmed.checked);
    row.querySelector(".tag").textContent = confirmed.checked ? "đã đặt" : "đặt tạm";
    row.querySelector(".tag").classList.toggle("tag-amber", !confirmed.checked);
  }

  #values({ inputs }) {
    return Object.fromEntries(PARTS.map((name) => [name, Number(inputs[name].value.replace(",", "."))]));
  }

  #draw(place) {
    const { page, x, y, width, height } = this.#values(place);
    if (!lay(this.viewer, place.box, { page, x, y, width, height })) return;
    place.box.setAttribute(
      "aria-label",
      `${place.name}, trang ${page}, cách trái ${Math.round(x)} điểm, cách đáy ${Math.round(y)} điểm. ` +
        "Phím mũi tên để dời, giữ Alt để đổi cỡ, giữ Shift để đi xa.",
    );
  }

  #write(place, changed) {
    const viewport = this.viewer.viewport(changed.page ?? this.#values(place).page);
    const next = { ...this.#values(place), ...changed };
    const [left, bottom, right, top] = viewport.viewBox;
    next.width = Math.min(Math.max(next.width, SMALLEST), right - left);
    next.height = Math.min(Math.max(next.height, SMALLEST), top - bottom);
    next.x = Math.min(Math.max(next.x, left), right - next.width);
    next.y = Math.min(Math.max(next.y, bottom), top - next.height);
    for (const name of PARTS) place.inputs[name].value = String(Math.round(next[name] * 10) / 10);
    this.#put(place);
    this.#draw(place);
  }

  /** A point of the screen as points of the sheet under `place`. */
  #point(place, event) {
    const { page } = this.#values(place);
    const area = this.viewer.pageElement(page).getBoundingClientRect();
    const viewport = this.viewer.viewport(page);
    return viewport.convertToPdfPoint(
      ((event.clientX - area.left) / area.width) * viewport.width,
      ((event.clientY - area.top) / area.height) * viewport.height,
    );
  }

  #mouse(place) {
    place.box.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      place.box.focus({ preventScroll: true });
      place.box.setPointerCapture(event.pointerId);
      const resizing = event.target.classList.contains("place-grip");
      const from = this.#point(place, event);
      const was = this.#values(place);
      const follow = (moved) => {
        const [x, y] = this.#point(place, moved);
        const [dx, dy] = [x - from[0], y - from[1]];
        if (resizing) this.#write(place, { width: was.width + dx, height: was.height - dy, y: was.y + dy });
        else this.#write(place, { x: was.x + dx, y: was.y + dy });
      };
      const stop = () => {
        place.box.removeEventListener("pointermove", follow);
        this.#turnPage(place);
      };
      place.box.addEventListener("pointermove", follow);
      place.box.addEventListener("pointerup", stop, { once: true });
      place.box.addEventListener("pointercancel", stop, { once: true });
    });
  }

  /** Nothing is dropped between pages: a box stays on its sheet; another page is chosen by its number. */
  #turnPage(place) {
    place.inputs.page.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #keys(place) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
    place.box.addEventListener("keydown", (event) => {
      const arrow = arrows[event.key];
      if (!arrow) return;
      event.preventDefault();
      event.stopPropagation();
      const step = event.shiftKey ? 10 : 1;
      const was = this.#values(place);
      const [dx, dy] = arrow.map((each) => each * step);
      if (event.altKey) this.#write(place, { width: was.width + dx, height: was.height + dy });
      else this.#write(place, { x: was.x + dx, y: was.y + dy });
    });
  }
}

customElements.define("place-marks", PlaceMarks);
customElements.define("place-editor", PlaceEditor);
