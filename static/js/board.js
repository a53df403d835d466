// The board: rows drawn from the store, in an order that stands still while somebody is about to act.

import { tell } from "./announce.js";
import { tickAll } from "./clock.js";
import { startDrawer } from "./drawer.js";
import { startGrid } from "./grid.js";
import { startGroups, startMore } from "./groups.js";
import { isField, nameOf } from "./keys.js";
import { arrange, holds, inLane, isGap, keepFocused, mayAct, oldest, standsStill, wanted } from "./order.js";
import { place } from "./place.js";
import { startPeople, startUnits } from "./roster.js";
import { bury, make, makeGap, patch, tick } from "./row.js";
import { say, sayMany } from "./words.js";

const TOMBSTONE_FOR = 10000;
const CATCH_UP_AFTER = 3050;
const SECTIONS = ["lane", "waiting", "active"];

// Only rows on the screen tick.
function startEye(entries) {
  const visible = new Set();
  const eye = new IntersectionObserver((seen) => seen.forEach(({ target, isIntersecting }) => {
    const entry = entries.get(target.dataset.call);
    if (!entry || !isIntersecting) return visible.delete(entry);
    visible.add(entry);
    return tick(entry);
  }), { rootMargin: "80px" });
  return {
    watch: (entry) => eye.observe(entry.row),
    forget: (entry) => { eye.unobserve(entry.row); visible.delete(entry); },
    tick: () => visible.forEach(tick),
  };
}

function startSide(one, store) {
  const urlOf = (id) => store.cards.get(id)?.url ?? "";
  const showUnits = startUnits(one("units"), tickAll, urlOf);
  const clinicians = startPeople(one("clinicians"), tickAll);
  const navigators = startPeople(one("navigators"), tickAll);
  return () => {
    const people = [...store.people.values()];
    showUnits([...store.units.values()]);
    clinicians(people.filter((person) => person.role === "clinician"));
    navigators(people.filter((person) => person.role === "navigator"));
  };
}

function tellNew(fresh) {
  const first = fresh.filter(inLane).length;
  if (fresh.length) tell(sayMany("new_calls", fresh.length) + (first ? ` ${sayMany("new_p1", first)}` : ""));
}

