/**
 * What a page looks like, as boxes. These functions run in the page (`audit.ts` carries their source there), so they use
 * nothing but each other and what a page has. Boxes are in CSS pixels of the window.
 */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A line of text, and the element that it stands in. */
export interface Line {
  element: Element;
  text: string;
  box: Box;
}

interface Clipper {
  clipper: Element;
  x: string;
  y: string;
  box: Box;
}

/** Of one look: nothing is scrolled before the last use of it. */
const cache: { lines?: Line[]; clippers: Map<Element, Clipper[]> } = { clippers: new Map() };

/** The terminal's cells are drawn by xterm, in a grid of its own; what is for screen readers alone has no place at all. */
export function isLeftOut(element: Element): boolean {
  return element.closest('.xterm, .visually-hidden, noscript, script, style') !== null;
}

export function isSeen(element: Element): boolean {
  return element.checkVisibility({ visibilityProperty: true });
}

export function nameOf(element: Element): string {
  const classes = [...element.classList].map((name) => `.${name}`).join('');
  const near = element.parentElement?.closest('[class], main, header, nav, aside')?.classList[0];
  const text = (element.textContent ?? '').trim().replaceAll(/\s+/g, ' ').slice(0, 40);
  return `${near === undefined ? '' : `.${near} `}${element.localName}${classes} “${text}”`;
}

/** The nearest ancestor, or the element itself, that stays where it is when the page scrolls. */
export function layerOf(element: Element): Element | null {
  for (let at: Element | null = element; at !== null; at = at.parentElement) {
    if (['fixed', 'sticky'].includes(getComputedStyle(at).position)) return at;
  }
  return null;
}

/** Every line of text that is shown, whether it is in the window or further down. */
export function linesOfText(): Line[] {
  if (cache.lines !== undefined) return cache.lines;
  const lines: Line[] = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement!;
    const text = node.nodeValue!.trim();
    // What shows under the pointer only, as a button over output, has a ground of its own and may lie over text.
    if (
      text === '' ||
      isLeftOut(element) ||
      !element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    )
      continue;
    range.selectNodeContents(node);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      // A font's box is higher than its letters: an eighth above and below has accents at most.
      const air = (bottom - top) / 8;
      if (right - left > 1) lines.push({ element, text, box: { left, top: top + air, right, bottom: bottom - air } });
    }
  }
  return (cache.lines = lines);
}

/** The element and its ancestors, nearest first, that show nothing, or only by scrolling, of what is beyond their edges. */
export function clippersOf(element: Element): Clipper[] {
  const known = cache.clippers.get(element);
  if (known !== undefined) return known;
  const { overflowX: x, overflowY: y, position, display } = getComputedStyle(element);
  const parent = position === 'fixed' ? null : element.parentElement;
  const further = parent === null || parent === document.body ? [] : clippersOf(parent);
  const clips = display !== 'inline' && (x !== 'visible' || y !== 'visible');
  const clippers = clips ? [{ clipper: element, x, y, box: innerBox(element) }, ...further] : further;
  cache.clippers.set(element, clippers);
  return clippers;
}

function innerBox(element: Element): Box {
  const edge = element.getBoundingClientRect();
  const [left, top] = [edge.left + element.clientLeft, edge.top + element.clientTop];
  return { left, top, right: left + element.clientWidth, bottom: top + element.clientHeight };
}

export function scrolls(overflow: string): boolean {
  return overflow === 'auto' || overflow === 'scroll';
}

/** What of a line can be seen at present; undefined where it has been scrolled away. */
export function shownPart(line: Line): Box | undefined {
  let { left, top, right, bottom } = line.box;
  for (const { box } of clippersOf(line.element)) {
    left = Math.max(left, box.left);
    top = Math.max(top, box.top);
    right = Math.min(right, box.right);
    bottom = Math.min(bottom, box.bottom);
  }
  return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : undefined;
}
