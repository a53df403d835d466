// Alarms and loans: whatever shows them asks again when one is raised, answered or over.

import { tell } from "./announce.js";
import { load } from "./fragments.js";

// Pure: whether a message of the live line says that an alarm changed, or may hide that one did.
export const tellsOfAlarms = (message) => Boolean(message.alarms) || message.t === "snapshot";

// The strip is said aloud when it speaks of another alarm than before.
export function startAlarms(strip) {
  const shown = () => strip.querySelector("[data-alarm]")?.dataset ?? {};
  let before = shown().alarm;
  strip.addEventListener("fragment:shown", () => {
    const { alarm, say } = shown();
    if (alarm && alarm !== before) tell(say);
    before = alarm;
  });
}

// Pure: the same of a neighbour's request, or of what became of it.
export const tellsOfLoans = (message) => Boolean(message.loans) || message.t === "snapshot";

export function refreshAlarms(message) {
  if (!tellsOfAlarms(message)) return;
  document.querySelectorAll("[data-alarms]").forEach((root) => load(root.dataset.alarms, root));
}

export function refreshLoans(message) {
  if (!tellsOfLoans(message)) return;
  document.querySelectorAll("[data-loans]").forEach((root) => load(root.dataset.loans, root));
}
