import { navigate, swapFunctions } from 'astro:transitions/client';
import { holdPlace } from './hold-place.ts';

/** What follows the page just now; a later call takes its place, and knows more. */
let under: AbortController | undefined;

/**
 * Puts the page as it is on the server now in place of the one that is shown; terminals and the reading place stay. As the
 * router does it, without its transition: that waits for frames to be drawn, several times longer than all the rest takes.
 * Nothing happens where there is no such page any more, where the server cannot be reached, which the page hears of when
 * that is over, and where somebody went to another page meanwhile.
 */
export async function followPage(): Promise<void> {
  under?.abort();
  under = new AbortController();
  const { signal } = under;
  const address = addressNow();
  const html = await htmlAt(address, signal);
  if (html === undefined || signal.aborted || addressNow() !== address) return;
  const page = new DOMParser().parseFromString(html, 'text/html');
  // Other scripts and styles have to be loaded first; the router knows how. With an anchor it would only scroll there.
  if (partsOf(page) !== partsOf(document)) return await navigate(address, { history: 'replace' });
  holdPlace();
  tell('astro:before-swap');
  swapFunctions.deselectScripts(page);
  swapFunctions.swapRootAttributes(page);
  swapFunctions.swapHeadElements(page);
  const restoreFocus = swapFunctions.saveFocus();
  swapFunctions.swapBodyElement(page.body, document.body);
  restoreFocus();
  tell('astro:after-swap');
  tell('astro:page-load');
}

const addressNow = () => `${location.pathname}${location.search}`;

async function htmlAt(address: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const response = await fetch(address, { signal });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}

const tell = (event: string) => document.dispatchEvent(new Event(event));

/** Scripts and style sheets by their addresses, which hold a digest of what is in them. */
const partsOf = (page: Document) =>
  [...page.querySelectorAll('script[src], link[rel="stylesheet"]')]
    .map((part) => part.getAttribute('src') ?? part.getAttribute('href'))
    .sort()
    .join('\n');
