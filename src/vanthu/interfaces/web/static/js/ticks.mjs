// A tick that is missing is asked for in the page's own words, not in the language of the browser.

export function startTicks() {
  document.addEventListener("invalid", (event) => {
    const tick = event.target;
    if (tick.matches("input[data-said]") && tick.validity.valueMissing) tick.setCustomValidity(tick.dataset.said);
  }, true);
  document.addEventListener("change", (event) => {
    if (event.target.matches?.("input[data-said]")) event.target.setCustomValidity("");
  });
}
