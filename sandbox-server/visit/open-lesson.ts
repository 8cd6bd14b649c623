/** One page that shows one lesson: what it asks, and where its reader is. */
import type { ReadingPlace } from '../protocol/lesson.ts';
import type { LessonKey, Progress } from '../store/progress.ts';
import type { Page } from './page.ts';

/** A reader who scrolls tells their place many times a second; each that is kept waits for the disk. */
const NOTE_EVERY_MS = 2000;

export interface OpenLessonOptions {
  key: LessonKey;
  page: Page;
  progress: Pick<Progress, 'setPlace'>;
  log: { warn(fields: object, text: string): void };
  onCheck(lesson: string, task: string, answer: string | undefined): void;
  onFigure(page: Page, seen: boolean): void;
  onClose(lesson: OpenLesson): void;
}

export class OpenLesson implements Disposable {
  readonly page: Page;
  private readonly options: OpenLessonOptions;
  private place: ReadingPlace | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: OpenLessonOptions) {
    this.options = options;
    this.page = options.page;
  }

  /** The lesson's slug. */
  get lesson(): string {
    return this.options.key.lesson;
  }

  /** The learner asks for a check. */
  check(task: string, answer?: string): void {
    this.options.onCheck(this.lesson, task, answer);
  }

  /** Whether its live figure can be seen. */
  figure(seen: boolean): void {
    this.options.onFigure(this.page, seen);
  }

  reading(place: ReadingPlace): void {
    this.place = place;
    this.timer ??= setTimeout(() => this.notePlace(), NOTE_EVERY_MS);
  }

  [Symbol.dispose](): void {
    this.notePlace();
    this.figure(false);
    this.options.onClose(this);
  }

  private notePlace(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { place } = this;
    this.place = undefined;
    const { progress, key, log } = this.options;
    try {
      if (place) progress.setPlace(key, place);
    } catch (error) {
      // The disk is full: where somebody reads is not worth more than a word in the log.
      log.warn({ err: error }, 'where a learner reads could not be noted');
    }
  }
}
