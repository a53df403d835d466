// Keyboard shortcuts from data-key ("F3", "Shift+F8", "Ctrl+Enter", "t"): presses or focuses the element that carries it.

const FUNCTION_KEY = /^F\d{1,2}$/;
// F2 is the command line's; F5, F7, F11 and F12 belong to the browser.
const RESERVED = new Set(["F2", "F5", "F7", "F11", "F12"]);

export function nameOf(event) {
  const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push("Ctrl");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && event.key.length > 1) parts.push("Shift");
  return [...parts, name].join("+");
}

export function isField(node) {
  if (!node?.matches) return false;
  return node.matches("textarea, select, [contenteditable]") ||
    (node.matches("input") && !["radio", "checkbox", "button", "submit"].includes(node.type));
}

// Function keys and Ctrl+Enter work everywhere; a single letter only where data-key-scope holds the focus.
export function allowed(name, event, inScope) {
  if (RESERVED.has(name)) return false;
  const last = name.split("+").at(-1);
  if (FUNCTION_KEY.test(last) || name === "Ctrl+Enter") return true;
  if (isField(event.target)) return false;
  return last.length > 1 || inScope;
}

function press(node) {
  // Tab goes on from the summary into what it opened.
  if (node.matches("summary")) node.focus({ preventScroll: true });
  if (node.matches("a, button, summary")) node.click();
  else node.focus();
}

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.repeat || event.isComposing) return;
    const name = nameOf(event);
    const target = [...document.querySelectorAll("[data-key]")].find(
      // The link to the page that is shown leaves its key to the page: F9 on the board is the oldest waiting.
      (node) => node.dataset.key === name && !node.disabled && !node.matches('[aria-current="page"]') &&
        node.checkVisibility?.() !== false,
    );
    if (!target) return;
    const scope = target.closest("[data-key-scope]");
    if (!allowed(name, event, scope?.contains(event.target) ?? false)) return;
    event.preventDefault();
    press(target);
  });
}
