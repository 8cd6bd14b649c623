import { make } from '../terminal/dom.ts';
import { post } from './api.ts';
import { button, dialogActions, focusHeading, openDialog } from './dialog.ts';
import { forgetAll } from './known.ts';

/** Deletes the learner from the server and from this browser, after a question. */
export function deleteEverything(): void {
  const note = make('p', { role: 'alert' });
  const cancel = button('Cancel', () => dialog.close());
  const remove = button('Delete everything', () => void go(), 'signal');
  const dialog = openDialog(
    'Delete everything about you?',
    make('p', {}, 'This goes, on the server and in this browser:'),
    make(
      'ul',
      {},
      make('li', {}, 'your progress in all courses: tasks, answers, hints, where you were reading'),
      make('li', {}, 'your sandboxes with all of your files, and what you pushed'),
      make('li', {}, 'your recovery code, and what this page remembers of you'),
    ),
    make('p', {}, 'It cannot be taken back. Nothing else is known of you here.'),
    note,
    dialogActions(cancel, remove),
  );
  focusHeading(dialog);

  async function go(): Promise<void> {
    remove.disabled = true;
    const outcome = await post('/api/progress/delete');
    remove.disabled = false;
    if (!outcome.ok) return void (note.textContent = outcome.message);
    forgetAll();
    location.assign('/');
  }
}
