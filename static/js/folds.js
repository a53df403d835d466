// Folded parts: what opens comes into view, and stays open when the server sends its piece again.

const nameOf = (fold) => fold.querySelector("summary")?.textContent.trim();

export function openFolds(root) {
  return new Set([...root.querySelectorAll("details[open]")].map(nameOf));
}

export function reopen(root, names) {
  root.querySelectorAll("details").forEach((fold) => { if (names.has(nameOf(fold))) fold.open = true; });
}

export function startFolds() {
  document.addEventListener("click", (event) => {
    const fold = event.target.closest?.("summary")?.parentElement;
    if (fold) requestAnimationFrame(() => { if (fold.open) fold.scrollIntoView({ block: "nearest" }); });
  });
}
