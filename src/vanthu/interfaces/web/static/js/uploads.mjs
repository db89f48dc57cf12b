// The place to drop a file: shows what was chosen, and says at once what the server would refuse.

const words = (bytes) =>
  bytes === 0 ? "0 KB" : bytes < 1048576 ? `${Math.max(Math.round(bytes / 1024), 1)} KB` : `${(bytes / 1048576).toFixed(1).replace(".", ",")} MB`;

function fault(file, input) {
  const limit = Number(input.dataset.limit || 0);
  const allowed = (input.accept || "").toLowerCase().split(",").map((each) => each.trim());
  const ending = file.name.slice(file.name.lastIndexOf(".")).toLowerCase();
  if (file.size === 0) return "tệp rỗng";
  if (limit && file.size > limit) return `lớn hơn ${words(limit)}`;
  if (allowed[0] && !allowed.includes(ending)) return "không thuộc loại được nhận";
  return "";
}

// Takes one file back out of those chosen; the others stay.
function dropButton(file, input) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-icon-only push";
  button.setAttribute("aria-label", `Bỏ tệp ${file.name}`);
  button.textContent = "×";
  button.addEventListener("click", () => {
    const left = new DataTransfer();
    for (const each of input.files) if (each !== file) left.items.add(each);
    input.files = left.files;
    show(input);
    input.focus();
  });
  return button;
}

function show(input) {
  const list = input.closest(".drop")?.querySelector(".chosen");
  if (!list) return;
  list.replaceChildren();
  let wrong = "";
  for (const file of input.files) {
    const item = document.createElement("li");
    const found = fault(file, input);
    const name = document.createElement("span");
    name.textContent = `${file.name} · ${words(file.size)}`;
    item.append(name);
    if (found) {
      const note = document.createElement("b");
      note.className = "bad";
      note.textContent = found;
      item.append(note);
      wrong = `«${file.name}»: ${found}. Hãy bỏ tệp này hoặc chọn tệp khác.`;
    }
    item.append(dropButton(file, input));
    list.append(item);
  }
  input.setCustomValidity(wrong);
  input.setAttribute("aria-invalid", String(Boolean(wrong)));
}

// The server would read a file that is too large to its end and then refuse it, and all the others with it.
function refuse(event) {
  if (event.submitter?.formNoValidate) return;
  const wrong = [...event.target.querySelectorAll('.drop input[type="file"]')].find((input) => input.validity.customError);
  if (!wrong) return;
  event.preventDefault();
  wrong.reportValidity();
}

export function startUploads() {
  // Before anything else hears of it: a form that is not sent must not be marked as sent.
  document.addEventListener("submit", refuse, true);
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
