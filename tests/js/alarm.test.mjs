// Which messages of the live line make the alarms and the loans ask again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tellsOfAlarms, tellsOfLoans } from "../../static/js/alarm.js";

test("a message that tells of an alarm, or of everything anew, is one to ask after", () => {
  assert.equal(tellsOfAlarms({ t: "cards", alarms: true }), true);
  assert.equal(tellsOfAlarms({ t: "snapshot" }), true);
});

test("a change of calls alone, and a heartbeat, asks nothing", () => {
  assert.equal(tellsOfAlarms({ t: "cards", cards: [] }), false);
  assert.equal(tellsOfAlarms({ t: "beat" }), false);
});

test("only what tells of a loan, or of everything anew, makes the loans ask again", () => {
  assert.equal(tellsOfLoans({ t: "cards", loans: true }), true);
  assert.equal(tellsOfLoans({ t: "snapshot" }), true);
  assert.equal(tellsOfLoans({ t: "cards", alarms: true }), false);
});
