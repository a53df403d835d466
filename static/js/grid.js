// The board's grid for the keyboard: one tab stop, arrows inside, selection bound to a call's id.

const STEP = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };

// Pure: the index to go to, or null when the key is none of ours.
export function target(key, index, count) {
  if (count === 0) return null;
  if (key === "Home") return 0;
  if (key === "End") return count - 1;
  if (!(key in STEP)) return null;
  return Math.min(count - 1, Math.max(0, index + STEP[key]));
}

export function startGrid(root, { rows, onSelect, onOpen, onKey, mayAct, onMoved }) {
  let chosen = null;
  let pressed = null;

  const find = (id) => rows().find((row) => row.dataset.call === id);
  const rowOf = (node) => node.closest?.("[data-call]");

  const mark = (row, on) => {
    row.setAttribute("aria-selected", String(on));
    row.tabIndex = on ? 0 : -1;
  };

  const select = (row) => {
    if (!row) return;
    const old = chosen && find(chosen);
    if (old && old !== row) mark(old, false);
    chosen = row.dataset.call;
    mark(row, true);
    onSelect(chosen);
  };

  // After a change somebody must be the tab stop, or the grid cannot be reached at all.
  const settle = () => {
    const all = rows();
    const current = chosen && all.find((row) => row.dataset.call === chosen);
    if (current) mark(current, true);
    else if (all.length) all[0].tabIndex = 0;
  };

  const goTo = (index) => {
    const row = rows()[index];
    row?.focus();
  };

  root.addEventListener("focusin", (event) => {
    const row = rowOf(event.target);
    if (row && event.target === row) select(row);
  });
  root.addEventListener("pointerdown", (event) => { pressed = rowOf(event.target)?.dataset.call ?? null; });
  const guarded = (event, act) => {
    const row = rowOf(event.target);
    if (!row) return;
    if (!mayAct() || row.dataset.call !== pressed) return onMoved();
    act(row);
  };
  root.addEventListener("click", (event) => guarded(event, (row) => row.focus({ preventScroll: true })));
  root.addEventListener("dblclick", (event) => guarded(event, (row) => onOpen(row.dataset.call)));
  root.addEventListener("keydown", (event) => {
    const row = rowOf(event.target);
    if (event.target !== row || event.ctrlKey || event.altKey || event.metaKey) return;
    onKey(event);
    const all = rows();
    const index = target(event.key, all.indexOf(row), all.length);
    if (index === null && event.key !== "Enter") return;
    event.preventDefault();
    if (index === null) onOpen(row.dataset.call);
    else goTo(index);
  });

  return { settle, chosen: () => chosen, choose: (id) => { const row = find(id); if (row) row.focus(); }, goTo };
}
