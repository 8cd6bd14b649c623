import type { SandboxAnswer, SandboxLife, SandboxState } from '../../sandbox-server/protocol/api.ts';
import { make } from '../terminal/dom.ts';
import { post } from './api.ts';
import { isKnown } from './known.ts';
import { dateAndTime, dayOf } from './moment.ts';

/** How a learner's sandbox of a course is, and how long it is kept: where `place` says which course. */
export async function tellLife(place: HTMLElement): Promise<void> {
  const path = `/api/courses/${place.dataset['life']}/sandbox`;
  const answer = isKnown() ? await fetchSandbox(path) : null;
  if (answer === null || answer.state === 'gone' || answer.state === 'requested') return;
  const { state, life } = answer;
  const words = make('p', {}, make('strong', {}, STATES[state]), ` ${lifeInWords(life, state)}`);
  const content: Node[] = [words];
  if (life.extendable) {
    const note = make('p', { role: 'status' });
    const extend = make('button', { type: 'button', class: 'quiet-button' }, 'Keep them longer');
    extend.addEventListener('click', () => void keepLonger(place, path, note));
    content.push(extend, note);
  }
  place.replaceChildren(...content);
  place.dataset['told'] = '';
}

async function fetchSandbox(path: string): Promise<SandboxAnswer | null> {
  const response = await fetch(path).catch(() => null);
  return response?.ok ? ((await response.json().catch(() => null)) as SandboxAnswer | null) : null;
}

async function keepLonger(place: HTMLElement, path: string, note: HTMLElement): Promise<void> {
  const outcome = await post(`${path}/extend`);
  if (outcome.ok) await tellLife(place);
  else note.textContent = outcome.message;
}

const STATES: Record<SandboxState, string> = {
  requested: 'Not started.',
  starting: 'Starting.',
  ready: 'Running.',
  frozen: 'Frozen.',
  stopped: 'Stopped.',
  gone: 'There is none.',
};

/** What comes next, and until when the files are kept. */
export function lifeInWords({ freezesAt, stopsAt, deletedAt }: SandboxLife, state: SandboxState): string {
  const next =
    state === 'stopped'
      ? 'It starts anew when you come back.'
      : state === 'ready' && freezesAt !== null
        ? `It is frozen ${dateAndTime(freezesAt)}.`
        : (state === 'ready' || state === 'frozen') && stopsAt !== null
          ? `Its programs are ended ${dateAndTime(stopsAt)}.`
          : '';
  const kept = deletedAt === null ? '' : `Your files are kept until ${dayOf(new Date(deletedAt))}.`;
  return [next, kept].filter(Boolean).join(' ');
}
