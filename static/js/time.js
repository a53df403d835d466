// Pure: how spans and moments are written. A span is m:ss up to 59:59, then h:mm:ss.

const two = (n) => String(n).padStart(2, "0");

export function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

// Rounded up, so that "0" is only shown when the time is really over.
export function secondsLeft(due, now) {
  return Math.max(0, Math.ceil((due - now) / 1000));
}

// How much of the span is used, between 0 and 1.
export function usedPart(since, due, now) {
  if (!(due > since)) return 1;
  return Math.min(1, Math.max(0, (now - since) / (due - since)));
}

export function clockText(milliseconds, zone, locale = "en-GB") {
  return new Intl.DateTimeFormat(locale, {
    hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone || "UTC",
  }).format(milliseconds);
}

export function dateText(milliseconds, zone, locale) {
  return new Intl.DateTimeFormat(locale, {
    weekday: "short", day: "numeric", month: "short", year: "numeric", timeZone: zone || "UTC",
  }).format(milliseconds);
}
