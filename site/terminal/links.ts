import type { ILinkHandler } from '@xterm/xterm';

/** A terminal's output is not to be trusted: only addresses of web pages open, in a tab that cannot reach back. */
export function openLink(uri: string): void {
  if (isWebAddress(uri)) window.open(uri, '_blank', 'noopener,noreferrer');
}

export function isWebAddress(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  return ['http:', 'https:'].includes(new URL(uri).protocol);
}

/** For OSC 8 links, whose text may say anything: the real address shows while the pointer is on it. */
export function linkHandler(container: HTMLElement): ILinkHandler {
  return {
    allowNonHttpProtocols: false,
    activate: (_event, uri) => openLink(uri),
    hover: (_event, uri) => (container.title = uri),
    leave: () => container.removeAttribute('title'),
  };
}
