import { ERRORS } from '../../sandbox-server/protocol/errors.ts';
import type { CheckReport, SandboxWork, TaskProgress } from '../../sandbox-server/protocol/lesson.ts';
import type { LiveState } from './lesson-live.ts';
import { dateAndTime } from './moment.ts';

/** All that decides what a task shows. */
export interface Standing {
  kind: 'task' | 'ask';
  id: string;
  /** Null until the server has told it. */
  progress: TaskProgress | null;
  live: LiveState;
  work: SandboxWork;
  /** The first open task that is not done. */
  next: boolean;
  /** The learner has entered something since the page was opened: before, nobody wants to be told what is not done. */
  tried: boolean;
  /** The learner has asked for a check here: what later commands of theirs bring about is told here too. */
  followed: boolean;
  /** They asked while nothing could be sent: it is asked as soon as the server is there. */
  unsent: boolean;
  /** Of the tasks that it needs, the first that is not done. */
  after: { number: string; title: string; id: string } | null;
}

/** One at a time. */
export type FaceName =
  'unknown' | 'waiting' | 'open' | 'next' | 'checking' | 'not-yet' | 'broken' | 'not-run' | 'paused' | 'done';

/** What a task shows. */
export interface Face {
  name: FaceName;
  text: string;
  /** Follows the text, where it leads somewhere. */
  link?: { text: string; href: string };
  compared?: { what: string; expected: string; found: string };
  /** Further lines of the check's. */
  detail?: string;
  /** It answers a press: all of it is shown. Otherwise it keeps to the room that the task has. */
  asked?: boolean;
}

const UNSENT = 'The server cannot be reached just now. This is checked as soon as it is back.';
const LOST = 'The connection is lost: checks pause until it is back. Nothing is lost.';

export function faceOf(standing: Standing): Face {
  const { progress, live, work, next, followed, unsent, after } = standing;
  if (live.name === 'refused' && progress?.state !== 'done') {
    return { name: 'paused', text: `Nothing is checked here. ${ERRORS[live.code].text}` };
  }
  if (progress?.state === 'done') return { name: 'done', text: `Done ${dateAndTime(progress.doneAt)}.` };
  if (unsent) return { name: 'paused', text: UNSENT, asked: true };
  if (progress === null) return { name: 'unknown', text: '' };
  if (progress.state === 'waiting') {
    if (after === null) return { name: 'waiting', text: 'Comes later.' };
    const link = { text: `task ${after.number}, ${after.title}`, href: `#${after.id}` };
    return { name: 'waiting', text: 'Comes after ', link };
  }
  const speaks = next || followed;
  if (speaks && live.name === 'lost') return { name: 'paused', text: LOST };
  if (speaks && work.name === 'preparing')
    return { name: 'paused', text: 'The sandbox is being prepared for this lesson.' };
  if (speaks && work.name === 'moving')
    return { name: 'paused', text: 'The sandbox is being brought to another state.' };
  if (speaks && progress.checking) return { name: 'checking', text: 'Checking…' };
  const { report } = progress;
  const told = report !== null && (report.asked || (speaks && standing.tried));
  return told ? reported(report, standing) : open(standing);
}

function open({ kind, next }: Standing): Face {
  const name = next ? 'next' : 'open';
  const first = next ? 'Next.' : 'Open.';
  if (kind === 'ask') return { name, text: `${first} Type what you found out.` };
  // What was not begun yet is checked by itself only from then on.
  return { name, text: next ? 'Next. Checked after each of your commands.' : 'Open. Checked when you come to it.' };
}

const FAULTS = {
  crashed: 'it ended without a reason',
  hung: 'it did not come to an end in its time',
  flooded: 'it printed more than it may',
};

function reported(report: CheckReport, { id, kind }: Standing): Face {
  const { asked } = report;
  switch (report.outcome) {
    case 'not-yet': {
      const [reason = '', ...rest] = report.reason.trim().split('\n');
      // Of an ask, what is expected is the answer.
      const { compared } = report;
      const text = reason === '' ? 'Not yet.' : `Not yet: ${reason}`;
      return {
        name: 'not-yet',
        text,
        detail: rest.join('\n'),
        asked,
        ...(compared !== null && kind === 'task' && { compared }),
      };
    }
    case 'broken': {
      const text = `The check of this task is broken: ${FAULTS[report.fault]}. You did nothing wrong. Tell the author, with its name: ${id}.`;
      return { name: 'broken', text, detail: report.detail, asked };
    }
    case 'not-run': {
      const { text, hint } = ERRORS[report.code];
      return { name: 'not-run', text: `Not checked. ${text} ${hint}`, asked };
    }
  }
}
