import type { CloseTerminalAnswer, CloseTerminalRequest } from '../../sandbox-server/protocol/api.ts';
import { make } from '../terminal/dom.ts';
import { post, type Outcome } from './api.ts';
import { button, dialogActions, openDialog } from './dialog.ts';

/** One of the learner's own terminals. */
export interface OwnTerminal {
  course: string;
  name: string;
}

/**
 * Closes a terminal; asks first where another program than the shell is in the foreground. Resolves to whether it is
 * closed. Why it could not be is told.
 */
export async function closeTerminal(terminal: OwnTerminal): Promise<boolean> {
  const outcome = await request(terminal, { unless: 'busy' });
  if (!outcome.ok) return tellFailure(terminal, outcome.message);
  return outcome.answer.closed || question(terminal);
}

/** Gives the place of a terminal free whose shell has ended. Resolves to whether it is closed. */
export async function closeEnded(terminal: OwnTerminal): Promise<boolean> {
  const outcome = await request(terminal, { unless: 'running' });
  return outcome.ok && outcome.answer.closed;
}

function request({ course, name }: OwnTerminal, body: CloseTerminalRequest): Promise<Outcome<CloseTerminalAnswer>> {
  return post(`/api/courses/${course}/terminals/${name}/close`, body);
}

function question(terminal: OwnTerminal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const note = make('p', { role: 'alert' });
  const close = button('Close it', () => void go(), 'signal');
  const dialog = openDialog(
    `Close the terminal ${terminal.name}?`,
    make('p', {}, 'A program runs in it, and ends with it. Your files stay as they are.'),
    note,
    dialogActions(
      button('Keep it', () => dialog.close()),
      close,
    ),
  );
  let closed = false;
  dialog.addEventListener('close', () => resolve(closed));
  return promise;

  async function go(): Promise<void> {
    close.disabled = true;
    const outcome = await request(terminal, {});
    close.disabled = false;
    closed = outcome.ok;
    if (outcome.ok) dialog.close();
    else note.textContent = outcome.message;
  }
}

function tellFailure({ name }: OwnTerminal, message: string): false {
  const dialog = openDialog(
    `The terminal ${name} is still open`,
    make('p', {}, message),
    dialogActions(button('Close', () => dialog.close())),
  );
  return false;
}
