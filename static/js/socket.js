// The live line: opens it, opens it again, asks for what was missed. It only listens; writing goes over HTTP.

import { next, wait } from "./live.js";

// `whole` says whether only a whole board will do: one that lacks calls cannot be resumed.
export function listen(path, { onMessage, onHeard, onTry, onBye, whole }) {
  const line = { socket: null, shown: null, asking: true, attempt: 0, timer: 0, closed: false };

  const address = () => {
    const url = new URL(path, location.href);
    url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    if (line.shown !== null && !whole()) url.searchParams.set("since", line.shown);
    return url.href;
  };

  const ask = () => {
    line.asking = true;
    if (line.socket.readyState === WebSocket.OPEN) line.socket.send(JSON.stringify({ since: whole() ? null : line.shown }));
  };

  const leave = (message) => {
    line.closed = true;
    onBye(message);
  };

  const take = (message) => {
    const step = next(line.shown, message);
    if (step === "ask") return ask();
    if (step === "leave") return leave(message);
    if (step === "apply" || step === "replace") {
      line.shown = message.number;
      onMessage(message, step);
    }
    if (step !== "drop" || message.number === line.shown) line.asking = false;
  };

  const open = () => {
    clearTimeout(line.timer);
    const socket = new WebSocket(address());
    line.socket = socket;
    line.asking = true;
    socket.addEventListener("message", (event) => {
      if (socket !== line.socket) return;
      const message = JSON.parse(event.data);
      line.attempt = 0;
      onHeard(message);
      take(message);
    });
    socket.addEventListener("close", () => {
      if (socket === line.socket) again();
    });
  };

  const again = () => {
    if (line.closed) return;
    line.attempt += 1;
    onTry(line.attempt);
    clearTimeout(line.timer);
    line.timer = setTimeout(open, wait(line.attempt, Math.random()));
  };

  // A line that is silent but not closed (a pulled cable) never fires "close": leave it for a new one.
  const abandon = () => {
    const old = line.socket;
    line.socket = null;
    old?.close();
    again();
  };

  const reopen = () => {
    line.closed = false;
    open();
  };

  open();
  return { asking: () => line.asking, ask, abandon, reopen };
}