export function startBoard(root, store) {
  const one = (name) => root.querySelector(`[data-${name}]`);
  const template = one("row-template");
  const bodies = Object.fromEntries(SECTIONS.map((name) => [name, root.querySelector(`[data-rows="${name}"]`)]));
  const entries = new Map();
  const tombs = new Map();
  const touch = { pointerInside: false, keyAt: -Infinity, shiftedAt: -Infinity };
  const eye = startEye(entries);
  const showDrawer = startDrawer(one("drawer"));
  const showSide = startSide(one, store);
  const showGroups = startGroups(root, store);
  const showMore = startMore(root, store);
  let shown = { lane: [], waiting: [], active: [] };
  let behind = false;
  let catchUp = 0;

  const ids = () => SECTIONS.flatMap((name) => shown[name]);
  const rows = () => ids().filter((id) => !isGap(id)).map((id) => entries.get(id).row);
  const held = () => holds({ ...touch, now: performance.now() });
  const focusedId = () => document.activeElement?.dataset?.call;

  const open = (id, part = "") => {
    const card = store.cards.get(id);
    if (card) location.assign(card.url + part);
  };

  const onKey = (event) => {
    touch.keyAt = performance.now();
    // When the hand is gone the order catches up by itself.
    clearTimeout(catchUp);
    catchUp = setTimeout(() => behind && draw(), CATCH_UP_AFTER);
    const name = nameOf(event);
    if (name === "r") draw({ force: true });
    if (name === "t") open(grid.chosen(), "triage/");
  };

  const grid = startGrid(one("grid"), {
    rows,
    onKey,
    onSelect: (id) => showDrawer(store.cards.get(id)),
    onOpen: open,
    mayAct: () => mayAct({ shiftedAt: touch.shiftedAt, now: performance.now() }),
    onMoved: () => tell(say("row_moved")),
  });

  const entryOf = (id) => {
    if (entries.has(id)) return entries.get(id);
    const entry = isGap(id) ? makeGap(id) : make(template, id);
    entries.set(id, entry);
    eye.watch(entry);
    return entry;
  };

  const forgetLeft = () => {
    const kept = new Set(ids());
    entries.forEach((entry, id) => {
      if (kept.has(id)) return;
      eye.forget(entry);
      entries.delete(id);
      tombs.delete(id);
    });
  };

  const show = (id) => {
    const entry = entryOf(id);
    const card = store.cards.get(id);
    if (card && entry.card !== card) patch(entry, card, root.dataset.me);
    return entry.row;
  };

  const plan = (force) => {
    const still = !force && held();
    const next = arrange(shown, wanted(store.cards.values()), still);
    const focused = focusedId();
    const buriedUntil = tombs.get(focused) ?? 0;
    if (!still && performance.now() < buriedUntil) next.sections = keepFocused(next.sections, shown, focused);
    return next;
  };

  const showChanged = ({ fresh, changed }) => {
    behind = changed;
    one("changed").hidden = !changed;
    one("changed-text").textContent = fresh.length ? sayMany("new", fresh.length) : say("order_changed");
  };

  // A row that was in focus and is gone hands the focus to the row that has its place now.
  const handFocusOn = (index) => {
    const all = rows();
    if (index < 0 || all.length === 0) return;
    grid.goTo(Math.min(index, all.length - 1));
  };

  function draw({ force = false } = {}) {
    const before = ids();
    const lost = before.filter((id) => !isGap(id)).indexOf(focusedId());
    const next = plan(force);
    shown = next.sections;
    const moves = SECTIONS.reduce((sum, name) => sum + place(bodies[name], shown[name].map(show)), 0);
    if (moves && before.length) touch.shiftedAt = performance.now();
    if (lost >= 0 && !focusedId()) handFocusOn(lost);
    forgetLeft();
    one("grid").setAttribute("aria-rowcount", String(ids().length + 1));
    one("lane-free").hidden = shown.lane.length > 1;
    grid.settle();
    showChanged(next);
    showGroups();
  }

  const buryClosed = (card) => {
    const entry = entries.get(card.id);
    if (!entry) return;
    bury(entry, say("closed"));
    tombs.set(card.id, performance.now() + TOMBSTONE_FOR);
    if (grid.chosen() === card.id) showDrawer(card, { again: true });
    if (focusedId() !== card.id) return;
    tell(say("closed_said", { number: card.number }));
    setTimeout(draw, TOMBSTONE_FOR + 50);
  };

  // A change that moves nothing touches its own row and no other.
  const patchOnly = (changed) => {
    const still = !changed.whole && !changed.gone.length && !behind &&
      changed.cards.every((id) => standsStill(entries.get(id)?.card, store.cards.get(id)));
    if (still) changed.cards.forEach(show);
    return still;
  };

  const update = (changed) => {
    const fresh = changed.whole ? [] : changed.cards.filter((id) => !entries.has(id));
    changed.closed.forEach(buryClosed);
    if (!patchOnly(changed)) draw({ force: changed.whole && ids().length === 0 });
    if (changed.whole || changed.units.length || changed.people.length) showSide();
    showMore(changed);
    tellNew(fresh.map((id) => store.cards.get(id)));
    fresh.filter((id) => inLane(store.cards.get(id))).forEach((id) => entries.get(id)?.row.classList.add("row--new"));
    showDrawer(store.cards.get(grid.chosen()));
  };

  const goToOldest = (event) => {
    if (nameOf(event) !== "F9" || isField(event.target)) return;
    event.preventDefault();
    const first = oldest([...store.cards.values()].filter((card) => card.group === "waiting"));
    if (first) grid.choose(first.id);
  };

  one("grid").addEventListener("pointerenter", () => { touch.pointerInside = true; });
  one("grid").addEventListener("pointerleave", () => { touch.pointerInside = false; if (behind) draw(); });
  one("changed").addEventListener("click", () => draw({ force: true }));
  document.addEventListener("keydown", goToOldest);
  setInterval(() => { eye.tick(); showGroups(); }, 1000);

  return { update };
}
