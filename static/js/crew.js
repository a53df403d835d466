// The crew's phone: one press for each status, a press that did not arrive says so and can be sent again.

import { tellUrgently } from "./announce.js";
import { now } from "./clock.js";
import { load, unsent } from "./fragments.js";
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

const writesBeside = (form) => [...document.forms].some((other) => other !== form && unsent(other));

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
    if (answer.ok && !writesBeside(form)) return location.assign(answer.url);
    // What somebody has written in another form stays; what the press changed is shown.
    if (answer.ok) document.querySelectorAll("[data-live-fragment]").forEach((one) => load(one.dataset.liveFragment, one));
    else place(form).textContent = await why(answer);
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

// What takes a call from the crew is spoken once; it stands on the page until they press.
const told = new Set();
function speakTaken(root) {
  const news = [...root.querySelectorAll("[data-tell]")].filter((node) => !told.has(node.dataset.tell));
  news.forEach((node) => told.add(node.dataset.tell));
  const said = news.map((node) => [...node.querySelectorAll("h2, p")].map((one) => one.textContent.trim()).join(". "));
  if (said.length) tellUrgently(said.join(" "));
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
  root.addEventListener("fragment:shown", () => speakTaken(root));
  speakTaken(root);
  setInterval(look, 1000);
  look();
}
