import type { SlipwayTerminals } from './terminals.ts';

/**
 * F6 moves between the text and the terminals, as in desktop programs; it is also the way out of a terminal, which takes
 * Tab and Escape for itself.
 */
export function listenForRegions(): void {
  document.addEventListener(
    'keydown',
    (event) => {
      if (event.key !== 'F6' || event.ctrlKey || event.metaKey || event.altKey) return;
      const pane = document.querySelector<SlipwayTerminals>('slipway-terminals');
      const text = document.querySelector<HTMLElement>('main');
      if (pane === null || text === null) return;
      event.preventDefault();
      if (pane.contains(document.activeElement)) return text.focus({ preventScroll: true });
      pane.reveal();
      pane.activeTerminal?.focus();
    },
    { capture: true },
  );
}
