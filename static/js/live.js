// Pure: what to do with a message, how old the picture is, how long to wait before trying again.

export const LIVE = "LIVE";
export const LAGGING = "LAGGING";
export const OFFLINE = "OFFLINE";
export const RESYNC = "RESYNC";

const LAGGING_AFTER = 5000;
const OFFLINE_AFTER = 15000;
const LONGEST_WAIT = 15000;

// "replace", "apply", "ask", "drop" or "leave". `shown` is null until a snapshot came.
export function next(shown, message) {
  if (message.t === "snapshot") return "replace";
  if (message.t === "resync") return "ask";
  if (message.t === "bye") return "leave";
  if (shown === null) return "drop";
  if (message.t === "beat") return message.number > shown ? "ask" : "drop";
  if (message.t !== "cards" || message.number <= shown) return "drop";
  return message.prev === shown ? "apply" : "ask";
}

export function state({ now, heardAt, asking }) {
  const silent = now - heardAt;
  if (silent > OFFLINE_AFTER) return OFFLINE;
  if (silent > LAGGING_AFTER) return LAGGING;
  return asking ? RESYNC : LIVE;
}

// Doubling with jitter, so that a hundred consoles do not come back in the same moment.
export function wait(attempt, random) {
  const full = Math.min(LONGEST_WAIT, 500 * 2 ** Math.min(attempt, 10));
  return Math.round(full / 2 + (random * full) / 2);
}
