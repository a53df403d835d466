// Shows how old the picture is: the LIVE tag, the reserved strip, the hatch over what may be old.

import { tellUrgently } from "./announce.js";
import { clockText, elapsed } from "./time.js";
import { LAGGING, LIVE, OFFLINE, RESYNC, state } from "./live.js";
import { say, sayMany } from "./words.js";

const isLate = (name) => name === LAGGING || name === OFFLINE;

function tagFor(name, first) {
  if (first && !isLate(name)) return { text: say("connecting"), look: "live live--waiting" };
  if (name === RESYNC) return { text: say("resync"), look: "live live--waiting" };
  if (isLate(name)) return { text: say(name.toLowerCase()), look: "live live--late" };
  return { text: say("live"), look: "live" };
}

// `line` is { heardAt (page time), lastAt (server time or null), asking, tries }.
export function startStrip(line, { zone, phone }) {
  const tag = document.querySelector("[data-live-tag]");
  const strip = document.querySelector("[data-strip]");
  const part = (name) => strip.querySelector(`[data-strip-${name}]`);
  let before = LIVE;

  const text = (node, value) => {
    if (node.textContent !== value) node.textContent = value;
  };

  const showLate = (silent) => {
    const last = line.lastAt === null ? say("last_never") : say("last_update", { time: clockText(line.lastAt, zone) });
    text(part("head"), say("no_live", { time: elapsed(silent) }));
    text(part("text"), [last, say("late_means"), phone && say("phone", { number: phone })].filter(Boolean).join(" "));
    text(part("end"), line.tries ? sayMany("trying", line.tries) : "");
  };

  const showLive = (name) => {
    text(part("head"), name === RESYNC || line.lastAt === null ? say("catching_up") : say("up_to_date"));
    text(part("text"), line.lastAt === null ? "" : say("last_update", { time: clockText(line.lastAt, zone) }));
    text(part("end"), "");
  };

  const announceChange = (name) => {
    if (isLate(name) && before !== name) tellUrgently(say("lost_said"));
    if (!isLate(name) && isLate(before)) tellUrgently(say("back_said"));
    before = name;
  };

  return () => {
    const moment = performance.now();
    const name = state({ now: moment, heardAt: line.heardAt, asking: line.asking() });
    const look = tagFor(name, line.lastAt === null);
    tag.className = look.look;
    text(tag, look.text);
    document.body.classList.toggle("is-late", isLate(name));
    document.body.dataset.late = isLate(name) ? "yes" : "no";
    strip.className = isLate(name) ? "strip strip--late" : "strip";
    if (isLate(name)) showLate(moment - line.heardAt);
    else showLive(name);
    announceChange(name);
    return name;
  };
}
