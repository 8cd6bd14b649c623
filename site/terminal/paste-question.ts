import { linesOf } from '../../sandbox-server/protocol/typing.ts';
import { make, uniqueId } from './dom.ts';

/** Shows what would be pasted and asks. The dialog takes the focus and gives it back. */
export function askBeforePaste(text: string): Promise<boolean> {
  const title = uniqueId('paste-title');
  const lines = linesOf(text);
  const cancel = make('button', { type: 'submit', value: 'cancel', class: 'button', autofocus: '' }, 'Do not paste');
  const paste = make('button', { type: 'submit', value: 'paste', class: 'button button-signal' }, 'Paste and run');
  const dialog = make(
    'dialog',
    { class: 'dialog', 'aria-labelledby': title },
    make(
      'form',
      { method: 'dialog' },
      make('h2', { id: title }, `Paste ${lines.length} lines?`),
      make('p', {}, 'The program in the terminal takes each line as if you pressed Enter after it.'),
      make('pre', { class: 'dialog-text', tabindex: '0', 'aria-label': 'The text' }, lines.join('\n')),
      make('div', { class: 'dialog-actions' }, cancel, paste),
    ),
  );
  document.body.append(dialog);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  dialog.addEventListener('close', () => {
    dialog.remove();
    resolve(dialog.returnValue === 'paste');
  });
  dialog.showModal();
  return promise;
}
