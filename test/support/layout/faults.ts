/** What is wrong with a page's layout, a sentence for each fault. Runs in the page, as `in-page.ts` does. */
import {
  clippersOf,
  isLeftOut,
  isSeen,
  layerOf,
  linesOfText,
  nameOf,
  scrolls,
  shownPart,
  type Box,
} from './in-page.ts';

/** All of them, none twice. */
export function everyFault(): string[] {
  const before = scrolled().map((pane) => ({ pane, top: pane.scrollTop, left: pane.scrollLeft }));
  const faults = [wideFaults, cutFaults, spilledFaults, overlapFaults, gridFaults, pressFaults].flatMap((look) =>
    look(),
  );
  for (const pane of scrolled()) pane.scrollTo({ top: 0, left: 0, behavior: 'instant' });
  for (const { pane, top, left } of before) pane.scrollTo({ top, left, behavior: 'instant' });
  return [...new Set(faults)];
}

function scrolled(): Element[] {
  return [...document.querySelectorAll('*')].filter((element) => element.scrollTop > 0 || element.scrollLeft > 0);
}

/** Edges fall between pixels. */
const SLACK = 1.5;

export function wideFaults(): string[] {
  const { scrollWidth, clientWidth } = document.documentElement;
  return scrollWidth > clientWidth ? [`the page is ${scrollWidth - clientWidth} px wider than its window`] : [];
}

/** Text of which a part cannot be seen, and by scrolling neither. */
export function cutFaults(): string[] {
  const faults: string[] = [];
  for (const { element, box } of linesOfText()) {
    const seen = { ...box };
    for (const { clipper, x, y, box: frame } of clippersOf(element)) {
      const isEllipsis = getComputedStyle(clipper).textOverflow === 'ellipsis';
      if (isEllipsis && frame.right - frame.left < 3 * Number.parseFloat(getComputedStyle(element).fontSize)) {
        faults.push(`an ellipsis leaves next to nothing: ${nameOf(element)}`);
      }
      const beyondX = seen.left < frame.left - SLACK || seen.right > frame.right + SLACK;
      const beyondY = seen.top < frame.top - SLACK || seen.bottom > frame.bottom + SLACK;
      if (beyondX && !scrolls(x) && !isEllipsis)
        faults.push(`cut off at the side by ${nameOf(clipper)}: ${nameOf(element)}`);
      // So many lines and an ellipsis, on purpose: a button beside them shows the rest.
      const isClamped = getComputedStyle(clipper).webkitLineClamp !== 'none';
      if (beyondY && !scrolls(y) && !isClamped)
        faults.push(`cut off above or below by ${nameOf(clipper)}: ${nameOf(element)}`);
      // Further out only what this one lets through can be cut off.
      seen.left = Math.max(seen.left, frame.left);
      seen.top = Math.max(seen.top, frame.top);
      seen.right = Math.min(seen.right, frame.right);
      seen.bottom = Math.min(seen.bottom, frame.bottom);
      if (seen.left >= seen.right || seen.top >= seen.bottom) break;
    }
    const isThere = seen.left < seen.right && seen.top < seen.bottom;
    if (isThere && (seen.left < -SLACK || seen.right > innerWidth + SLACK)) {
      faults.push(`beyond the window's side: ${nameOf(element)}`);
    }
    const layer = layerOf(element)?.getBoundingClientRect();
    if (isThere && layer && (seen.top < layer.top - SLACK || seen.bottom > layer.bottom + SLACK)) {
      faults.push(`runs out of its bar or sheet: ${nameOf(element)}`);
    }
  }
  return faults;
}

/** Words that run over the edge of the button that they label. */
export function spilledFaults(): string[] {
  return linesOfText().flatMap(({ element, box }) => {
    const button = element.closest('button, summary, [role=tab], .button');
    if (button === null || getComputedStyle(button).display === 'inline') return [];
    const edge = button.getBoundingClientRect();
    const fits = box.left > edge.left - SLACK && box.right < edge.right + SLACK;
    return fits && box.top > edge.top - SLACK && box.bottom < edge.bottom + SLACK
      ? []
      : [`spills out of its button: ${nameOf(element)}`];
  });
}

