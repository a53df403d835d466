// The selected call beside the board: the server's fragment, fetched again when the card's version moves.

import { load } from "./fragments.js";
import { say } from "./words.js";

const SETTLE = 120;

export function startDrawer(root) {
  let shown = { id: null, version: null };
  let timer = 0;

  const fetchIt = async (card) => {
    root.setAttribute("aria-busy", "true");
    const fine = await load(`${card.url}drawer/`, root);
    root.removeAttribute("aria-busy");
    if (!fine && shown.id === card.id) failed(card);
  };

  // Selecting the row again asks again; the whole page of the call is one link away.
  const failed = (card) => {
    shown = { id: null, version: null };
    const link = document.createElement("a");
    link.href = card.url;
    link.textContent = say("drawer_failed", { number: card.number });
    const line = document.createElement("p");
    line.className = "empty";
    line.append(link);
    root.replaceChildren(line);
  };

  // Arrow keys run over rows faster than anybody reads: only the row that is stayed on is fetched.
  return (card, { again = false } = {}) => {
    if (!card || (!again && card.id === shown.id && card.version === shown.version)) return;
    const sameCall = card.id === shown.id;
    shown = { id: card.id, version: card.version };
    clearTimeout(timer);
    timer = setTimeout(() => fetchIt(card), sameCall ? 0 : SETTLE);
  };
}
