import type { MoveAnswer, SandboxWork } from '../../sandbox-server/protocol/lesson.ts';
import { make } from '../terminal/dom.ts';
import type { Outcome } from './api.ts';
import { button, dialogActions, focusHeading, openDialog } from './dialog.ts';
import type { SlipwayTerminals } from './terminals.ts';

export interface Move {
  course: string;
  task: { id: string; number: string; title: string };
  /** The task that is to be done now is reset; to all others one goes. */
  reset: boolean;
  request(): Promise<Outcome<MoveAnswer>>;
  /** Calls back with what the server does, until `signal`. */
  follow(heard: (work: SandboxWork) => void, signal: AbortSignal): void;
}

const STAGES: Record<Extract<SandboxWork, { name: 'moving' }>['stage'], string> = {
  recording:
    'Recording this state. It is the first time for this version of the lesson, and takes as long as the solutions of the tasks before.',
  stopping: 'Stopping the programs.',
  starting: 'Starting the sandbox anew.',
  rebuilding: 'Rebuilding what runs in it.',
};

const STAYS = 'What is done stays done. If you may want your files again, keep a copy of them first.';

/** Brings the sandbox to the start of a task, after a question. Resolves to how long it took, or null: it did not come to it. */
export function moveSandbox(pane: SlipwayTerminals | null, move: Move): Promise<MoveAnswer | null> {
  const { promise, resolve } = Promise.withResolvers<MoveAnswer | null>();
  const { number, title } = move.task;
  const life = new AbortController();
  const note = make('p', { role: 'status', class: 'move-stage' }, STAYS);
  const go = button(move.reset ? 'Reset it' : 'Go there', () => void start(), 'signal');
  const cancel = button('Cancel', () => dialog.close());
  const download = make(
    'a',
    { class: 'button', href: `/api/courses/${move.course}/sandbox/home.tar`, download: '' },
    'Download my files (.tar)',
  );
  download.setAttribute('data-astro-reload', '');
  download.setAttribute('data-astro-prefetch', 'false');
  const dialog = openDialog(
    move.reset ? `Reset task ${number}?` : `Go to task ${number}?`,
    make('p', {}, `Your sandbox becomes as it is meant to be at the start of “${title}”. What you lose:`),
    make(
      'ul',
      {},
      make('li', {}, 'files that you made or changed'),
      make('li', {}, 'programs that run, shells too'),
      make('li', {}, 'Docker images and containers, and what you pushed'),
    ),
    note,
    dialogActions(download, cancel, go),
  );
  let answer: MoveAnswer | null = null;
  dialog.addEventListener('cancel', (event) => go.disabled && event.preventDefault());
  dialog.addEventListener('close', () => {
    life.abort();
    resolve(answer);
  });
  focusHeading(dialog);
  return promise;

  async function start(): Promise<void> {
    // A button that is disabled loses the focus: it waits at the heading.
    focusHeading(dialog);
    go.disabled = cancel.disabled = true;
    download.inert = true;
    note.textContent = 'Stopping the programs.';
    move.follow((work) => work.name === 'moving' && (note.textContent = STAGES[work.stage]), life.signal);
    const opened = pane?.terminals.filter(({ state }) => state.name !== 'idle') ?? [];
    // Their sockets would only report, one after the other, that the sandbox ended.
    for (const terminal of opened) terminal.disconnect();
    const outcome = await move.request();
    for (const terminal of opened) void terminal.reconnect();
    go.disabled = cancel.disabled = false;
    download.inert = false;
    if (!outcome.ok) {
      note.textContent = `${outcome.message} Your sandbox is as it was.`;
      return go.focus();
    }
    answer = outcome.answer;
    dialog.close();
  }
}
