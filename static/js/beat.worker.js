// Says "still here" every 15 seconds: a worker's timer is not slowed when the tab is hidden.

let settings = null;

async function beat() {
  try {
    const answer = await fetch(settings.url, {
      method: "POST",
      headers: { "X-CSRFToken": settings.csrf, "HX-Request": "true" },
      credentials: "same-origin",
    });
    postMessage({ ok: answer.ok && !answer.redirected, status: answer.status });
  } catch {
    postMessage({ ok: false, status: 0 });
  }
}

addEventListener("message", (event) => {
  const first = settings === null;
  settings = event.data;
  if (!first) return;
  beat();
  setInterval(beat, settings.every);
});
