// The small pure parts: times, the store, keys, answers, the dock.

import assert from "node:assert/strict";
import { test } from "node:test";

import { answerFor, tellLost } from "../../static/js/desk.js";
import { target } from "../../static/js/grid.js";
import { allowed, nameOf } from "../../static/js/keys.js";
import { apply, atLeast, counts, empty, hasRoom, missing } from "../../static/js/store.js";
import { clockText, elapsed, secondsLeft, usedPart } from "../../static/js/time.js";
import { step } from "../../static/js/triage.js";
import { fill } from "../../static/js/words.js";

test("a span is m:ss up to an hour, then h:mm:ss, and never negative", () => {
  assert.deepEqual([0, 41e3, 3599e3, 3600e3, 7505e3, -9e3].map(elapsed),
    ["0:00", "0:41", "59:59", "1:00:00", "2:05:05", "0:00"]);
});
test("seconds left are rounded up and stop at none", () => {
  assert.deepEqual([secondsLeft(1500, 0), secondsLeft(1000, 1000), secondsLeft(0, 9000)], [2, 0, 0]);
});
test("the bar is full when the time is over or makes no sense", () => {
  assert.deepEqual([usedPart(0, 100, 25), usedPart(0, 100, 900), usedPart(5, 5, 5)], [0.25, 1, 1]);
});
test("the clock shows the agency's zone, 24 hours", () => {
  assert.equal(clockText(Date.parse("2026-01-03T05:03:22Z"), "America/New_York"), "00:03:22");
});

const card = (id, extra = {}) => ({ id, group: "waiting", priority: 2, state: { code: "ringing" }, ...extra });

test("the store applies changes, tells what changed and forgets what is gone", () => {
  const store = empty();
  apply(store, { t: "snapshot", cards: [card("a"), card("b")], units: [{ id: "u" }], people: [] });
  const changed = apply(store, { t: "cards", cards: [card("c", { priority: 1 })], gone: ["a", "zz"], units: [], people: [] });
  assert.deepEqual([changed.cards, changed.gone, changed.closed.map((one) => one.id)], [["c"], ["a"], ["a"]]);
  assert.deepEqual(counts(store), { waiting: 2, active: 0, p1: 1, ringing: 2 });
});
test("a snapshot after a gap says which calls were closed meanwhile", () => {
  const store = empty();
  apply(store, { t: "snapshot", cards: [card("a"), card("b")] });
  assert.deepEqual(apply(store, { t: "snapshot", cards: [card("b")] }).gone, ["a"]);
});
test("calls that a snapshot had no room for are counted, and asked for when there is room", () => {
  const store = empty();
  apply(store, { t: "snapshot", open: 4, cards: [card("a"), card("b")] });
  assert.deepEqual([missing(store), hasRoom(store), atLeast(store, 2)], [2, false, "2+"]);
  apply(store, { t: "cards", open: 5, cards: [card("c")] });
  assert.deepEqual([missing(store), hasRoom(store)], [2, false]);
  apply(store, { t: "cards", open: 3, cards: [], gone: ["a", "b"] });
  assert.deepEqual([missing(store), hasRoom(store)], [2, true]);
  apply(store, { t: "snapshot", open: 3, cards: [card("c"), card("d"), card("e")] });
  assert.deepEqual([missing(store), hasRoom(store), atLeast(store, 3)], [0, false, "3"]);
  apply(store, { t: "cards", cards: [], gone: ["c"] });
  assert.equal(missing(store), 0);
});

const press = (key, more = {}) => ({ key, target: {}, ctrlKey: false, shiftKey: false, altKey: false, metaKey: false, ...more });

test("keys have one name each", () => {
  assert.equal(nameOf(press("F8", { shiftKey: true })), "Shift+F8");
  assert.equal(nameOf(press("T", { shiftKey: true })), "t");
  assert.equal(nameOf(press("Enter", { ctrlKey: true })), "Ctrl+Enter");
});
test("letters work only where the grid has the focus, function keys everywhere, F2 is kept free", () => {
  const field = { target: { matches: (selector) => selector.startsWith("textarea") } };
  assert.equal(allowed("t", press("t"), false), false);
  assert.equal(allowed("t", press("t"), true), true);
  assert.equal(allowed("t", press("t", field), true), false);
  assert.equal(allowed("F3", press("F3", field), false), true);
  assert.equal(allowed("F2", press("F2"), true), false);
});
test("grid keys stop at the ends", () => {
  assert.deepEqual([target("ArrowDown", 0, 3), target("j", 2, 3), target("k", 0, 3), target("End", 0, 3), target("Home", 2, 3)],
    [1, 2, 0, 2, 0]);
  assert.equal(target("x", 0, 3), null);
  assert.equal(target("j", -1, 0), null);
});
test("digits answer, Backspace takes back and stays", () => {
  assert.deepEqual(step("3"), { do: "answer", value: "not_known", stay: false });
  assert.deepEqual(step("Backspace"), { do: "answer", value: "not_asked", stay: true });
  assert.equal(step("5"), null);
});
test("an offer ignores keys in its first half second", () => {
  assert.equal(answerFor("F8", { since: 1000, now: 1499 }), null);
  assert.equal(answerFor("F8", { since: 1000, now: 1500 }), "accept");
  assert.equal(answerFor("Shift+F8", { since: 1000, now: 1500 }), "decline");
  assert.equal(answerFor("Enter", { since: 0, now: 9000 }), null);
});
test("words keep a place that has no value", () => {
  assert.equal(fill("{count} of {all}", { count: 3 }), "3 of {all}");
});

test("who was quicker is said once, however often the dock is fetched, and leaves after a moment", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const spoken = [];
  let gone = 0;
  const node = { dataset: { lost: "1", lasts: "15", say: "Q.One took 26-000001." }, remove: () => { gone += 1; } };
  const told = new Set();
  tellLost({ querySelector: () => node }, told, (text) => spoken.push(text));
  tellLost({ querySelector: () => node }, told, (text) => spoken.push(text));
  tellLost({ querySelector: () => null }, told, (text) => spoken.push(text));
  assert.deepEqual(spoken, ["Q.One took 26-000001."]);
  context.mock.timers.tick(14999);
  assert.equal(gone, 0);
  context.mock.timers.tick(1);
  assert.equal(gone, 2);
});
