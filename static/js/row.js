// One board row: made once from the page's template, then patched cell by cell where something differs.

import { inLane } from "./order.js";
import { say } from "./words.js";
import { tickOne } from "./clock.js";

const SHAPES = new Set(["open", "half", "full", "diamond", "ring", "square", "dash"]);
// "26-000123": a narrow board shows "#123".
const NUMBER = /^(.*?-0*)(\d+)$/;
const NOT_ANY = "–";
// More signs than this find no room in one line of a narrow board: the row then has two.
const ONE_LINE = { act: 20, mark: 21, type: 20, simulated: 14, place: 17, units: 8 };
const two = (text, most) => text.length > most ? " cell--two" : "";

export function markClass(state) {
  const shape = SHAPES.has(state.shape) ? state.shape : "open";
  const free = state.code === "available" || state.state === "available";
  const shown = free ? "ok" : shape;
  return state.code === "crew_emergency" || state.code === "emergency" ? "mark mark--sos" : `mark mark--${shown}`;
}

function setText(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

function setClass(node, value) {
  if (node.className !== value) node.className = value;
}

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function setSince(node, iso) {
  if (!iso) {
    node.removeAttribute("data-since");
    return setText(node, "");
  }
  if (node.dataset.since === iso) return;
  node.dataset.since = iso;
  tickOne(node);
}

export function make(template, id) {
  const row = template.content.firstElementChild.cloneNode(true);
  row.dataset.call = id;
  const parts = {};
  row.querySelectorAll("[data-part]").forEach((node) => { parts[node.dataset.part] = node; });
  return { id, row, parts, card: null, gone: false };
}

// Stands in the place of a row that went up to the lane.
export function makeGap(id) {
  const row = document.createElement("div");
  row.className = "row row--free";
  row.setAttribute("role", "presentation");
  row.textContent = say("moved_up");
  return { id, row, parts: null, card: null, gone: true };
}

const rowClass = (card) => {
  if (card.state.code === "crew_emergency") return "row row--sos";
  return inLane(card) ? "row row--p1" : "row";
};

export function summary(card) {
  return say("row_summary", {
    priority: card.priority,
    priority_label: card.priority_label,
    number: card.number,
    type: card.type_label,
    place: card.place || NOT_ANY,
    state: card.state.label,
    owner: card.owner || say("nobody"),
    units: card.units.join(", ") || say("none"),
  });
}

function patchPriority(parts, card) {
  const sos = card.state.code === "crew_emergency";
  setClass(parts.priority, sos ? "prio prio--sos" : `prio prio--${card.priority}`);
  setText(parts.chip, sos ? say("sos") : String(card.priority));
  setText(parts.priorityWord, card.priority_label);
}

function patchState(parts, state) {
  const kind = state.act ? "act" : "mark";
  const long = state.label.length > ONE_LINE[kind] ? ` ${kind}--two` : "";
  setClass(parts.state, (state.act ? "act" : markClass(state)) + long);
  setText(parts.stateWord, state.label);
  setAttribute(parts.state, "title", state.label);
  setSince(parts.stateTime, state.since);
}

export function patch(entry, card, myOwner) {
  const { row, parts } = entry;
  entry.card = card;
  setClass(row, rowClass(card));
  setAttribute(row, "aria-label", summary(card));
  setSince(parts.age, card.opened_at);
  patchPriority(parts, card);
  const [, year, own] = NUMBER.exec(card.number) ?? [null, "", card.number];
  setText(parts.numberYear, year);
  setText(parts.numberOwn, own);
  setText(parts.type, card.type_label);
  setClass(parts.type, `type__word${two(card.type_label, card.simulated ? ONE_LINE.simulated : ONE_LINE.type)}`);
  setAttribute(parts.type, "title", card.type_label);
  parts.simulated.hidden = !card.simulated;
  setText(parts.place, card.place || NOT_ANY);
  setClass(parts.place, `cell cell--quiet cell--place${two(card.place || "", ONE_LINE.place)}`);
  setAttribute(parts.place, "title", card.place || "");
  patchState(parts, card.state);
  setText(parts.owner, card.owner || NOT_ANY);
  setClass(parts.owner, card.owner && card.owner === myOwner ? "cell row__mine" : "cell cell--quiet");
  const units = card.units.join(" ") || NOT_ANY;
  setText(parts.units, units);
  setClass(parts.units, `cell cell--quiet cell--units${two(units, ONE_LINE.units)}`);
  setAttribute(parts.units, "title", card.units.join(", "));
}

// A call that left the board while somebody had it in hand: it stays to be seen, and does nothing.
export function bury(entry, text) {
  entry.gone = true;
  setClass(entry.row, "row row--gone");
  setClass(entry.parts.state, "mark mark--dash");
  setText(entry.parts.stateWord, text);
  setSince(entry.parts.stateTime, null);
  entry.parts.age.removeAttribute("data-since");
  setAttribute(entry.row, "aria-label", `${entry.card.number}. ${text}`);
}

export function tick(entry) {
  if (entry.gone) return;
  tickOne(entry.parts.age);
  if (entry.parts.stateTime.dataset.since) tickOne(entry.parts.stateTime);
}
