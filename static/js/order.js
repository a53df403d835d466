// Pure: which call stands where on the board, and what may move while somebody is about to act.

export const LANE = "lane";
const HOLD_AFTER_KEY = 3000;
const STILL_FOR = 500;

export const inLane = (card) => card.priority === 1 || card.state.code === "crew_emergency";

export const section = (card) => (inLane(card) ? LANE : card.group);

// Dates are read once for each card, not once for each comparison.
const read = new WeakMap();

export function openedAt(card) {
  if (!read.has(card)) read.set(card, Date.parse(card.opened_at));
  return read.get(card);
}

const emergencyFirst = (card) => (card.state.code === "crew_emergency" ? 0 : 1);

export function compare(a, b) {
  return (
    emergencyFirst(a) - emergencyFirst(b) ||
    a.priority - b.priority ||
    openedAt(a) - openedAt(b) ||
    a.number.localeCompare(b.number)
  );
}

// True when the new card stands exactly where the old one stood.
export function standsStill(before, after) {
  return Boolean(before) && section(before) === section(after) && compare(before, after) === 0;
}

// The order that the board wants: ids for each section.
export function wanted(cards) {
  const sections = { lane: [], waiting: [], active: [] };
  [...cards].sort(compare).forEach((card) => sections[section(card)].push(card.id));
  return sections;
}

export function holds({ pointerInside, keyAt, now }) {
  return pointerInside || now - keyAt < HOLD_AFTER_KEY;
}

export function mayAct({ shiftedAt, now }) {
  return now - shiftedAt >= STILL_FOR;
}

const same = (a, b) => a.length === b.length && a.every((id, i) => id === b[i]);

// What to show now. While held, rows keep their places: nothing is put in, nothing is taken out,
// except that an emergency always goes to its lane, where room is kept for it.
export function arrange(shown, want, held) {
  if (!held) return { sections: want, fresh: [], changed: false };
  const known = new Set([...shown.lane, ...shown.waiting, ...shown.active]);
  const fresh = [...want.waiting, ...want.active].filter((id) => !known.has(id));
  const changed = !same(shown.waiting, want.waiting) || !same(shown.active, want.active);
  return { sections: leaveGaps({ ...shown, lane: want.lane }), fresh, changed };
}

// The place of a call that went to the lane stays empty while held, so that nothing moves up under the pointer.
export const gapFor = (id) => `gap:${id}`;
export const isGap = (id) => id.startsWith("gap:");

export function leaveGaps({ lane, waiting, active }) {
  const gone = new Set(lane);
  const gap = (id) => (gone.has(id) ? gapFor(id) : id);
  return { lane, waiting: waiting.map(gap), active: active.map(gap) };
}

// Keeps a closed row that has the focus where it was, until its time is over.
export function keepFocused(sections, shown, id) {
  const name = Object.keys(shown).find((key) => shown[key].includes(id));
  if (!name || Object.values(sections).some((ids) => ids.includes(id))) return sections;
  const ids = [...sections[name]];
  ids.splice(Math.min(shown[name].indexOf(id), ids.length), 0, id);
  return { ...sections, [name]: ids };
}

// The card that is open for the longest, or null.
export function oldest(cards) {
  return cards.reduce((first, card) => (first && openedAt(first) <= openedAt(card) ? first : card), null);
}
