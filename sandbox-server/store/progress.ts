/**
 * What learners did in the lessons. A call that changes something returns when it is on the disk: only then is it told.
 * Knows no manifest: what of it still counts, the lesson says.
 */
import type { ReadingPlace } from '../protocol/lesson.ts';
import type { Database } from './database.ts';

/** One learner's lesson. */
export interface LessonKey {
  learner: string;
  course: string;
  /** Its slug. */
  lesson: string;
}

export interface TaskRecord {
  doneAt: number | null;
  hints: number;
  solutionAt: number | null;
  answer: string | null;
}

export interface QuizRecord {
  chosen: number[];
  tries: number;
  doneAt: number | null;
}

export interface LessonRecord {
  course: string;
  lesson: string;
  firstAt: number;
  lastAt: number;
  place: ReadingPlace;
  tasks: Map<string, TaskRecord>;
  quizzes: Map<string, QuizRecord>;
}

export class Progress {
  private readonly database: Database;
  private readonly now: () => number;

  constructor(database: Database, now: () => number) {
    this.database = database;
    this.now = now;
  }

  /** Notes that the learner opened the lesson. */
  open({ learner, course, lesson }: LessonKey): void {
    const now = this.now();
    this.database
      .prepare(
        `INSERT INTO lesson_progress (learner, course, lesson, first_at, last_at) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET last_at = excluded.last_at`,
      )
      .run(learner, course, lesson, now, now);
  }

  /** Of a lesson that was opened. */
  setPlace({ learner, course, lesson }: LessonKey, { anchor, offset }: ReadingPlace): void {
    this.database
      .prepare(
        'UPDATE lesson_progress SET anchor = ?, offset_pixels = ? WHERE learner = ? AND course = ? AND lesson = ?',
      )
      .run(anchor, Math.round(offset), learner, course, lesson);
  }

  /** When it was done: the first time counts. */
  markDone(key: LessonKey, task: string): number {
    return this.change(key, task, 'done_at', this.now(), 'coalesce(done_at, excluded.done_at)').doneAt!;
  }

  noteHints(key: LessonKey, task: string, rung: number): void {
    this.change(key, task, 'hints', rung, 'max(hints, excluded.hints)');
  }

  noteSolution(key: LessonKey, task: string): void {
    this.change(key, task, 'solution_at', this.now(), 'coalesce(solution_at, excluded.solution_at)');
  }

  noteAnswer(key: LessonKey, task: string, answer: string): void {
    this.change(key, task, 'answer', answer, 'excluded.answer');
  }

  noteQuiz({ learner, course, lesson }: LessonKey, quiz: string, chosen: number[], right: boolean): void {
    this.database
      .prepare(
        `INSERT INTO quiz_progress (learner, course, lesson, quiz, chosen, tries, done_at) VALUES (?, ?, ?, ?, ?, 1, ?)
         ON CONFLICT DO UPDATE SET
           chosen = excluded.chosen, tries = tries + 1, done_at = coalesce(done_at, excluded.done_at)`,
      )
      .run(learner, course, lesson, quiz, JSON.stringify(chosen), right ? this.now() : null);
  }

  /** Undefined: the learner never opened it. */
  of({ learner, course, lesson }: LessonKey): LessonRecord | undefined {
    return this.all(learner).find((each) => each.course === course && each.lesson === lesson);
  }

  /** Every lesson that the learner opened, the one that was opened last first. */
  all(learner: string): LessonRecord[] {
    const rows = (table: string) => this.database.prepare(`SELECT * FROM ${table} WHERE learner = ?`).all(learner);
    const tasks = Map.groupBy(rows('task_progress'), lessonOf);
    const quizzes = Map.groupBy(rows('quiz_progress'), lessonOf);
    return rows('lesson_progress')
      .map((row) => ({
        course: row['course'] as string,
        lesson: row['lesson'] as string,
        firstAt: row['first_at'] as number,
        lastAt: row['last_at'] as number,
        place: { anchor: row['anchor'] as string, offset: row['offset_pixels'] as number },
        tasks: new Map((tasks.get(lessonOf(row)) ?? []).map((task) => [task['task'] as string, toTask(task)])),
        quizzes: new Map((quizzes.get(lessonOf(row)) ?? []).map((quiz) => [quiz['quiz'] as string, toQuiz(quiz)])),
      }))
      .sort((a, b) => b.lastAt - a.lastAt);
  }

  private change(
    { learner, course, lesson }: LessonKey,
    task: string,
    column: 'done_at' | 'hints' | 'solution_at' | 'answer',
    value: string | number,
    kept: string,
  ): TaskRecord {
    const row = this.database
      .prepare(
        `INSERT INTO task_progress (learner, course, lesson, task, ${column}) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET ${column} = ${kept} RETURNING *`,
      )
      .get(learner, course, lesson, task, value);
    return toTask(row!);
  }
}

type Row = Record<string, unknown>;

/** Slugs and course names have no slash. */
function lessonOf(row: Row): string {
  return `${row['course'] as string}/${row['lesson'] as string}`;
}

function toTask(row: Row): TaskRecord {
  return {
    doneAt: row['done_at'] as number | null,
    hints: row['hints'] as number,
    solutionAt: row['solution_at'] as number | null,
    answer: row['answer'] as string | null,
  };
}

function toQuiz(row: Row): QuizRecord {
  return {
    chosen: JSON.parse(row['chosen'] as string) as number[],
    tries: row['tries'] as number,
    doneAt: row['done_at'] as number | null,
  };
}
