// What was typed into a long form outlives a session that ended or a refusal that showed another page.
// It is kept by this tab alone, from the moment the form is sent until a page of the system shows that it
// arrived; only words and choices, never files, hidden values or anything of a secret.

const key = "vanthu-kept";
const kept = "textarea[name], select[name], input[type=text][name], input[type=radio][name]";
const here = () => location.pathname + location.search;

function keep(form) {
  const words = {};
  for (const field of form.querySelectorAll(kept)) {
    if (field.type !== "radio" || field.checked) words[field.name] = field.value;
  }
  sessionStorage.setItem(key, JSON.stringify({ address: here(), person: form.dataset.keep, words }));
}

// Whether any field differed from what was kept, and now does not.
function putBack(form, words) {
  let changed = false;
  for (const field of form.querySelectorAll(kept)) {
    const was = words[field.name];
    if (was === undefined) continue;
    if (field.type === "radio") {
      changed ||= field.checked !== (field.value === was);
      field.checked = field.value === was;
    } else if (field.value !== was) {
      field.value = was;
      changed = true;
    }
  }
  return changed;
}

function say(form) {
  const notice = document.createElement("div");
  notice.className = "notice notice-wait";
  notice.setAttribute("role", "status");
  notice.dataset.kept = "";
  const icon = document.createElement("i");
  icon.className = "ti ti-history";
  icon.setAttribute("aria-hidden", "true");
  const said = document.createElement("div");
  said.textContent = "Đã điền lại những gì bạn gõ trước đó, chưa lưu. Hãy xem lại tệp và nơi nhận, rồi lưu dự thảo.";
  notice.append(icon, said);
  form.before(notice);
}

function restore() {
  const stored = sessionStorage.getItem(key);
  // The sign-in page and pages that refuse stand in between.
  if (!stored || !document.querySelector(".shell") || document.querySelector(".error-page")) return;
  sessionStorage.removeItem(key);
  const { address, person, words } = JSON.parse(stored);
  const form = document.querySelector("form[data-keep]");
  if (form && address === here() && person === form.dataset.keep && putBack(form, words)) say(form);
}

export function startKept() {
  restore();
  document.addEventListener("submit", (event) => {
    if (event.target.matches("form[data-keep]") && !event.defaultPrevented) keep(event.target);
  });
}
