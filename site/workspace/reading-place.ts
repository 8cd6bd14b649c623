import type { ReadingPlace } from '../../sandbox-server/protocol/lesson.ts';

/** Where the learner was in each lesson, kept in this browser and applied when they come back. */
const KEY = 'slipway-places';

/** Lessons remembered; older ones are forgotten first. */
const MOST = 200;

/** Writing with every pixel would keep a phone busy. */
const QUIET_MS = 250;

type Places = Record<string, number>;

function readPlaces(): Places {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Places;
  } catch {
    return {};
  }
}

function remember(path: string, top: number): void {
  const { [path]: _, ...others } = readPlaces();
  const kept = [...Object.entries(others), [path, Math.round(top)] as const].slice(-MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(kept)));
  } catch {
    // Nothing is stored here; the server's memory has to do.
  }
}

/**
 * Brings the text back to where it was left, and keeps the place from then on: in this browser to the pixel, and by `tell`
 * for the learner's other browsers. `comeTo` is for what those have kept: it holds where this one has nothing of its own.
 */
export function keepReadingPlace(
  text: HTMLElement,
  tell: (place: ReadingPlace) => void,
  signal: AbortSignal,
): { comeTo(place: ReadingPlace): void } {
  const path = location.pathname;
  // On a phone the whole page scrolls.
  const pane = () => (getComputedStyle(text).overflowY === 'auto' ? text : document.documentElement);
  const place = readPlaces()[path];
  let settled = place !== undefined || location.hash !== '';
  if (place !== undefined && location.hash === '') pane().scrollTop = place;
  let timer: number | undefined;
  const moved = () => {
    settled = true;
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (signal.aborted) return;
      remember(path, pane().scrollTop);
      tell(placeIn(text, pane()));
    }, QUIET_MS);
  };
  text.addEventListener('scroll', moved, { signal, passive: true });
  document.addEventListener('scroll', moved, { signal, passive: true });
  return {
    comeTo: ({ anchor, offset }) => {
      if (settled) return;
      settled = true;
      const heading = anchor === '' ? text : document.getElementById(anchor);
      if (heading !== null) pane().scrollTop += heading.getBoundingClientRect().top - topOf(text, pane()) + offset;
    },
  };
}

/** Where the text's upper edge is in the window. */
function topOf(text: HTMLElement, pane: HTMLElement): number {
  return pane === text ? text.getBoundingClientRect().top : 0;
}

function placeIn(text: HTMLElement, pane: HTMLElement): ReadingPlace {
  const top = topOf(text, pane);
  const anchors = [
    ...text.querySelectorAll<HTMLElement>(':is(h2, h3, h4)[id], slipway-task, slipway-ask, slipway-quiz'),
  ];
  const last = anchors.findLast((anchor) => anchor.getBoundingClientRect().top <= top);
  const offset = last === undefined ? pane.scrollTop : top - last.getBoundingClientRect().top;
  return { anchor: last?.id ?? '', offset: Math.round(offset) };
}
