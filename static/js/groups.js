// The heads of the board's groups: how many calls, how old the oldest, what to do when there is none.

import { now } from "./clock.js";
import { oldest, openedAt, section } from "./order.js";
import { elapsed } from "./time.js";
import { say } from "./words.js";

function wordsFor(name, cards) {
  const first = name === "waiting" ? oldest(cards) : null;
  if (!first) return say("group_count", { count: cards.length });
  return say("group_oldest", { count: cards.length, age: elapsed(now() - openedAt(first)) });
}

export function startGroups(root, store) {
  const note = (name) => root.querySelector(`[data-group-note="${name}"]`);
  const empty = root.querySelector("[data-board-empty]");
  return () => {
    const groups = { lane: [], waiting: [], active: [] };
    store.cards.forEach((card) => groups[section(card)].push(card));
    Object.entries(groups).forEach(([name, cards]) => {
      const text = wordsFor(name, cards);
      if (note(name).textContent !== text) note(name).textContent = text;
    });
    empty.hidden = store.cards.size > 0;
  };
}
