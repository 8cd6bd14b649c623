import { describe, expect, it } from 'vitest';
import type { CheckReport, TaskProgress } from '../../../sandbox-server/protocol/lesson.ts';
import { faceOf, type Standing } from '../../../site/workspace/task-words.ts';

const PROGRESS: TaskProgress = {
  id: 'static',
  state: 'open',
  doneAt: null,
  checking: false,
  report: null,
  hints: 0,
  solution: false,
};

function face(progress: Partial<TaskProgress> | null, standing: Partial<Standing> = {}) {
  return faceOf({
    kind: 'task',
    id: 'static',
    progress: progress && { ...PROGRESS, ...progress },
    live: { name: 'connected' },
    work: { name: 'idle' },
    next: true,
    tried: true,
    followed: false,
    unsent: false,
    after: null,
    ...standing,
  });
}

const notYet = (report: Partial<Extract<CheckReport, { outcome: 'not-yet' }>> = {}): CheckReport => ({
  outcome: 'not-yet',
  reason: 'It still needs a C library.',
  compared: null,
  asked: false,
  at: 1,
  ...report,
});

const AFTER = { id: 'first', number: '1', title: 'Begin' };

describe('a task says', () => {
  it.each([
    ['nothing before the server has told how it stands', face(null), ['unknown', '']],
    ['that it is next', face({}), ['next', 'Next. Checked after each of your commands.']],
    ['that an ask wants an answer', face({}, { kind: 'ask' }), ['next', 'Next. Type what you found out.']],
    ['that it is open', face({}, { next: false }), ['open', 'Open. Checked when you come to it.']],
    ['which comes first', face({ state: 'waiting' }, { next: false, after: AFTER }), ['waiting', 'Comes after ']],
    ['that it is being checked', face({ checking: true }), ['checking', 'Checking…']],
    ['why it is not done yet', face({ report: notYet() }), ['not-yet', 'Not yet: It still needs a C library.']],
    [
      'that it is done',
      face({ state: 'done', doneAt: Date.now() }),
      ['done', expect.stringMatching(/^Done at \d\d:\d\d\.$/)],
    ],
    [
      'that it was done on another day',
      face({ state: 'done', doneAt: Date.UTC(2020, 2, 3, 12) }),
      ['done', expect.stringMatching(/^Done on 3 March at/)],
    ],
    [
      'that checks pause while the connection is lost',
      face({}, { live: { name: 'lost' } }),
      ['paused', expect.stringContaining('Nothing is lost')],
    ],
    [
      'that what was asked could not be sent, and will be',
      face(null, { unsent: true, next: false }),
      ['paused', expect.stringContaining('This is checked as soon as it is back.')],
    ],
    [
      'that nothing is checked where there is no server',
      face(null, { live: { name: 'refused', code: 'sandboxes-off' } }),
      ['paused', expect.stringContaining('Nothing is checked here.')],
    ],
    [
      'that the sandbox is being prepared',
      face({}, { work: { name: 'preparing' } }),
      ['paused', 'The sandbox is being prepared for this lesson.'],
    ],
    [
      'why it was not checked',
      face({ report: { outcome: 'not-run', code: 'sandbox-stopped', asked: true, at: 1 } }),
      ['not-run', expect.stringContaining('Your sandbox was stopped. Start it again')],
    ],
  ] as const)('%s', (_, { name, text }, expected) => expect([name, text]).toEqual(expected));

  it.each(['crashed', 'hung', 'flooded'] as const)('that its check is broken, with its name, where it %s', (fault) => {
    const { name, text, detail } = face({ report: { outcome: 'broken', fault, detail: 'boom', asked: false, at: 1 } });
    expect([name, detail]).toEqual(['broken', 'boom']);
    expect(text).toMatch(/The check of this task is broken: .* Tell the author, with its name: static\./);
  });

  it('what was expected and found, and further lines of the reason for themselves', () => {
    const compared = { what: 'pid', expected: '1', found: '4121' };
    expect(face({ report: notYet({ reason: 'One.\ntwo\nthree', compared }) })).toMatchObject({
      text: 'Not yet: One.',
      detail: 'two\nthree',
      compared,
    });
  });
});

it('a task says nothing of what is not done before the learner has entered something', () => {
  expect(face({ report: notYet() }, { tried: false }).name).toBe('next');
  expect(face({ report: notYet({ asked: true }) }, { tried: false }).name).toBe('not-yet');
});

it('an ask does not tell what is expected, which is its answer', () => {
  const compared = { what: 'lines', expected: '3', found: '4' };
  expect(face({ report: notYet({ compared }) }, { kind: 'ask' })).not.toHaveProperty('compared');
});

describe('a task that is not next', () => {
  it('keeps quiet about what a command of the learner’s brought about', () => {
    expect(face({ report: notYet() }, { next: false }).name).toBe('open');
    expect(face({ checking: true }, { next: false }).name).toBe('open');
    expect(face({}, { next: false, live: { name: 'lost' } }).name).toBe('open');
  });

  it('answers where the learner has asked, and from then on', () => {
    expect(face({ report: notYet({ asked: true }) }, { next: false })).toMatchObject({ name: 'not-yet', asked: true });
    expect(face({ report: notYet() }, { next: false, followed: true }).name).toBe('not-yet');
  });
});

it('a task that is done says so whatever else there is', () => {
  const done = { state: 'done', doneAt: 1, report: notYet(), checking: true } as const;
  expect(face(done, { unsent: true }).name).toBe('done');
  for (const live of [{ name: 'lost' }, { name: 'refused', code: 'sandboxes-off' }] as const) {
    expect(face(done, { live }).name).toBe('done');
  }
});
