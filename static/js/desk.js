// The clinician's desk: presence from a worker, the ringing dock and its keys.

import { tell, tellUrgently } from "./announce.js";
import { nameOf } from "./keys.js";
import { say } from "./words.js";

const BEAT_EVERY = 15000;
export const KEYS_WAIT = 500;

// Pure: what a key does to an offer that appeared at `since`; nothing in its first half second.
export function answerFor(name, { since, now }) {
  if (now - since < KEYS_WAIT) return null;
  if (name === "F8") return "accept";
  if (name === "Shift+F8") return "decline";
  return null;
}

export function startBeat(node, csrf) {
  const worker = new Worker(new URL("./beat.worker.js", import.meta.url));
  const shown = document.querySelector("[data-beat-state]");
  worker.addEventListener("message", ({ data }) => {
    if (shown) shown.textContent = data.ok ? say("presence_ok") : say("presence_lost");
  });
  worker.postMessage({ url: node.dataset.beat, csrf, every: BEAT_EVERY });
}

// Somebody else took what rang here: said once, and shown for as many seconds as the page says.
export function tellLost(root, told, speak) {
  const node = root.querySelector("[data-lost]");
  if (!node) return;
  if (!told.has(node.dataset.lost)) speak(node.dataset.say);
  told.add(node.dataset.lost);
  setTimeout(() => node.remove(), Number(node.dataset.lasts) * 1000);
}

export function startDesk(root) {
  const seen = new Map();
  const told = new Set();

  const offer = () => root.querySelector("[data-offer]");

  const notice = () => {
    const node = offer();
    if (!node || seen.has(node.dataset.offer)) return;
    seen.set(node.dataset.offer, performance.now());
    tellUrgently(node.dataset.say ?? say("ringing"));
  };

  // Accepting is one press; declining only opens the list of reasons, in which the person then picks.
  const press = (node, action) => {
    const control = node.querySelector(`[data-${action}]`);
    if (!control || control.disabled) return;
    if (action === "decline" && control.matches("details")) {
      control.open = true;
      control.querySelector("select, input, button")?.focus();
    } else control.click();
  };

  document.addEventListener("keydown", (event) => {
    const node = offer();
    const name = nameOf(event);
    if (!node || event.repeat || (name !== "F8" && name !== "Shift+F8")) return;
    event.preventDefault();
    notice();
    const action = answerFor(name, { since: seen.get(node.dataset.offer), now: performance.now() });
    if (action) press(node, action);
  });
  root.addEventListener("fragment:shown", notice);
  root.addEventListener("fragment:shown", () => tellLost(root, told, tell));
  tellLost(root, told, tell);
  notice();
}
