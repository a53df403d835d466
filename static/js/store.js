// What the live line has told so far: cards, units and people by id. Pure; says what changed.

const byId = (rows) => new Map((rows ?? []).map((row) => [row.id, row]));

export function empty() {
  return { cards: new Map(), units: new Map(), people: new Map() };
}

// Applies a message to the store; the answer names the ids that differ now.
export function apply(store, message) {
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

export function counts(store) {
  const all = [...store.cards.values()];
  return {
    waiting: all.filter((card) => card.group === "waiting").length,
    active: all.filter((card) => card.group === "active").length,
    p1: all.filter((card) => card.priority === 1).length,
    ringing: all.filter((card) => card.state.code === "ringing").length,
  };
}
