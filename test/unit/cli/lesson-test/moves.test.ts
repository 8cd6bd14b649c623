import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import type { Laboratory } from '../../../../sandbox-server/cli/lesson-test/laboratory.ts';
import { testMoves } from '../../../../sandbox-server/cli/lesson-test/moves.ts';
import type { Case } from '../../../../sandbox-server/cli/lesson-test/outcome.ts';
import { LessonFault } from '../../../../sandbox-server/lessons/fault.ts';
import { TYPING_LIMITS } from '../../../../sandbox-server/lessons/typist.ts';
import type { Spare } from '../../../../sandbox-server/session/spares.ts';
import { course, lesson, script, task } from '../../../support/lesson.ts';

/** The stream of an `init` that never answers. */
const silent = () => new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() });

/**
 * A lesson of two tasks, of which the solution of the first never ends while it is recorded; the sandbox in which its start
 * is looked at does not come about.
 */
function moves(why: Error) {
  const entry = lesson({ tasks: [task('one', { solve: [{ ...script('hang'), live: false }] }), task('two')] });
  const scene = { over: false, cases: [] as Case[], done: undefined as unknown as Promise<void> };
  const recorded = {
    id: 'recorded',
    connect: async () => silent(),
    snapshot: async () => {},
    async [Symbol.asyncDispose]() {
      for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
      scene.over = true;
    },
  } as unknown as Spare;
  const spares = [async () => recorded, () => Promise.reject(why)];
  const laboratory = { start: () => spares.shift()!() } as unknown as Laboratory;
  const lessonToTest = { course: course(entry), entry, play: [], files: null, path: '', file: 'course/01-a/index.md' };
  scene.done = testMoves(lessonToTest, new Map(), scene.cases, {
    laboratory,
    image: { id: 'image', profile: 'standard' },
    limits: TYPING_LIMITS,
    filesFolder: '',
    signal: new AbortController().signal,
    run: 1,
    keep: false,
  });
  return scene;
}

test('a fault in a jump ends the recording, which nobody waits for any more', async () => {
  const scene = moves(new LessonFault('the step says so'));
  await scene.done;
  expect(scene.cases).toMatchObject([{ name: 'jump to "one"', fault: { what: 'the step says so' } }]);
  expect(scene.over).toBe(true);
});

test('where a sandbox is lost, the one that is recorded is gone before that is told', async () => {
  const scene = moves(new Error('the sandbox is gone'));
  await expect(scene.done).rejects.toThrow('the sandbox is gone');
  expect(scene.over).toBe(true);
});
