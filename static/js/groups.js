// The heads of the board's groups: how many calls, how old the oldest, what to do when there is none.

import { tell } from "./announce.js";
import { now } from "./clock.js";
import { oldest, openedAt, section } from "./order.js";
import { elapsed } from "./time.js";
import { atLeast, missing } from "./store.js";
import { say } from "./words.js";

function wordsFor(name, cards, count) {
  const first = name === "waiting" ? oldest(cards) : null;
  if (!first) return say("group_count", { count });
  return say("group_oldest", { count, age: elapsed(now() - openedAt(first)) });
}

// Nobody is unseen without a word: how many open calls are not in the list.
export function startMore(root, store) {
  const node = root.querySelector("[data-board-more]");
  const written = (count) => count.toLocaleString(document.documentElement.lang || "en");
  return ({ whole }) => {
    const before = node.textContent;
    node.hidden = missing(store) === 0;
    const key = whole ? "more_open" : "more_changed";
    node.textContent = node.hidden ? "" : say(key, { open: written(store.open), shown: written(store.cards.size) });
    if (!before && node.textContent) tell(node.textContent);
  };
}

export function startGroups(root, store) {
  const note = (name) => root.querySelector(`[data-group-note="${name}"]`);
  const empty = root.querySelector("[data-board-empty]");
  return () => {
    const groups = { lane: [], waiting: [], active: [] };
    store.cards.forEach((card) => groups[section(card)].push(card));
    Object.entries(groups).forEach(([name, cards]) => {
      const text = wordsFor(name, cards, atLeast(store, cards.length));
      if (note(name).textContent !== text) note(name).textContent = text;
    });
    empty.hidden = store.cards.size > 0;
  };
}
