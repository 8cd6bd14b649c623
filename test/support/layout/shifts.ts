/** Layout shifts, as the browser itself counts them for "cumulative layout shift". */
import type { Page } from 'playwright-core';

interface LayoutShift extends PerformanceEntry {
  value: number;
  /** Within half a second of a press. */
  hadRecentInput: boolean;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
}

/** Notes every shift of the pages that are loaded from now on, from their first paint. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: { pressed: boolean; live: boolean; what: string }[] = [];
    Object.assign(window, { shifts });
    const box = ({ x, y, width, height }: DOMRectReadOnly) => [x, y, width, height].map(Math.round).join(' ');
    const nameOf = (node: Node | null) => {
      const element = node instanceof Element ? node : node?.parentElement;
      return element ? `${element.localName}.${element.className}` : 'what is gone';
    };
    const isLive = (node: Node | null) => node?.parentElement?.closest('.live') != null;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as LayoutShift[]) {
        const moved = sources.map((source) => {
          return `${nameOf(source.node)} from ${box(source.previousRect)} to ${box(source.currentRect)}`;
        });
        const live = sources.length > 0 && sources.every(({ node }) => isLive(node));
        shifts.push({ pressed: hadRecentInput, live, what: `${value.toFixed(4)}: ${moved.join('; ')}` });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

/**
 * What has moved since the page was loaded, each with by how much and what: none, where nothing has. What moves within a
 * live figure is left out: programs come and go there. `besidesPresses` leaves out what followed upon a press.
 */
export async function shiftsOf(page: Page, { besidesPresses = false } = {}): Promise<string[]> {
  return await page.evaluate(async (besidesPresses) => {
    // A shift is told with the frame after the one that it was seen in.
    for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { shifts } = window as unknown as { shifts: { pressed: boolean; live: boolean; what: string }[] };
    return shifts.filter(({ pressed, live }) => !live && (!pressed || !besidesPresses)).map(({ what }) => what);
  }, besidesPresses);
}
