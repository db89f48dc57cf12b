// Ctrl+P on a page with a paper: pages are drawn as they come into view, so all of them are drawn first, and then
// the browser is asked to print. Whoever prints from the browser's menu gets the pages drawn so far, and is told.

const papers = () => [...document.querySelectorAll("pdf-viewer[data-ready=yes]")].filter((paper) => !paper.closest("#peek"));

function isPrintKey(event) {
  return (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "p";
}

export function startPrinting() {
  document.addEventListener("keydown", async (event) => {
    if (!isPrintKey(event) || !papers().length) return;
    event.preventDefault();
    if (event.repeat) return;
    await Promise.allSettled(papers().map((paper) => paper.drawToPrint()));
    window.print();
  });
  window.addEventListener("afterprint", () => {
    for (const paper of papers()) paper.restAfterPrint();
  });
}
