import { make, uniqueId } from '../terminal/dom.ts';

/** A dialog that is made when it is needed and gone when it is closed. Escape closes it, and so does `close()`. */
export function openDialog(heading: string, ...content: (Node | string)[]): HTMLDialogElement {
  const id = uniqueId('dialog-title');
  const dialog = make('dialog', { class: 'dialog', 'aria-labelledby': id }, make('h2', { id }, heading), ...content);
  dialog.addEventListener('close', () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** For a dialog that is to be read first: where it is longer than the window, it starts at its beginning. */
export function focusHeading(dialog: HTMLDialogElement): void {
  const heading = dialog.querySelector('h2');
  heading?.setAttribute('tabindex', '-1');
  heading?.focus();
}

/** The row of buttons at a dialog's end. */
export function dialogActions(...buttons: HTMLElement[]): HTMLElement {
  return make('div', { class: 'dialog-actions' }, ...buttons);
}

export function button(label: string, press: () => void, kind: 'plain' | 'signal' = 'plain'): HTMLButtonElement {
  const element = make(
    'button',
    { type: 'button', class: kind === 'signal' ? 'button button-signal' : 'button' },
    label,
  );
  element.addEventListener('click', press);
  return element;
}
