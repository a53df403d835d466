// Fetches a piece of page that the server rendered and swaps it in, keeping focus and scroll; never over a field in use.

import { tickAll } from "./clock.js";
import { openFolds, reopen } from "./folds.js";
import { say } from "./words.js";

const newest = new WeakMap();
const LOOK_AGAIN = 100;
const HOLD_AT_MOST = 3000;

// What a finger or the mouse is on right now: a piece is never changed under it.
let pressed = null;
const release = () => { pressed = null; };
globalThis.document?.addEventListener("pointerdown", (event) => { pressed = event.target; }, true);
["pointerup", "pointercancel"].forEach((name) =>
  // The click comes after the release.
  globalThis.document?.addEventListener(name, () => setTimeout(release), true));

async function released(root) {
  const since = performance.now();
  while (pressed && root.contains(pressed) && performance.now() - since < HOLD_AT_MOST) {
    await new Promise((resolve) => { setTimeout(resolve, LOOK_AGAIN); });
  }
}

const parse = (html) => new DOMParser().parseFromString(html, "text/html").body;

function focusMark(root) {
  const node = document.activeElement;
  if (!node || node === root || !root.contains(node)) return null;
  return { key: node.dataset.key, name: node.name, value: node.value, href: node.getAttribute("href") };
}

function refocus(root, mark) {
  if (!mark) return;
  const fits = (node) =>
    (mark.key && node.dataset.key === mark.key) ||
    (mark.name && node.name === mark.name && node.value === mark.value) ||
    (mark.href && node.getAttribute("href") === mark.href);
  const node = [...root.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")].find(fits);
  (node ?? root).focus({ preventScroll: true });
}

function changed(field) {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.tagName === "SELECT") {
    // Where the page names no choice, the browser itself has taken the first.
    const named = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(named, 0);
  }
  return field.value !== field.defaultValue;
}

const fieldsOf = (root) => [...root.querySelectorAll("textarea, input:not([type=hidden]), select")];

// Something was typed or chosen here, and was not sent; or was refused, and stands here as the page's own.
export const unsent = (root) => root.querySelector("[data-unsent]") !== null || fieldsOf(root).some(changed);

const inUse = (root) =>
  unsent(root) || fieldsOf(root).some((field) => field === document.activeElement && field.type !== "radio");

export function swap(root, html) {
  const body = parse(html);
  // The answer may be the fragment with or without its own frame.
  const inner = body.querySelector("[data-live-fragment]");
  const source = inner && inner.dataset.liveFragment === root.dataset.liveFragment ? inner : body;
  if (source.dataset.liveCalls) root.dataset.liveCalls = source.dataset.liveCalls;
  const mark = focusMark(root);
  const scroll = root.scrollTop;
  const folds = openFolds(root);
  root.replaceChildren(...source.childNodes);
  reopen(root, folds);
  root.scrollTop = scroll;
  globalThis.htmx?.process(root);
  tickAll(root);
  refocus(root, mark);
  root.dispatchEvent(new CustomEvent("fragment:shown", { bubbles: true }));
}

// While somebody writes in it, the piece waits and offers the change instead.
function offerInstead(root, html) {
  root.querySelector("[data-fragment-waits]")?.remove();
  const button = document.createElement("button");
  button.type = "button";
  button.className = "changed";
  button.dataset.fragmentWaits = "";
  button.textContent = say("changed_here");
  button.addEventListener("click", () => swap(root, html));
  root.prepend(button);
}

// Answers true when the piece is up to date. The last question asked wins, not the last answer heard.
export async function load(url, root) {
  const turn = (newest.get(root) ?? 0) + 1;
  newest.set(root, turn);
  try {
    const answer = await fetch(url, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error(`answer ${answer.status}`);
    const html = await answer.text();
    await released(root);
    if (newest.get(root) !== turn) return true;
    if (inUse(root)) offerInstead(root, html);
    else swap(root, html);
    root.removeAttribute("aria-invalid");
    return true;
  } catch {
    // The old content stays and is marked as such; the next change of the call asks again.
    if (newest.get(root) === turn) root.setAttribute("aria-invalid", "true");
    return false;
  }
}

function concerns(root, ids) {
  const wants = root.dataset.liveCalls ?? "*";
  return wants === "*" || wants.split(",").some((id) => ids.has(id.trim()));
}

// A piece that grows old by itself is fetched at once and then every so many seconds, while it can be seen.
export function startAgeing(root) {
  const ask = () => { if (!document.hidden) load(root.dataset.liveFragment, root); };
  ask();
  setInterval(ask, Number(root.dataset.fragmentEvery) * 1000);
}

// Every [data-live-fragment] whose calls (or units, or people) just changed is fetched again.
export function refresh(changed, store) {
  const ids = new Set([...changed.cards, ...changed.gone, ...changed.units, ...changed.people]);
  changed.units.forEach((id) => ids.add(store.units.get(id)?.call_id));
  if (ids.size === 0) return;
  document.querySelectorAll("[data-live-fragment]").forEach((root) => {
    if (changed.whole || concerns(root, ids)) load(root.dataset.liveFragment, root);
  });
}
