import { navigate, swapFunctions } from 'astro:transitions/client';
import { holdPlace } from './hold-place.ts';

/**
 * Puts the page as it is on the server now in place of the one that is shown; terminals and the reading place stay. As the
 * router does it, without its transition: that waits for frames to be drawn, several times longer than all the rest takes.
 */
export async function followPage(): Promise<void> {
  const response = await fetch(location.href);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  // Other scripts and styles have to be loaded first; the router knows how. With an anchor it would only scroll there.
  if (!response.ok || partsOf(page) !== partsOf(document)) {
    return await navigate(`${location.pathname}${location.search}`, { history: 'replace' });
  }
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

const tell = (event: string) => document.dispatchEvent(new Event(event));

/** Scripts and style sheets by their addresses, which hold a digest of what is in them. */
const partsOf = (page: Document) =>
  [...page.querySelectorAll('script[src], link[rel="stylesheet"]')]
    .map((part) => part.getAttribute('src') ?? part.getAttribute('href'))
    .sort()
    .join('\n');
