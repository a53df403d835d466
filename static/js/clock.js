// Server time on the page: the wall clock, elapsed times from data-since, countdowns from data-due.

import { clockText, dateText, elapsed, secondsLeft, usedPart } from "./time.js";

let offset = 0;

export const now = () => Date.now() + offset;

export function correct(iso) {
  const at = Date.parse(iso);
  if (!Number.isNaN(at)) offset = at - Date.now();
}

export function tickOne(node) {
  const text = elapsed(now() - Date.parse(node.dataset.since));
  if (node.textContent !== text) node.textContent = text;
}

// While the line is late nobody knows whether the time was given back: no number is better than a wrong one.
const late = () => document.body.dataset.late === "yes";

function countDown(node) {
  const text = late() ? "–" : String(secondsLeft(Date.parse(node.dataset.due), now()));
  if (node.textContent !== text) node.textContent = text;
}

function fillBar(bar) {
  bar.max = 1;
  bar.value = usedPart(Date.parse(bar.dataset.barSince), Date.parse(bar.dataset.barDue), now());
}

// Board rows tick by themselves, and only while they are on the screen.
export function tickAll(root = document) {
  root.querySelectorAll("[data-since]:not([data-row-time])").forEach(tickOne);
  root.querySelectorAll("[data-due]").forEach(countDown);
  root.querySelectorAll("[data-bar-due]").forEach(fillBar);
}

function showClock({ zone }) {
  const lang = document.documentElement.lang || "en";
  document.querySelectorAll("[data-clock]").forEach((node) => { node.textContent = clockText(now(), zone); });
  document.querySelectorAll("[data-date]").forEach((node) => { node.textContent = dateText(now(), zone, lang); });
}

export function startClock(settings) {
  correct(settings.nowIso);
  const beat = () => {
    showClock(settings);
    tickAll();
    setTimeout(beat, 1000 - (now() % 1000));
  };
  beat();
}
