/** The UTF-16 units of a text that are selected in its box, or undefined where nothing is. */
export function selectedUnits(box: HTMLElement): { start: number; end: number } | undefined {
  const selection = document.getSelection();
  if (selection === null || selection.rangeCount === 0 || selection.isCollapsed) {
    return undefined;
  }
  const range = selection.getRangeAt(0);
  if (!box.contains(range.startContainer) || !box.contains(range.endContainer)) {
    return undefined;
  }
  const start = unitAt(range.startContainer, range.startOffset);
  const end = unitAt(range.endContainer, range.endOffset);
  return start !== undefined && end !== undefined && start < end ? { start, end } : undefined;
}

/** The unit of the text at a place in the document: its line's start, and what of the line comes before. */
function unitAt(node: Node, offset: number): number | undefined {
  const element = node instanceof Element ? node : node.parentElement;
  const line = element?.closest("[data-start]");
  if (!line) {
    // Between two lines: the one that begins there.
    const next = node.childNodes[offset];
    return next instanceof HTMLElement && next.dataset.start ? Number(next.dataset.start) : undefined;
  }
  const before = document.createRange();
  before.setStart(line, 0);
  before.setEnd(node, offset);
  return Number(line.getAttribute("data-start")) + unitsIn(before.cloneContents());
}

function unitsIn(node: Node): number {
  if (node instanceof Element) {
    if (node.matches("button")) {
      return 0;
    }
    const units = node.getAttribute("data-units");
    if (units !== null) {
      return Number(units);
    }
  }
  if (node instanceof Text) {
    return node.data.length;
  }
  let units = 0;
  for (const each of node.childNodes) {
    units += unitsIn(each);
  }
  return units;
}
