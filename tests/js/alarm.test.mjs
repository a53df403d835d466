// Which messages of the live line make the alarms ask again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { tellsOfAlarms } from "../../static/js/alarm.js";

test("a message that tells of an alarm, or of everything anew, is one to ask after", () => {
  assert.equal(tellsOfAlarms({ t: "cards", alarms: true }), true);
  assert.equal(tellsOfAlarms({ t: "snapshot" }), true);
});

test("a change of calls alone, and a heartbeat, asks nothing", () => {
  assert.equal(tellsOfAlarms({ t: "cards", cards: [] }), false);
  assert.equal(tellsOfAlarms({ t: "beat" }), false);
});
