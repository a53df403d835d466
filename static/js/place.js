// Puts keyed nodes in the wanted order with as few moves as it can, and never loses the focus.

function put(parent, node, before) {
  // moveBefore keeps the focus and is not in every browser yet.
  if (parent.moveBefore && node.parentNode && node.isConnected) parent.moveBefore(node, before);
  else parent.insertBefore(node, before);
}

// Answers how many nodes were put in or moved.
export function place(parent, nodes) {
  const focused = document.activeElement;
  const keep = new Set(nodes);
  [...parent.children].forEach((child) => { if (!keep.has(child)) child.remove(); });
  let at = parent.firstElementChild;
  let moves = 0;
  nodes.forEach((node) => {
    if (node === at) {
      at = at.nextElementSibling;
    } else if (at && node === at.nextElementSibling) {
      // One row went down: step over it, its own turn will move it, and not all that follow.
      at = node.nextElementSibling;
      moves += 1;
    } else {
      put(parent, node, at);
      moves += 1;
    }
  });
  if (focused && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
  return moves;
}
