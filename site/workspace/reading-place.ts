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
    // Nothing is stored here; the browser's own memory has to do.
  }
}

/** Brings the text back to where it was left, and keeps the place from then on. On a phone the whole page scrolls. */
export function keepReadingPlace(text: HTMLElement, signal: AbortSignal): void {
  const path = location.pathname;
  const pane = () => (getComputedStyle(text).overflowY === 'auto' ? text : document.documentElement);
  const place = readPlaces()[path];
  if (place !== undefined && location.hash === '') pane().scrollTop = place;
  let timer: number | undefined;
  const moved = () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => signal.aborted || remember(path, pane().scrollTop), QUIET_MS);
  };
  text.addEventListener('scroll', moved, { signal, passive: true });
  document.addEventListener('scroll', moved, { signal, passive: true });
}