/** Text on text, but for bars and sheets, under which a page scrolls. */
export function overlapFaults(): string[] {
  const lines = linesOfText()
    .map((line) => ({ ...line, layer: layerOf(line.element), box: shownPart(line) }))
    .filter((line): line is typeof line & { box: Box } => line.box !== undefined)
    .sort((a, b) => a.box.top - b.box.top);
  const faults: string[] = [];
  lines.forEach((upper, index) => {
    for (const lower of lines.slice(index + 1)) {
      if (lower.box.top >= upper.box.bottom - SLACK) break;
      if (lower.layer !== upper.layer) continue;
      // A line that ends in an ellipsis has a box for each of its parts.
      if (lower.element === upper.element && lower.box.top === upper.box.top) continue;
      const width = Math.min(upper.box.right, lower.box.right) - Math.max(upper.box.left, lower.box.left);
      if (width > SLACK) faults.push(`${nameOf(upper.element)} lies over ${nameOf(lower.element)}`);
    }
  });
  return faults;
}

/** What can be pressed and is not wholly there to be pressed, once it has been scrolled to as the Tab key would. */
export function pressFaults(): string[] {
  const pressable = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  const pixels = (length: string) => (length === 'auto' ? 0 : Number.parseFloat(length));
  const room = innerHeight - pixels(scrollPaddingTop) - pixels(scrollPaddingBottom);
  const faults: string[] = [];
  // Behind a modal dialog nothing can be pressed.
  const within = document.querySelector('dialog:modal') ?? document;
  for (const element of within.querySelectorAll<HTMLElement>(pressable)) {
    if (isLeftOut(element) || !isSeen(element) || element.closest('[inert]') !== null) continue;
    // Shown when it has the focus only, as the link that skips to the text.
    const waits = getComputedStyle(element).clipPath !== 'none';
    if (waits) element.focus();
    element.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
    // What is higher than the room between bars and sheets is scrolled past, not to.
    const fits = element.getBoundingClientRect().height < room;
    for (const { left, top, right, bottom } of fits ? element.getClientRects() : []) {
      const [x, y] = [(left + right) / 2, (top + bottom) / 2];
      const isWhole = left > -SLACK && right < innerWidth + SLACK && top > -SLACK && bottom < innerHeight + SLACK;
      if (!isWhole) faults.push(`partly outside the window: ${nameOf(element)}`);
      // Half of it in each direction: what the divider takes of a tab's edge leaves enough to press.
      const [quarterX, quarterY] = [(right - left) / 4, (bottom - top) / 4];
      const points = [
        [x, y],
        [x - quarterX, y],
        [x + quarterX, y],
        [x, y - quarterY],
        [x, y + quarterY],
      ] as const;
      const lids = points.map(([px, py]) => document.elementFromPoint(px, py));
      const lid = lids.find((found) => found !== null && !element.contains(found) && !found.contains(element));
      if (isWhole && lid) faults.push(`under ${nameOf(lid)}: ${nameOf(element)}`);
    }
    if (waits) element.blur();
  }
  return faults;
}

/** A terminal whose rows or columns do not fit into its pane. */
export function gridFaults(): string[] {
  return [...document.querySelectorAll('.xterm-screen')].flatMap((grid) => {
    const pane = grid.closest('slipway-terminal')!.getBoundingClientRect();
    const { right, bottom } = grid.getBoundingClientRect();
    return isSeen(grid) && (right > pane.right + SLACK || bottom > pane.bottom + SLACK)
      ? [`the terminal’s cells run out of its pane: ${Math.round(right)} ${Math.round(bottom)}`]
      : [];
  });
}
