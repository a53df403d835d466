// Says where the crew's phone is while its page is open, at most every 15 seconds; a refusal is silence.

const EVERY = 15000;

export function startPosition(node, csrf) {
  if (!navigator.geolocation) return;
  let sentAt = -EVERY;

  const send = ({ coords }) => {
    if (performance.now() - sentAt < EVERY) return;
    sentAt = performance.now();
    const body = new URLSearchParams({ lat: coords.latitude, lon: coords.longitude });
    const headers = { "X-CSRFToken": csrf, "HX-Request": "true" };
    // The next one comes in seconds, so a lost one is not sent again.
    fetch(node.dataset.position, { method: "POST", body, headers, credentials: "same-origin" }).catch(() => null);
  };

  navigator.geolocation.watchPosition(send, () => null, { enableHighAccuracy: true, maximumAge: EVERY });
}
