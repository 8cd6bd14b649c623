/** Checks: from the end of the command that does a task to the message that turns it green. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskEntry } from '../../../site/course/manifest.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { Learner } from '../client/learner.ts';
import { PROMPT } from '../client/terminal.ts';
import { figure } from '../figure.ts';
import { BenchServer } from '../host/server.ts';
import { courseFile, lesson, task } from '../../support/lesson-page.ts';

/** Commands come as a person enters them: after a rest, so that no check waits for its turn. */
const PAUSE_MS = 300;

/** What has not come by then will not come. */
const GREEN_MS = 20_000;

/** Tasks that are done one after the other. */
const chain = (count: number): TaskEntry[] =>
  Array.from({ length: count }, (_, n) =>
    task(`task-${n}`, `expect_file done-${n} yes`, n > 0 ? { needs: [`task-${n - 1}`] } : {}),
  );

/** Tasks that stay open, and are checked before. */
const OTHERS = Array.from({ length: 5 }, (_, n) =>
  task(`other-${n}`, `expect_equal "$(ls -A | grep -c other-${n})" 1 "number of files"`),
);

export const check: Bench = {
  name: 'check',
  async run(context) {
    const count = context.count(100);
    const lessons = [
      lesson(chain(count), [], { id: '01-alone', slug: 'alone' }),
      lesson([...OTHERS, ...chain(count)], [], { id: '02-among', slug: 'among' }),
    ];
    await using server = await BenchServer.start(courseFile(lessons));
    const alone = await greens(context, server, 'alone', count);
    const among = await greens(context, server, 'among', count);
    const target = { limit: 300, of: 'p95', text: 'p95 ≤ 300 ms' } as const;
    return {
      name: 'check',
      title: 'Checks',
      figures: [
        figure('check-green', 'End of a command to its task’s message, one task open', 'ms', alone, { target }),
        figure('check-green-among', '  and five before it that stay open', 'ms', among, { target }),
      ],
      notes: [
        'From the message that the command has ended to the message that the task is done, in the client, over loopback: the mark on its way through init and gateway, the shell of the check and its programs, and the database’s write to the disk.',
      ],
    };
  },
};

async function greens(
  { progress, signal }: BenchContext,
  server: BenchServer,
  slug: string,
  count: number,
): Promise<number[]> {
  const learner = await Learner.arrive(server.url, 'course');
  let green: (id: string) => void = () => {};
  let ended = 0;
  await using _lesson = await learner.openLesson(slug, (message) => {
    if (message.type === 'task' && message.task.state === 'done') green(message.task.id);
  });
  await using terminal = await learner.open({
    heard: (message) => {
      if (message.type === 'command-ended') ended = performance.now();
    },
  });
  await terminal.sees(PROMPT);
  await sleep(1000);
  const times: number[] = [];
  for (let n = 0; n < count; n++) {
    signal.throwIfAborted();
    progress(`check: ${slug}: ${n + 1} of ${count}`);
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const late = setTimeout(() => reject(new Error(`task-${n} was not green in time`)), GREEN_MS);
    green = (id) => {
      if (id === `task-${n}`) resolve(performance.now());
    };
    terminal.type(`echo yes > done-${n}\n`);
    times.push((await promise) - ended);
    clearTimeout(late);
    await sleep(PAUSE_MS);
  }
  return times;
}
