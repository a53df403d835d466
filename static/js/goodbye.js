// The line was ended: the page starts anew, unless that would lose what was typed. Then it says so and waits.

import { tellUrgently } from "./announce.js";
import { unsent } from "./fragments.js";
import { say } from "./words.js";

const who = (page) => page.querySelector("[data-who]")?.textContent;
const meta = (page) => page.querySelector('meta[name="csrf"]');

// A refused form came back with what was typed as its own content.
const wasRefused = () => performance.getEntriesByType("navigation")[0]?.responseStatus >= 400;

function showLine(login) {
  const line = document.createElement("p");
  line.className = "message message--warning cluster";
  line.dataset.signedOut = "";
  const again = document.createElement("a");
  again.className = "btn";
  again.href = login;
  // Beside this page, never over it.
  again.target = "_blank";
  again.rel = "noopener";
  again.textContent = say("sign_in_again");
  line.append(say("signed_out"), " ", again);
  const place = document.querySelector(".messages") ?? document.createElement("div");
  place.className = "messages";
  place.append(line);
  document.body.append(place);
  tellUrgently(say("signed_out"));
  return line;
}

// The page of the same person, signed in again elsewhere; null while there is none.
async function pageAgain() {
  const answer = await fetch("/", { credentials: "same-origin" });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return who(page) && who(page) === who(document) ? page : null;
}

function takeTokens(page) {
  const token = meta(page).content;
  meta(document).content = token;
  document.querySelectorAll("input[name=csrfmiddlewaretoken]").forEach((field) => { field.value = token; });
}

// `stay`: something is on its way that must not be lost, whatever was typed.
export function sayGoodbye({ login, onReturn, stay = false }) {
  if (!stay && !unsent(document) && !wasRefused()) return location.reload();
  const line = showLine(login);
  const look = async () => {
    if (document.visibilityState !== "visible" || !line.isConnected) return;
    const page = await pageAgain().catch(() => null);
    if (!page || !line.isConnected) return;
    line.remove();
    takeTokens(page);
    onReturn();
  };
  document.addEventListener("visibilitychange", look);
  window.addEventListener("focus", look);
  return undefined;
}
