/** The layers that hold a lesson's state at the start of each task: which there are, who makes them, which may go. */
import type { CourseEntry, LessonEntry, TaskEntry } from '../../site/course/manifest.ts';
import type { Config, ImageEntry } from '../config.ts';
import { DriverError, type LayerId, type SandboxDriver } from '../sandbox/driver.ts';
import { LearnerError, toLearnerError } from '../session/learner-error.ts';
import type { Spares } from '../session/spares.ts';
import { specOf } from '../session/spec.ts';
import { LessonFault } from './fault.ts';
import { layerOf } from './layer-names.ts';
import { type Play, Recording } from './recording.ts';

export interface LayersOptions {
  driver: SandboxDriver;
  spares: Spares;
  /** As they are now. */
  courses: () => readonly CourseEntry[];
  config: Pick<Config, 'images' | 'limits'>;
  play: Play;
  log: { info(fields: object, text: string): void; warn(fields: object, text: string): void };
}

/**
 * For how long a lesson of which a step failed is not recorded again, in milliseconds: a class that asks for it must not
 * keep the server busy with it, and a mended lesson is another version.
 */
const FAILURE_KEPT_MS = 60_000;

export class Layers implements AsyncDisposable {
  private readonly options: LayersOptions;
  private readonly recordings = new Map<string, Recording>();
  private readonly ending = new AbortController();
  /** One lesson is recorded at a time on the whole server: it may be one sandbox more than the limit. */
  private last: Promise<void> = Promise.resolve();

  constructor(options: LayersOptions) {
    this.options = options;
  }

  /**
   * What is to lie under a fresh disk for the state at the task's start: none where that is the image's. Where it was not
   * recorded yet that is done now, after `onRecord`; whoever needs the same lesson meanwhile waits for the same. Rejects
   * with a `LearnerError`, which is a `LessonFault` where a step of the lesson fails.
   */
  async at(
    course: CourseEntry,
    lesson: LessonEntry,
    task: string,
    image: ImageEntry,
    onRecord: () => void = () => {},
  ): Promise<LayerId[]> {
    if (isImages(lesson, task)) return [];
    const layer = layerOf(course, lesson, task, image);
    const known = await this.options.driver.layers().catch((error: unknown) => {
      throw toLearnerError(error);
    });
    if (!known.includes(layer)) {
      onRecord();
      await this.record(course, lesson, image).stored(task);
    }
    return [layer];
  }

  /** Removes the layers that no lesson has any more and no disk lies over. */
  async sweep(): Promise<void> {
    const { driver, courses, config, log } = this.options;
    const current = new Set(
      courses().flatMap((course) => {
        const image = config.images[course.image];
        const { lessons } = course;
        return image
          ? lessons.flatMap((lesson) => lesson.tasks.map(({ id }) => layerOf(course, lesson, id, image)))
          : [];
      }),
    );
    try {
      for (const layer of await driver.layers()) {
        if (current.has(layer)) continue;
        await driver.removeLayer(layer).catch((error: unknown) => {
          if (!(error instanceof DriverError && error.code === 'layer-in-use')) throw error;
        });
      }
    } catch (error) {
      log.warn({ err: error }, 'layers of earlier versions of lessons are not removed yet');
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.ending.abort(new LearnerError('server-stopping'));
    await this.last;
  }

  private record(course: CourseEntry, lesson: LessonEntry, image: ImageEntry): Recording {
    const key = JSON.stringify([course.id, lesson.id, lesson.version, image.id, image.profile]);
    const known = this.recordings.get(key);
    if (known) return known;
    const recording = new Recording(lesson, (task) => layerOf(course, lesson, task, image));
    this.recordings.set(key, recording);
    this.last = this.last.then(() => this.run(recording, key, lesson, image));
    return recording;
  }

  private async run(recording: Recording, key: string, lesson: LessonEntry, image: ImageEntry): Promise<void> {
    const { spares, config, play, log } = this.options;
    const began = performance.now();
    const about = { lesson: lesson.id, version: lesson.version };
    await recording.run(() => spares.start(specOf(image, config.limits)), play, this.ending.signal);
    const forget = () => this.recordings.delete(key);
    try {
      await recording.stored(lesson.tasks.at(-1)!.id);
      log.info({ ...about, ms: Math.round(performance.now() - began) }, 'recorded');
      forget();
    } catch (error) {
      const why = error instanceof LessonFault ? { fault: error.step } : { err: error };
      log.warn({ ...about, ...why }, 'a lesson could not be recorded');
      // What the host lacked for a moment is no fault of the lesson's: who asks next has it tried again.
      if (error instanceof LessonFault) setTimeout(forget, FAILURE_KEPT_MS).unref();
      else forget();
    }
    await this.sweep();
  }
}

/** Whether a task begins with what the image has. */
function isImages({ files, setup, tasks }: LessonEntry, task: string): boolean {
  const [first] = tasks as [TaskEntry, ...TaskEntry[]];
  return files === null && setup === null && first.id === task && first.setup.length === 0;
}
