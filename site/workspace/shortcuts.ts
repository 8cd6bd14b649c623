import { make } from '../terminal/dom.ts';
import { isApple } from '../terminal/keys.ts';
import { button, dialogActions, openDialog } from './dialog.ts';

type Shortcut = readonly [what: string, keys: string, appleKeys?: string];

const PAGE: Shortcut[] = [
  ['Between text and terminal, and out of the terminal', 'F6'],
  ['This list', '?'],
  ['Among the terminals’ tabs, when one has the focus', '← →, Home, End'],
  ['Close a terminal of your own, when its tab has the focus', 'Delete'],
  ['Divider, when it has the focus', '← →, Home, End, Enter to reset'],
];

const TERMINAL: Shortcut[] = [
  ['Interrupt the running program, selection or not', 'Ctrl C'],
  ['Copy the selection', 'Ctrl Shift C or Ctrl Insert', '⌘ C'],
  ['Paste', 'Ctrl V, Ctrl Shift V or Shift Insert', '⌘ V'],
  ['Find in the terminal', 'Ctrl Shift F', '⌘ F'],
  ['What Ctrl V does elsewhere, such as block selection in vim', 'Ctrl Q'],
];

export function showShortcuts(): void {
  const apple = isApple(navigator.platform);
  const dialog = openDialog(
    'Keyboard shortcuts',
    list('On the page', PAGE, apple),
    list('In the terminal', TERMINAL, apple),
    dialogActions(button('Close', () => dialog.close())),
  );
}

function list(heading: string, shortcuts: readonly Shortcut[], apple: boolean): HTMLElement {
  const rows = shortcuts.flatMap(([what, keys, appleKeys]) => [
    make('dt', {}, what),
    make('dd', {}, apple ? (appleKeys ?? keys) : keys),
  ]);
  return make('section', { class: 'shortcuts' }, make('h3', {}, heading), make('dl', {}, ...rows));
}

/** `?` opens the list, wherever nothing is being written. */
export function listenForShortcuts(): void {
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey) return;
    const { target } = event;
    if (target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog')) return;
    event.preventDefault();
    showShortcuts();
  });
}
