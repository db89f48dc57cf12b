// The place to drop a file: shows what was chosen, and says at once what the server would refuse.

const words = (bytes) =>
  bytes < 1048576 ? `${Math.max(Math.round(bytes / 1024), 1)} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;

function fault(file, input) {
  const limit = Number(input.dataset.limit || 0);
  const allowed = (input.accept || "").toLowerCase().split(",").map((each) => each.trim());
  const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (file.size === 0) return "tệp rỗng";
  if (limit && file.size > limit) return `lớn hơn ${words(limit)}`;
  if (allowed[0] && !allowed.includes(ending)) return "không thuộc loại được nhận";
  return "";
}

function show(input) {
  const list = input.closest(".drop")?.querySelector(".chosen");
  if (!list) return;
  list.replaceChildren();
  let wrong = "";
  for (const file of input.files) {
    const item = document.createElement("li");
    const found = fault(file, input);
    item.textContent = `${file.name} · ${words(file.size)}`;
    if (found) {
      const note = document.createElement("b");
      note.className = "bad push";
      note.textContent = found;
      item.append(note);
      wrong = `Tệp «${file.name}» ${found}. Hãy chọn tệp khác.`;
    }
    list.append(item);
  }
  input.setCustomValidity(wrong);
  input.setAttribute("aria-invalid", String(Boolean(wrong)));
}

export function startUploads() {
  document.addEventListener("change", (event) => {
    if (event.target.matches?.('.drop input[type="file"]')) show(event.target);
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      const place = event.target.closest?.(".drop");
      if (!place) return;
      place.classList.toggle("over", name === "dragover");
      if (name === "dragleave") return;
      event.preventDefault();
      const input = place.querySelector('input[type="file"]');
      if (name === "drop" && event.dataTransfer?.files.length) {
        input.files = event.dataTransfer.files;
        show(input);
      }
    });
  }
}
