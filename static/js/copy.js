// A text that is needed elsewhere: a press copies it, and focus selects it whole.

import { tell } from "./announce.js";

async function copy(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    // Without TLS or without leave there is no clipboard; the old way asks nobody.
    return document.execCommand("copy");
  }
}

export function startCopy() {
  document.querySelectorAll("[data-copy]").forEach((button) => {
    const field = document.getElementById(button.dataset.copy);
    button.hidden = false;
    field.addEventListener("focus", () => field.select());
    button.addEventListener("click", async () => {
      if (!(await copy(field))) return;
      button.textContent = button.dataset.copied;
      tell(button.dataset.copied);
    });
  });
}
