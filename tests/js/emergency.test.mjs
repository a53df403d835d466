// An emergency is taken only when the server says so, and is sent until then.

import assert from "node:assert/strict";
import { test } from "node:test";

import { checkState } from "../../static/js/crew.js";
import { freshKey, kept, meaning } from "../../static/js/emergency.js";

const answer = (status, json = null, redirected = false) => meaning({ status, json, redirected });

test("only the server's own word is an acknowledgement", () => {
  assert.equal(answer(200, { taken: true, at: "14:03:22" }), "taken");
  assert.notEqual(answer(200), "taken");
  assert.notEqual(answer(200, {}), "taken");
});
test("no line and a server that fails are tried again", () => {
  assert.deepEqual([answer(599), answer(503), answer(500, { detail: "x" }), answer(429)], Array(4).fill("again"));
});
test("a session that ended is neither an acknowledgement nor the line", () => {
  assert.deepEqual([answer(200, null, true), answer(403), answer(401)], Array(3).fill("signed_out"));
});
test("a key that was used for something else gives way to another, any other refusal is said", () => {
  assert.equal(answer(422, { code: "key_reused", detail: "x" }), "other_key");
  assert.deepEqual([answer(422, { detail: "x" }), answer(403, { detail: "x" })], ["refused", "refused"]);
});
test("each key is its own", () => {
  assert.match(freshKey((bytes) => bytes.fill(10)), /^(0a){16}$/);
  assert.notEqual(freshKey(), freshKey());
});
test("what was stored is an emergency or nothing", () => {
  assert.deepEqual(kept('{"key":"k","unit":"u","name":"x"}'), { key: "k", unit: "u" });
  assert.deepEqual([kept(null), kept("{"), kept("{}"), kept('{"key":1,"unit":"u"}')], Array(4).fill(null));
});
test("a check is near in its last minute and late at its time", () => {
  assert.deepEqual([0, 60e3, 119e3, 120e3].map((at) => checkState(120e3, at)), ["later", "soon", "soon", "late"]);
});
