// Where in which list the person was, so that the way back leads there. Kept for this window alone.

const KEY = "vanthu-list";

export const listAddress = () => location.pathname + location.search;

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}

// The rows below come next and those above last: when the document has left the list, its successor is chosen.
export function keep(row, rows) {
  const at = rows.indexOf(row);
  const order = [...rows.slice(at), ...rows.slice(0, at).reverse()].map((each) => each.dataset.document);
  sessionStorage.setItem(KEY, JSON.stringify({ path: location.pathname, address: listAddress(), order }));
}

// Only whoever comes back finds the old place; whoever comes from elsewhere starts at the top.
function comesBack(path) {
  const [visit] = performance.getEntriesByType("navigation");
  if (visit?.type === "back_forward" || visit?.type === "reload") return true;
  return document.referrer.startsWith(location.origin + path);
}

export function rowToReturnTo(rows) {
  const { path, order } = kept();
  if (path !== location.pathname || !comesBack(path)) return null;
  const byDocument = new Map(rows.map((row) => [row.dataset.document, row]));
  return byDocument.get(order.find((each) => byDocument.has(each))) ?? null;
}

// The crumb of the list leads to the tab, page and filter the person came from.
export function startBookmark() {
  const { path, address } = kept();
  for (const link of document.querySelectorAll(".crumbs a")) {
    if (link.pathname === path && !link.search) link.href = address;
  }
}
