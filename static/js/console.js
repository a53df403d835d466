// Entry: finds the data- hooks of the page and starts what they ask for.

import "../vendor/htmx.org/4.0.1/htmx.esm.min.js";
import { refreshAlarms, refreshLoans, startAlarms } from "./alarm.js";
import { startBoard } from "./board.js";
import { correct, startClock } from "./clock.js";
import { startCopy } from "./copy.js";
import { startCrew } from "./crew.js";
import { startBeat, startDesk } from "./desk.js";
import { isSending, startEmergency } from "./emergency.js";
import { startFolds } from "./folds.js";
import { refresh, startAgeing } from "./fragments.js";
import { sayGoodbye } from "./goodbye.js";
import { startKeys } from "./keys.js";
import { startPosition } from "./position.js";
import { listen } from "./socket.js";
import { apply, atLeast, counts, empty, hasRoom, missing } from "./store.js";
import { startStrip } from "./strip.js";
import { startTriage } from "./triage.js";
import { learn } from "./words.js";
import { OFFLINE } from "./live.js";

const GIVE_UP_AFTER = 15000;
const REFILL_AFTER = 30000;
const hook = (name) => document.querySelector(`[data-${name}]`);
const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? "";
const settings = document.body.dataset;

function showCounts(store) {
  Object.entries(counts(store)).forEach(([name, value]) => {
    const node = document.querySelector(`[data-count="${name}"]`);
    if (!node) return;
    node.textContent = atLeast(store, value);
    if (name === "p1") node.classList.toggle("counts__hot", value > 0);
  });
}

function startLine() {
  const store = empty();
  const board = hook("board") && startBoard(hook("board"), store);
  const line = { heardAt: performance.now(), lastAt: null, tries: 0, asking: () => true };

  const socket = listen(settings.socket, {
    onHeard: (message) => {
      line.heardAt = performance.now();
      line.tries = 0;
      if (!message.at) return;
      line.lastAt = Date.parse(message.at);
      correct(message.at);
    },
    onMessage: (message, way) => {
      const changed = apply(store, message);
      showCounts(store);
      if (way === "apply" || String(message.number) !== settings.number) {
        refreshAlarms(message);
        refreshLoans(message);
      }
      // The board redraws itself; looking for fragments among 2,000 rows would cost more than the change.
      if (board) return board.update(changed);
      // The fragments that the page came with are as new as the number it was rendered at.
      if (way === "apply" || String(message.number) !== settings.number) refresh(changed, store);
      return undefined;
    },
    onTry: (attempt) => { line.tries = attempt; },
    whole: () => missing(store) > 0,
    onBye: () => sayGoodbye({ login: settings.login, stay: isSending(), onReturn: () => socket.reopen() }),
  });
  line.asking = socket.asking;

  const show = startStrip(line, { zone: settings.zone, phone: settings.phone });
  let leftAt = 0;
  let filledAt = -REFILL_AFTER;
  setInterval(() => {
    const name = show();
    // At once when all fit again; till then not each board each second, for a whole one is long.
    const soon = store.open <= store.carried || performance.now() - filledAt > REFILL_AFTER;
    if (hasRoom(store) && soon && !socket.asking()) {
      filledAt = performance.now();
      socket.ask();
    }
    if (name !== OFFLINE || performance.now() - leftAt < GIVE_UP_AFTER) return;
    leftAt = performance.now();
    socket.abandon();
  }, 250);
  show();
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx;
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrf();
});

const words = hook("words");
if (words) learn(words);
startClock({ zone: settings.zone, nowIso: settings.now });
startKeys();
startFolds();
startCopy();
if (settings.socket) startLine();
if (hook("triage")) startTriage(hook("triage"));
if (hook("desk")) startDesk(hook("desk"));
if (hook("beat")) startBeat(hook("beat"), csrf());
if (hook("alarm-strip")) startAlarms(hook("alarm-strip"));
document.querySelectorAll("[data-fragment-every]").forEach(startAgeing);
if (hook("crew")) startCrew(hook("crew"));
startEmergency(hook("crew"));
if (hook("position")) startPosition(hook("position"), csrf());
