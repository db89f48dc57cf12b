// How long a text may be: counted while it is written, once it comes near its end. A form that holds one too
// long is not sent: the server would refuse it, and the files chosen beside it would be lost.

const NEAR = 0.8;
const number = (count) => count.toLocaleString("vi-VN");

// As the server counts: composed, outer blanks aside, a line end is one letter.
const lengthOf = (field) => [...field.value.normalize("NFC").trim()].length;

function counterOf(field) {
  const known = field.parentElement.querySelector(".letter-count");
  if (known) return known;
  const made = document.createElement("output");
  made.className = "letter-count small";
  made.setAttribute("for", field.id);
  made.setAttribute("aria-live", "polite");
  field.after(made);
  return made;
}

function count(field) {
  const [most, long] = [Number(field.dataset.most), lengthOf(field)];
  const isTooLong = long > most;
  const said = isTooLong ? `Quá dài: ${number(long)} ký tự, nhiều nhất ${number(most)}. Hãy viết gọn lại.` : "";
  field.setCustomValidity(said);
  if (isTooLong) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
  if (long < NEAR * most && !field.parentElement.querySelector(".letter-count")) return;
  const counter = counterOf(field);
  counter.textContent = said || (long < NEAR * most ? "" : `${number(long)}/${number(most)} ký tự`);
  counter.classList.toggle("bad", isTooLong);
}

function refuse(event) {
  if (event.submitter?.formNoValidate) return;
  const long = [...event.target.querySelectorAll("textarea[data-most]")].find((field) => field.validity.customError);
  if (!long) return;
  event.preventDefault();
  long.focus();
  long.reportValidity();
}

export function startLengths() {
  // Before anything else hears of it: a form that is not sent must not be marked as sent.
  document.addEventListener("submit", refuse, true);
  document.addEventListener("input", (event) => {
    if (event.target.matches?.("textarea[data-most]")) count(event.target);
  });
  for (const field of document.querySelectorAll("textarea[data-most]")) if (field.value) count(field);
}
