// The crew's phone: one press for each status, a press that did not arrive says so and can be sent again.

import { say } from "./words.js";

const HOLD_FOR = 1000;

function setBusy(form, busy) {
  form.setAttribute("aria-busy", String(busy));
  form.querySelectorAll("button").forEach((button) => { button.disabled = busy; });
}

function place(form) {
  const old = form.querySelector("[data-send-error]");
  if (old) return old;
  const node = document.createElement("p");
  node.dataset.sendError = "";
  node.className = "send-error";
  node.setAttribute("role", "alert");
  form.append(node);
  return node;
}

async function why(answer) {
  if (answer.headers.get("content-type")?.includes("json")) return (await answer.json()).detail ?? say("not_sent");
  return say("not_sent_status", { status: answer.status });
}

// The form's own key (idempotency) goes along unchanged, so that a second press cannot count twice.
async function send(form, submitter) {
  const body = new FormData(form, submitter);
  setBusy(form, true);
  form.querySelector("[data-send-error]")?.remove();
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (answer.ok) return location.assign(answer.url);
    place(form).textContent = await why(answer);
  } catch {
    place(form).textContent = say("not_sent");
  }
  setBusy(form, false);
  submitter?.focus();
  return undefined;
}

function sendHeld(button) {
  button.value = "held";
  button.form.requestSubmit(button);
}

// An emergency needs one second of holding; the keyboard's Enter or Space counts as a full press.
function startHold(button, current) {
  let timer = 0;
  let full = false;
  const stop = () => { clearTimeout(timer); button.classList.remove("is-holding"); };
  button.addEventListener("pointerdown", () => {
    full = false;
    button.classList.add("is-holding");
    timer = setTimeout(() => { full = true; stop(); sendHeld(button.isConnected ? button : current()); }, HOLD_FOR);
  });
  ["pointerup", "pointerleave", "pointercancel"].forEach((name) => button.addEventListener(name, stop));
  button.addEventListener("click", (event) => {
    const byKeyboard = event.detail === 0;
    if (!byKeyboard || full) event.preventDefault();
  });
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}

export function startCrew(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-send]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  const arm = () => root.querySelectorAll("[data-hold]:not([data-armed])").forEach((button) => {
    button.dataset.armed = "";
    startHold(button, () => root.querySelector("[data-hold]"));
  });
  root.addEventListener("fragment:shown", arm);
  arm();
}
