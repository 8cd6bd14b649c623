/** Reset and jump: brings a learner's sandbox to the state at a task's start. */
import type { CourseEntry, LessonEntry, ScriptStep, TypedStep } from '../../site/course/manifest.ts';
import type { Config } from '../config.ts';
import type { MoveAnswer, MoveStage } from '../protocol/lesson.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';
import type { Sessions } from '../session/sessions.ts';
import type { Spare, Spares } from '../session/spares.ts';
import { specOf } from '../session/spec.ts';
import { LessonFault, withinLimit } from './fault.ts';
import type { Layers } from './layers.ts';
import type { Play } from './recording.ts';

export interface MoverOptions {
  sessions: Sessions;
  spares: Spares;
  layers: Layers;
  config: Pick<Config, 'images' | 'limits'>;
  play: Pick<Play, 'perform'>;
  /**
   * Told of a sandbox that becomes a learner's, in which the lesson is prepared and these of its tasks have begun: in the
   * database's transaction that makes it theirs, before anything else uses it.
   */
  onMoved?(sandbox: string, lesson: LessonEntry, begun: readonly string[]): void;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/** How long the live blocks may take in all, in milliseconds: a learner waits for them. */
const LIVE_MS = 5 * 60_000;

export class Mover implements AsyncDisposable {
  private readonly options: MoverOptions;
  private readonly moving = new Map<string, Promise<MoveAnswer>>();
  private readonly ending = new AbortController();

  constructor(options: MoverOptions) {
    this.options = options;
  }

  /**
   * Resolves when the learner's sandbox of the course is another one, as the task finds it. Until then they keep the one
   * that they have, though it is stopped before the other starts. `onStage` hears the stages in order, each once.
   *
   * Rejects with a `LearnerError`: `move-under-way` where one is (of this learner and course), `not-found` where the lesson
   * has no such task, a `LessonFault` with words for the author where a step of the lesson fails, and what else keeps a
   * sandbox from starting.
   */
  async move(
    learner: string,
    course: CourseEntry,
    lesson: LessonEntry,
    task: string,
    onStage: (stage: MoveStage) => void = () => {},
  ): Promise<MoveAnswer> {
    if (!lesson.tasks.some(({ id }) => id === task)) throw new LearnerError('not-found');
    const key = `${learner}/${course.id}`;
    if (this.moving.has(key)) throw new LearnerError('move-under-way');
    const work = this.perform(learner, course, lesson, task, onStage);
    this.moving.set(key, work);
    try {
      return await work;
    } catch (error) {
      const told = toLearnerError(error);
      const why = told instanceof LessonFault ? { fault: told.step } : { code: told.code, err: error };
      this.options.log.warn(
        { course: course.id, lesson: lesson.id, task, ...why },
        'a sandbox was not brought to a task',
      );
      throw told;
    } finally {
      this.moving.delete(key);
    }
  }

  /** Ends what is under way: its learners keep the sandboxes that they have. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.ending.abort(new LearnerError('server-stopping'));
    await Promise.allSettled(this.moving.values());
  }

  private async perform(
    learner: string,
    course: CourseEntry,
    lesson: LessonEntry,
    task: string,
    onStage: (stage: MoveStage) => void,
  ): Promise<MoveAnswer> {
    const { sessions, spares, layers, config, log, onMoved } = this.options;
    const began = performance.now();
    const image = config.images[course.image];
    if (!image) throw new LearnerError('image-missing');
    const session = sessions.open(learner, course.id, course.image);
    using _view = session.view(); // somebody waits: it is not put to rest meanwhile
    const recorded = layers.at(course, lesson, task, image, () => onStage('recording'));
    // A recording goes on for minutes, for others too: whoever ends the server does not wait for it.
    const under = await unlessAborted(recorded, this.ending.signal);
    onStage('stopping');
    await using made = new AsyncDisposableStack();
    let liveMs = 0;
    const make = async () => {
      onStage('starting');
      const spare = made.use(await spares.start(specOf(image, config.limits, under)));
      liveMs = await this.rebuild(spare, lesson, task, onStage);
      return spare;
    };
    await sessions.replace(session, make, ({ id }) => onMoved?.(id, lesson, upTo(lesson, task)));
    const answer = { ms: Math.round(performance.now() - began), liveMs: Math.round(liveMs) };
    log.info({ sandbox: session.id, lesson: lesson.id, task, ...answer }, 'brought to a task');
    return answer;
  }

  /** Does again what files cannot hold; how long that took, in milliseconds. */
  private async rebuild(
    spare: Spare,
    lesson: LessonEntry,
    task: string,
    onStage: (stage: MoveStage) => void,
  ): Promise<number> {
    const steps = liveSteps(lesson, task);
    if (steps.length === 0) return 0;
    onStage('rebuilding');
    const began = performance.now();
    const what = `What lesson ${lesson.id} does again for task ${task}`;
    await withinLimit(what, LIVE_MS, this.ending.signal, (signal) =>
      this.options.play.perform(() => spare.connect(), steps, signal),
    );
    return performance.now() - began;
  }
}

/** Rejects with the signal's reason as soon as that is aborted, whatever becomes of the promise. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason as Error);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', abort));
}

/** What is to be done again for a task: the live blocks of those before it, then its own. */
export function liveSteps({ tasks }: LessonEntry, task: string): (ScriptStep | TypedStep)[] {
  const at = tasks.findIndex(({ id }) => id === task);
  const before = tasks.slice(0, at).flatMap(({ live, solve }) => [...live, ...solve.filter((step) => step.live)]);
  return [...before, ...tasks[at]!.live];
}

/** The tasks of a lesson to this one, by their ids. */
function upTo({ tasks }: LessonEntry, task: string): string[] {
  const ids = tasks.map(({ id }) => id);
  return ids.slice(0, ids.indexOf(task) + 1);
}
