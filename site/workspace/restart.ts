import { make } from '../terminal/dom.ts';
import { post } from './api.ts';
import { button, dialogActions, openDialog } from './dialog.ts';
import type { SlipwayTerminals } from './terminals.ts';

/** Ends all programs of the sandbox and starts it anew, after a question: running programs are lost. */
export function restartSandbox(pane: SlipwayTerminals): void {
  const note = make('p', { role: 'alert' });
  const restart = button('Restart', () => void go(), 'signal');
  const dialog = openDialog(
    'Restart the sandbox?',
    make(
      'p',
      {},
      'All programs in it end, shells too. Your files stay as they are, and so does what the terminals show.',
    ),
    note,
    dialogActions(
      button('Cancel', () => dialog.close()),
      restart,
    ),
  );

  async function go(): Promise<void> {
    restart.disabled = true;
    const opened = pane.terminals.filter(({ state }) => state.name !== 'idle');
    // Their sockets would only report, one after the other, that the sandbox ended.
    for (const terminal of opened) terminal.disconnect();
    const outcome = await post(`/api/courses/${pane.getAttribute('course')}/sandbox/restart`);
    for (const terminal of opened) void terminal.reconnect();
    restart.disabled = false;
    if (outcome.ok) dialog.close();
    else note.textContent = outcome.message;
  }
}
