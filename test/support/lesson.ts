/** Lessons of which tasks matter and what they do, not what checks say; and how they are played in the toy shell. */
import type { Duplex } from 'node:stream';
import type { CourseEntry, LessonEntry, ScriptStep, TaskEntry, TypedStep } from '../../site/course/manifest.ts';
import type { Play } from '../../sandbox-server/lessons/recording.ts';
import { StepFailed } from '../../sandbox-server/lessons/steps.ts';
import { InitStream } from '../../sandbox-server/sandbox/init/stream.ts';
import { courseOf, lesson as lessonOf, script, task as taskOf } from './lesson-page.ts';

export { script };

export function task(id: string, parts: Partial<TaskEntry> = {}): TaskEntry {
  return taskOf(id, '', parts);
}

export function lesson(parts: Partial<LessonEntry> = {}): LessonEntry {
  return lessonOf(parts.tasks ?? [], [], parts);
}

export function course(...lessons: LessonEntry[]): CourseEntry {
  return courseOf(lessons).courses[0]!;
}

/** A step that is typed into the terminal `main`. */
export function typed(text: string, parts: Partial<TypedStep> = {}): TypedStep {
  const step = { interrupt: false, exit: 0, background: false, opens: null, terminal: 'main' } as const;
  return { kind: 'typed', place: 'course/01-lesson/index.md:1', text, ...step, ...parts };
}

/** Types each step into a toy shell, and notes it. The step `fail` fails; `hang` goes on until it is aborted. */
export class ToyPlay implements Play {
  readonly played: string[] = [];
  /** Awaited before each step. */
  before: (text: string) => Promise<void> = async () => {};

  async prepare(connect: () => Promise<Duplex>, { setup }: LessonEntry, signal: AbortSignal): Promise<void> {
    if (setup) await this.perform(connect, [setup], signal);
  }

  async perform(
    connect: () => Promise<Duplex>,
    steps: readonly (ScriptStep | TypedStep)[],
    signal: AbortSignal,
  ): Promise<void> {
    for (const { place, text } of steps) {
      this.played.push(text);
      await this.before(text);
      if (text === 'fail') throw new StepFailed(place, text, 'the script ended with 1', 'its last words');
      if (text === 'hang') {
        await new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        );
      }
      signal.throwIfAborted();
      await typeInto(await connect(), text);
    }
  }
}

/** Resolves when the toy shell is at its prompt again. */
function typeInto(duplex: Duplex, text: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let printed = '';
  const request = { op: 'terminal', name: 'main', columns: 80, rows: 24 } as const;
  let sent = false;
  const stream = new InitStream(duplex, request, {
    onData: (bytes) => {
      printed += bytes.toString('utf8');
      if (!printed.endsWith('$ ')) return;
      if (sent) return resolve();
      sent = true;
      printed = '';
      stream.send(Buffer.from(`${text}\n`));
    },
    onEnd: (error) => reject(error ?? new Error('the sandbox ended')),
  });
  return promise.finally(() => stream[Symbol.dispose]());
}
