// <place-editor for="id of a pdf-viewer">: the places of number, date, signature and seal, as boxes on the paper.
// The truth is in the number inputs between the tags (data-place="so", names page, x, y, width, height; points,
// from the lower left corner of the page), so the form works without this file too.

const PARTS = ["page", "x", "y", "width", "height"];
const SMALLEST = 6;

class PlaceEditor extends HTMLElement {
  connectedCallback() {
    this.viewer = document.getElementById(this.getAttribute("for"));
    if (!this.viewer) return;
    this.places = [...this.querySelectorAll("[data-place]")].map((row) => this.#place(row));
    const start = () => this.places.forEach((place) => this.#draw(place));
    if (this.viewer.dataset.ready === "yes") start();
    else this.viewer.addEventListener("pdf-ready", start, { once: true });
    // A page of another size than the first is known only when it is drawn.
    this.viewer.addEventListener("pdf-page", start);
    this.#fold();
  }

  /** Folded away, the places leave the paper to the reader; unfolded, the signature's comes into view. */
  #fold() {
    const folder = this.closest("details");
    if (!folder) return;
    const show = () => this.viewer.scroll.classList.toggle("no-places", !folder.open);
    show();
    folder.addEventListener("toggle", () => {
      show();
      const signature = this.places.find((place) => place.kind === "signature") ?? this.places[0];
      if (folder.open && signature.box.isConnected) signature.box.scrollIntoView({ block: "center", behavior: "smooth" });
    });
  }

  #place(row) {
    const inputs = Object.fromEntries(PARTS.map((part) => [part, row.querySelector(`[data-part="${part}"]`)]));
    const place = { name: row.dataset.label, kind: row.dataset.kind || "text", inputs, box: this.#box(row) };
    for (const input of Object.values(inputs)) input.addEventListener("input", () => this.#draw(place));
    this.#mouse(place);
    this.#keys(place);
    place.box.addEventListener("focus", () => row.classList.add("is-active"));
    place.box.addEventListener("blur", () => row.classList.remove("is-active"));
    return place;
  }

  #box(row) {
    const box = document.createElement("div");
    box.className = "place-box";
    box.dataset.kind = row.dataset.kind || "text";
    box.tabIndex = 0;
    box.setAttribute("role", "group");
    box.setAttribute("aria-roledescription", "khung đặt vị trí");
    const label = document.createElement("span");
    label.className = "place-label";
    label.textContent = row.dataset.label;
    const grip = document.createElement("span");
    grip.className = "place-grip";
    grip.setAttribute("aria-hidden", "true");
    box.append(label, grip);
    return box;
  }

  #values({ inputs }) {
    return Object.fromEntries(PARTS.map((part) => [part, Number(inputs[part].value.replace(",", "."))]));
  }

  #draw(place) {
    const { page, x, y, width, height } = this.#values(place);
    const sheet = this.viewer.pageElement(page);
    const viewport = this.viewer.viewport(page);
    if (!sheet || !viewport || !(width > 0) || !(height > 0)) {
      place.box.remove();
      return;
    }
    const [left, bottom] = viewport.convertToViewportPoint(x, y);
    const [right, top] = viewport.convertToViewportPoint(x + width, y + height);
    const share = (value, whole) => `${((value / whole) * 100).toFixed(3)}%`;
    place.box.style.left = share(Math.min(left, right), viewport.width);
    place.box.style.top = share(Math.min(top, bottom), viewport.height);
    place.box.style.width = share(Math.abs(right - left), viewport.width);
    place.box.style.height = share(Math.abs(bottom - top), viewport.height);
    if (place.box.parentElement !== sheet) sheet.append(place.box);
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
    for (const part of PARTS) place.inputs[part].value = String(Math.round(next[part] * 10) / 10);
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

customElements.define("place-editor", PlaceEditor);
