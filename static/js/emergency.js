// The emergency: pressed once, it is sent with one key until the server says that it has it, also after a reload.

import { tellUrgently } from "./announce.js";
import { say } from "./words.js";

export const KEPT = "crew-emergency";
export const HOLD_FOR = 1000;
const AGAIN_AFTER = 2000;
const GIVE_UP_AFTER = 20000;
// On a slow line several are on their way at once; with one key they have one effect.
const AT_ONCE = 3;

// Pure: what an answer means. `json` is null unless the server spoke as the console does.
export function meaning({ status, redirected, json }) {
  if (json?.taken) return "taken";
  if (status >= 500) return "again";
  if (json?.code === "key_reused") return "other_key";
  if (json && status >= 400) return "refused";
  if (redirected || status === 401 || status === 403) return "signed_out";
  return "again";
}

// Pure: 128 random bits as text; `random` fills an array of bytes.
export function freshKey(random = (bytes) => crypto.getRandomValues(bytes)) {
  return [...random(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// Pure: what was stored, if it is an emergency that nobody has acknowledged.
export function kept(text) {
  try {
    const { key, unit } = JSON.parse(text);
    return typeof key === "string" && typeof unit === "string" ? { key, unit } : null;
  } catch {
    return null;
  }
}

// Where the browser stores nothing, it is kept as long as the page is there.
function store(pending) {
  try {
    if (pending) localStorage.setItem(KEPT, JSON.stringify(pending));
    else localStorage.removeItem(KEPT);
  } catch { /* nothing is stored here */ }
}

function stored() {
  try {
    return kept(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

const state = { pending: null, next: "", tries: 0, under_way: 0, timer: 0 };

// While one is on its way the page must not leave.
export const isSending = () => state.pending !== null;

function place() {
  const there = document.querySelector("[data-emergency-state]");
  if (there) return there;
  const node = document.createElement("section");
  node.className = "emergency";
  node.dataset.emergencyState = "";
  (document.querySelector("main") ?? document.body).prepend(node);
  return node;
}

function phone() {
  const { phone: number } = document.body.dataset;
  if (!number) return say("emergency_radio");
  const link = document.createElement("a");
  link.className = "emergency__phone";
  link.href = `tel:${number}`;
  link.textContent = say("emergency_phone", { number });
  return link;
}

function show(name, words, { call = true, aloud = true } = {}) {
  const node = place();
  node.hidden = false;
  const head = document.createElement("b");
  head.textContent = words;
  const same = node.dataset.state === name;
  node.dataset.state = name;
  // A link under a thumb stays where it is.
  if (same) node.querySelector("b").textContent = words;
  else node.replaceChildren(head, ...(call ? [phone()] : []));
  if (!same && aloud) tellUrgently(words);
}

function over() {
  clearInterval(state.timer);
  state.pending = null;
  state.next = freshKey();
  state.tries = 0;
  store(null);
}

const token = () => document.querySelector('meta[name="csrf"]')?.content
  ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

async function ask({ key, unit }) {
  const body = new URLSearchParams({ key, unit, sure: "held", csrfmiddlewaretoken: token() });
  const answer = await fetch("/crew/emergency/", {
    method: "POST", body, keepalive: true, credentials: "same-origin",
    headers: { Accept: "application/json" }, signal: AbortSignal.timeout(GIVE_UP_AFTER),
  });
  const spoken = answer.headers.get("content-type")?.includes("json");
  return { status: answer.status, redirected: answer.redirected, json: spoken ? await answer.json() : null };
}

function heard(sent, answer) {
  const means = meaning(answer);
  if (means === "taken") {
    over();
    show("taken", say("emergency_taken", { time: answer.json.at }), { call: false });
    document.dispatchEvent(new CustomEvent("emergency:taken"));
  } else if (means === "other_key") {
    state.pending = { ...sent, key: freshKey() };
    store(state.pending);
  } else if (means === "refused") {
    over();
    show("refused", say("emergency_refused", { why: answer.json.detail ?? "" }));
  } else if (means === "signed_out") show("signed_out", say("emergency_signed_out"));
  else wait();
}

function wait() {
  const known = state.tries > 1 ? say("emergency_again", { count: state.tries }) : say("emergency_sending");
  show(state.tries > 1 ? "again" : "sending", known);
}

async function attempt() {
  if (state.under_way >= AT_ONCE) return;
  const sent = state.pending;
  state.under_way += 1;
  state.tries += 1;
  // Nobody knows yet that they are signed out; whoever does is told nothing else.
  if (place().dataset.state !== "signed_out") wait();
  const answer = await ask(sent).catch(() => ({ status: 599, redirected: false, json: null }));
  state.under_way -= 1;
  // A twin was heard first.
  if (state.pending?.key === sent.key) heard(sent, answer);
}

function begin() {
  clearInterval(state.timer);
  state.timer = setInterval(attempt, AGAIN_AFTER);
  attempt();
}

export function press(unit) {
  if (state.pending) return;
  state.pending = { key: state.next, unit };
  store(state.pending);
  begin();
}

// One second of holding, with a finger, the mouse, or Enter and Space. The page may be drawn anew meanwhile.
function startHolds(root) {
  let timer = 0;
  let held = null;
  const stop = () => {
    clearTimeout(timer);
    held?.classList.remove("is-holding");
    held = null;
  };
  const start = (button) => {
    if (held) return;
    held = button;
    const { unit } = button.form.elements;
    button.classList.add("is-holding");
    timer = setTimeout(() => { stop(); press(unit.value); }, HOLD_FOR);
  };
  const button = (event) => event.target.closest?.("[data-hold]");
  const isKey = ({ key }) => key === "Enter" || key === " ";
  root.addEventListener("pointerdown", (event) => { if (button(event)) start(button(event)); });
  root.addEventListener("keydown", (event) => {
    if (!button(event) || !isKey(event)) return;
    event.preventDefault();
    start(button(event));
  });
  root.addEventListener("keyup", (event) => { if (button(event) && isKey(event)) event.preventDefault(); });
  ["pointerup", "pointercancel", "keyup", "blur"].forEach((name) => window.addEventListener(name, stop));
  root.addEventListener("pointerout", (event) => { if (button(event) && !button(event).contains(event.relatedTarget)) stop(); });
  // A press by a finger is too short to be meant; one by an assistive tool asks first.
  root.addEventListener("click", (event) => { if (button(event) && event.detail > 0) event.preventDefault(); });
  root.addEventListener("contextmenu", (event) => { if (button(event)) event.preventDefault(); });
}

export function startEmergency(root) {
  state.next = freshKey();
  const waiting = stored();
  if (waiting) {
    state.pending = waiting;
    begin();
  }
  if (!root) return;
  startHolds(root);
  root.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-emergency-sure]");
    if (!form) return;
    event.preventDefault();
    press(form.elements.unit.value);
  });
  // The page says it itself now.
  root.addEventListener("fragment:shown", () => {
    const node = place();
    if (node.dataset.state === "taken" && root.querySelector("[data-emergency-out]")) node.hidden = true;
  });
}
