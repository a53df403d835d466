// The questions by keyboard: 1-4 answer and go on, Backspace takes back, arrows move, ";" goes to the note.

import { isField, nameOf } from "./keys.js";

const ANSWERS = { 1: "yes", 2: "no", 3: "not_known", 4: "not_asked", Backspace: "not_asked" };

// Pure: what a key asks for.
export function step(name) {
  if (name in ANSWERS) return { do: "answer", value: ANSWERS[name], stay: name === "Backspace" };
  if (name === "ArrowDown") return { do: "move", by: 1 };
  if (name === "ArrowUp") return { do: "move", by: -1 };
  if (name === ";") return { do: "note" };
  if (name === "Ctrl+Enter") return { do: "complete" };
  return null;
}

export function startTriage(root) {
  const questions = () => [...root.querySelectorAll("[data-question]")].filter((node) => !node.disabled);
  const radios = (question) => [...question.querySelectorAll("input[type=radio]")];
  const current = () => document.activeElement?.closest?.("[data-question]");

  const focusOn = (question) => {
    const all = radios(question);
    (all.find((radio) => radio.checked) ?? all[0])?.focus();
    question.scrollIntoView({ block: "nearest" });
  };

  const move = (by) => {
    const all = questions();
    const at = all.indexOf(current());
    const to = at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by));
    if (all[to]) focusOn(all[to]);
  };

  const answer = ({ value, stay }) => {
    const question = current();
    const radio = question && radios(question).find((one) => one.value === value);
    if (!radio) return;
    if (!radio.checked) {
      radio.checked = true;
      radio.dispatchEvent(new Event("change", { bubbles: true }));
    }
    radio.focus();
    if (!stay) move(1);
  };

  const complete = () => {
    const button = root.querySelector("[data-complete]");
    if (button && !button.disabled) button.form.requestSubmit(button);
  };

  const doers = {
    answer, complete,
    move: ({ by }) => move(by),
    note: () => root.querySelector("[data-note]")?.focus(),
  };

  root.addEventListener("keydown", (event) => {
    const asked = step(nameOf(event));
    if (!asked || (isField(event.target) && asked.do !== "complete")) return;
    if (asked.do === "answer" && !current()) return;
    event.preventDefault();
    doers[asked.do](asked);
  });

  const first = questions().find((question) => radios(question).every((radio) => !radio.checked || radio.value === "not_asked"));
  // The page says itself where typing begins; digits of an address are no answers.
  const begins = root.querySelector("[autofocus]") || root.contains(document.activeElement);
  if (first && !begins) focusOn(first);
}
