// <pdf-viewer src="…" name="…">link to the file</pdf-viewer>: pages drawn as they come into view.
// What stands between the tags is what a browser without scripts shows, and stays as the way out on errors.

const assets = new URL("../vendor/pdfjs/", import.meta.url);
let library;

async function pdfjs() {
  library ??= import(new URL("pdf.min.mjs", assets)).then((module) => {
    module.GlobalWorkerOptions.workerSrc = new URL("pdf.worker.min.mjs", assets).href;
    return module;
  });
  return library;
}

const FAULTS = {
  PasswordException: "Tệp PDF này được đặt mật khẩu nên không xem được ở đây. Hãy tải tệp về và mở bằng mật khẩu của nơi gửi.",
  InvalidPDFException: "Tệp PDF này bị hỏng, không đọc được.",
  ResponseException: "Chưa tải được tệp từ máy chủ. Hãy tải lại trang.",
};
const ZOOMS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 3, 4];
const MOST_PIXELS = 16_000_000;
const KEPT_PAGES = 10;
// On paper: so many pages from here, and so much finer than on a plain screen; the rest is the file's to print.
const PRINTED_PAGES = 30;
const PRINTED_SHARPNESS = 2;

function button(icon, label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", label);
  made.innerHTML = `<i class="ti ti-${icon}" aria-hidden="true"></i>`;
  made.addEventListener("click", act);
  return made;
}

class PdfViewer extends HTMLElement {
  #task;
  #pdf;
  #pages = [];
  #zoom = 1; // 1 is the width of the window
  #drawn = [];
  #watcher;
  #resizing;
  #turn = 0;
  #kept = KEPT_PAGES;
  #sharpness = 1; // the least

  connectedCallback() {
    if (this.dataset.ready) return;
    this.dataset.ready = "loading";
    this.fallback = [...this.childNodes];
    this.#frame();
    this.#open().catch((error) => this.#fail(error));
  }

  disconnectedCallback() {
    this.#watcher?.disconnect();
    this.#resizing?.disconnect();
    this.#task?.destroy();
  }

  /** The element of page `number` (from 1), for whoever lays something over it. */
  pageElement(number) {
    return this.#pages[number - 1]?.element;
  }

  /** PDF.js's viewport of page `number` at 1 point = 1 pixel: turns points into places on the page and back. */
  viewport(number) {
    return this.#pages[number - 1]?.page.getViewport({ scale: 1 });
  }

