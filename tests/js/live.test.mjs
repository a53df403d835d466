// What a board does with each message, and when it owns up to old data.

import assert from "node:assert/strict";
import { test } from "node:test";

import { LAGGING, LIVE, OFFLINE, RESYNC, next, state, wait } from "../../static/js/live.js";

const cards = (prev, number) => ({ t: "cards", prev, number });

test("a change that follows what is shown is applied", () => assert.equal(next(11, cards(11, 12)), "apply"));
test("a change that was already shown is dropped", () => {
  assert.equal(next(12, cards(11, 12)), "drop");
  assert.equal(next(12, cards(8, 9)), "drop");
});
test("a gap is asked for, not guessed", () => assert.equal(next(11, cards(12, 13)), "ask"));
test("a beat that is ahead of the board asks for what was missed", () => {
  assert.equal(next(11, { t: "beat", number: 12 }), "ask");
  assert.equal(next(11, { t: "beat", number: 11 }), "drop");
});
test("a snapshot always replaces, also one with a lower number", () => {
  assert.equal(next(null, { t: "snapshot", number: 5 }), "replace");
  assert.equal(next(11, { t: "snapshot", number: 5 }), "replace");
});
test("before the first snapshot nothing is applied", () => {
  assert.equal(next(null, cards(0, 1)), "drop");
  assert.equal(next(null, { t: "beat", number: 4 }), "drop");
});
test("resync asks and bye leaves", () => {
  assert.equal(next(3, { t: "resync" }), "ask");
  assert.equal(next(3, { t: "bye", why: "signed_out" }), "leave");
});
test("a message of an unknown kind changes nothing", () => assert.equal(next(3, { t: "news", number: 9 }), "drop"));

test("silence is LAGGING after 5 seconds and OFFLINE after 15", () => {
  const at = (silent) => state({ now: 100000 + silent, heardAt: 100000, asking: false });
  assert.deepEqual([at(0), at(5000), at(5001), at(15000), at(15001)], [LIVE, LIVE, LAGGING, LAGGING, OFFLINE]);
});
test("a board that asked is not live until it was answered", () => {
  assert.equal(state({ now: 1, heardAt: 0, asking: true }), RESYNC);
  assert.equal(state({ now: 6000, heardAt: 0, asking: true }), LAGGING);
});
test("the wait doubles, is spread, and has an end", () => {
  assert.deepEqual([wait(0, 0), wait(0, 1)], [250, 500]);
  assert.ok(wait(3, 0.5) > wait(2, 0.5));
  assert.equal(wait(1000, 1), 15000);
});
