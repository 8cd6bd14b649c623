/**
 * One recording of a lesson: in a sandbox that no learner touches all of its tasks are done in order, and the files at the
 * start of each are stored as a layer. Who needs a layer waits for that one only.
 */
import type { Duplex } from 'node:stream';
import type { LessonEntry, ScriptStep, TaskEntry, TypedStep } from '../../site/course/manifest.ts';
import type { LayerId } from '../sandbox/driver.ts';
import type { Spare } from '../session/spares.ts';
import { withinLimit } from './fault.ts';

/** Performs an author's steps in a sandbox. Both reject where a step fails. */
export interface Play {
  /** Lays the lesson's files and runs its setup. */
  prepare(connect: () => Promise<Duplex>, lesson: LessonEntry, signal: AbortSignal): Promise<void>;
  perform(
    connect: () => Promise<Duplex>,
    steps: readonly (ScriptStep | TypedStep)[],
    signal: AbortSignal,
  ): Promise<void>;
}

/** How long a lesson may take in all, in milliseconds: one that takes longer is tested by nobody either. */
const RECORDING_MS = 10 * 60_000;

export class Recording {
  private readonly layers: ReadonlyMap<string, { layer: LayerId; stored: PromiseWithResolvers<void> }>;
  private readonly lesson: LessonEntry;

  constructor(lesson: LessonEntry, layerOf: (task: string) => LayerId) {
    this.lesson = lesson;
    this.layers = new Map(
      lesson.tasks.map(({ id }) => [id, { layer: layerOf(id), stored: Promise.withResolvers<void>() }]),
    );
    // Nobody may be waiting for one that fails.
    for (const { stored } of this.layers.values()) stored.promise.catch(() => {});
  }

  /** Resolves when the layer of this task is there; rejects with what kept it from being made. */
  stored(task: string): Promise<void> {
    return this.layers.get(task)!.stored.promise;
  }

  /** Resolves when all is over, however it ended. */
  async run(start: () => Promise<Spare>, play: Play, ending: AbortSignal): Promise<void> {
    try {
      ending.throwIfAborted();
      await using spare = await start();
      const what = `The recording of lesson ${this.lesson.id}`;
      await withinLimit(what, RECORDING_MS, ending, (signal) => this.record(spare, play, signal));
    } catch (error) {
      // Those that are stored are whole.
      for (const { stored } of this.layers.values()) stored.reject(error);
    }
  }

  private async record(spare: Spare, play: Play, signal: AbortSignal): Promise<void> {
    const connect = () => spare.connect();
    const { tasks } = this.lesson;
    await play.prepare(connect, this.lesson, signal);
    for (const task of tasks) {
      await play.perform(connect, task.setup, signal);
      const { layer, stored } = this.layers.get(task.id)!;
      await spare.snapshot(layer);
      stored.resolve();
      if (task !== tasks.at(-1)) await play.perform(connect, doing(task), signal);
    }
  }
}

/** What brings a task from its start to its end. */
function doing({ kind, live, solve }: TaskEntry): (ScriptStep | TypedStep)[] {
  // What answers a question changes nothing.
  return kind === 'ask' ? [...live] : [...live, ...solve];
}
