import type { RecoverRequest, RecoveryCodeAnswer } from '../../sandbox-server/protocol/api.ts';
import { copyText } from '../terminal/clipboard.ts';
import { make, uniqueId } from '../terminal/dom.ts';
import { post } from './api.ts';
import { button, dialogActions, openDialog } from './dialog.ts';
import { becomeKnown } from './known.ts';

/** Makes a code with which the learner goes on in another browser. */
export function makeRecoveryCode(): void {
  const note = make('p', { role: 'status' });
  const create = button('Make a code', () => void request(), 'signal');
  const dialog = openDialog(
    'Go on in another browser',
    make('p', {}, 'A recovery code opens your sandbox and your files in any browser. Keep it to yourself.'),
    make('p', {}, 'A new code makes the one before it void.'),
    note,
    dialogActions(
      button('Close', () => dialog.close()),
      create,
    ),
  );

  async function request(): Promise<void> {
    create.disabled = true;
    const outcome = await post<RecoveryCodeAnswer>('/api/recovery-code');
    create.disabled = false;
    if (!outcome.ok) return void (note.textContent = outcome.message);
    const { code } = outcome.answer;
    const copy = button('Copy the code', () => void copied());
    const copied = async () => (copy.textContent = (await copyText(code)) ? 'Copied' : 'Select it and copy');
    note.replaceChildren('Write it down, it is shown only now: ', make('code', { class: 'recovery-code' }, code));
    create.replaceWith(copy);
    copy.focus();
  }
}

/** Takes up the work that a code stands for. */
export function useRecoveryCode(): void {
  const id = uniqueId('recovery');
  const input = make('input', { id, type: 'text', autocomplete: 'off', spellcheck: 'false', required: '' });
  const note = make('p', { role: 'alert' });
  const submit = make('button', { type: 'submit', class: 'button button-signal' }, 'Go on with that work');
  const form = make(
    'form',
    {},
    make(
      'p',
      {},
      'You get the sandbox and the files that the code stands for. What you have in this browser stays on the server, but you need a code of its own to come back to it.',
    ),
    make('label', { for: id }, 'Recovery code'),
    input,
    note,
    dialogActions(
      button('Cancel', () => dialog.close()),
      submit,
    ),
  );
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send();
  });
  const dialog = openDialog('Use a recovery code', form);
  input.focus();

  async function send(): Promise<void> {
    submit.disabled = true;
    const outcome = await post('/api/recover', { code: input.value.trim() } satisfies RecoverRequest);
    submit.disabled = false;
    if (!outcome.ok) return void (note.textContent = outcome.message);
    becomeKnown();
    location.reload();
  }
}
