/** Reset and jump: from the learner's click to a sandbox as the task finds it, and to a prompt in it. */
import type { CourseEntry, LessonEntry } from '../../../site/course/manifest.ts';
import type { Duplex } from 'node:stream';
import type { Profile } from '../../../sandbox-server/sandbox/driver.ts';
import { InitStream } from '../../../sandbox-server/sandbox/init/stream.ts';
import type { Bench, BenchContext } from '../bench.ts';
import { figure, type Figure } from '../figure.ts';
import { course, lesson, script, task, typed } from '../../support/lesson.ts';
import { RealMover } from '../../support/real-mover.ts';

/** Some hundred small files, changed and deleted, of the image's too. */
const OF_FILES = lesson({
  setup: { ...script('rm -r /etc/skel; for n in $(seq 300); do echo $n > /srv/$n; done'), user: 'root' },
  tasks: [
    task('one', { solve: [{ ...typed('mkdir -p work && cp -r /etc/. work/ 2>/dev/null; true'), live: false }] }),
    task('two', { solve: [{ ...typed('rm -r work/apt && echo done > note'), live: false }] }),
    task('three'),
  ],
});

/** A shell in a shell, and something that runs on in another terminal. */
const OF_SHELLS = lesson({
  ...OF_FILES,
  id: '02-shells',
  slug: 'shells',
  terminals: ['main', 'second'],
  tasks: [
    task('one', {
      solve: [
        { ...typed('bash --norc', { opens: '$ ' }), live: true },
        { ...typed('sleep 1000', { terminal: 'second', background: true }), live: true },
      ],
    }),
    task('two'),
  ],
});

const BUILD =
  "cp /bin/busybox . && printf 'FROM scratch\\nCOPY busybox /busybox\\n' > Dockerfile && docker build -t box .";
/** An image that an engine built, which must start for that. */
const OF_IMAGES = lesson({
  id: '03-images',
  slug: 'images',
  tasks: [task('one', { solve: [{ ...typed(BUILD), live: true }] }), task('two')],
});

const WITHIN_A_SECOND = { limit: 1000, of: 'p95', text: 'p95 ≤ 1 s' } as const;

export const reset: Bench = {
  name: 'reset',
  async run(context) {
    const shells = course(OF_FILES, OF_SHELLS);
    const images = course(OF_IMAGES);
    return {
      name: 'reset',
      title: 'Reset and jump',
      figures: [
        ...(await measured(context, shells, 'standard', async (real) => [
          ...(await ofLesson(context, real, shells, OF_FILES, 'files', 'files', 100)),
          ...(await ofLesson(context, real, shells, OF_SHELLS, 'shells', 'a nested shell, a process', 30)),
        ])),
        ...(await measured(context, images, 'containers', (real) =>
          ofLesson(context, real, images, OF_IMAGES, 'images', 'a docker build', 20),
        )),
      ],
      notes: [
        'One learner, whose sandbox runs: it is stopped, another one with a fresh disk over the recorded layers starts, what files cannot hold is done again, and the other one is theirs. `prompt`: until a terminal, opened then, shows one. What the learner had is removed behind that, and before the next round.',
        'Files: some 600 that setup and solutions made, changed and deleted. Without HTTP; the supervisor is in the same process. `recorded` is the first time of all, once a lesson version.',
      ],
    };
  },
};

async function measured(
  context: BenchContext,
  courses: CourseEntry,
  profile: Profile,
  run: (real: RealMover) => Promise<Figure[]>,
): Promise<Figure[]> {
  context.signal.throwIfAborted();
  await using real = await RealMover.open([courses], profile);
  return await run(real);
}

async function ofLesson(
  { count, progress, signal }: BenchContext,
  real: RealMover,
  course: CourseEntry,
  lesson: LessonEntry,
  name: string,
  what: string,
  full: number,
): Promise<Figure[]> {
  const last = lesson.tasks.at(-1)!.id;
  progress(`reset: ${name}: recording`);
  const began = performance.now();
  await real.layers.at(course, lesson, last, real.image);
  const recorded = performance.now() - began;
  await real.mover.move('ada', course, lesson, last);
  const found: Record<'reset' | 'jump' | 'prompt' | 'live', number[]> = { reset: [], jump: [], prompt: [], live: [] };
  const rounds = count(full);
  for (let round = 1; round <= rounds; round++) {
    signal.throwIfAborted();
    progress(`reset: ${name}: ${round} of ${rounds}`);
    for (const [kind, task] of [
      ['reset', lesson.tasks[0]!.id],
      ['jump', last],
    ] as const) {
      await real.settled();
      const clicked = performance.now();
      const { liveMs } = await real.mover.move('ada', course, lesson, task);
      found[kind].push(performance.now() - clicked);
      if (kind === 'reset') continue;
      found.live.push(liveMs);
      await prompt(await real.sandboxes.driver.connect(real.sandboxOf('ada')));
      found.prompt.push(performance.now() - clicked);
    }
  }
  const target = name === 'files' ? { target: WITHIN_A_SECOND } : {};
  const live = {
    of: lesson.tasks.some(({ solve }) => solve.some((step) => step.live)),
    text: '  of that, the live blocks',
  };
  return [
    figure(`reset-${name}`, `Reset of a first task (${what})`, 'ms', found.reset, target),
    figure(`jump-${name}`, `Jump to a last task (${what})`, 'ms', found.jump, target),
    ...(live.of ? [figure(`jump-${name}-live`, live.text, 'ms', found.live)] : []),
    figure(`jump-${name}-prompt`, '  and a prompt in a terminal', 'ms', found.prompt, target),
    figure(`record-${name}`, '  recorded', 'ms', [recorded]),
  ];
}

/** Resolves when a new terminal's shell tells by its marks that it waits for a command. */
function prompt(duplex: Duplex): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const request = { op: 'terminal', name: 'look', columns: 80, rows: 24 } as const;
  const stream = new InitStream(duplex, request, {
    onControl: (message) => {
      const { type, waiting } = message as { type: string; waiting?: boolean };
      if (type === 'prompt' && waiting) resolve();
    },
    onEnd: (error) => reject(error ?? new Error('the sandbox ended')),
  });
  return promise.finally(() => stream[Symbol.dispose]());
}
