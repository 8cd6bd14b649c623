import { encodePaste, sanitisePaste } from '../../sandbox-server/protocol/typing.ts';
import { copyText } from './clipboard.ts';
import { isApple, meaningOf } from './keys.ts';
import { askBeforePaste } from './paste-question.ts';
import { mustAsk } from './paste.ts';
import type { Screen } from './screen.ts';

export interface CopyAndPasteMeans {
  screen: Screen;
  /** Where the browser's paste events arrive. */
  container: HTMLElement;
  type: (text: string) => void;
  /** Opens the search bar. */
  find: () => void;
  signal: AbortSignal;
}

/** Gives the keys for copying, pasting and searching to the page, and all others to the program in the terminal. */
export function enableCopyAndPaste({ screen, container, type, find, signal }: CopyAndPasteMeans): void {
  const { terminal } = screen;
  const apple = isApple(navigator.platform);

  terminal.attachCustomKeyEventHandler((event) => {
    const meaning = meaningOf(event, apple);
    if (meaning === 'program') return true;
    if (meaning === 'browser') return false;
    event.preventDefault();
    if (event.type !== 'keydown') return false;
    if (meaning === 'search') find();
    else if (terminal.hasSelection()) void copyText(terminal.getSelection());
    return false;
  });

  const paste = async (event: ClipboardEvent) => {
    event.preventDefault();
    event.stopPropagation();
    const text = sanitisePaste(event.clipboardData?.getData('text/plain') ?? '');
    if (text === '') return;
    if (mustAsk(text, screen.bracketedPaste) && !(await askBeforePaste(text))) return;
    terminal.scrollToBottom();
    type(encodePaste(text, screen.bracketedPaste));
    terminal.focus();
  };
  // Before the emulator's own handler, which would let control characters through.
  container.addEventListener('paste', (event) => void paste(event), { capture: true, signal });
}
