// What the live line has told so far: cards, units and people by id. Pure; says what changed.

const byId = (rows) => new Map((rows ?? []).map((row) => [row.id, row]));

export function empty() {
  return { cards: new Map(), units: new Map(), people: new Map(), open: 0, carried: 0 };
}

// Applies a message to the store; the answer names the ids that differ now.
export function apply(store, message) {
  // Said where a board may lack calls, and only there.
  store.open = message.open ?? 0;
  if (message.t === "snapshot") return replaceAll(store, message);
  const gone = (message.gone ?? []).filter((id) => store.cards.has(id));
  const closed = gone.map((id) => store.cards.get(id));
  gone.forEach((id) => store.cards.delete(id));
  return {
    cards: put(store.cards, message.cards),
    units: put(store.units, message.units),
    people: put(store.people, message.people),
    gone,
    closed,
    whole: false,
  };
}

function put(map, rows = []) {
  rows.forEach((row) => map.set(row.id, row));
  return rows.map((row) => row.id);
}

function replaceAll(store, message) {
  const before = store.cards;
  store.cards = byId(message.cards);
  store.carried = store.cards.size;
  store.units = byId(message.units);
  store.people = byId(message.people);
  const closed = [...before.values()].filter((card) => !store.cards.has(card.id));
  return {
    cards: [...store.cards.keys()],
    units: [...store.units.keys()],
    people: [...store.people.keys()],
    gone: closed.map((card) => card.id),
    closed,
    whole: true,
  };
}

// How many open calls are not here: a snapshot has an end.
export const missing = (store) => Math.max(0, store.open - store.cards.size);

// There is room for some of them by now.
export const hasRoom = (store) => missing(store) > 0 && store.cards.size < store.carried;

// What is counted here is at least so many while some are missing.
export const atLeast = (store, count) => (missing(store) ? `${count}+` : String(count));

export function counts(store) {
  const all = [...store.cards.values()];
  return {
    waiting: all.filter((card) => card.group === "waiting").length,
    active: all.filter((card) => card.group === "active").length,
    p1: all.filter((card) => card.priority === 1).length,
    ringing: all.filter((card) => card.state.code === "ringing").length,
  };
}
