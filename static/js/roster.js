// The panels beside the board: units, clinicians, navigators. Keyed rows, patched like the board's.

import { place } from "./place.js";
import { markClass } from "./row.js";
import { say } from "./words.js";

const isFree = (row) => row.state === "available";

function add(parent, tag, className, text) {
  const node = document.createElement(tag);
  node.className = className;
  if (text) node.textContent = text;
  parent.append(node);
  return node;
}

function addTime(parent, iso) {
  const time = add(parent, "span", "time ticks");
  if (iso) time.dataset.since = iso;
}

function addState(parent, row) {
  const mark = add(parent, "span", markClass({ shape: row.shape, code: row.emergency ? "emergency" : row.state }));
  add(mark, "span", "state__word", row.label);
}

// "26-000123" is "#123" beside a unit; the whole number is in the title.
const short = (number) => `#${Number(number.split("-").at(-1))}`;

function addWhere(parent, row, href) {
  const where = add(parent, "span", "quiet");
  if (row.act && !row.emergency) {
    add(where, "span", "act", row.note || say("check"));
    return;
  }
  if (row.call && href) {
    const link = add(where, "a", "", short(row.call));
    link.href = href;
    link.title = row.call;
  } else if (row.call) where.append(short(row.call));
  if (row.note) where.append(row.call ? `, ${row.note}` : row.note);
}

function unitRow(unit, urlOf) {
  const item = document.createElement("li");
  item.className = "roster__one roster__one--unit";
  add(item, "span", "roster__name strong", unit.name);
  addState(item, unit);
  addTime(item, unit.since);
  addWhere(item, unit, urlOf(unit.call_id));
  return item;
}

function personRow(person) {
  const item = document.createElement("li");
  item.className = "roster__one roster__one--person";
  add(item, "span", "roster__name", person.name);
  addState(item, person);
  const end = add(item, "span", "roster__end");
  if (person.call) add(end, "span", person.act ? "act" : "quiet small", short(person.call));
  addTime(end, person.since);
  return item;
}

function startRoster(root, make, tick) {
  const kept = new Map();
  const list = root.querySelector("[data-roster-list]");
  const note = root.querySelector("[data-roster-note]");
  const hint = root.querySelector("[data-roster-empty]");

  const node = (row) => {
    const version = JSON.stringify(row);
    const old = kept.get(row.id);
    if (old?.version === version) return old.item;
    const item = make(row);
    kept.set(row.id, { version, item });
    return item;
  };

  return (rows) => {
    const sorted = [...rows].sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
    place(list, sorted.map(node));
    note.textContent = say("free_of", { free: rows.filter(isFree).length, count: rows.length });
    hint.hidden = rows.length > 0;
    tick(list);
  };
}

// `urlOf` gives the address of a call that the board shows.
export const startUnits = (root, tick, urlOf) => startRoster(root, (unit) => unitRow(unit, urlOf), tick);
export const startPeople = (root, tick) => startRoster(root, personRow, tick);
