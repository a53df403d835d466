// The two live regions: a polite one, at most once in two seconds, and an urgent one.

const QUIET_FOR = 2000;
const waiting = [];
let timer = 0;

const region = (name) => document.querySelector(`[data-announce="${name}"]`);

export function tell(text) {
  waiting.push(text);
  if (!timer) timer = setTimeout(speak, QUIET_FOR);
}

function speak() {
  timer = 0;
  region("polite").textContent = [...new Set(waiting.splice(0))].join(" ");
}

export function tellUrgently(text) {
  region("assertive").textContent = text;
}
