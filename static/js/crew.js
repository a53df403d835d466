// The crew's phone: one press for each status, a press that did not arrive says so and can be sent again.

import { tellUrgently } from "./announce.js";
import { now } from "./clock.js";
import { say } from "./words.js";

const SOON = 60000;

// Pure: how near a safety check is that the server has not called late yet.
export function checkState(due, at) {
  if (at >= due) return "late";
  return due - at <= SOON ? "soon" : "later";
}

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

// The prompt comes with the time, also when the line is lost; what the server knows of it stands.
function showChecks(root) {
  root.querySelectorAll("[data-check]").forEach((node) => {
    const next = checkState(Date.parse(node.dataset.check), now());
    if (node.dataset.state === "escalated" || node.dataset.state === next) return;
    if (node.dataset.state === "late") return;
    node.dataset.state = next;
    tellUrgently(node.querySelector(`[data-when~="${next}"]`)?.textContent.trim() ?? "");
  });
}

export function startCrew(root) {
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-send]");
    if (!form) return;
    event.preventDefault();
    if (form.getAttribute("aria-busy") !== "true") send(form, event.submitter);
  });
  const look = () => showChecks(root);
  root.addEventListener("fragment:shown", look);
  setInterval(look, 1000);
  look();
}
