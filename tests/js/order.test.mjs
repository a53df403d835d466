// Which call stands where, and what stands still under a hand.

import assert from "node:assert/strict";
import { test } from "node:test";

import { arrange, gapFor, holds, keepFocused, mayAct, oldest, standsStill, wanted } from "../../static/js/order.js";

const card = (id, priority, group, minute, code = "waiting") => ({
  id, number: `26-00000${id}`, priority, group, opened_at: `2026-01-03T19:${minute}:00Z`, state: { code },
});

test("emergencies go to the lane, the rest by priority and then by age", () => {
  const all = [card("1", 3, "waiting", "01"), card("2", 2, "waiting", "09"), card("3", 2, "waiting", "05"),
    card("4", 1, "active", "10"), card("5", 4, "active", "00", "crew_emergency"), card("6", 2, "active", "02")];
  assert.deepEqual(wanted(all), { lane: ["5", "4"], waiting: ["3", "2", "1"], active: ["6"] });
});
test("two calls of the same second keep the order of their numbers", () => {
  assert.deepEqual(wanted([card("2", 2, "waiting", "01"), card("1", 2, "waiting", "01")]).waiting, ["1", "2"]);
});

const shown = { lane: [], waiting: ["a", "b"], active: ["c"] };

test("without a hand on the list the wanted order is shown", () => {
  const want = { lane: [], waiting: ["b", "a"], active: [] };
  assert.deepEqual(arrange(shown, want, false), { sections: want, fresh: [], changed: false });
});
test("under a hand nothing moves and what waits is counted", () => {
  const want = { lane: [], waiting: ["n", "b", "a"], active: ["c"] };
  assert.deepEqual(arrange(shown, want, true), { sections: shown, fresh: ["n"], changed: true });
});
test("under a hand an emergency is in its lane at once and leaves its height behind", () => {
  const plan = arrange(shown, { lane: ["a"], waiting: ["b"], active: ["c"] }, true);
  assert.deepEqual(plan.sections, { lane: ["a"], waiting: [gapFor("a"), "b"], active: ["c"] });
  assert.equal(plan.changed, true);
});
test("a change that moves nothing is no change of order", () => {
  assert.equal(arrange(shown, { ...shown }, true).changed, false);
});

test("a closed row that has the focus stays where it was", () => {
  const kept = keepFocused({ lane: [], waiting: ["b"], active: ["c"] }, shown, "a");
  assert.deepEqual(kept.waiting, ["a", "b"]);
});
test("a focused row that is still open is not doubled", () => {
  assert.deepEqual(keepFocused(shown, shown, "a"), shown);
});

test("the order holds while the pointer is inside and for three seconds after a key", () => {
  assert.equal(holds({ pointerInside: true, keyAt: -Infinity, now: 0 }), true);
  assert.equal(holds({ pointerInside: false, keyAt: 1000, now: 3999 }), true);
  assert.equal(holds({ pointerInside: false, keyAt: 1000, now: 4000 }), false);
});
test("a row does not act in the first half second after a move", () => {
  assert.equal(mayAct({ shiftedAt: 1000, now: 1499 }), false);
  assert.equal(mayAct({ shiftedAt: 1000, now: 1500 }), true);
});
test("a new state in the same place moves nothing; a new priority does", () => {
  const before = card("1", 2, "waiting", "01");
  assert.equal(standsStill(before, { ...before, state: { code: "ringing" } }), true);
  assert.equal(standsStill(before, { ...before, priority: 3 }), false);
  assert.equal(standsStill(before, { ...before, group: "active" }), false);
  assert.equal(standsStill(undefined, before), false);
});
test("the oldest call is the one that was opened first", () => {
  assert.equal(oldest([card("1", 2, "waiting", "05"), card("2", 4, "waiting", "01")]).id, "2");
  assert.equal(oldest([]), null);
});
