/**
 * Keeps what is read where it is on the screen while the page is replaced once by a newer one of the same address: text
 * may have come in above it.
 */
export function holdPlace(): void {
  const text = document.querySelector<HTMLElement>('main');
  if (text === null) return;
  const { scrollTop } = paneOf(text);
  const heading = lastHeadingAbove(text);
  const offset = heading?.getBoundingClientRect().top;
  const restore = () => {
    const now = document.querySelector<HTMLElement>('main');
    if (now === null) return;
    const pane = paneOf(now);
    pane.scrollTop = scrollTop;
    const same = heading && document.getElementById(heading.id);
    if (same && offset !== undefined) pane.scrollTop += same.getBoundingClientRect().top - offset;
  };
  // Once before it is drawn, and once after the page's own memory of the place.
  document.addEventListener('astro:after-swap', restore, { once: true });
  document.addEventListener('astro:page-load', restore, { once: true });
}

/** On a phone the whole page scrolls. */
const paneOf = (text: HTMLElement) => (getComputedStyle(text).overflowY === 'auto' ? text : document.documentElement);

function lastHeadingAbove(text: HTMLElement): HTMLElement | undefined {
  const top = Math.max(0, text.getBoundingClientRect().top);
  const headings = [...text.querySelectorAll<HTMLElement>(':is(h2, h3, h4)[id]')];
  return headings.findLast((heading) => heading.getBoundingClientRect().top <= top + SLACK_PX);
}

/** A heading that stands at the very top counts. */
const SLACK_PX = 8;
