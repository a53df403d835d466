// The page's own words for what the modules say, so that the server translates them: <i data-word="key">text {name}</i>.

const found = new Map();

export function learn(root) {
  root.content.querySelectorAll("[data-word]").forEach((node) => found.set(node.dataset.word, node.textContent.trim()));
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// A key that the page does not have is shown as it is: a missing word is seen, not hidden.
export function say(key, values = {}) {
  return fill(found.get(key) ?? key, values);
}

export function sayMany(key, count, values = {}) {
  const form = new Intl.PluralRules(document.documentElement.lang || "en").select(count);
  const text = found.get(`${key}_${form}`) ?? found.get(`${key}_other`) ?? key;
  return fill(text, { count, ...values });
}
