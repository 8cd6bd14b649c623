/** A page's end of a lesson's live socket, and lessons for tests. */
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { CourseManifest, LessonEntry, QuizEntry, ScriptStep, TaskEntry } from '../../site/course/manifest.ts';
import type {
  LessonClientMessage,
  LessonServerMessage,
  QuizProgress,
  TaskProgress,
} from '../../sandbox-server/protocol/lesson.ts';

export function script(text: string, more: Partial<ScriptStep> = {}): ScriptStep {
  return { kind: 'script', place: 'course/01-lesson/index.md:1', text, user: 'learner', timeoutMs: 10_000, ...more };
}

export function task(id: string, check: string, more: Partial<TaskEntry> = {}): TaskEntry {
  return {
    id,
    title: id,
    kind: 'task',
    needs: [],
    check: script(check),
    setup: [],
    live: [],
    solve: [],
    hints: 0,
    ...more,
  };
}

export function lesson(tasks: TaskEntry[], quizzes: QuizEntry[] = [], more: Partial<LessonEntry> = {}): LessonEntry {
  const entry = { id: '01-lesson', slug: 'lesson', title: 'A lesson', terminals: ['main'], version: 'v1' };
  return { ...entry, files: null, setup: null, tasks, quizzes, ...more };
}

export function courseOf(lessons: LessonEntry[], more: { id?: string; image?: string } = {}): CourseManifest {
  return { courses: [{ id: 'course', title: 'A course', image: 'image', lessons, ...more }] };
}

/** A manifest as a file that a whole server reads: the course of these lessons, on the tests' own image or another. */
export function courseFile(lessons: LessonEntry[], image = 'specimen'): { paths: { courses: string } } {
  const courses = join(mkdtempSync(join(tmpdir(), 'slipway-courses-')), 'courses.json');
  chmodSync(dirname(courses), 0o755); // the gateway's user reads it
  writeFileSync(courses, JSON.stringify(courseOf(lessons, { image })));
  return { paths: { courses } };
}

export const LIVE = '/api/courses/course/lessons/lesson/live';

export class LessonPage {
  readonly messages: LessonServerMessage[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  private readonly webSocket: WebSocket;
  private readonly tasks = new Map<string, TaskProgress>();
  private readonly quizzes = new Map<string, QuizProgress>();

  private constructor(webSocket: WebSocket) {
    this.webSocket = webSocket;
    webSocket.on('message', (data: Buffer) => this.take(JSON.parse(data.toString('utf8')) as LessonServerMessage));
    webSocket.on('error', () => {});
    const { promise, resolve } = Promise.withResolvers<{ code: number; reason: string }>();
    this.closed = promise;
    webSocket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  }

  /** Opens it, and waits for the progress that comes first. */
  static async open(url: string, cookie: string, path = LIVE): Promise<LessonPage> {
    const page = new LessonPage(new WebSocket(url.replace('http', 'ws') + path, { headers: { origin: url, cookie } }));
    await expect.poll(() => page.messages[0]?.type, { timeout: 15_000 }).toBe('progress');
    return page;
  }

  say(message: LessonClientMessage): void {
    this.webSocket.send(JSON.stringify(message));
  }

  sayRaw(data: string | Buffer): void {
    this.webSocket.send(data);
  }

  /** What the page shows of a task now. */
  task(id: string): TaskProgress {
    return this.tasks.get(id)!;
  }

  quiz(id: string): QuizProgress {
    return this.quizzes.get(id)!;
  }

  /** Waits until the page shows this of a task. */
  async shows(id: string, expected: object, timeout = 15_000): Promise<void> {
    await expect.poll(() => this.tasks.get(id), { timeout, interval: 10 }).toMatchObject(expected);
  }

  of<Type extends LessonServerMessage['type']>(type: Type): (LessonServerMessage & { type: Type })[] {
    return this.messages.filter((message) => message.type === type) as (LessonServerMessage & { type: Type })[];
  }

  close(): void {
    this.webSocket.close();
  }

  private take(message: LessonServerMessage): void {
    this.messages.push(message);
    if (message.type === 'progress') {
      this.tasks.clear();
      for (const each of message.tasks) this.tasks.set(each.id, each);
      for (const each of message.quizzes) this.quizzes.set(each.id, each);
    }
    if (message.type === 'task') this.tasks.set(message.task.id, message.task);
    if (message.type === 'quiz') this.quizzes.set(message.quiz.id, message.quiz);
  }
}