  /** Draw every page for the printer, as far as pages are printed from here. */
  async drawToPrint() {
    this.#turn += 1;
    this.#kept = PRINTED_PAGES;
    this.#sharpness = PRINTED_SHARPNESS;
    for (let number = 1; number <= Math.min(this.#pages.length, PRINTED_PAGES); number += 1) await this.#draw(number);
  }

  restAfterPrint() {
    this.#kept = KEPT_PAGES;
    this.#sharpness = 1;
  }

  get pageCount() {
    return this.#pages.length;
  }

  #frame() {
    const name = this.getAttribute("name") || "văn bản";
    this.bar = document.createElement("div");
    this.bar.className = "viewer-bar";
    this.count = document.createElement("span");
    this.count.className = "pages";
    this.zoomText = document.createElement("span");
    this.zoomText.className = "zoom";
    this.zoomText.setAttribute("aria-live", "polite");
    const full = document.createElement("a");
    full.href = this.getAttribute("src");
    full.target = "_blank";
    full.rel = "noopener";
    full.title = "Mở tệp ở thẻ mới";
    full.setAttribute("aria-label", "Mở tệp ở thẻ mới");
    full.innerHTML = '<i class="ti ti-external-link" aria-hidden="true"></i>';
    this.bar.append(
      this.count,
      button("zoom-out", "Thu nhỏ", () => this.#step(-1)),
      this.zoomText,
      button("zoom-in", "Phóng to", () => this.#step(1)),
      button("arrow-autofit-width", "Vừa bề ngang", () => this.#setZoom(1)),
      full,
    );
    this.scroll = document.createElement("div");
    this.scroll.className = "viewer-scroll";
    this.scroll.tabIndex = 0;
    this.scroll.setAttribute("role", "region");
    this.scroll.setAttribute("aria-label", `Nội dung ${name}`);
    this.scroll.addEventListener("scroll", () => this.#tellPage(), { passive: true });
    this.scroll.addEventListener("keydown", (event) => this.#onKey(event));
    this.message = document.createElement("div");
    this.message.className = "viewer-message";
    this.message.setAttribute("role", "status");
    this.message.innerHTML = "<span>Đang tải văn bản…</span><progress aria-label='Tiến độ tải văn bản'></progress>";
    this.scroll.append(this.message);
    this.replaceChildren(this.bar, this.scroll);
  }

  async #open() {
    const { getDocument } = await pdfjs();
    this.#task = getDocument({
      url: this.getAttribute("src"),
      standardFontDataUrl: new URL("standard_fonts/", assets).href,
      cMapUrl: new URL("cmaps/", assets).href,
      cMapPacked: true,
      wasmUrl: new URL("wasm/", assets).href,
      isEvalSupported: false,
      enableXfa: false,
    });
    const progress = this.message.querySelector("progress");
    this.#task.onProgress = ({ loaded, total }) => {
      if (!total) return;
      progress.max = total;
      progress.value = Math.min(loaded, total);
    };
    this.#pdf = await this.#task.promise;
    await this.#lay();
  }

  async #lay() {
    const first = await this.#pdf.getPage(1);
    this.message.remove();
    for (let number = 1; number <= this.#pdf.numPages; number += 1) {
      const element = document.createElement("div");
      element.className = "viewer-page";
      element.dataset.page = String(number);
      element.setAttribute("role", "group");
      element.setAttribute("aria-label", `Trang ${number} trên ${this.#pdf.numPages}`);
      // Until a page is read it is taken to be as large as the first: true of almost every document.
      this.#pages.push({ element, page: first, known: number === 1 });
      this.scroll.append(element);
    }
    this.#watcher = new IntersectionObserver((seen) => this.#onSeen(seen), {
      root: this.scroll,
      rootMargin: "60% 0px",
    });
    this.#size();
    for (const { element } of this.#pages) this.#watcher.observe(element);
    this.#resizing = new ResizeObserver(() => this.#onResize());
    this.#resizing.observe(this.scroll);
    this.#tellPage();
    this.dataset.ready = "yes";
    this.dispatchEvent(new CustomEvent("pdf-ready", { bubbles: true, detail: { pages: this.#pages.length } }));
  }

  #width() {
    const style = getComputedStyle(this.scroll);
    return this.scroll.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
  }

  #scale({ page }) {
    const natural = page.getViewport({ scale: 1 });
    // Fit the width, but no sheet larger than life twice over: a huge screen must not mean huge letters.
    return Math.min(this.#width() / natural.width, 1.8) * this.#zoom;
  }

  #sizeOne(entry) {
    const viewport = entry.page.getViewport({ scale: this.#scale(entry) });
    entry.element.style.width = `${Math.floor(viewport.width)}px`;
    entry.element.style.height = `${Math.floor(viewport.height)}px`;
    entry.element.style.setProperty("--total-scale-factor", String(viewport.scale));
  }

  #size() {
    for (const entry of this.#pages) this.#sizeOne(entry);
    this.zoomText.textContent = `${Math.round(this.#zoom * 100)}%`;
    this.lastWidth = this.#width();
  }

  #onResize() {
    if (Math.abs(this.#width() - this.lastWidth) < 2) return;
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.#redraw(), 120);
  }

  #redraw() {
    const middle = this.scroll.scrollTop / Math.max(this.scroll.scrollHeight, 1);
    this.#turn += 1;
    this.#size();
    this.scroll.scrollTop = middle * this.scroll.scrollHeight;
    this.#drawn = [];
    // Every page is looked at anew: one whose drawing was under way at the old size must be drawn again too.
    for (const { element } of this.#pages) {
      this.#watcher.unobserve(element);
      this.#watcher.observe(element);
    }
  }

  #onSeen(seen) {
    for (const { isIntersecting, target } of seen) {
      if (isIntersecting) this.#draw(Number(target.dataset.page)).catch((error) => this.#failPage(target, error));
    }
  }

  async #draw(number) {
    const entry = this.#pages[number - 1];
    if (entry.drawnAt === this.#turn) return;
    entry.drawnAt = this.#turn;
    const turn = this.#turn;
    if (!entry.known) {
      entry.page = await this.#pdf.getPage(number);
      entry.known = true;
      this.#sizeOne(entry);
    }
    const { page, element } = entry;
    const viewport = page.getViewport({ scale: this.#scale(entry) });
    const sharp = Math.min(
      Math.max(globalThis.devicePixelRatio || 1, this.#sharpness),
      Math.sqrt(MOST_PIXELS / (viewport.width * viewport.height)),
    );
    const canvas = document.createElement("canvas");
    canvas.width = Math.floor(viewport.width * sharp);
    canvas.height = Math.floor(viewport.height * sharp);
    canvas.setAttribute("aria-hidden", "true");
    await page.render({ canvas, viewport, transform: [sharp, 0, 0, sharp, 0, 0] }).promise;
    if (turn !== this.#turn) return;
    element.querySelector("canvas")?.remove();
    element.prepend(canvas);
    await this.#text(entry, viewport);
    this.#remember(entry);
    this.dispatchEvent(new CustomEvent("pdf-page", { bubbles: true, detail: { page: number } }));
  }

  async #text({ page, element }, viewport) {
    element.querySelector(".textLayer")?.remove();
    const { TextLayer } = await pdfjs();
    const container = document.createElement("div");
    container.className = "textLayer";
    element.append(container);
    await new TextLayer({ textContentSource: page.streamTextContent(), container, viewport }).render();
  }

  #remember(entry) {
    this.#drawn = [...this.#drawn.filter((other) => other !== entry), entry];
    while (this.#drawn.length > this.#kept) {
      const old = this.#drawn.shift();
      old.drawnAt = undefined;
      old.element.querySelector("canvas")?.remove();
      old.element.querySelector(".textLayer")?.remove();
      old.page.cleanup();
      // Watched anew, it is drawn again when it comes back into view.
      this.#watcher.unobserve(old.element);
      this.#watcher.observe(old.element);
    }
  }

  #tellPage() {
    const middle = this.scroll.scrollTop + this.scroll.clientHeight / 3;
    const top = this.scroll.offsetTop;
    const at = this.#pages.findLastIndex(({ element }) => element.offsetTop - top <= middle);
    this.count.textContent = `Trang ${Math.max(at, 0) + 1}/${this.#pages.length}`;
  }

  #setZoom(zoom) {
    if (!this.#pages.length || zoom === this.#zoom) return;
    this.#zoom = zoom;
    this.#redraw();
  }

  #step(direction) {
    const near = ZOOMS.filter((each) => (direction > 0 ? each > this.#zoom + 0.01 : each < this.#zoom - 0.01));
    const next = direction > 0 ? near[0] : near.at(-1);
    if (next) this.#setZoom(next);
  }

  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const acts = { "+": () => this.#step(1), "=": () => this.#step(1), "-": () => this.#step(-1), 0: () => this.#setZoom(1) };
    if (!(event.key in acts)) return;
    event.preventDefault();
    acts[event.key]();
  }

  #failPage(target, error) {
    if (error?.name === "RenderingCancelledException") return;
    target.textContent = "Không vẽ được trang này.";
    console.error(error);
  }

  #fail(error) {
    console.error(error);
    this.dataset.ready = "failed";
    const text = document.createElement("p");
    text.textContent = FAULTS[error?.name] || "Không mở được văn bản ở đây. Hãy mở tệp bằng liên kết bên dưới.";
    this.message.setAttribute("role", "alert");
    this.message.innerHTML = '<i class="ti ti-file-alert" aria-hidden="true"></i>';
    this.message.append(text, ...this.fallback);
    if (!this.message.isConnected) this.scroll.replaceChildren(this.message);
  }
}

customElements.define("pdf-viewer", PdfViewer);
